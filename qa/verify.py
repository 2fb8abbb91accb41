"""The gate: an untrusted `Draft` becomes an `Answer`, or is declined; nothing else makes one.

Checked, cheapest first: every number of a statement names evidence given for this question; the
evidence stands where it says it does, in a version whose digest holds; and the statement says only
what one of its quotes says. A statement that fails is dropped whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import nextafter

from corpus.article import Span, Version
from qa.answer import Answer, Citation, Draft, DraftStatement, Evidence, Statement
from qa.facts import dates
from qa.figures import numbers
from qa.fold import fold, fold_with_map, is_border, occurrences
from qa.moments import moments
from qa.phrasing import is_phrased

_LONGEST_FIGURE = 120


def verify(
    draft: Draft,
    evidence: Sequence[Evidence],
    *,
    question: str,
    standalone: str,
    nearest: Sequence[Evidence],
    searched: str,
    floor: float = 0.0,
    carried: tuple[str, ...] = (),
    note: str = "",
    otherwise: str = "",
) -> Answer:
    """Return the statements of the draft that their quotes support, or a decline if none is left.

    An answer is as sure as the evidence of its first quote; a decline as that of its first nearest
    sentence, which was not enough.

    Args:
        draft: What the composer proposes; its markers are the numbers of `evidence`.
        evidence: What was found for this question, each item with a number of its own.
        question: As the user typed it.
        standalone: The question as understood.
        nearest: What to show if nothing stands; quoted only where it stands up itself.
        searched: What was searched, in words.
        floor: The probability, 0 to 1, that the evidence of a statement's first quote has to have.
        carried: Terms taken over from earlier turns.
        note: What is said about the quotes in words of our own.
        otherwise: What is said in its place where no quote stands.
    """
    quotable = _quotable(evidence)
    sure = {item.number: _probability(item.score) for item in evidence}
    checked = ((_statement(proposed, quotable), proposed) for proposed in draft.statements)
    passed = [
        (statement, sure[proposed.evidence[0]])
        for statement, proposed in checked
        if statement is not None and sure[proposed.evidence[0]] >= floor
    ]
    if not passed:
        return decline(
            question=question,
            standalone=standalone,
            confidence=_not_enough(nearest, floor),
            nearest=nearest,
            searched=searched,
            carried=carried,
            note=otherwise,
        )
    statements = tuple(statement for statement, _ in passed)
    quote = statements[0].citations[0].quote
    return Answer(
        question=question,
        standalone=standalone,
        status="answered",
        statements=statements,
        short=draft.short if draft.short and short_span(quote, draft.short) else None,
        confidence=passed[0][1],
        carried=carried,
        note=note,
        searched=searched,
    )


def decline(
    *,
    question: str,
    standalone: str,
    nearest: Sequence[Evidence],
    searched: str,
    confidence: float = 0.0,
    carried: tuple[str, ...] = (),
    note: str = "",
) -> Answer:
    """Return an answer that declines and shows the nearest sentences as such."""
    return Answer(
        question=question,
        standalone=standalone,
        status="declined",
        nearest=tuple(_nearest(item, citation) for item, citation in _citations(nearest)),
        confidence=_probability(confidence),
        carried=carried,
        note=note,
        searched=searched,
    )


def ask_back(
    *, question: str, standalone: str, choices: tuple[str, ...], note: str = "", searched: str = ""
) -> Answer:
    """Return an answer that asks which of several questions was meant, or as `note` says."""
    return Answer(
        question=question,
        standalone=standalone,
        status="unclear",
        choices=choices,
        note=note,
        searched=searched,
    )


def cite(item: Evidence) -> Citation | None:
    """Return the citation of one piece of evidence, or None if it does not stand."""
    return next((citation for _, citation in _citations([item])), None)


def stands(item: Evidence) -> bool:
    """Return whether a piece of evidence may be quoted: its parts fit, its text is intact."""
    return _fits(item) and item.version.is_intact


def short_span(quote: str, short: str) -> Span | None:
    """Return where in the quote the short answer stands, cutting no word and no figure, or None.

    "5 billion" does not stand in "$65 billion", nor "65"; "65 billion" and "$65 billion" do.
    """
    if not short.strip() or short != short.strip():
        return None
    whole = (span for span in occurrences(short, quote) if cuts_no_figure(quote, span))
    return next(whole, None)


def cuts_no_figure(text: str, span: Span) -> bool:
    """Return whether no figure at either end of the span is cut ("65" of "$65 billion")."""
    start, end = max(0, span.start - _LONGEST_FIGURE), span.end + _LONGEST_FIGURE
    part, around = Span(span.start - start, span.end - start), text[start:end]
    figures = [number.uncut for number in numbers(around)]
    figures += [moment.span for moment in moments(around) if moment.minute is not None]
    return not any(part.overlaps(figure) and not part.contains(figure) for figure in figures)


def _not_enough(nearest: Sequence[Evidence], floor: float) -> float:
    """Return how sure the first of the nearest sentences is: of none not at all.

    It is below the floor also where a surer one fell for another reason.
    """
    first = next((_probability(item.score) for item, _ in _citations(nearest)), 0.0)
    return min(first, nextafter(floor, 0.0)) if floor > 0 else first


def _probability(value: float) -> float:
    """Return the value held between 0 and 1; what is not a number is no confidence at all."""
    return min(max(value, 0.0), 1.0) if value == value else 0.0


# Evidence -> citation


def _quotable(evidence: Sequence[Evidence]) -> dict[int, Citation]:
    """Return the citation behind each number that names exactly one sound piece of evidence."""
    uses = Counter(item.number for item in evidence)
    return {
        item.number: citation
        for item, citation in _citations(evidence)
        if item.number >= 1 and uses[item.number] == 1
    }


def _citations(evidence: Sequence[Evidence]) -> Iterator[tuple[Evidence, Citation]]:
    intact: dict[int, bool] = {}  # by identity: one digest for each version object
    for item in evidence:
        if not _fits(item):
            continue
        if id(item.version) not in intact:
            intact[id(item.version)] = item.version.is_intact
        if intact[id(item.version)]:
            yield item, _citation(item)


def _fits(item: Evidence) -> bool:
    """Return whether the evidence's parts belong together and its spans lie inside each other."""
    version, sentence = item.version, item.sentence
    quote = item.quote_span or sentence.span
    return (
        version.article_id == item.article.id
        and sentence.version_id == version.id
        and sentence.span.end <= len(version.text)
        and sentence.span.contains(quote)
        and not quote.of(version.text).isspace()
        and _cut_cleanly(version, sentence.span, quote)
        and (item.answer_span is None or quote.contains(item.answer_span))
        and (item.context is None or _surrounds(item.context, quote, version))
    )


