"""Dates and times of day found in English text, each with a normal form.

Months count only where they are written with a capital, and "May" and "March" alone only after a
word such as "in" or "last"; relative dates ("last year") are not worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.article import Span

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)(?!\w)\.?"
)
_FULL = r"January|February|April|June|July|August|September|October|November|December"
_LEAD = (
    "in|of|by|since|until|till|during|before|after|last|next|this|early|late|mid|each|every|through"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\w]|[.,]\d)"
_YEAR = r"(?P<year>\d{4})(?![\w]|[.,]\d)"
_PATTERNS = (
    rf"(?<!\w){_MONTH}\s(?:the\s)?{_DAY}(?:,?\s{_YEAR})?",
    rf"(?<![\w.,])(?:the\s)?{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?",
    rf"(?<!\w){_MONTH},?\s(?:of\s)?{_YEAR}",
    r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\w-])",
    rf"(?<!\w)(?P<month>{_FULL})(?!\w)",
    rf"(?<!\w)(?i:{_LEAD})[\s-](?P<month>May|March)(?!\w)",
)
_DATES = tuple(re.compile(pattern) for pattern in _PATTERNS)
_CLOCK = re.compile(
    r"(?<![\w.,:])(?P<hour>\d{1,2})(?:(?P<mark>[:.])(?P<minute>[0-5]\d))?(?![:\d])"
    r"(?:\s?(?P<half>[ap])(?:\.m\.|m(?!\w)))?",
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(r"(?<!\w)(noon|midnight)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a time of day in a text; what it does not name is None.

    Attributes:
        minute: Minutes since midnight, for a time of day; a moment is a date or a time, not both.
    """

    span: Span
    year: int | None = None
    month: int | None = None
    day: int | None = None
    minute: int | None = None

    @property
    def key(self) -> str:
        """Return the normal form: "2016-11-03", "?-11-03", "2016-11-?", "17:30"."""
        if self.minute is not None:
            return f"{self.minute // 60:02}:{self.minute % 60:02}"
        return "-".join("?" if part is None else f"{part:02}" for part in self._date)

    @property
    def _date(self) -> tuple[int | None, int | None, int | None]:
        return self.year, self.month, self.day

    def covers(self, other: Moment) -> bool:
        """Return whether this moment says all that `other` says ("Nov. 3, 2016": "November 3")."""
        if self.minute is not None or other.minute is not None:
            return self.minute == other.minute
        return all(b is None or a == b for a, b in zip(self._date, other._date, strict=True))


def moments(text: str) -> list[Moment]:
    """Return the dates and times of day in the text, in order; they never overlap."""
    taken: list[Moment] = []
    for moment in [*_dates(text), *_times(text)]:
        if not any(moment.span.overlaps(other.span) for other in taken):
            taken.append(moment)
    return sorted(taken, key=lambda moment: moment.span.start)


def _dates(text: str) -> Iterator[Moment]:
    """Yield dates, the most exact forms first; a shorter reading may overlap an earlier one."""
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = _month(parts["month"])
            day = int(parts["day"]) if parts.get("day") else None
            year = int(parts["year"]) if parts.get("year") else None
            if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
                start = match.start() if day or year else match.start("month")
                yield Moment(Span(start, match.end()), year, month, day)


def _month(name: str) -> int:
    return int(name) if name.isdecimal() else _MONTHS.index(name[:3]) + 1


def _times(text: str) -> Iterator[Moment]:
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        half = (match["half"] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif half or match["mark"] != ":" or hour > 23:
            continue
        yield Moment(Span(*match.span()), minute=60 * hour + minute)
    for match in _NAMED_TIME.finditer(text):
        yield Moment(Span(*match.span()), minute=720 if match[1].lower() == "noon" else 0)
