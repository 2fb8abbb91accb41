"""How dates, other years and links are said to people, wherever that is."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlsplit

from corpus.article import day_of
from qa.answer import Citation


def shown_date(published: date | datetime | None) -> str:
    """Return a date as people read it ("24 January 2019"), or that it is unknown."""
    day = day_of(published)
    return f"{day.day} {day:%B} {day.year}" if day else "date unknown"


def named_years(citation: Citation) -> str | None:
    """Return in words which other years the quote names ("speaks of 2015"), or None."""
    named = list(dict.fromkeys(citation.other_years))
    return f"speaks of {' and '.join(named)}" if 0 < len(named) <= 2 else None


def web_link(url: str | None) -> str | None:
    """Return the link if it is safe to follow (http or https, no control characters), else None."""
    if not url or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def contrast_in_words(citation: Citation) -> str | None:
    """Return what a nearest sentence lacks of the question, and has instead, or None."""
    if not citation.missing:
        return None
    missing = " or ".join(f"“{named}”" for named in citation.missing)
    instead = " and ".join(f"“{named}”" for named in citation.differs)
    return f"This speaks of {instead}, not of {missing}." if instead else f"Not of {missing}."