def _cut_cleanly(version: Version, sentence: Span, quote: Span) -> bool:
    """Return whether a shortened quote begins and ends between words, outside of figures."""
    cuts = {quote.start, quote.end} - {sentence.start, sentence.end}
    borders = all(is_border(version.text, cut) for cut in cuts)
    return borders and (not cuts or cuts_no_figure(version.text, quote))


def _surrounds(context: Span, quote: Span, version: Version) -> bool:
    return context.end <= len(version.text) and context.contains(quote)


def _citation(item: Evidence) -> Citation:
    version = item.version
    span = item.quote_span or item.sentence.span
    quote = span.of(version.text)
    return Citation(
        article_id=item.article.id,
        version=version.number,
        sha256=version.sha256,
        span=span,
        quote=quote,
        sentence=item.sentence.span,
        title=version.title,
        publisher=item.article.publisher,
        url=item.article.url,
        published=version.published,
        context=item.context.of(version.text) if item.context else None,
        short=item.answer_span.of(version.text) if item.answer_span else None,
        dates=tuple(dates(quote)),
        changed=item.changed,
    )


def _nearest(item: Evidence, citation: Citation) -> Citation:
    """Return the citation of a sentence that does not answer: no short answer, but the contrast."""
    differs = (span for span in item.differs if citation.span.contains(span))
    return replace(
        citation,
        short=None,
        missing=item.missing,
        differs=tuple(span.of(item.version.text) for span in differs),
    )


# Statement against its quotes


def _statement(proposed: DraftStatement, quotable: dict[int, Citation]) -> Statement | None:
    markers = proposed.evidence
    # `True` and 1.0 would find the evidence of number 1.
    known = all(type(marker) is int and marker in quotable for marker in markers)
    if not markers or not known or len(set(markers)) != len(markers):
        return None
    citations = tuple(quotable[marker] for marker in markers)
    for citation in citations:  # one quote carries all of it: facts of two are never stitched
        text = supported(proposed.text, citation)
        if text is not None:
            return Statement(text, citations)
    return None


def supported(text: str, citation: Citation) -> str | None:
    """Return the statement as it may be shown, or None if the quote does not say it."""
    quote = citation.quote
    part = _verbatim(text, quote)
    if part is not None and part.strip() == quote.strip():
        return part
    # A part says what the whole says no more than a paraphrase does.
    if (part is None and not text.isprintable()) or not is_phrased(text, quote, citation.context):
        return None
    return text if part is None else part


def _verbatim(text: str, quote: str) -> str | None:
    """Return the first stored slice that the statement repeats, typography aside, or None."""
    folded = fold_with_map(quote)
    slices = occurrences(fold(text), folded.text)
    return next((folded.original(s.start, s.end).of(quote) for s in slices), None)
