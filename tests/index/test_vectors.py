"""One suite for both vector stores; what they return is compared with plain arithmetic."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest

from index.vectors import ExactVectors, FaissVectors, Vectors, VectorStore, best, load_faiss

DIMENSION = 64


def unit_rows(count: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    normal: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return normal


def ids_of(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


@pytest.fixture(params=[ExactVectors, FaissVectors])
def store(request: pytest.FixtureRequest) -> VectorStore:
    make: Callable[[int], VectorStore] = request.param
    return make(DIMENSION)


def expected(
    vectors: dict[int, Vectors], query: Vectors, k: int, allowed: set[int] | None = None
) -> list[tuple[int, float]]:
    scored = [
        (i, float(vector @ query))
        for i, vector in vectors.items()
        if allowed is None or i in allowed
    ]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:k]


def assert_same(store: VectorStore, wanted: list[tuple[int, float]], *search: object) -> None:
    ids, scores = store.search(*search)  # type: ignore[arg-type]
    assert ids.dtype == np.int64
    assert scores.dtype == np.float32
    assert ids.tolist() == [i for i, _ in wanted]
    np.testing.assert_allclose(scores, [s for _, s in wanted], atol=1e-5)


def test_values_equal_plain_arithmetic_through_random_changes(store: VectorStore) -> None:
    rng = np.random.default_rng(7)
    vectors: dict[int, Vectors] = {}
    for step in range(30):
        new = rng.choice(10_000, size=20, replace=False) + 10_000 * step
        rows = unit_rows(20, step)
        store.add(new.astype(np.int64), rows)
        vectors |= dict(zip(new.tolist(), rows, strict=True))
        gone = rng.choice(list(vectors), size=5, replace=False).astype(np.int64)
        store.remove(gone)
        for i in gone.tolist():
            del vectors[i]
        query = unit_rows(1, 1000 + step)[0]
        some = set(rng.choice(list(vectors), size=10, replace=False).tolist())
        assert len(store) == len(vectors)
        assert_same(store, expected(vectors, query, 7), query, 7)
        assert_same(store, expected(vectors, query, 7, some), query, 7, ids_of(*some, 999_999_999))


@pytest.mark.parametrize("k", [-1, 0])
def test_nothing_wanted(store: VectorStore, k: int) -> None:
    store.add(ids_of(1), unit_rows(1, 0))
    assert_same(store, [], unit_rows(1, 0)[0], k)


def test_an_empty_store_finds_nothing(store: VectorStore) -> None:
    assert len(store) == 0
    assert_same(store, [], unit_rows(1, 0)[0], 5)
    store.remove(ids_of(1))


def test_k_beyond_the_store_is_clamped_and_pads_never_show(store: VectorStore) -> None:
    rows = unit_rows(3, 0)
    store.add(ids_of(5, 6, 7), rows)
    wanted = expected(dict(zip([5, 6, 7], rows, strict=True)), rows[1], 99)
    assert_same(store, wanted, rows[1], 99)
    assert_same(store, [pair for pair in wanted if pair[0] == 6], rows[1], 99, ids_of(6, 8, 9))
    assert_same(store, [], rows[1], 99, ids_of(8))
    assert_same(store, [], rows[1], 99, ids_of())


def test_scores_are_similarities_best_first(store: VectorStore) -> None:
    query = np.zeros(DIMENSION, np.float32)
    query[0] = 1
    rows = np.zeros((3, DIMENSION), np.float32)
    rows[0, 0], rows[1, 1], rows[2, 0] = 1, 1, -1
    store.add(ids_of(10, 20, 30), rows)
    assert_same(store, [(10, 1.0), (20, 0.0), (30, -1.0)], query, 3)


def test_equal_scores_are_ordered_by_id(store: VectorStore) -> None:
    rows = np.zeros((6, DIMENSION), np.float32)
    rows[:, 3] = 1
    store.add(ids_of(9, 3, 7, 1, 8, 2), rows)
    ids, _ = store.search(rows[0], 6)
    assert ids.tolist() == [1, 2, 3, 7, 8, 9]


def test_equal_vectors_are_equal_wherever_they_stand(store: VectorStore) -> None:
    """A matrix product sums the rows of a block in another order than those left over."""
    rows = np.tile(unit_rows(1, 5), (11, 1))
    store.add(np.arange(11), rows)
    ids, scores = store.search(rows[0], 8)
    assert ids.tolist() == list(range(8))
    assert set(scores.tolist()) == {1.0}


@pytest.mark.parametrize(
    ("ids", "count"),
    [
        pytest.param(ids_of(1, 2), 1, id="fewer vectors than ids"),
        pytest.param(ids_of(2, 2), 2, id="twice in one call"),
        pytest.param(ids_of(1), 1, id="there already"),
        pytest.param(ids_of(-1), 1, id="the id that stands for none"),
    ],
)
def test_what_does_not_fit_is_refused(
    store: VectorStore, ids: np.ndarray[tuple[int], np.dtype[np.int64]], count: int
) -> None:
    store.add(ids_of(1), unit_rows(1, 0))
    with pytest.raises(ValueError, match=r"ids|id is"):
        store.add(ids, unit_rows(count, 1))
    assert len(store) == 1


def test_another_dimension_is_refused(store: VectorStore) -> None:
    with pytest.raises(ValueError, match="need vectors"):
        store.add(ids_of(1), np.zeros((1, DIMENSION + 1), np.float32))


def test_threads_may_search_at_once(store: VectorStore) -> None:
    rows = unit_rows(500, 3)
    store.add(np.arange(500), rows)
    wrong: list[int] = []

    def search(start: int) -> None:
        asked = range(start, 500, 4)
        wrong.extend(i for i in asked if store.search(rows[i], 1)[0].tolist() != [i])

    threads = [threading.Thread(target=search, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_best_keeps_ties_at_the_border_by_id() -> None:
    ids, scores = best(ids_of(4, 3, 2, 1), np.array([0.5, 0.9, 0.5, 0.5], np.float32), 2)
    assert ids.tolist() == [3, 1]
    np.testing.assert_allclose(scores, [0.9, 0.5])


def test_around_takes_only_its_own_kind() -> None:
    faiss = load_faiss()
    with pytest.raises(ValueError, match="IndexIDMap2"):
        FaissVectors.around(faiss.IndexFlatIP(4))
    with pytest.raises(ValueError, match="IndexFlatIP"):
        FaissVectors.around(faiss.IndexIDMap2(faiss.IndexFlatL2(4)))
