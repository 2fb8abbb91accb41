"""How likely it is that a sentence answers the question: a logistic model over plain features."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from qa.reader import features
from qa.reader.features import Asked, Floats
from qa.reader.question import Kind

if TYPE_CHECKING:
    from qa.reader.read import Scored

_OF_SENTENCE = (
    "similarity",
    "neighbour_similarity",
    "passage_similarity",
    "overlap",
    "asking_overlap",
    "article_overlap",
    "names_in_context",
    "figures_in_context",
    "in_period_relative",
    "days_apart",
    "days_apart_relative",
)
NAMES = (
    *_OF_SENTENCE,
    "score",
    "lead_over_rest",
    "answer_score",
    "no_answer",
    "rarest_missing",
    "missing_share",
    "bias",
)
_COLUMNS = [features.NAMES.index(name) for name in _OF_SENTENCE]


def confidence_features(asked: Asked, item: Scored, searched: Sequence[Scored]) -> Floats:
    """Return the row of `NAMES` for one sentence among those searched, float32."""
    others = [other.score for other in searched if other.position != item.position]
    rarest, share = _missing(asked, item)
    return np.array(
        [
            *item.row[_COLUMNS],
            item.score,
            item.score - max(others, default=item.score),
            item.candidate_score,
            float(item.candidate is None and asked.question.kind is not Kind.REASON),
            rarest,
            share,
            1.0,
        ],
        dtype=np.float32,
    )


def _missing(asked: Asked, item: Scored) -> tuple[float, float]:
    """Return how rare the rarest term is that stands nowhere near, and the share of all rarity."""
    reading = item.source.reading
    near = [*reading.texts[max(item.position - 2, 0) : item.position + 2], reading.title]
    terms = asked.question.terms
    present = features.term_matrix(terms, near).any(axis=0)
    weights = np.array([asked.rarity[t] for t in terms], dtype=np.float32)
    missing = weights[~present]
    return float(missing.max(initial=0.0)), float(missing.sum() / max(weights.sum(), 1e-6))


def probability(row: Floats, weights: Floats) -> float:
    """Return the logistic of the weighted sum, 0 to 1."""
    return 1 / (1 + exp(-float(np.clip(row @ weights, -30, 30))))
