"""A kept answer passes the gate again: nothing in it is believed, everything is looked up.

Of each kept quote only the place is taken. Article, version and sentence come from the archive, and
`qa.verify` makes citations and answer of them as it does of new evidence. A quote for which that
does not yield the same words is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from corpus.article import Article, Sentence, Span, Version
from corpus.catalogue import Catalogue
from corpus.sqlite_file import store_errors
from index.lexical import first_holding
from qa.answer import Answer, Draft, DraftStatement, Evidence, Reason, Turn, Withdrawn
from qa.changes import newer_says, words_of
from qa.conversations.records import (
    KeptAnswer,
    KeptCitation,
    KeptStatement,
    KeptTurn,
    decode_turn,
    encode_turn,
)
from qa.traces import Traces
from qa.verify import ask_back, cite, stands, supported, verify


class Restorer:
    """Restores turns from what one archive holds; for one reopening, as it reads each text once."""

    def __init__(self, archive: Catalogue) -> None:
        self._archive = archive
        self._sight = archive.sight  # before anything is looked up
        self._traces = Traces(self._occurs)
        self._versions: dict[tuple[str, int, str], tuple[Article, Version] | None] = {}
        self._sentences: dict[int, dict[Span, Sentence]] = {}
        self._newer: dict[int, frozenset[str] | None] = {}

    def turn(self, kept: KeptTurn) -> Turn:
        """Return the next turn of a conversation, its answer verified anew.

        Without words that only quotes withdrawn so far can have given.
        """
        answer = self.answer(kept.answer) if kept.answer else None
        turn = Turn(
            kept.question,
            kept.standalone,
            answer,
            kept.said,
            kept.without,
            kept.everything,
            kept.limits.limits,
        )
        gone = [quote for quote in answer.withdrawn if quote.why == "removed"] if answer else []
        names = _names_of(kept, {quote.sha256 for quote in gone})
        return self._traces.taken_off(turn, names, any_gone=bool(gone))

    def _occurs(self, word: str) -> bool:
        """Whether a word stands anywhere in the articles that are seen."""
        archive = self._archive
        with store_errors(archive.path):
            found = first_holding(archive.connection(), word, seen_only=archive.is_limited)
        return found is not None

    def again(self, turn: Turn) -> Turn:
        """Return the next turn of a conversation that was shown already, as `turn` does.

        What was withdrawn of it before stays so, and where nothing changed it is as it was.
        """
        if turn.answer is None:
            return self._traces.taken_off(turn, (), any_gone=False)
        before = turn.answer.withdrawn
        whole = replace(turn, answer=replace(turn.answer, withdrawn=()))
        restored = self.turn(decode_turn(encode_turn(whole)))
        if restored.answer is None:
            return restored
        withdrawn = (*map(self._still_withdrawn, before), *restored.answer.withdrawn)
        return replace(restored, answer=replace(restored.answer, withdrawn=withdrawn))

    def _still_withdrawn(self, quote: Withdrawn) -> Withdrawn:
        """Return what is said of a withdrawn quote now: nothing of its words once it is removed."""
        version = self._archive.version_number(quote.article_id, quote.version)
        is_there = version and (not version.is_intact or version.sha256 == quote.sha256)
        return quote if is_there else _removed(quote)

    def answer(self, kept: KeptAnswer) -> Answer:
        """Return the answer as far as its quotes still stand; one without any declines."""
        answer = replace(self._answer(kept), ms=kept.ms, as_of=self._sight)
        within, stated = kept.limits.limits, kept.stated.limits
        return replace(answer, choices=kept.choices, limits=within, stated=stated)

    def _answer(self, kept: KeptAnswer) -> Answer:
        if kept.status == "unclear":
            answer = ask_back(
                question=kept.question,
                standalone=kept.standalone,
                choices=kept.choices,
                note=kept.note,
                searched=kept.searched,
            )
            return replace(answer, carried=kept.carried)
        checked = _Checked(self, kept.confidence)
        said = checked.statements(kept.statements if kept.status == "answered" else ())
        nearest = checked.nearest(kept.nearest)
        answer = verify(
            Draft(tuple(said), kept.short),
            checked.evidence,
            question=kept.question,
            standalone=kept.standalone,
            nearest=nearest,
            searched=kept.searched,
            carried=kept.carried,
            note=kept.note if kept.status == "answered" else "",
            otherwise=kept.note if kept.status == "declined" else "",
        )
        return replace(answer, withdrawn=tuple(checked.withdrawn))

    def evidence(self, kept: KeptCitation, number: int) -> Evidence | Reason:
        """Return the stored sentence behind a kept quote, or why there is none."""
        found = self._version(kept.article_id, kept.version, kept.sha256)
        if found is None:
            return self._why_gone(kept)
        article, version = found
        sentence = self._sentences_of(version).get(kept.sentence)
        if sentence is None:
            return "unmatched"
        evidence = Evidence(
            number=number,
            article=article,
            version=version,
            sentence=sentence,
            score=0.0,
            context=_context(kept, version),
            answer_span=_within(kept, kept.short),
            quote_span=kept.span,
            missing=kept.missing,
            differs=tuple(s for part in kept.differs if (s := _within(kept, part))),
            changed=self._has_changed(version, sentence),
        )
        same = stands(evidence) and kept.span.of(version.text) == kept.quote
        return evidence if same else "unmatched"

    def _version(self, article_id: str, number: int, sha256: str) -> tuple[Article, Version] | None:
        key = (article_id, number, sha256)
        if key not in self._versions:
            self._versions[key] = self._archive.cited(*key)
        return self._versions[key]

    def _why_gone(self, kept: KeptCitation) -> Reason:
        """Return "unmatched" where there is such a version and it is damaged, else "removed"."""
        version = self._archive.version_number(kept.article_id, kept.version)
        return "unmatched" if version and not version.is_intact else "removed"

    def _sentences_of(self, version: Version) -> dict[Span, Sentence]:
        if version.id not in self._sentences:
            sentences = self._archive.sentences(version.id)
            self._sentences[version.id] = {sentence.span: sentence for sentence in sentences}
        return self._sentences[version.id]

    def _has_changed(self, version: Version, sentence: Sentence) -> bool:
        """Whether a newer version no longer has the sentence."""
        if version.id not in self._newer:
            self._newer[version.id] = newer_says(self._archive, version)
        said = self._newer[version.id]
        return said is not None and words_of(version, sentence) not in said


class _Checked:
    """What of one answer stands, and what does not."""

    def __init__(self, restorer: Restorer, confidence: float) -> None:
        """Check one answer; `confidence` is its first quote's, of no other it was kept."""
        self._restorer = restorer
        self._confidence = confidence
        self._number = 0
        self.evidence: list[Evidence] = []
        self.withdrawn: list[Withdrawn] = []

    def nearest(self, kept: Sequence[KeptCitation]) -> list[Evidence]:
        """Return the nearest sentences that still stand."""
        return [found for citation in kept if (found := self._citation(citation, nearest=True))]

    def statements(self, kept: Sequence[KeptStatement]) -> list[DraftStatement]:
        """Return what may be said on the quotes that stand: what was said, else the quote."""
        drafted = []
        for statement in kept:
            found = [(self._citation(citation), citation.quote) for citation in statement.citations]
            standing = [item for item, _ in found if item]
            if not standing:
                continue
            quotes = [quote for item, quote in found if item]
            numbers = tuple(item.number for item in standing)
            drafted.append(DraftStatement(_sayable(statement.text, quotes, standing), numbers))
            self.evidence += standing
        return drafted

    def _citation(self, kept: KeptCitation, *, nearest: bool = False) -> Evidence | None:
        """Return the evidence behind a quote, or None and note that it is withdrawn."""
        self._number += 1
        found = self._restorer.evidence(kept, self._number)
        if isinstance(found, Evidence):
            return replace(found, score=self._confidence) if self._number == 1 else found
        self.withdrawn.append(_withdrawn(kept, found, nearest=nearest))
        return None


