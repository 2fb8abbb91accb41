"""What a file says about its article: ``key: value`` lines, dates, links, names.

Used for the front matter of Markdown and for header lines at the top of plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from corpus.clean import clean_line

_FIELDS = {
    "title": "title",
    "headline": "title",
    "date": "published",
    "published": "published",
    "publisher": "publisher",
    "outlet": "publisher",
    "source": "publisher",
    "url": "url",
    "link": "url",
    "author": "authors",
    "authors": "authors",
    "by": "authors",
    "byline": "authors",
    "language": "language",
    "lang": "language",
}
_HEADER = re.compile(r"([A-Za-z]{2,9}) ?: ?(.*)")
_WORDED_DATES = ("%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%d %b %Y", "%B %d %Y")
_AUTHORS = re.compile(r"\s*(?:,|;| and | & )\s*")
_MAX_LINK = 2000


def header_field(line: str) -> tuple[str, str] | None:
    """Return (field, value) of a line such as ``Published: 2019-01-24``, or None."""
    match = _HEADER.fullmatch(line.strip())
    field = _FIELDS.get(match[1].lower()) if match else None
    return (field, match[2].strip().strip("\"'")) if match and field else None


def split_header(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """Read the header lines that `lines` start with.

    Returns:
        The fields by name, and the number of lines they take; none and 0 where text follows
        without a blank line, because then it may be text that only looks like a header.
    """
    fields: dict[str, str] = {}
    for number, line in enumerate(lines):
        found = header_field(line)
        if found is None:
            return (fields, number) if not line.strip() else ({}, 0)
        fields.setdefault(*found)
    return {}, 0


def article_fields(fields: Mapping[str, str]) -> dict[str, Any]:
    """Turn header values into keyword arguments of `RawArticle`; unreadable ones become notes."""
    notes: list[str] = []
    found: dict[str, Any] = {
        name: clean_line(fields[name]) or None
        for name in ("title", "publisher", "language")
        if name in fields
    }
    if "authors" in fields:
        names = _AUTHORS.split(clean_line(fields["authors"].strip("[]")))
        found["authors"] = tuple(name.strip("\"' ") for name in names if name.strip("\"' "))
    if fields.get("url"):
        found["url"] = link(fields["url"])
        if found["url"] is None:
            notes.append("the url is no http link and was left out")
    if fields.get("published"):
        found["published"] = worded_day(fields["published"])
        if found["published"] is None:
            notes.append(f"the date {clean_line(fields['published'])!r} was not understood")
    return {**found, "notes": tuple(notes)}


def link(value: str) -> str | None:
    """Return `value` if it is an absolute http(s) link without blanks, else None."""
    value = value.strip()
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    plain = value.isprintable() and not any(c.isspace() or c in '<>"' for c in value)
    return value if usable and plain and len(value) <= _MAX_LINK else None


def moment(value: str) -> date | datetime:
    """Read an ISO 8601 date or datetime; ValueError for anything else.

    A datetime without a time zone counts as its day: which instant it means is unknown.
    """
    value = value.strip()
    try:
        return date.fromisoformat(value)
    except ValueError:
        found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        return found.date()
    try:
        found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error
    return found


def worded_day(value: str) -> date | datetime | None:
    """Read an ISO date, or a day such as "January 24, 2019" or "24 Jan 2019"; else None."""
    try:
        return moment(value)
    except ValueError:
        pass
    for form in _WORDED_DATES:
        try:
            return datetime.strptime(clean_line(value), form).date()
        except ValueError:
            continue
    return None
