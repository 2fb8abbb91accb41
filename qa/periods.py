"""Times of publication in words: "last week", "the past three days", "May 2016", "2016"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

Period = tuple[date, date]

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_COUNTS = "two three four five six seven eight nine ten".split()
PERIOD = (
    r"(?:(?P<day>today|yesterday)|(?P<which>this|last|past)\s+(?P<unit>week|month|year)"
    rf"|(?:last|past)\s+(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})\s+(?P<units>day|week|month|year)s?"
    rf"|(?:(?P<month>{'|'.join(_MONTHS)})\s+)?(?P<number>(?:19|20)\d\d))"
)
"""A pattern, case aside; what it found goes to `period`."""


def period(match: re.Match[str], today: date) -> Period:
    """Return the first and the last day of what `PERIOD` found; `today` is what it counts from."""
    if day := match["day"]:
        that = today if day.lower() == "today" else today - timedelta(days=1)
        return that, that
    if number := match["number"]:
        month = match["month"]
        first = date(int(number), _MONTHS.index(month.lower()) + 1 if month else 1, 1)
        return _month(first) if month else _year(first)
    if count := match["count"]:
        days = {"day": 1, "week": 7, "month": 30, "year": 365}[match["units"].lower()]
        many = int(count) if count.isdigit() else _COUNTS.index(count.lower()) + 2
        return today - timedelta(days=days * many), today
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
