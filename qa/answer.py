"""Questions and answers: what the pipeline passes along, from evidence to a verified answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from corpus.article import Article, Sentence, Span, Version, day_of
from corpus.database import Sight
from index.lexical import NO_LIMITS, Limits

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

Status = Literal["answered", "declined", "unclear"]
Reason = Literal["removed", "unmatched"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence found for one question.

    Attributes:
        number: Counts from 1 within a question; drafts refer to it.
        context: A wider span of the same version shown around the quote (the sentence before, where
            the quote leans on a pronoun), or None.
        score: The estimated probability, 0 to 1, that the sentence answers the question.
        answer_span: Where in the version's text the short answer stands, or None.
        quote_span: What of the sentence is quoted; all of it unless it is very long.
        missing: Names and figures of the question that stand nowhere near the sentence.
        differs: What stands in the sentence instead, spans of the version's text.
        changed: Whether a newer version of the article no longer has the sentence.
    """

    number: int
    article: Article
    version: Version
    sentence: Sentence
    score: float
    context: Span | None = None
    answer_span: Span | None = None
    quote_span: Span | None = None
    missing: tuple[str, ...] = ()
    differs: tuple[Span, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """An unverified statement and the numbers of the evidence it rests on."""

    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a composer proposes; untrusted until `verify` has passed it."""

    statements: tuple[DraftStatement, ...]
    short: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: ``quote == text[span.start:span.end]`` of that version.

    Attributes:
        sentence: The whole sentence's span; wider than `span` where a very long one is shortened.
        context: Stored text around the quote that explains a pronoun, or None.
        short: The short answer that this quote gives, a slice of it, or None.
        dates: The dates that the quote itself names, slices of it ("2015" of "By 2015, ...").
        missing: Of a nearest sentence: names and figures of the question that it does not have.
        differs: What it has instead, slices of the quote.
        changed: Whether a newer version of the article no longer has the sentence; only quotes of
            an earlier answer can have it.
    """

    article_id: str
    version: int
    sha256: str
    span: Span
    quote: str
    sentence: Span
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: date | datetime | None = None
    context: str | None = None
    short: str | None = None
    dates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    changed: bool = False

    @property
    def other_years(self) -> tuple[str, ...]:
        """The dates named with a year that is not the year of publication."""
        day = day_of(self.published)
        years = ((named, _YEAR.search(named)) for named in self.dates)
        return tuple(
            named for named, year in years if year and (not day or int(year[0]) != day.year)
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """A verified statement; without a citation it cannot be made."""

    text: str
    citations: tuple[Citation, ...]

    def __post_init__(self) -> None:
        """Refuse a statement that cites nothing."""
        if not self.citations:
            raise ValueError("a statement needs at least one citation")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What an earlier answer quoted and cannot quote any more; no source, whatever it says.

    Attributes:
        quote: The words that were shown then; nothing vouches for them now. Of what was removed,
            or is for others only, nothing is told but the sha256, by which whoever holds it
            finds it: quote and article_id are empty, title, publisher and date None.
        why: "removed": the article, or the version quoted, is not there for this reader;
            "unmatched": the stored text does not have these words there.
        nearest: Whether it was shown as nearest only.
    """

    quote: str
    article_id: str
    version: int
    sha256: str
    why: Reason
    title: str | None = None
    publisher: str | None = None
    published: date | datetime | None = None
    nearest: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets; made only by `qa.verify`.

    Attributes:
        standalone: The question as understood, follow-ups resolved.
        carried: Terms taken over from earlier turns.
        short: The short answer, a slice of the first quote, or None.
        nearest: The nearest sentences when declined; shown as nearest, never as sources.
        choices: Standalone questions to choose from, when unclear or where a word of the question
            stands nowhere.
        note: What is said in words of our own about the quotes, or about why there are none; it
            states nothing of their matter.
        confidence: Estimated probability, 0 to 1, that the first quote answers the question; of a
            decline that the first of the nearest does, which was not enough. 0 where there is none.
        searched: What was searched, in words ("3,000 articles"), for a decline.
        ms: Milliseconds per stage, and "total".
        withdrawn: Of an earlier answer: quotes that are no sources any more.
        limits: Outside which nothing was searched: stated in words, or set beside the question.
        stated: What of them was stated, in this question or in one before that it goes on from.
        as_of: What was seen of the store when every quote was checked last; None is never.
    """

    question: str
    standalone: str
    status: Status
    statements: tuple[Statement, ...] = ()
    short: str | None = None
    nearest: tuple[Citation, ...] = ()
    confidence: float = 0.0
    carried: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    note: str = ""
    searched: str = ""
    ms: Mapping[str, float] = field(default_factory=dict)
    withdrawn: tuple[Withdrawn, ...] = ()
    limits: Limits = NO_LIMITS
    stated: Limits = NO_LIMITS
    as_of: Sight | None = field(default=None, compare=False, repr=False)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation in order; the first is the sentence that answers best."""
        return tuple(c for statement in self.statements for c in statement.citations)

    @property
    def may_widen(self) -> bool:
        """Whether nothing was found that answers, but not everything was searched."""
        return self.status == "declined" and bool(self.limits or self.stated)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question asked and, once given, its answer.

    Attributes:
        said: Where there is no answer of ours: what a caller says was answered. Follow-ups are
            understood by it; nothing of it is a source.
        without: Where it was asked again: the terms that are not to be carried over.
        everything: Whether it was asked again without the limits that it states.
        limits: Where there is no answer of ours: the limits stated that it is understood with.
    """

    question: str
    standalone: str
    answer: Answer | None = None
    said: str = ""
    without: tuple[str, ...] = ()
    everything: bool = False
    limits: Limits = NO_LIMITS

    @property
    def stated(self) -> Limits:
        """The limits that hold for a follow-up which cannot stand by itself."""
        return self.answer.stated if self.answer else self.limits


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns so far; immutable."""

    turns: tuple[Turn, ...] = ()

    def before(self, number: int) -> Conversation:
        """Return the turns before a turn; one that was asked again comes after what it repeats."""
        while number and (self.turns[number].without or self.turns[number].everything):
            number -= 1
        return replace(self, turns=self.turns[:number])

    def with_turn(self, turn: Turn) -> Conversation:
        """Return a conversation with one more turn."""
        return replace(self, turns=(*self.turns, turn))
