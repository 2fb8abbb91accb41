"""How well what answers is found: R@k, RR@10 and nDCG@10 per query.

A run is ``{query: {doc: score}}`` and qrels are ``{query: {doc: grade}}``; a doc is an article or a
sentence, a higher score is better, and a grade from 1 on is relevant. Calculated by ir_measures
(MacAvaney, Macdonald and Ounis 2022, "Streamlining Evaluation with ir-measures").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from corpus.errors import MissingExtraError

Run = Mapping[str, Mapping[str, float]]
Qrels = Mapping[str, Mapping[str, int]]

_MEASURES = (("R", 1), ("R", 5), ("R", 10), ("R", 20), ("RR", 10), ("nDCG", 10))
RETRIEVAL_MEASURES = tuple(f"{name}@{k}" for name, k in _MEASURES)


def best_scores(hits: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return each doc's best score: several chunks of one article are one doc of a run."""
    best: dict[str, float] = {}
    for doc, score in hits:
        best[doc] = max(score, best.get(doc, score))
    return best


def retrieval_measures(run: Run, qrels: Qrels) -> dict[str, dict[str, float]]:
    """Return ``{query: {measure: value}}`` for every query with a relevant doc.

    All range from 0 to 1 and higher is better; a query for which nothing was retrieved counts 0.

    * ``R@k``: the share of the relevant docs among the first k.
    * ``RR@10``: 1 / the rank of the first relevant doc, 0 beyond rank 10 (Kantor and Voorhees 2000,
      "The TREC-5 Confusion Track").
    * ``nDCG@10``: ``sum of grade / log2(rank + 1)`` over the first 10, as a share of the best
      possible sum (Järvelin and Kekäläinen 2002, "Cumulated Gain-based Evaluation of IR
      Techniques").

    Equal scores rank by id, so a rerun never differs. Queries of the qrels with no relevant doc,
    which are unanswerable, are left out, and so are queries that have no qrels.

    Raises:
        ValueError: No query has a relevant doc, or a score is not finite.
        MissingExtraError: ir_measures is not installed.
    """
    judged = {query: dict(docs) for query, docs in qrels.items() if _any_relevant(docs)}
    if not judged:
        raise ValueError("there is nothing to report over: no query has a relevant document")
    try:
        import ir_measures
    except ImportError as error:
        raise MissingExtraError("measuring retrieval", "eval") from error
    # Its own parser of names calls what Python 3.14 no longer has.
    measures = [getattr(ir_measures, name) @ k for name, k in _MEASURES]
    found = {query: distinct_scores(run.get(query, {})) for query in judged}
    values = {query: dict.fromkeys(RETRIEVAL_MEASURES, 0.0) for query in judged}
    for metric in ir_measures.iter_calc(measures, judged, found):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    return values


def distinct_scores(scores: Mapping[str, float]) -> dict[str, float]:
    """Return the scores, best first, each lowered where needed to be less than the one before.

    Equal scores are told apart by id. The steps are those of single precision, in which trec_eval
    compares, so every program that reads them ranks alike.

    Raises:
        ValueError: A score is not finite in single precision.
    """
    distinct: dict[str, float] = {}
    lowest = np.float32(-np.inf)
    below = np.float32(np.inf)
    for doc in sorted(scores, key=lambda doc: (-scores[doc], doc)):
        with np.errstate(over="ignore"):
            score = min(np.float32(scores[doc]), below)
            below = np.nextafter(score, lowest)
        if not np.isfinite(score):
            raise ValueError(f"the score of {doc} is not a finite number: {scores[doc]}")
        distinct[doc] = float(score)
    return distinct


def _any_relevant(docs: Mapping[str, int]) -> bool:
    return any(grade >= 1 for grade in docs.values())
