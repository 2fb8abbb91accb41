"""False statements made from true quotes, of ten kinds.

Each change alters what is claimed, as far as that can be seen from the words alone: nothing is
changed after "more than", "by" or another word that could leave the changed figure true, and no
names are swapped in "Russia and China". A part has the quote's own words, without those that make
them true. Whether the gate refuses a statement never matters here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Literal, NamedTuple, get_args

from qa.evaluation.quotes.changes import BOUND, Change
from qa.evaluation.quotes.opposites import (
    ALIASES,
    MONTHS,
    OPPOSITES,
    ROLES,
    SIGNS,
    UNITS,
    WEEKDAYS,
    WORD_NUMBERS,
)
from qa.evaluation.quotes.parts import false_parts
from qa.evaluation.quotes.scales import other_scales
from qa.fold import fold
from qa.reader.lexicon import COUNTRY_OF_PEOPLE, PLACES
from qa.reader.words import content_stems

FalseKind = Literal[
    "digit",
    "unit",
    "scale",
    "negation",
    "name",
    "date",
    "verb",
    "part",
    "stitched",
    "other article",
]
FALSE_KINDS: tuple[FalseKind, ...] = get_args(FalseKind)


class Surroundings(NamedTuple):
    """What a falsehood may be made of besides the quote itself.

    Attributes:
        same: Other sentences of the quote's article.
        other: Sentences of other articles.
    """

    same: Sequence[str]
    other: Sequence[str]


class Falsehood(NamedTuple):
    """A false statement.

    Attributes:
        second: The other sentence that a stitched statement was made from, else None.
    """

    text: str
    second: str | None = None


_NUMBER = rf"(?:\d[\d,.]*|{'|'.join(WORD_NUMBERS)})"
_DIGITS = re.compile(r"(?<![\w.,/:-])[$€£]?\d+(?:[.,]\d+)*(?![\w/:])")
_WORD_NUMBER = re.compile(rf"(?<![\w-])(?:{'|'.join(WORD_NUMBERS)})(?![\w-])")
_UNIT = re.compile(
    rf"(?<![\w.,])[$€£]?{_NUMBER}[ -]?"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})(?!\w)"
)
_SIGN = re.compile(r"(?<![\w$])[$€£](?=\d)")
_YEAR = re.compile(r"(?<![\w.,$€£-])(?:19|20)\d\d(?![\w%-]|[.,]\d)")
_MONTH = re.compile(
    rf"(?<!\w)(?:{'|'.join(m for m in MONTHS if m not in ('March', 'May'))}"
    r"|(?<=[io]n )(?:March|May)|(?:March|May)(?= \d))(?![\w’'])"
)
_WEEKDAY = re.compile(rf"(?<!\w)(?:{'|'.join(WEEKDAYS)})(?![\w’'])")
_DATE_BOUND = re.compile(
    r"\b(?:by|before|after|since|until|till|from|between|and|or|to|through|around|about|every)"
    r" (?:(?:early|late|mid|the) )*$",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]+(?:\.?[’']?[A-Z][\w-]+)*(?: [A-Z][\w-]+)*")
_BETWEEN_LIKE = re.compile(
    r",|[()—-]|\b(?:and|or|with|met|meets|versus|vs|between|from|near|like|as|is|was|are|were)\b"
)
_NEGATABLE = re.compile(
    r"(?<=[a-z] )(?:is|are|was|were|will|would|has|have|had|should|can)(?= [a-z])"
)
_NEGATED = re.compile(
    r"(?<= )(?:not|never)(?! only| just| merely) |(?<=is|as|re|ad|es|ve|ld|id)n[’']t(?= )"
)
_BEFORE_NOUN = re.compile(r"\b(?:the|an?|to|of|its|his|her|their|more|newly|recently) $", re.I)
_NO_SECOND = frozenset("not never no to only nothing neither none".split())
# Of part of a group both may be true: some did, and some did not.
_PART = re.compile(r"\b(?:some|many|most|few|several|others?|half|at least|more than)\b", re.I)
_NO = re.compile(r"(?<=[a-z] )no (?=[a-z]+\b(?! longer))(?!longer|one\b|more\b|matter\b|doubt\b)")


def falsify(kind: FalseKind, quote: str, around: Surroundings, random: Random) -> Falsehood | None:
    """Return a false statement made from the quote, or None where none of the kind can be made."""
    if kind == "stitched":
        return _stitched(quote, around.same, random)
    if kind == "other article":
        return _other_sentence(quote, around.other)
    if kind == "part":
        parts = sorted(set(false_parts(quote)) - {quote})
        return Falsehood(random.choice(parts)) if parts else None
    if kind == "name":
        changes = [*_swapped(quote), *_renamed(quote, around.same)]
    else:
        changes = list(_CHANGES[kind](quote))
    if not changes:
        return None
    change = random.choice(changes)
    return Falsehood(change.of(quote))


# Figures and dates


def _other_digits(quote: str) -> Iterator[Change]:
    for match in _DIGITS.finditer(quote):
        if BOUND.search(quote[: match.start()]) or _YEAR.match(quote, match.start()):
            continue
        for place in range(match.start(), match.end()):
            if quote[place].isdigit():
                yield from (Change(place, place + 1, d) for d in "123456789" if d != quote[place])
    for match in _WORD_NUMBER.finditer(quote):
        if not BOUND.search(quote[: match.start()]):
            yield from (Change(*match.span(), w) for w in WORD_NUMBERS if w != match.group())


def _other_units(quote: str) -> Iterator[Change]:
    for match in _UNIT.finditer(quote):
        if not BOUND.search(quote[: match.start()]):
            start = match.start("unit")
            yield Change(start, match.end(), UNITS[match["unit"]])
    for match in _SIGN.finditer(quote):
        yield Change(*match.span(), SIGNS[match.group()])


def _other_dates(quote: str) -> Iterator[Change]:
    for pattern, others in ((_MONTH, MONTHS), (_WEEKDAY, WEEKDAYS)):
        for match in pattern.finditer(quote):
            if not _DATE_BOUND.search(quote[: match.start()]):
                yield from (Change(*match.span(), o) for o in others if o != match.group())
    for match in _YEAR.finditer(quote):
        if not _DATE_BOUND.search(quote[: match.start()]):
            year = int(match.group())
            yield from (Change(*match.span(), str(year + n)) for n in (-10, -2, -1, 1, 2, 10))


# Words


def _negation(quote: str) -> Iterator[Change]:
    for match in _NEGATABLE.finditer(quote):
        following = quote[match.end() :].split(maxsplit=1)[0]
        if following not in _NO_SECOND and not _PART.search(quote[: match.start()]):
            yield Change(match.end(), match.end(), " not")
    for match in (*_NEGATED.finditer(quote), *_NO.finditer(quote)):
        yield Change(*match.span(), "")


def _opposite_verb(quote: str) -> Iterator[Change]:
    for match in re.finditer(r"(?<=[\w’'\"”] )[a-z]+(?![\w-])", quote):
        if match.group() in OPPOSITES and not _BEFORE_NOUN.search(quote[: match.start()]):
            yield Change(*match.span(), OPPOSITES[match.group()])


_CHANGES: dict[FalseKind, Callable[[str], Iterator[Change]]] = {
    "digit": _other_digits,
    "unit": _other_units,
    "scale": other_scales,
    "negation": _negation,
    "date": _other_dates,
    "verb": _opposite_verb,
}


# Names


def names(sentence: str) -> list[re.Match[str]]:
    """Return the names inside the sentence; its first word, dates and mere roles are none."""
    passed = {*map(str.lower, (*MONTHS, *WEEKDAYS)), *ROLES}
    return [
        match
        for match in _NAME.finditer(sentence)
        if not passed & set(match.group().lower().split()) and len(match.group()) > 2
    ]


def _swapped(quote: str) -> Iterator[Change]:
    """Yield the quote with two names in each other's place, where that is another claim."""
    found = names(quote)
    for one, other in pairwise(found):
        between = quote[one.end() : other.start()]
        far_apart = len(between.split()) > 1 and not _BETWEEN_LIKE.search(between)
        if far_apart and _may_differ(one.group(), other.group()):
            yield Change(one.start(), other.end(), other.group() + between + one.group())


