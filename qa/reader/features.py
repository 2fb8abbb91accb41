"""What speaks for a sentence: one row of numbers for each sentence that was retrieved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qa.reader.candidates import holds_kind
from qa.reader.named import Held, Named
from qa.reader.question import Question
from qa.reader.window import heading_of
from qa.reader.words import stems

Floats = NDArray[np.float32]

NAMES = (
    "similarity",
    "neighbour_similarity",
    "passage_similarity",
    "overlap",
    "asking_overlap",
    "neighbour_overlap",
    "title_overlap",
    "article_overlap",
    "names_in_sentence",
    "names_in_context",
    "figures_in_sentence",
    "figures_in_context",
    "fused",
    "in_period",
    "in_period_relative",
    "days_apart",
    "days_apart_relative",
    "lead",
    "first",
    "length",
    "very_short",
    "is_question",
    "lacks_kind",
)


@dataclass(frozen=True)
class Reading:
    """One article as far as it is read for a question.

    Attributes:
        texts: The text of every sentence in the article's order.
        vectors: Unit vectors of the sentences, shape (n, d), float32.
        positions: Which of them stand in a retrieved chunk: only these may be quoted.
        fused: The retrieval score of each of `positions`, 0 to 1, higher is better.
        similarity: Cosine of the question and the chunk of each of `positions`.
    """

    title: str
    published: date | None
    texts: Sequence[str]
    vectors: Floats
    positions: Sequence[int]
    fused: Sequence[float]
    similarity: Sequence[float]

    @cached_property
    def terms(self) -> Sequence[frozenset[str]]:
        """The stems of each sentence, and last those of the title."""
        return [frozenset(stems(text)) for text in (*self.texts, self.title)]

    @cached_property
    def held(self) -> Held:
        """What the article holds, its heading included."""
        return Held([*self.texts, self.heading])

    @property
    def heading(self) -> str:
        """The article's title and date."""
        return heading_of(self.title, self.published)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, with what the collection and the calendar add to it.

    Attributes:
        vector: The question's unit vector, shape (d,), float32.
        rarity: Inverse document frequency of each of the question's terms.
        day: The day that relative dates count from, or None where nothing is dated.
    """

    question: Question
    vector: Floats
    rarity: Mapping[str, float]
    day: date | None

    def rarest(self, named: Named) -> float:
        """Return how rare the rarest word of a name is, 0 to 1."""
        return max((self.rarity.get(term, 0.0) for term in named.terms), default=0.0)


def sentence_features(asked: Asked, reading: Reading) -> Floats:
    """Return a row of `NAMES` for each of the reading's positions, float32."""
    terms = asked.question.terms
    *sentences, of_title = reading.terms
    present = term_matrix(terms, sentences)
    weights = np.array([asked.rarity[t] for t in terms], dtype=np.float32)
    weights /= max(float(weights.sum()), 1e-6)
    near = _neighbours(present)
    title = term_matrix(terms, [of_title])[0]
    positions = np.asarray(reading.positions)
    article = present[positions].any(axis=0) | title
    asking = np.array([t in asked.question.asking for t in terms]) * weights
    asking /= max(float(asking.sum()), 1e-6)
    similarity = reading.vectors @ asked.vector
    columns = [
        similarity[positions],
        _neighbour_mean(similarity)[positions],
        np.asarray(reading.similarity),
        _share(present[positions], weights),
        _share(present[positions], asking),
        _share((near & ~present)[positions], weights),
        np.full(len(positions), _share(title, weights)),
        np.full(len(positions), _share(article, weights)),
        *_named(asked.question, present, near | title, positions),
        np.asarray(reading.fused),
        *_period(asked, reading, len(positions)),
        *_shape(reading, positions),
        _lacks_kind(asked.question, [reading.texts[i] for i in positions]),
    ]
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


def _share(present: NDArray[np.bool_], weights: Floats) -> Floats:
    """Return the weight of the terms that are present, summed over the last axis."""
    # As a product of matrices this raises warnings about invalid values on some processors.
    total: Floats = np.where(present, weights, np.float32(0)).sum(axis=-1)
    return total


def term_matrix(terms: Sequence[str], texts: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
    """Return which term occurs in which text, given as stems, shape (texts, terms)."""
    rows = [[term in found for term in terms] for found in texts]
    return np.array(rows, dtype=bool).reshape(len(texts), len(terms))


def _neighbours(present: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which term occurs in the sentence before or after."""
    near = np.zeros_like(present)
    near[1:] |= present[:-1]
    near[:-1] |= present[1:]
    return near


def _neighbour_mean(similarity: Floats) -> Floats:
    padded = np.pad(similarity, 1, mode="edge")
    mean: Floats = np.asarray((padded[:-2] + padded[2:]) / 2, dtype=np.float32)
    return mean


def _named(
    question: Question,
    present: NDArray[np.bool_],
    around: NDArray[np.bool_],
    positions: NDArray[np.int_],
) -> list[Floats]:
    """Return the share of the question's names, then of its figures, here and around."""
    columns = []
    for groups in (question.names, [(f,) for f in question.figures]):
        here, nearby = (
            _share_complete(question.terms, groups, matrix[positions])
            for matrix in (present, present | around)
        )
        columns += [here, nearby]
    return columns


def _share_complete(
    terms: Sequence[str], groups: Sequence[Sequence[str]], present: NDArray[np.bool_]
) -> Floats:
    if not groups:
        return np.ones(len(present), dtype=np.float32)
    place = {term: i for i, term in enumerate(terms)}
    shares = []
    for group in groups:
        known = [place[s] for s in group if s in place]
        shares.append(present[:, known].mean(axis=1) if known else np.ones(len(present)))
    return np.asarray(np.mean(shares, axis=0), dtype=np.float32)


def _period(asked: Asked, reading: Reading, count: int) -> list[Floats]:
    """Return how the article's date lies to the day of asking, also where that matters most."""
    if asked.day is None or reading.published is None:
        return [np.zeros(count, dtype=np.float32) for _ in range(4)]
    days = (asked.day - reading.published).days
    inside = float(-2 <= days <= 10)
    apart = math.log1p(abs(days)) / 8
    relative = float(asked.question.relative)
    values = (inside, inside * relative, apart, apart * relative)
    return [np.full(count, value, dtype=np.float32) for value in values]


def _lacks_kind(question: Question, texts: Sequence[str]) -> list[float]:
    return [float(not holds_kind(question.kind, text, question.terms)) for text in texts]


def _shape(reading: Reading, positions: NDArray[np.int_]) -> list[list[float]]:
    texts = [reading.texts[i] for i in positions]
    counts = [t.count(" ") + 1 for t in texts]
    return [
        [1 / (1 + i) for i in positions],
        [float(i == 0) for i in positions],
        [math.log(c) / 4 for c in counts],
        [float(c < 6) for c in counts],
        [float(t.rstrip("”\"'").endswith("?")) for t in texts],
    ]
