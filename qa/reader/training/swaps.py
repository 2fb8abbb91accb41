"""Near misses: a question, or a window, with one name, figure or noun swapped for another."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.article import Span
from qa.figures import numbers
from qa.reader.lexicon import PLACES
from qa.reader.named import name_spans
from qa.reader.question import FIGURE
from qa.reader.words import is_stop_word, stem

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_WORD = re.compile(r"[A-Za-z]+")
# Words of which exactly one can be meant: another of the same row asks for something else.
_ROWS = [
    row.split()
    for row in """
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
first second third fourth fifth sixth seventh last final
one two three four five six seven eight nine ten eleven twelve
thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety hundred
half third quarter
largest smallest
biggest smallest
highest lowest
oldest youngest
most fewest least
best worst
longest shortest
earliest latest
before after
north south east west
northern southern eastern western
male female
men women
husband wife
father mother son daughter brother sister
increase decrease
increased decreased
rise fall
rose fell
won lost
win lose
bought sold
born died
began ended
start end
started stopped
opened closed
million billion thousand
percent dollars euros miles kilometers
president senator governor mayor minister king queen
""".strip().splitlines()
]
_OTHERS: dict[str, list[str]] = {}
for _row in _ROWS:
    for _word in _row:
        _OTHERS.setdefault(_word, []).extend(w for w in _row if w != _word)

_NUMBER_WORDS = {word for word in _OTHERS if numbers(word)} - {"one", "first"}

# Nouns that are this near in meaning may be synonyms; those farther than the last are unlike.
_NEIGHBOURS = slice(10, 60)
# Among how many names the one is sought that is most like the one it replaces.
_LIKEST_OF = 15


@dataclass(frozen=True, slots=True)
class Swap:
    """A stretch of a text and what to put in its place."""

    span: Span
    text: str

    def apply(self, text: str) -> str:
        """Return the text with the swap made."""
        return text[: self.span.start] + self.text + text[self.span.end :]


@dataclass(frozen=True, slots=True)
class Replacement:
    """A name or figure, and another to put wherever it stands."""

    old: str
    new: str

    def spans(self, text: str) -> list[Span]:
        """Return where the old one stands as a word."""
        pattern = rf"(?<!\w){re.escape(self.old)}(?!\w)"
        return [Span(*match.span()) for match in re.finditer(pattern, text)]

    def apply(self, text: str) -> str:
        """Return the text with every occurrence replaced."""
        for span in reversed(self.spans(text)):
            text = text[: span.start] + self.new + text[span.end :]
        return text


class Swapper:
    """Makes near misses from names and nouns that occur in many questions."""

    def __init__(
        self,
        questions: Iterable[str],
        related: Mapping[str, Sequence[str]],
        embed: Callable[[Sequence[str]], NDArray[np.float32]],
    ) -> None:
        """Collect the names of all questions.

        Args:
            questions: Where other names are taken from.
            related: For a noun or verb, others of related but not of the same meaning.
            embed: Returns a unit vector for each of n names, shape (n, d): names of a like kind
                are near each other.
        """
        self._names: dict[tuple[bool, int], list[str]] = {}
        for question in questions:
            for span in name_spans(question):
                name = span.of(question)
                self._names.setdefault(_kind_of(name), []).append(name)
        self._related = related
        distinct = list({name: None for pool in self._names.values() for name in pool})
        self._vectors = dict(zip(distinct, embed(distinct), strict=True))

    def question(self, question: str, window: str, chance: random.Random) -> str | None:
        """Return the question with something swapped that the window holds as it was, or None."""
        found = {stem(word) for word in _WORD.findall(window)}
        swaps = [
            swap
            for swap in (
                *self._named(question, chance),
                *_figures(question, chance),
                *_rows(question, chance),
            )
            if not _stands_in(swap.text, window)
        ]
        nouns = [s for s in self._nouns(question, found, chance) if stem(s.text) not in found]
        chosen = swaps if swaps and (not nouns or chance.random() < 0.75) else nouns
        return chance.choice(chosen).apply(question) if chosen else None

    def shared(
        self, question: str, window: str, kept: Span | None, chance: random.Random
    ) -> Replacement | None:
        """Return another for a name or figure that the window shares with the question, or None.

        Args:
            question: The question.
            window: The window.
            kept: The answer within the window, which must stay as it is.
            chance: Of the choice.
        """
        swaps = [*self._named(question, chance), *_figures(question, chance)]
        for swap in chance.sample(swaps, len(swaps)):
            replacement = Replacement(swap.span.of(question), swap.text)
            spans = replacement.spans(window)
            if spans and not any(kept and kept.overlaps(span) for span in spans):
                return replacement
        return None

    def named(self, question: str, chance: random.Random) -> list[Swap]:
        """Return a swap for each name, figure and number word of the question."""
        return [
            *self._named(question, chance),
            *_figures(question, chance),
            *(s for s in _rows(question, chance) if s.text.lower() in _NUMBER_WORDS),
        ]

    def _named(self, question: str, chance: random.Random) -> list[Swap]:
        others = [(span, self._other(span.of(question), chance)) for span in name_spans(question)]
        return [Swap(span, other) for span, other in others if other and other not in question]

    def _other(self, name: str, chance: random.Random) -> str | None:
        """Return another name, half of the time the likest of some: Toyota for Ford."""
        pool = self._names.get(_kind_of(name), [])
        own = self._vectors.get(name)
        if not pool or own is None or chance.random() < 0.5:
            return chance.choice(pool) if pool else None
        some = [other for other in chance.choices(pool, k=_LIKEST_OF) if other != name]
        return max(some, key=lambda other: float(self._vectors[other] @ own), default=None)

    def _nouns(self, question: str, found: set[str], chance: random.Random) -> list[Swap]:
        swaps = []
        for match in _WORD.finditer(question):
            word = match[0].lower()
            if word in self._related and not is_stop_word(word) and stem(word) in found:
                swaps.append(Swap(Span(*match.span()), chance.choice(self._related[word])))
        return swaps


def _kind_of(name: str) -> tuple[bool, int]:
    return name in PLACES, len(name.split())


def _stands_in(text: str, window: str) -> bool:
    return bool(Replacement(text.lower(), "").spans(window.lower()))


def _figures(question: str, chance: random.Random) -> list[Swap]:
    swaps = []
    for match in FIGURE.finditer(question):
        figure = match[0]
        if _YEAR.fullmatch(figure):
            other = str(int(figure) + chance.choice((-9, -6, -4, -3, -2, -1, 1, 2, 3, 5)))
        else:
            at = chance.choice([i for i, c in enumerate(figure) if c.isdigit()])
            digit = chance.choice([d for d in "123456789" if d != figure[at]])
            other = figure[:at] + digit + figure[at + 1 :]
        swaps.append(Swap(Span(*match.span()), other))
    return swaps


def _rows(question: str, chance: random.Random) -> list[Swap]:
    swaps = []
    for match in _WORD.finditer(question):
        if others := _OTHERS.get(match[0].lower()):
            # "May" and "may", "March" and "march" are told apart by their capital.
            other = chance.choice(others)
            swaps.append(Swap(Span(*match.span()), other.title() if match[0].istitle() else other))
    return swaps


def related_words(words: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, tuple[str, ...]]:
    """Return for each word others whose vectors are near, but not so near as synonyms'.

    Args:
        words: n words.
        vectors: Theirs, shape (n, d), float32, not scaled.
    """
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    related = {}
    for word, row in zip(words, rows, strict=True):
        order = np.argsort(-(rows @ row))[1:][_NEIGHBOURS]
        if others := tuple(words[i] for i in order if stem(words[i]) != stem(word)):
            related[word] = others
    return related
