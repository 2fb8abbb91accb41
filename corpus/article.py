"""The records everything else is built on: spans, articles, their versions and sentences.

Every position is a half-open span ``[start, end)`` in code points of a version's canonical text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


def sha256_of(text: str) -> str:
    """Return the hex sha256 of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def day_of(moment: date | datetime | None) -> date | None:
    """Return the calendar day of a date or datetime, in its own time zone."""
    return moment.date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse empty, reversed and negative spans."""
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        """Return the length in code points."""
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the slice of `text`; ValueError if the text is shorter than the span."""
        if self.end > len(text):
            raise ValueError(f"span ends at {self.end}, the text at {len(text)}")
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Return whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Return whether the two spans share a code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as a loader reads it, before cleaning; only `text` is required.

    Attributes:
        source: The file or link it came from, as shown in messages.
        locator: Where in the source (a JSONL line number), or an empty string.
        key: Identity when there is neither `id` nor `url` (the file's absolute path, say).
        groups: Those that it is limited to; () for everybody, None where that is not said.
        notes: Remarks for the user, such as the encoding guessed or characters replaced.
    """

    text: str
    source: str
    locator: str = ""
    key: str | None = None
    id: str | None = None
    url: str | None = None
    publisher: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: date | datetime | None = None
    language: str | None = None
    groups: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """The identity of a story across its versions.

    Attributes:
        id: Shared with no other article for the same groups.
        key: The archive's own number of it; 0 while not stored.
    """

    id: str
    url: str | None
    publisher: str | None
    key: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One canonical text of an article: ``clean(text) == text``.

    Attributes:
        id: The archive's row id; 0 while not stored.
        number: Counts up, from 1 where its id was never used before; the highest is current.
        published: A date, an aware datetime, or None where unknown.
        fetched: When it was ingested (aware, UTC).
        sha256: Digest of the UTF-8 text, taken when it was stored.
        article_key: The archive's own number of the article.
    """

    id: int
    article_id: str
    number: int
    title: str | None
    authors: tuple[str, ...]
    published: date | datetime | None
    fetched: datetime
    language: str | None
    text: str
    sha256: str
    article_key: int = 0

    @property
    def is_intact(self) -> bool:
        """Whether the text still has the digest that it was stored with."""
        return sha256_of(self.text) == self.sha256


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a version; sentences are sorted and disjoint, only white space between.

    Attributes:
        position: Counts from 0 within the version.
        paragraph: The paragraph it stands in, counted from 0.
    """

    version_id: int
    position: int
    span: Span
    paragraph: int
