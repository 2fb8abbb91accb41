from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import reciprocal_rank_fusion


@pytest.mark.parametrize(
    ("rankings", "fused"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([[]], [], id="an empty ranking"),
        pytest.param([[7]], [(7, 1 / 61)], id="ranks count from 1"),
        pytest.param(
            [[1, 2, 3], [3, 1]],
            [(1, 1 / 61 + 1 / 62), (3, 1 / 63 + 1 / 61), (2, 1 / 62)],
            id="two",
        ),
        pytest.param([[2], [1]], [(1, 1 / 61), (2, 1 / 61)], id="equal sums by id"),
        pytest.param([[5, 5, 6]], [(5, 1 / 61), (6, 1 / 62)], id="a repeat counts once"),
    ],
)
def test_hand_computed(rankings: list[list[int]], fused: list[tuple[int, float]]) -> None:
    found = reciprocal_rank_fusion(rankings)
    assert [i for i, _ in found] == [i for i, _ in fused]
    assert [s for _, s in found] == pytest.approx([s for _, s in fused])


def test_k() -> None:
    assert reciprocal_rank_fusion([[1]], k=0) == [(1, 1.0)]


@given(st.lists(st.lists(st.integers(0, 30), unique=True, max_size=20), max_size=4))
def test_every_id_once_best_first(rankings: list[list[int]]) -> None:
    found = reciprocal_rank_fusion(rankings)
    assert {i for i, _ in found} == {i for ranking in rankings for i in ranking}
    assert len({i for i, _ in found}) == len(found)
    assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)
