"""How likely it is that a sentence answers the question, and that its short answer is right.

Two logistic models over plain features.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa.reader import features
from qa.reader.answers import ANSWERED_BY_SENTENCE
from qa.reader.candidates import Candidate
from qa.reader.features import Asked, Floats, Reading
from qa.reader.named import Held
from qa.reader.pointing import pointed, proposals
from qa.reader.words import stems

if TYPE_CHECKING:
    from qa.reader.read import Scored

_OF_SENTENCE = (
    "similarity",
    "neighbour_similarity",
    "passage_similarity",
    "overlap",
    "asking_overlap",
    "article_overlap",
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
    "window_answers",
    "best_span",
    "window_lead",
    "agreeing",
    "agreeing_articles",
    "name_missing_here",
    "name_missing_nearby",
    "name_missing_in_article",
    "number_missing_nearby",
    "number_missing_in_article",
    "counted_otherwise",
    "rarest_missing_nearby",
    "rarest_missing_in_article",
    "missing_nearby",
    "missing_in_article",
    "bias",
)
SHORT_NAMES = (
    "candidate_share",
    "candidate_score",
    "right_kind",
    "log_odds",
    "pointed_at",
    "is_best",
    "bias",
)
_COLUMNS = [features.NAMES.index(name) for name in _OF_SENTENCE]


def confidence_features(asked: Asked, item: Scored, searched: Sequence[Scored]) -> Floats:
    """Return the row of `NAMES` for one sentence among those searched, float32."""
    others = [other.score for other in searched if other is not item]
    unanswered = item.candidate is None and asked.question.kind not in ANSWERED_BY_SENTENCE
    return np.array(
        [
            *item.row[_COLUMNS],
            item.score,
            item.score - max(others, default=item.score),
            item.candidate_score,
            float(unanswered),
            *_read(item, searched),
            *_agreeing(item, searched),
            *_named(asked, item),
            *_missing(asked, item),
            1.0,
        ],
        dtype=np.float32,
    )


def _read(item: Scored, searched: Sequence[Scored]) -> tuple[float, ...]:
    """Return what the trained reader makes of the sentence, alone and beside the others."""
    if item.view is None:
        return (0.0, 0.0, 0.0)
    answers = item.view.scores.answers
    others = [o.view.scores.answers for o in searched if o.view and o.source is not item.source]
    return (
        float(np.clip(answers, -8, 8)),
        float(np.clip(item.view.best_score, -12, 12)),
        float(np.clip(answers - max(others, default=answers), -8, 8)),
    )


def short_features(asked: Asked, item: Scored, confidence: float) -> Floats:
    """Return the row of `SHORT_NAMES` for a sentence's short answer, float32.

    Args:
        asked: The question.
        item: A sentence with a short answer.
        confidence: That the sentence answers, 0 to 1.
    """
    kind = item.candidate.kind if item.candidate else None
    sure = min(max(confidence, 1e-3), 1 - 1e-3)
    right_kind = float(kind == asked.question.kind)
    odds = log(sure / (1 - sure))
    seen = pointed(item, [item.candidate])[0] if item.candidate else (0.0, 0.0, 0.0)
    is_best = float(item.candidate is not None and item.candidate.span in proposals(item)[:1])
    row = [item.candidate_share, item.candidate_score, right_kind, odds, seen[0], is_best, 1.0]
    return np.array(row, dtype=np.float32)


def _agreeing(item: Scored, searched: Sequence[Scored]) -> tuple[float, float]:
    """Return whether another sentence gives the same short answer, and how many articles do."""
    if item.candidate is None:
        return (0.0, 0.0)
    own = _key(item.candidate)
    same = [
        other
        for other in searched
        if other is not item
        and other.candidate
        and (own in (key := _key(other.candidate)) or key in own)
    ]
    articles = {id(other.source) for other in same} - {id(item.source)}
    return (float(bool(same)), float(len(articles)))


def _key(candidate: Candidate) -> str:
    return f" {' '.join(stems(candidate.text))} "


def _named(asked: Asked, item: Scored) -> tuple[float, ...]:
    """Return how telling the names are that are missing here, nearby, in the article; numbers."""
    here, nearby = Held([item.text]), Held([item.text, *item.around])
    held = (here, nearby, item.source.reading.held)
    names = [named for named in asked.question.named if named.number is None]
    figures = [named for named in asked.question.named if named.number]
    return (
        *(
            max(((1 - h.share_of(n, asked.rarity)) * asked.rarest(n) for n in names), default=0.0)
            for h in held
        ),
        *(float(any(not h.share_of(f, asked.rarity) for f in figures)) for h in held[1:]),
        float(any(nearby.counts_otherwise(f) for f in figures if not nearby.share_of(f, {}))),
    )


def _missing(asked: Asked, item: Scored) -> tuple[float, ...]:
    """Return what of the question stands nowhere near the sentence, and nowhere in its article."""
    reading, terms = item.source.reading, asked.question.terms
    present = features.term_matrix(terms, reading.terms)
    present[-1] |= _dated(asked, reading)
    first = max(item.position - 2, 0)
    nearby = np.any([*present[first : item.position + 2], present[-1]], axis=0)
    article = np.any(present, axis=0)
    rarity = np.array([asked.rarity[t] for t in terms], dtype=np.float32)
    total = max(float(rarity.sum()), 1e-6)
    return (
        float(rarity[~nearby].max(initial=0.0)),
        float(rarity[~article].max(initial=0.0)),
        float(rarity[~nearby].sum() / total),
        float(rarity[~article].sum() / total),
    )


def _dated(asked: Asked, reading: Reading) -> NDArray[np.bool_]:
    """Return which terms are the year that the article is of: it need not say so."""
    year = str(reading.published.year) if reading.published else None
    return np.array([term == year for term in asked.question.terms])


def probability(
    row: NDArray[np.floating], weights: NDArray[np.floating], odds: float = 0.0
) -> float:
    """Return the logistic of the weighted sum and of further log-odds, 0 to 1."""
    return 1 / (1 + exp(-float(np.clip(row @ weights + odds, -30, 30))))
