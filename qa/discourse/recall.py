"""Answers out of quotes that were shown: who says it, when it was, where it stands.

What is found is evidence like any other, with a note in our own words; `qa.verify` checks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.archive import Archive
from corpus.article import Article, Sentence, Span, Version
from qa.answer import Citation, Draft, DraftStatement, Evidence
from qa.changes import newer_says, words_of
from qa.discourse.attribution import Attribution, speaker_beside, speaker_of
from qa.facts import dates
from qa.messages.say import say
from qa.reader.context import context_of
from qa.wording import shown_date

_WHY = re.compile(
    r"\b(?:because|due to|owing to|thanks to|as a result|so that|in order to|reasons?|caused?|"
    r"causes|prompted|led to|blamed?|in response to|to avoid|driven by|fuell?ed by|"
    r"attributed to|stem(?:s|med)? from)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands.

    Attributes:
        position: Of its sentence among the version's.
        quote: The span that was quoted.
        short: The short answer's, or None.
        newer: What a newer version says, as `qa.changes.newer_says` returns it.
    """

    article: Article
    version: Version
    sentences: Sequence[Sentence]
    position: int
    quote: Span
    short: Span | None = None
    newer: frozenset[str] | None = None

    @property
    def texts(self) -> list[str]:
        """The article's sentences."""
        return [sentence.span.of(self.version.text) for sentence in self.sentences]

    def evidence(self, number: int, answer: Span | None = None) -> Evidence:
        """Return the quote as evidence with this number; what is asked of it itself is certain.

        Args:
            number: From 1.
            answer: Where the short answer stands; by default where it stood when it was shown.
        """
        return Evidence(
            number=number,
            article=self.article,
            version=self.version,
            sentence=self.sentences[self.position],
            score=1.0,
            context=context_of(self.version, self.sentences, self.position),
            answer_span=answer or self.short,
            quote_span=None if self._is_whole else self.quote,
            changed=self.newer is not None
            and words_of(self.version, self.sentences[self.position]) not in self.newer,
        )

    @property
    def _is_whole(self) -> bool:
        return self.quote == self.sentences[self.position].span

    def at(self, position: int) -> Place:
        """Return the place of another whole sentence of the version."""
        return replace(self, position=position, quote=self.sentences[position].span, short=None)

    def following(self) -> Iterator[Place]:
        """Yield the places of the sentences after the quote."""
        for position in range(self.position + 1, len(self.sentences)):
            yield self.at(position)


def says_why(quote: str) -> bool:
    """Return whether a quote gives a reason or a cause, going by its words."""
    return _WHY.search(quote) is not None


@dataclass(frozen=True, slots=True)
class Recalled:
    """What answers a follow-up about a quote; `note` is worded by us and claims nothing of it."""

    evidence: tuple[Evidence, ...]
    draft: Draft
    note: str


def place_of(archive: Archive, citation: Citation) -> Place | None:
    """Return where a quote stands, or None if its version is gone or altered."""
    found = archive.cited(citation.article_id, citation.version, citation.sha256)
    if found is None:
        return None
    article, version = found
    sentences = archive.sentences(version.id)
    for position, sentence in enumerate(sentences):
        if sentence.span.contains(citation.span):
            short = _span_of_short(citation, version)
            newer = newer_says(archive, version)
            return Place(article, version, sentences, position, citation.span, short, newer)
    return None


def _span_of_short(citation: Citation, version: Version) -> Span | None:
    if not citation.short:
        return None
    start = version.text.find(citation.short, citation.span.start, citation.span.end)
    return Span(start, start + len(citation.short)) if start >= 0 else None


def name_speaker(place: Place, citation: Citation) -> Recalled:
    """Return the sentence that names who speaks, first, and the quote."""
    found = speaker_of(place.texts, place.position)
    if found is None:
        return _without_speaker(place, citation)
    naming, name = _naming(place, found)
    evidence = [naming.evidence(1, name)]
    if naming.position != place.position:
        evidence.append(place.evidence(2))
    short = name.of(place.version.text)
    return quoted(evidence, short, say("note.speaker", source=source_of(citation)))


def _naming(place: Place, found: Attribution) -> tuple[Place, Span]:
    """Return the place that names the speaker, and the name in its version's text."""
    naming = place if found.position == place.position else place.at(found.position)
    start = naming.sentences[found.position].span.start
    name = Span(start + found.speaker.start, start + found.speaker.end)
    if not naming.quote.contains(name):  # cut off from a very long sentence
        naming = place.at(found.position)
    return naming, name


def _without_speaker(place: Place, citation: Citation) -> Recalled:
    """Return the quote, which the article says itself, and who speaks beside it."""
    note = say("note.no_speaker", source=source_of(citation))
    beside = speaker_beside(place.texts, place.position)
    if beside is None:
        return quoted([place.evidence(1)], None, note)
    naming, name = _naming(place, beside)
    note += f" {say('note.beside', name=name.of(place.version.text))}"
    return quoted([place.evidence(1), naming.evidence(2, name)], None, note)


def name_date(place: Place, citation: Citation) -> Recalled:
    """Return the quote with the date that it names, else the article's date as such."""
    source = source_of(citation)
    named = [d for d in dates(citation.quote) if any(c.isdigit() for c in d)] or dates(
        citation.quote
    )
    if not named:
        return quoted([place.evidence(1)], None, say("note.undated", source=source))
    start = place.version.text.find(named[0], place.quote.start, place.quote.end)
    span = Span(start, start + len(named[0]))
    return quoted([place.evidence(1, span)], named[0], say("note.dated", source=source))


def name_article(place: Place, citation: Citation) -> Recalled:
    """Return the quote with where it stands and who wrote it."""
    note = say(
        "note.source",
        source=source_of(citation),
        authors="".join(f", {name}" for name in place.version.authors),
        version=citation.version,
        start=citation.span.start,
        end=citation.span.end,
    )
    return quoted([place.evidence(1)], citation.short, note)


def quoted(evidence: Sequence[Evidence], short: str | None, note: str) -> Recalled:
    """Return a draft that quotes each piece of evidence, in order."""
    statements = [
        DraftStatement((e.quote_span or e.sentence.span).of(e.version.text), (e.number,))
        for e in evidence
    ]
    return Recalled(tuple(evidence), Draft(tuple(statements), short), note)


def source_of(citation: Citation) -> str:
    """Return outlet, title and date in words."""
    title = f"“{citation.title}”" if citation.title else say("note.no_title")
    outlet = citation.publisher or say("note.no_outlet")
    return f"{outlet}, {title}, {shown_date(citation.published)}"
