"""A follow-up worded as a question that stands by itself, in words of the conversation only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.article import Span
from qa.resolve.phrases import Kind, Phrase
from qa.resolve.pronouns import NOUN_AFTER, open_slots

_POSSESSIVES = {"his", "its", "their", "theirs", "hers"}
_NO_PERSON = (Kind.NAME, Kind.THING, Kind.PLACE)
_FITS: dict[str, tuple[tuple[Kind, ...], ...]] = {
    "person": ((Kind.PERSON,), (Kind.NAME,)),
    "thing": (_NO_PERSON, (Kind.PERSON,)),
    "several": ((*_NO_PERSON, Kind.PERSON),),
    "place": ((Kind.PLACE,), (Kind.NAME,)),
    "time": ((Kind.TIME,),),
}
_PREPOSITION = r"(?:in|at|on|from|of|by|with|for|to|during|about)"
_TAIL = re.compile(r"[\s?.!]*$")
_OPENING = re.compile(r"^(?:and|but|so|ok(?:ay)?|then|well|no),?\s+(?=\S)", re.IGNORECASE)


def without_opening(question: str) -> str:
    """Return the question without the "and" or "but" that ties it to the last one."""
    rest = _OPENING.sub("", question.strip(), count=1)
    return rest[:1].upper() + rest[1:] if rest != question.strip() else rest


def left_out(question: str, terms: Iterable[str]) -> str:
    """Return the question without some of its terms and the prepositions before them."""
    for term in terms:
        question = re.sub(
            rf"(?:\s+{_PREPOSITION})?\s+{re.escape(term)}(?:['’]s?)?(?!\w)", "", question, count=1
        )
    return question


def worded(question: str, phrases: Sequence[Phrase]) -> str:
    """Return the question with the phrases in the place of its pronouns, the others at its end.

    Args:
        question: The follow-up, as typed.
        phrases: What it leaves unsaid, the likeliest first.
    """
    question = without_opening(question)
    left = list(phrases)
    parts: list[str] = []
    at = 0
    used: set[str] = set()
    for span, kind in open_slots(question):
        fits = [] if kind in used else fitting(kind, left)
        if not fits:
            continue
        phrase = fits[0]
        left.remove(phrase)
        used.add(kind)
        parts += [question[at : span.start], _in_place(question, span, kind, phrase.text)]
        at = span.end
    whole = "".join([*parts, question[at:]])
    return added(whole, " ".join(_rest(left))) if left else whole


def fitting(kind: str, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Return the phrases of the first kind that the pronoun can stand for, in the same order."""
    groups = ([p for p in phrases if p.kind in wanted] for wanted in _FITS[kind])
    return next(filter(None, groups), [])


def in_slot(question: str, name: str) -> str:
    """Return the question with a name in the place of its first pronoun, if it has one."""
    for span, kind in open_slots(question)[:1]:
        named = _in_place(question, span, kind, name)
        return question[: span.start] + named + question[span.end :]
    return question


def _in_place(question: str, span: Span, kind: str, name: str) -> str:
    word = span.of(question).lower()
    if word in _POSSESSIVES or (word == "her" and NOUN_AFTER.match(question, span.end)):
        return name + ("'" if name.endswith("s") else "'s")
    if kind == "place":
        return f"in {name}"
    if kind == "time" and not re.search(r"\b(?:in|on|by|since|until)\s+$", question[: span.start]):
        return f"in {name}"
    return name


def added(question: str, rest: str) -> str:
    """Return the question with something said at its end, before its mark."""
    tail = _TAIL.search(question)
    end = tail.start() if tail else len(question)
    return f"{question[:end]} {rest}{question[end:].strip() or '?'}"


def _rest(phrases: Sequence[Phrase]) -> Iterator[str]:
    """Yield the phrases to add: with the preposition that each had, the others named as topics."""
    placed = [p for p in phrases if p.preposition in ("in", "at", "on", "during", "from")]
    yield from (f"{p.preposition} {p.text}" for p in placed)
    topics = [p.text for p in phrases if p not in placed]
    if topics:
        yield f"({', '.join(topics)})"
