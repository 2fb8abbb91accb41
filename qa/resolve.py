"""A follow-up becomes a question that stands by itself, by carrying over the last question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.answer import Conversation
from qa.reader.lexicon import PLACES
from qa.reader.question import name_spans
from qa.reader.words import content_stems

_INSTEAD = re.compile(
    r"^(?:(?:and|or|but)\s+)?(?:what|how)\s+about\s+(.+?)\s*\?*$|^(?:and|or|but)\s+(.+?)\s*\?*$",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"\b(?:he|she|it|its|they|them|their|him|his|her|hers|that|this|those|these|there|then|so|"
    r"else|the (?:company|deal|country|president|leader|minister|two))\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A standalone question, and the names and terms that came from earlier turns."""

    standalone: str
    carried: tuple[str, ...] = ()


def resolve(question: str, conversation: Conversation) -> Resolved:
    """Return the question as understood after the turns so far.

    "And Russia?" puts Russia where the last question had a name of its kind; a question that leans
    on a pronoun or names nothing is asked together with the last one; any other stands by itself.
    """
    if not conversation.turns:
        return Resolved(question)
    last = conversation.turns[-1].standalone
    instead = _INSTEAD.match(question.strip())
    if instead:
        swapped = _swap(last, (instead[1] or instead[2]).strip())
        if swapped:
            return Resolved(swapped, _carried(last, swapped, question))
    if _LEANING.search(question) or not _names_something(question):
        together = f"{last} {question}"
        return Resolved(together, _carried(last, together, question))
    return Resolved(question)


def _swap(last: str, new: str) -> str | None:
    """Return the last question with its first name or year of the same kind replaced."""
    if _YEAR.search(new) and _YEAR.search(last):
        return _YEAR.sub(_YEAR.search(new)[0], last, count=1)  # type: ignore[index]
    if len(new.split()) > 5 or not name_spans(new):
        return None
    names = name_spans(last)
    alike = [s for s in names if (s.of(last) in PLACES) == (new in PLACES)]
    for span in alike or names:
        return last[: span.start] + new + last[span.end :]
    return None


def _names_something(question: str) -> bool:
    return bool(name_spans(question)) or len(content_stems(question)) >= 4


def _carried(last: str, standalone: str, question: str) -> tuple[str, ...]:
    own = set(content_stems(question))
    kept = (span.of(last) for span in name_spans(last))
    return tuple(
        name
        for name in dict.fromkeys(kept)
        if name in standalone and not set(content_stems(name)) <= own
    )
