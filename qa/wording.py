"""How dates, other years, links and doubts are said to people, wherever that is."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlsplit

from corpus.article import day_of
from qa.answer import Answer, Citation, Withdrawn


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


def change_in_words(citation: Citation) -> str | None:
    """Return that the article no longer has the sentence of an earlier answer, or None."""
    if not citation.changed:
        return None
    return "The article has changed since: its newest version no longer has this sentence."


def reference(citation: Citation) -> str:
    """Return a quote with where it stands, to be pasted into a text."""
    title = f"“{citation.title}”" if citation.title else None
    parts = (citation.publisher, title, shown_date(citation.published), web_link(citation.url))
    return f"“{citation.quote}” ({', '.join(part for part in parts if part)})"


def remarks(citation: Citation) -> dict[str, str]:
    """Return what is said below a quote: its "contrast" to the question, and that it "changed"."""
    said = {"contrast": contrast_in_words(citation), "changed": change_in_words(citation)}
    return {kind: words for kind, words in said.items() if words}


def whom(pronoun: str) -> str:
    """Return the question back to a pronoun for which nobody was named."""
    return f"Whom do you mean by “{pronoun}”? Nobody was named before; please give the name."


def message(answer: Answer) -> str:
    """Return what is said in our own words: about the quotes, or in the place of an answer."""
    if answer.status == "answered":
        return answer.note
    if answer.status == "unclear":
        return answer.note or "Which of these do you mean?"
    if any(not quote.nearest for quote in answer.withdrawn):
        return "What this answer quoted is no longer in the store."
    searched = f" Searched: {answer.searched}." if answer.searched else ""
    return f"No sentence was found that answers this.{searched}"


def withdrawn_in_words(quote: Withdrawn) -> str:
    """Return what was quoted then, with why it is no source now."""
    reasons = {
        "removed": "The article was removed since, so nothing shows any more that it said this:",
        "unmatched": "No source: the stored article does not have these words there:",
    }
    title = f"“{quote.title}”" if quote.title else None
    parts = (quote.publisher, shown_date(quote.published), title)
    return f"{reasons[quote.why]} “{quote.quote}” ({', '.join(part for part in parts if part)})"
