"""Reciprocal rank fusion of several rankings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], k: int = 60
) -> list[tuple[int, float]]:
    """Return ids with the sum of ``1 / (k + rank)`` over the rankings, best first.

    Ranks count from 1; equal sums are ordered by id. An id counts once a ranking, at its best rank.
    Cormack, Clarke and Büttcher (2009), https://doi.org/10.1145/1571941.1572114.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, item in enumerate(dict.fromkeys(ranking), start=1):
            scores[item] += 1 / (k + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
