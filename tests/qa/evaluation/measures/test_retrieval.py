from __future__ import annotations

import math
import sys
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import MissingExtraError
from qa.evaluation.measures.retrieval import (
    RETRIEVAL_MEASURES,
    best_scores,
    distinct_scores,
    retrieval_measures,
)

pytest.importorskip("ir_measures")
metrics = pytest.importorskip("sklearn.metrics")

DOCS = st.sampled_from([f"d{number:02}" for number in range(15)])
SCORES = st.dictionaries(DOCS, st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.0 + 1e-12]), max_size=15)
GRADES = st.dictionaries(DOCS, st.integers(0, 3), min_size=1, max_size=15).filter(
    lambda grades: any(grades.values())
)
TWELVE = {f"d{rank:02}": 1.0 / rank for rank in range(1, 13)}


def log2(rank: int) -> float:
    return 1 / math.log2(rank + 1)


@pytest.mark.parametrize(
    ("scores", "grades", "expected"),
    [
        pytest.param(
            {"a": 0.9, "b": 0.8, "c": 0.7}, {"b": 1}, (0, 1, 1, 1, 1 / 2, log2(2)), id="second"
        ),
        pytest.param(
            {"a": 0.9, "b": 0.8, "c": 0.7},
            {"a": 1, "b": 2, "x": 3},
            (1 / 3, 2 / 3, 2 / 3, 2 / 3, 1, (1 + 2 * log2(2)) / (3 + 2 * log2(2) + log2(3))),
            id="graded, one not found",
        ),
        pytest.param(
            TWELVE,
            {"d03": 1, "d07": 1, "d11": 1, "d12": 0},
            (0, 1 / 3, 2 / 3, 1, 1 / 3, (log2(3) + log2(7)) / (1 + log2(2) + log2(3))),
            id="cut-offs",
        ),
        pytest.param(TWELVE, {"d11": 1}, (0, 0, 0, 1, 0, 0), id="beyond rank 10"),
        pytest.param({}, {"a": 1}, (0, 0, 0, 0, 0, 0), id="empty run"),
        pytest.param({"a": 1.0}, {"b": 1}, (0, 0, 0, 0, 0, 0), id="nothing relevant found"),
        pytest.param({"b": 1, "a": 1}, {"a": 1}, (1, 1, 1, 1, 1, 1), id="tie, first by id"),
        pytest.param({"a": 1, "b": 1}, {"b": 1}, (0, 1, 1, 1, 1 / 2, log2(2)), id="tie, second"),
        pytest.param({"b": 1.0 + 1e-12, "a": 1.0}, {"b": 1}, (1, 1, 1, 1, 1, 1), id="nearly a tie"),
        pytest.param({"a": -2.0, "b": -1.0}, {"b": 1}, (1, 1, 1, 1, 1, 1), id="negative scores"),
    ],
)
def test_by_hand(
    scores: dict[str, float], grades: dict[str, int], expected: tuple[float, ...]
) -> None:
    found = retrieval_measures({"q": scores}, {"q": grades})
    assert list(found) == ["q"]
    assert list(found["q"]) == list(RETRIEVAL_MEASURES)
    assert tuple(found["q"].values()) == pytest.approx(expected)


def test_each_query_with_a_relevant_doc_counts() -> None:
    run = {"q1": {"a": 1.0}, "q4": {"a": 1.0}, "q5": {"a": 1.0}}
    qrels = {"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 0}, "q4": {"b": 0}}
    found = retrieval_measures(run, qrels)
    assert {query: values["R@1"] for query, values in found.items()} == {"q1": 1.0, "q2": 0.0}


@pytest.mark.parametrize("qrels", [{}, {"q": {}}, {"q": {"a": 0}}])
def test_nothing_relevant_is_no_result(qrels: dict[str, dict[str, int]]) -> None:
    with pytest.raises(ValueError, match="nothing to report over"):
        retrieval_measures({"q": {"a": 1.0}}, qrels)


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, 1e300])
def test_scores_are_finite(score: float) -> None:
    with pytest.raises(ValueError, match="score of b"):
        retrieval_measures({"q": {"a": 1.0, "b": score}}, {"q": {"a": 1}})


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(MissingExtraError, match=r"onrecord\[eval\]"):
        retrieval_measures({"q": {"a": 1.0}}, {"q": {"a": 1}})


def test_several_chunks_of_an_article_are_one_doc() -> None:
    hits = [("b", 0.5), ("a", 0.4), ("b", 0.9), ("b", 0.1), ("c", -1.0)]
    assert best_scores(hits) == {"b": 0.9, "a": 0.4, "c": -1.0}
    assert best_scores([]) == {}


@given(SCORES)
def test_distinct_scores_keep_the_order_and_hardly_move(scores: dict[str, float]) -> None:
    distinct = distinct_scores(scores)
    assert list(distinct) == sorted(scores, key=lambda doc: (-scores[doc], doc))
    assert all(before > after for before, after in pairwise(distinct.values()))
    assert distinct == pytest.approx(scores, abs=1e-5)


@given(SCORES, GRADES, st.randoms(use_true_random=False))
def test_bounds_and_order(scores: dict[str, float], grades: dict[str, int], chance: Random) -> None:
    values = retrieval_measures({"q": scores}, {"q": grades})["q"]
    assert all(0 <= value <= 1 for value in values.values())
    assert values["R@1"] <= values["R@5"] <= values["R@10"] <= values["R@20"]
    shuffled = list(scores.items())
    chance.shuffle(shuffled)
    assert retrieval_measures({"q": dict(shuffled)}, {"q": grades})["q"] == values


@given(GRADES)
def test_a_perfect_run(grades: dict[str, int]) -> None:
    values = retrieval_measures({"q": grades}, {"q": grades})["q"]
    assert values["RR@10"] == pytest.approx(1)
    assert values["nDCG@10"] == pytest.approx(1)
    assert values["R@20"] == 1


@given(SCORES.filter(bool), GRADES)
def test_ndcg_is_that_of_scikit_learn(scores: dict[str, float], grades: dict[str, int]) -> None:
    docs = sorted({*scores, *grades})
    distinct = distinct_scores(scores)
    missing = {doc: -1.0 for doc in docs if doc not in scores}
    # Docs that were not retrieved come after ten others, where they cannot count.
    filler = [0.0] * 10
    ranks = [(distinct | missing)[doc] for doc in docs] + [-0.5 - n / 100 for n in range(10)]
    expected = metrics.ndcg_score([[*(grades.get(doc, 0) for doc in docs), *filler]], [ranks], k=10)
    found = retrieval_measures({"q": scores}, {"q": grades})["q"]["nDCG@10"]
    assert found == pytest.approx(expected, abs=1e-6)
