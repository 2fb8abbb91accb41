"""How dates, other years, links and doubts are said to people, wherever that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from corpus.article import day_of
from index.lexical import Limits
from qa.answer import Answer, Citation, Withdrawn
from qa.language import foreign_language
from qa.links import web_link
from qa.messages.say import say


def shown_date(published: date | datetime | None) -> str:
    """Return a date as people read it ("24 January 2019"), or that it is unknown."""
    day = day_of(published)
    if day is None:
        return say("date_unknown")
    return say("date", day=day.day, month=_month(day), year=str(day.year))


def shown_month(day: date) -> str:
    """Return a month as people read it ("January 2019")."""
    return say("month", month=_month(day), year=str(day.year))


def _month(day: date) -> str:
    return say("months").split()[day.month - 1]


def named_years(citation: Citation) -> str | None:
    """Return in words which other years the quote names ("speaks of 2015"), or None."""
    named = list(dict.fromkeys(citation.other_years))
    return say("remark.years", years=_listed("and", named)) if 0 < len(named) <= 2 else None


def _listed(joint: str, words: Sequence[str]) -> str:
    """Return the words with "and" or "or" between each two."""
    said = words[0]
    for word in words[1:]:
        said = say(f"remark.{joint}", first=said, last=word)
    return said


def contrast_in_words(citation: Citation) -> str | None:
    """Return what a nearest sentence lacks of the question, and has instead, or None."""
    if not citation.missing:
        return None
    missing = _listed("or", [f"“{named}”" for named in citation.missing])
    if not citation.differs:
        return say("remark.missing", missing=missing)
    instead = _listed("and", [f"“{named}”" for named in citation.differs])
    return say("remark.instead", instead=instead, missing=missing)


def change_in_words(citation: Citation) -> str | None:
    """Return that the article no longer has the sentence of an earlier answer, or None."""
    return say("remark.changed") if citation.changed else None


def reference(citation: Citation) -> str:
    """Return a quote with where it stands, to be pasted into a text."""
    title = f"“{citation.title}”" if citation.title else None
    parts = (citation.publisher, title, shown_date(citation.published), web_link(citation.url))
    return f"“{citation.quote}” ({', '.join(part for part in parts if part)})"


def checked_in_words(citation: Citation) -> str:
    """Return where the words of a quote were found; it vouches for nothing but the quote."""
    return say("answer.checked_earlier" if citation.changed else "answer.checked")


def picked_in_words(answer: Answer) -> str:
    """Return where a short answer is from, so that nobody takes its truth for checked; or ""."""
    return say("answer.picked", count=len(answer.citations)) if answer.short else ""


def remarks(citation: Citation) -> dict[str, str]:
    """Return what is said below a quote: its "contrast" to the question, and that it "changed"."""
    said = {"contrast": contrast_in_words(citation), "changed": change_in_words(citation)}
    return {kind: words for kind, words in said.items() if words}


def limits_in_words(limits: Limits) -> str:
    """Return the limits after "8 articles" ("from Tallis Wire since 1 June 2016"), or ""."""
    words = [say("scope.from", publisher=limits.publisher)] if limits.publisher else []
    words += [say("scope.since", day=shown_date(limits.since))] if limits.since else []
    words += [say("scope.until", day=shown_date(limits.until))] if limits.until else []
    return " ".join(words)


def limited_to(answer: Answer) -> str:
    """Return to what an answer is limited, as a sentence, or ""."""
    words = limits_in_words(answer.limits)
    return say("answer.limited", limits=words) if words else ""


def whom(pronoun: str) -> str:
    """Return the question back to a pronoun for which nobody was named."""
    return say("answer.whom", pronoun=pronoun)


def not_english(question: str) -> str:
    """Return that a question seems to be in another language than English, or an empty string."""
    code = foreign_language(question)
    return say("answer.language", language=say(f"language.{code}")) if code else ""


def message(answer: Answer) -> str:
    """Return what is said in our own words: about the quotes, or in the place of an answer."""
    if answer.status == "answered":
        return joined_notes(limited_to(answer), answer.note)
    if answer.status == "unclear":
        return answer.note or say("answer.which")
    if any(not quote.nearest for quote in answer.withdrawn):
        return say("answer.withdrawn")
    searched = say("answer.searched", scope=answer.searched) if answer.searched else ""
    return " ".join(filter(None, (say("answer.no_sentence"), answer.note, searched)))


def joined_notes(*notes: str) -> str:
    """Return what is said in our own words, one thing after the other."""
    return " ".join(filter(None, notes))


def withdrawn_in_words(answer: Answer) -> list[str]:
    """Return what was quoted then, with why it is no source now; of what is gone only that."""
    return list(dict.fromkeys(map(_withdrawn, answer.withdrawn)))


def _withdrawn(quote: Withdrawn) -> str:
    if quote.why == "removed" or not quote.quote:
        return say("remark.removed")
    title = f"“{quote.title}”" if quote.title else None
    parts = (quote.publisher, shown_date(quote.published), title)
    named = ", ".join(part for part in parts if part)
    return f"{say(f'remark.{quote.why}')} “{quote.quote}” ({named})"
