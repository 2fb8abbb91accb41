"""Limits of a search that a question states in words: whose articles, and of what time.

Only what plainly speaks of articles limits: "according to Tallis Wire", "articles from 2016",
"last week". "How much was lent in 2016?" does not, as a later article may well tell.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from index.chunk_index import NO_LIMITS, Limits

Period = tuple[date, date]

_SAID_BY = r"(?i:according to|reported (?:by|in)|as told by)"
# "in the week" is no outlet, "in The Week" is one.
_FROM = r"(?i:in|from|what does|what did)"
_ARTICLES = (
    r"(?:articles?|stories|news|reports?|coverage|(?:published|written|reported|printed))"
    r"(?:\s+(?:from|of|in|during))?"
)
_OF_YEAR = re.compile(rf"\b{_ARTICLES}\s+(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:(?P<day>today|yesterday)|(?P<which>this|last|past)\s+(?P<unit>week|month|year)"
    r"|(?:last|past)\s+(?P<count>\d{1,3})\s+(?P<units>day|week|month)s?)\b(?![’'])",
    re.IGNORECASE,
)


def stated_limits(question: str, publishers: Iterable[str], today: date) -> Limits:
    """Return the limits that a question states; `NO_LIMITS` if it states none.

    Args:
        question: As typed.
        publishers: The names that the store knows; any other is no limit.
        today: The day that "last week" counts from.
    """
    limits = replace(NO_LIMITS, publisher=_publisher(question, publishers))
    if year := _OF_YEAR.search(question):
        first = date(int(year["year"]), 1, 1)
        return replace(limits, since=first, until=date(first.year, 12, 31))
    if match := _RELATIVE.search(question):
        since, until = _period(match, today)
        return replace(limits, since=since, until=until)
    return limits


def _publisher(question: str, publishers: Iterable[str]) -> str | None:
    """Return the publisher that is named as the one who says it; the longest name that is."""
    asked = question.casefold()
    named_at_all = [name for name in publishers if name.casefold() in asked]
    for name in sorted(named_at_all, key=len, reverse=True):
        named = rf"\s+(?:[Tt]he\s+)?{re.escape(name)}(?!\w)"
        if re.search(rf"\b{_SAID_BY}(?i:{named})|\b{_FROM}{named}", question):
            return name
    return None


def _period(match: re.Match[str], today: date) -> Period:
    if day := match["day"]:
        that = today if day.lower() == "today" else today - timedelta(days=1)
        return that, that
    if match["count"]:
        days = {"day": 1, "week": 7, "month": 30}[match["units"].lower()] * int(match["count"])
        return today - timedelta(days=days), today
    periods: dict[str, Callable[[date], Period]] = {"week": _week, "month": _month, "year": _year}
    of = periods[match["unit"].lower()]
    this = of(today)
    return (this[0], today) if match["which"].lower() == "this" else of(this[0] - timedelta(days=1))


def _week(day: date) -> Period:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _month(day: date) -> Period:
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _year(day: date) -> Period:
    return date(day.year, 1, 1), date(day.year, 12, 31)