def _sayable(text: str, quotes: Sequence[str], standing: Sequence[Evidence]) -> str:
    """Return the statement where the gate would pass it, else the first quote itself."""
    if text in quotes:
        return text
    citations = (citation for item in standing if (citation := cite(item)))
    said = any(supported(text, citation) is not None for citation in citations)
    return text if said else quotes[0]


def _names_of(kept: KeptTurn, gone: Collection[str]) -> Iterator[str]:
    """Yield titles and outlets of what a turn quoted of texts that are gone, by their sha256."""
    said = kept.answer.statements if kept.answer else ()
    nearest = kept.answer.nearest if kept.answer else ()
    for citation in (*(each for statement in said for each in statement.citations), *nearest):
        if citation.sha256 in gone:
            yield from filter(None, (citation.title, citation.publisher))


def _removed(quote: Withdrawn) -> Withdrawn:
    """Return that a quote is gone, without anything of it or of its article."""
    return Withdrawn("", "", quote.version, quote.sha256, "removed", nearest=quote.nearest)


def _withdrawn(kept: KeptCitation, why: Reason, *, nearest: bool) -> Withdrawn:
    quote = Withdrawn(
        quote=kept.quote,
        article_id=kept.article_id,
        version=kept.version,
        sha256=kept.sha256,
        why=why,
        title=kept.title,
        publisher=kept.publisher,
        published=kept.published,
        nearest=nearest,
    )
    return _removed(quote) if why == "removed" else quote


def _within(kept: KeptCitation, part: str | None) -> Span | None:
    """Return where a part of the quote stands in the version's text, or None."""
    place = kept.quote.find(part) if part else -1
    start = kept.span.start + place
    return Span(start, start + len(part)) if part and place >= 0 else None


def _context(kept: KeptCitation, version: Version) -> Span | None:
    """Return where the context stands around the quote, or None where it does not."""
    for before in _places(kept.quote, kept.context or ""):
        start = kept.span.start - before
        end = start + len(kept.context or "")
        if start >= 0 and version.text[start:end] == kept.context:
            return Span(start, end)
    return None


def _places(part: str, text: str) -> Iterator[int]:
    place = text.find(part)
    while part and place >= 0:
        yield place
        place = text.find(part, place + 1)