def _renamed(quote: str, same: Sequence[str]) -> Iterator[Change]:
    known = [match.group() for match in names(quote)]
    others = dict.fromkeys(match.group() for sentence in same for match in names(sentence))
    for match in names(quote):
        name = match.group()
        if quote.count(name) == 1:
            yield from (
                Change(*match.span(), other)
                for other in others
                if _alike(name, other) and all(_may_differ(k, other) for k in known)
            )


def _alike(name: str, other: str) -> bool:
    """Return whether both are places, or neither, and of as many words."""
    places = PLACES | {people.title() for people in COUNTRY_OF_PEOPLE}
    return (name in places) == (other in places) and len(name.split()) == len(other.split())


def _may_differ(name: str, other: str) -> bool:
    """Return whether the two share no word, stem, initials or known other name."""
    one, two = (set(re.split(r"[\s-]", n.lower().replace(".", ""))) for n in (name, other))
    if any(a[:4] == b[:4] for a in one for b in two) or _initials(name) & _initials(other):
        return False
    return not any(one & group and two & group for group in map(set, map(str.split, ALIASES)))


def _initials(name: str) -> set[str]:
    return {"".join(word[0] for word in name.split()), name.replace(".", "")}


# Sentences


def _stitched(quote: str, same: Sequence[str], random: Random) -> Falsehood | None:
    """Return the beginning of the quote with the end of another sentence."""
    second = random.choice(same) if same else ""
    first_words, second_words = quote.split(), second.split()
    if min(len(first_words), len(second_words)) < 8 or not _apart(quote, second):
        return None
    head = first_words[: random.randint(4, len(first_words) - 3)]
    tail = second_words[random.randint(3, len(second_words) - 4) :]
    return Falsehood(" ".join([*head, *tail]), second) if _apart(" ".join(tail), quote) else None


def _other_sentence(quote: str, others: Sequence[str]) -> Falsehood | None:
    """Return the sentence nearest to the quote by its words, of those that say something else."""
    own = set(content_stems(fold(quote)))
    apart = [other for other in others if _apart(other, quote)]
    nearest = max(apart, key=lambda o: len(own & set(content_stems(fold(o)))), default=None)
    return Falsehood(nearest) if nearest else None


def _apart(one: str, other: str) -> bool:
    """Return whether the first has at least two telling words, and most, that the other lacks."""
    own = set(content_stems(fold(one)))
    new = own - set(content_stems(fold(other)))
    return len(new) >= max(2, len(own) / 2)
