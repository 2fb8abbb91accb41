"""Terms of earlier turns, joined to the phrases that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corpus.article import Span
from qa.moments import moments
from qa.reader.lexicon import PLACES
from qa.reader.named import name_spans
from qa.reader.question import KIND_OF_HEAD, analyse
from qa.reader.question import Kind as AnswerKind
from qa.reader.words import content_stems
from qa.resolve.said import Said

# What may stand between the words of one phrase.
_JOINT = re.compile(r"(?:['’]s)?[\s-]+(?:(?:of|de|la|al|bin|van|von)\s+)?(?:the\s+)?|['’]s\s+|-")
_BEFORE = re.compile(r"\b(in|at|on|from|of|by|with|for|to|during|about)\s+(?:the\s+|an?\s+)?$")
# What was just answered is what is most likely asked on about.
ANSWER_BONUS = 0.1
_POSSESSIVE = re.compile(r"(?<=\w)['’]s?$")
_DAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|week|month|today", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NO_PERSON = re.compile(
    r"\b(?:Inc|Ltd|Corp|Company|Bank|University|College|School|Party|Street|Park|House|Court|"
    r"League|Club|City|County|Church|Council|Committee|Group|Agency|Union|Ministry|Department|"
    r"Association|Festival|Prize|Award|Awards|Cup|Bowl|Series|Games|Act|Treaty|Fund|Museum|"
    r"Institute|Hospital|Airport|Airlines|News|Times|Post|Records|Band|Islands?|Sea|Ocean|River|Lake|"
    r"Bay|Valley|Bridge|Dam|Ground|Cent(?:er|re)|Wire|Rovers|United|Province|States?|Bank|Fire|Tour)\b"
)
_TITLE = re.compile(
    r"(?:(?:Former|Vice|Prime|Democratic|Republican|GOP)\s)*(?:President|Minister|Queen|King|Prince|"
    r"Princess|Pope|Judge|Mayor|Secretary|Senator|Governor|Mrs?|Ms|Dr|Sen|Rep|Gov|Prof)\b\.?\s[A-Z]"
)


class Kind(StrEnum):
    """What a phrase names, as far as that shows."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    NAME = "name"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of an earlier turn that belong to the follow-up.

    Attributes:
        text: As it stands there.
        terms: The stems of its content words.
        weight: How likely it belongs to the follow-up, 0 to 1.
        source: The text that it is of.
        preposition: The one before it there, or "".
    """

    text: str
    terms: frozenset[str]
    kind: Kind
    weight: float
    source: Said
    preposition: str


Weighed = Sequence[tuple[Span, float]]


def phrases_of(
    said: Sequence[Said], weighed: Sequence[Weighed], least: float, known: frozenset[str]
) -> list[Phrase]:
    """Return the phrases to carry over, the likeliest first, none of which says a thing again.

    Args:
        said: The texts before, newest first.
        weighed: For each of them, its words with how likely each belongs to the follow-up.
        least: A word below this is not carried.
        known: Stems of the follow-up itself.
    """
    found = [
        phrase
        for each, words in zip(said, weighed, strict=True)
        for phrase in _phrases(each, words, least)
    ]
    found.sort(key=lambda p: (-round(p.weight, 1), -len(p.terms), p.source.ago))
    kept: list[Phrase] = []
    held = set(known)
    for phrase in found:
        if not phrase.terms <= held:
            kept.append(phrase)
            held |= phrase.terms
    return kept


def _phrases(said: Said, words: Weighed, least: float) -> Iterator[Phrase]:
    weights = {_bare(said.text, span): w for span, w in words}
    chosen = sorted(s for s, w in weights.items() if w >= least and _is_content(s.of(said.text)))
    names = name_spans(said.text)
    asked = _asked_for(said)
    runs: list[Span] = []
    for span in chosen:
        whole = next((n for n in names if n.overlaps(span)), span)
        if not any(w >= least / 2 for s, w in weights.items() if whole.contains(s)):
            whole = span
        if runs and (runs[-1].overlaps(whole) or _joined(said, runs[-1], whole)):
            runs[-1] = Span(runs[-1].start, max(runs[-1].end, whole.end))
        else:
            runs.append(whole)
    for run in runs:
        weight = max(weights[span] for span in chosen if run.overlaps(span))
        if asked and asked.contains(run) and _says_something(said.answered):
            yield _phrase_of(said.answered, weight, said)
        elif _says_something(text := run.of(said.text)) and (
            not said.is_answer or kind_of(text) is not Kind.THING
        ):
            yield _phrase(said, run, weight)


def _asked_for(said: Said) -> Span | None:
    """Return where a question says what it asks for, if the answer to that is known.

    After "which major city opened a camp?" and "New York", the city is New York.
    """
    focus = "" if said.is_answer or not said.answered else analyse(said.text).focus
    start = said.text.find(focus) if focus else -1
    return Span(start, start + len(focus)) if start >= 0 else None


def _bare(text: str, word: Span) -> Span:
    """Return the word without a possessive ending."""
    return Span(word.start, word.start + len(_POSSESSIVE.sub("", word.of(text))))


def _says_something(text: str) -> bool:
    """Return whether a phrase can stand for something: no bare figure can."""
    letters = any(c.isalpha() for term in content_stems(text) for c in term)
    return letters or kind_of(text) is Kind.TIME


def _is_content(word: str) -> bool:
    return bool(content_stems(word)) and not _DAY.fullmatch(word)


def _joined(said: Said, left: Span, right: Span) -> bool:
    """Return whether two words make one phrase; of answers only names are carried over."""
    is_name = not said.is_answer or right.of(said.text)[:1].isupper()
    return is_name and _JOINT.fullmatch(said.text, left.end, right.start) is not None


def _phrase(said: Said, span: Span, weight: float) -> Phrase:
    text = span.of(said.text)
    before = _BEFORE.search(said.text[: span.start])
    return _phrase_of(text, weight, said, before[1] if before else "")


def _phrase_of(text: str, weight: float, said: Said, preposition: str = "") -> Phrase:
    terms = frozenset(content_stems(text))
    if said.ago == 1 and said.answered == text:
        weight = min(weight + ANSWER_BONUS, 1.0)
    return Phrase(text, terms, kind_of(text), weight, said, preposition)


def kind_of(text: str) -> Kind:
    """Return what a phrase names, going by its form."""
    if _YEAR.fullmatch(text) or any(m.span == Span(0, len(text)) for m in moments(text)):
        return Kind.TIME
    if text in PLACES:
        return Kind.PLACE
    pieces = text.split()
    capitals = sum(word[:1].isupper() for word in pieces)
    if KIND_OF_HEAD.get(pieces[-1].lower()) is AnswerKind.PERSON:
        return Kind.PERSON
    if not capitals:
        return Kind.THING
    titled = any(KIND_OF_HEAD.get(word) is AnswerKind.PERSON for word in pieces)
    is_person = titled or _TITLE.match(text) or 2 <= capitals == len(pieces) <= 4
    return Kind.PERSON if is_person and not _NO_PERSON.search(text) else Kind.NAME
