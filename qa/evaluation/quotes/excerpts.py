"""Excerpts to look for: cut from stored text, in other typography, altered, or of no article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import takewhile
from random import Random

from qa.evaluation.quotes.falsify import FalseKind, Surroundings, falsify
from qa.evaluation.quotes.opposites import WORD_NUMBERS
from qa.fold import fold
from qa.worddiff import Difference

SHORTEST = 8
"""Words of an excerpt: with fewer, many articles may say it."""
_CHANGES: tuple[FalseKind, ...] = ("digit", "unit", "negation", "name", "date", "verb")
_ENDS = re.compile(r"[.!][\"”’')]*$")
_STARTS = re.compile(r"[\"“‘]?[A-Z]")
_LONGEST = 400
_FIGURE = re.compile(
    r"[\d$€£¥%]|\b(?:hundred|dozen|thousand|[mbtr]+illion|percent|per|cent|percentage|points?|dollars?"
    rf"|euros?|pounds?|half|quarters?|thirds?|one|first|second|{'|'.join(WORD_NUMBERS)}|\w*teen"
    r"|\w+ty(?:-\w+)?|a\.m|p\.m|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|January|February|March|April"
    r"|May|June|July|August|September|October|November|December)\b",
    re.IGNORECASE,
)


def is_statement(sentence: str) -> bool:
    """Return whether a stored sentence states something: no heading, question or fragment."""
    return (
        len(sentence) <= _LONGEST
        and len(sentence.split()) >= SHORTEST
        and "\n" not in sentence
        and _STARTS.match(sentence) is not None
        and _ENDS.search(sentence) is not None
    )


def part(text: str, random: Random) -> str:
    """Return some consecutive words of the text, no figure cut; all of it where it is short."""
    words = list(re.finditer(r"\S+", text))
    borders = [n for n in range(len(words) + 1) if _may_cut(words, n)]
    pairs = [(a, b) for a in borders for b in borders if b - a >= SHORTEST]
    if not pairs:
        return text
    first, last = random.choice(pairs)
    return text[words[first].start() : words[last - 1].end()]


def _may_cut(words: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether no figure stands beside the border before the word `at`."""
    if at in (0, len(words)):
        return True
    return not any(_FIGURE.search(words[n].group()) for n in (at - 1, at))


# Other typography


def vary(text: str, random: Random) -> str:
    """Return the same words in other typography, at least one mark or space of another form."""
    ways = [way for way in _WAYS if way(text, random) != text]
    for way in random.sample(ways, random.randint(1, len(ways))):
        text = way(text, random)
    return text


def _straight(text: str, _random: Random) -> str:
    return text.translate(str.maketrans("“”‘’–—", "\"\"''--"))


def _curly(text: str, _random: Random) -> str:
    text = re.sub(r"(?<!\S)\"", "“", text).replace('"', "”")
    return re.sub(r"(?<=\w)'", "’", text)


def _ligatures(text: str, _random: Random) -> str:
    return text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ")


def _broken(text: str, random: Random) -> str:
    return _respaced(text, random, "\n")


def _wide(text: str, random: Random) -> str:
    return _respaced(text, random, random.choice(("\u00a0", "  ", "\u2009", " \r\n ")))


def _respaced(text: str, random: Random, space: str) -> str:
    place = random.choice([match.start() for match in re.finditer(" ", text)])
    return text[:place] + space + text[place + 1 :]


def _hyphenated(text: str, random: Random) -> str:
    places = [match.end() for match in re.finditer(r"[a-z]{3}(?=[a-z]{3})", text)]
    place = random.choice(places) if places else 0
    return text[:place] + "\u00ad" * bool(places) + text[place:]


_WAYS: tuple[Callable[[str, Random], str], ...] = (
    _straight, _curly, _ligatures, _broken, _wide, _hyphenated
)  # fmt: skip


# Altered


def alter(text: str, same: Sequence[str], random: Random) -> str:
    """Return the text with one stretch of words changed, added or left out."""
    around = Surroundings(same, ())
    for kind in random.sample(_CHANGES, len(_CHANGES)):
        false = falsify(kind, text, around, random)
        if false and false.text.split() != text.split():
            return false.text
    words = text.split()
    left_out = random.randrange(1, len(words) - 1)
    return " ".join(words[:left_out] + words[left_out + 1 :])


def right_difference(asked: str, stored: str, differences: Sequence[Difference]) -> bool:
    """Return whether the differences are just those between what was asked for and what is stored.

    Args:
        asked: The altered excerpt.
        stored: The excerpt before; what the sentence has before and after it may be "missing".
        differences: As `find_quote` shows them.
    """
    theirs, ours = _words(asked), _words(stored)
    before = _common(theirs, ours)
    after = min(_common(theirs[::-1], ours[::-1]), min(len(theirs), len(ours)) - before)
    changed = [d for d in _inner(differences) if d.operation != "same"]
    shown_theirs = Counter(word for d in changed for word in _words(d.theirs))
    shown_ours = Counter(word for d in changed for word in _words(d.stored))
    return (
        bool(changed)
        and shown_theirs <= Counter(theirs[before : len(theirs) - after])
        and shown_ours <= Counter(ours[before : len(ours) - after])
    )


def _inner(differences: Sequence[Difference]) -> list[Difference]:
    shown = list(differences)
    while shown and shown[0].operation == "missing":
        shown.pop(0)
    while shown and shown[-1].operation == "missing":
        shown.pop()
    return shown


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _words(text: str) -> list[str]:
    return [word.strip(".,;:") for word in fold(text).replace('"', "").split()]


# Of no article

_TRADES = (
    "glassblower",
    "beekeeper",
    "lighthouse keeper",
    "bell founder",
    "clockmaker",
    "thatcher",
)
_PEOPLE = ("Odalys Brennick", "Tavish Quorle", "Marguerite Sploon", "Ferdinand Ockley")
_PLACES = ("Wexcombe", "Ulverdale", "Port Skerrin", "Nether Quibley", "Great Ostlow")
_DEEDS = (
    "polished the brass weathercock",
    "buried a jar of marmalade",
    "taught two parrots to whistle hymns",
    "knitted a scarf for the statue",
    "counted every slate of the chapel roof",
    "rowed a bathtub across the duck pond",
)
_REASONS = (
    "because the goats had eaten the almanac",
    "to settle a wager over turnips",
    "while the choir rehearsed beneath the viaduct",
    "so that the sundial would forgive the fog",
    "after losing a game of dominoes to the verger",
)


def invented(count: int, seed: int) -> list[str]:
    """Return different sentences that no news article has, at most as many as can be made."""
    every = [
        f"The {trade} {person} of {place} {deed} {reason}."
        for trade in _TRADES
        for person in _PEOPLE
        for place in _PLACES
        for deed in _DEEDS
        for reason in _REASONS
    ]
    random = Random(f"{seed} invented")  # noqa: S311 - only has to be repeatable
    return random.sample(every, min(count, len(every)))
