"""How two sentences differ word by word, and how near they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from qa.facts import FUNCTION_WORDS
from qa.fold import fold

_FUNCTION_WEIGHT = 0.25
_MARKS = ".,;:!?\"'()"


class Difference(NamedTuple):
    """A stretch of words: the same, or replaced, added by `theirs`, or missing from it."""

    operation: Literal["same", "replaced", "added", "missing"]
    theirs: str
    stored: str


class _Block(NamedTuple):
    """Where `size` equal words start in the words asked for and in the stored ones."""

    theirs: int
    stored: int
    size: int


def weight(words: Sequence[str]) -> float:
    """Return how much the words tell: one each, a quarter for "the" or "was"."""
    return sum(
        _FUNCTION_WEIGHT if word.lower().strip(_MARKS) in FUNCTION_WORDS else 1.0 for word in words
    )


def shared(words: Sequence[str], stored: Sequence[str]) -> float:
    """Return the weight of the words that the two have in common, order aside."""
    return weight(list((Counter(words) & Counter(map(fold, stored))).elements()))


def in_order(words: Sequence[str], stored: Sequence[str]) -> float:
    """Return the weight of the words that the two have in common, in this order."""
    blocks = _blocks(words, stored)
    return sum(weight(words[b.theirs : b.theirs + b.size]) for b in blocks)


def differences(words: Sequence[str], stored: Sequence[str]) -> tuple[Difference, ...]:
    """Return all words of both in order, from those asked for (folded) to the stored ones."""
    found: list[Difference] = []
    a = b = 0
    for block in _blocks(words, stored):
        theirs, ours = words[a : block.theirs], stored[b : block.stored]
        pairs = _pairs(theirs, ours, begins=a == 0, ends=block.theirs == len(words))
        found.extend(_difference(*pair) for pair in pairs if any(pair))
        a, b = block.theirs + block.size, block.stored + block.size
        if block.size:
            same = " ".join(words[block.theirs : a]), " ".join(stored[block.stored : b])
            found.append(Difference("same", *same))
    return tuple(found)


def _blocks(words: Sequence[str], stored: Sequence[str]) -> list[_Block]:
    """Return the longest run of equal words, and what is equal nearest to it on either side."""
    keys = [fold(word) for word in stored]
    a, b, size = SequenceMatcher(None, words, keys, autojunk=False).find_longest_match()
    before = SequenceMatcher(None, words[:a][::-1], keys[:b][::-1], autojunk=False)
    after = SequenceMatcher(None, words[a + size :], keys[b + size :], autojunk=False)
    return [
        *(
            _Block(a - m.a - m.size, b - m.b - m.size, m.size)
            for m in before.get_matching_blocks()[::-1]
        ),
        _Block(a, b, size),
        *(_Block(a + size + m.a, b + size + m.b, m.size) for m in after.get_matching_blocks()),
    ]


def _pairs(
    theirs: Sequence[str], ours: Sequence[str], *, begins: bool, ends: bool
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Return what differs; stored words before the first or after the last of theirs apart."""
    spare = len(ours) - len(theirs)
    if not theirs or spare <= 0 or begins == ends:
        return [(theirs, ours)]
    if begins:
        return [((), ours[:spare]), (theirs, ours[spare:])]
    return [(theirs, ours[:-spare]), ((), ours[-spare:])]


def _difference(theirs: Sequence[str], ours: Sequence[str]) -> Difference:
    operation: Literal["replaced", "added", "missing"] = "replaced" if theirs else "missing"
    return Difference(operation if ours else "added", " ".join(theirs), " ".join(ours))
