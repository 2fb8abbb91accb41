from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.measures.risk import (
    calibration_bins,
    calibration_error,
    risk_coverage,
    risk_coverage_area,
)

ROWS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30
)


def columns(rows: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [sure for sure, _ in rows], [right for _, right in rows]


def test_risk_by_hand() -> None:
    confidence, right = [0.2, 0.9, 0.6, 0.8], [False, True, True, False]
    curve = risk_coverage(confidence, right)
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])
    assert risk_coverage_area(confidence, right) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_a_tie_is_the_mean_of_its_orders() -> None:
    # Surest first: right, then one wrong of three alike: 1/3 and 2/3 of a mistake, then all of it.
    curve = risk_coverage([0.5, 0.9, 0.5, 0.5], [True, True, False, True])
    assert curve.risk == pytest.approx([0, 1 / 6, 2 / 9, 1 / 4])


@given(st.lists(st.booleans(), min_size=1, max_size=5))
def test_area_of_a_tie_is_that_of_all_orders(right: list[bool]) -> None:
    apart = np.linspace(0.1, 0.9, len(right))
    areas = [risk_coverage_area(apart, order) for order in permutations(right)]
    assert risk_coverage_area([0.5] * len(right), right) == pytest.approx(np.mean(areas))


@given(ROWS, st.randoms(use_true_random=False))
def test_bounds_and_order(rows: list[tuple[float, bool]], chance: Random) -> None:
    curve = risk_coverage(*columns(rows))
    wrong = 1 - np.mean(columns(rows)[1])
    assert ((curve.risk >= 0) & (curve.risk <= 1 + 1e-12)).all()
    assert (curve.coverage[-1], curve.risk[-1]) == pytest.approx((1, wrong))
    shuffled = columns(chance.sample(rows, len(rows)))
    for measure in (risk_coverage_area, calibration_error):
        value = measure(*columns(rows))
        assert 0 <= value <= 1 + 1e-12
        assert measure(*shuffled) == pytest.approx(value, abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_extremes(confidence: list[float]) -> None:
    everything = np.ones(len(confidence))
    assert risk_coverage_area(confidence, everything) == 0
    assert risk_coverage_area(confidence, 0 * everything) == 1
    assert calibration_error(everything, everything) == pytest.approx(0)
    assert calibration_error(everything, 0 * everything) == pytest.approx(1)


@given(ROWS)
def test_the_best_order_has_the_least_area(rows: list[tuple[float, bool]]) -> None:
    confidence, right = columns(rows)
    best = risk_coverage_area(np.linspace(0, 1, len(rows)), sorted(right))
    worst = risk_coverage_area(np.linspace(1, 0, len(rows)), sorted(right))
    assert best - 1e-12 <= risk_coverage_area(confidence, right) <= worst + 1e-12


def test_calibration_by_hand() -> None:
    confidence = [0.1, 0.2, 0.3, 0.3, 0.5, 0.6, 0.7, 0.7, 0.9, 1.0]
    right = [0, 0, 1, 0, 1, 0, 1, 1, 1, 0]
    bins = calibration_bins(confidence, right)
    assert [part.confidence for part in bins] == pytest.approx([0.15, 0.3, 0.55, 0.7, 0.95])
    assert [part.right for part in bins] == pytest.approx([0, 0.5, 0.5, 1, 0.5])
    expected = (0.15 + 0.2 + 0.05 + 0.3 + 0.45) / 5
    assert calibration_error(confidence, right) == pytest.approx(expected)


def test_bins_share_a_question_on_their_border() -> None:
    # Six questions, so each bin holds 1.2 of them: the second bin .8 of b and .4 of c.
    bins = calibration_bins([0.0, 0.1, 0.4, 0.6, 0.8, 1.0], [0, 1, 0, 1, 1, 1])
    assert [part.confidence for part in bins] == pytest.approx(
        [0.2 * 0.1 / 1.2, (0.8 * 0.1 + 0.4 * 0.4) / 1.2, 0.5, (0.4 * 0.6 + 0.8 * 0.8) / 1.2,
         (0.2 * 0.8 + 1.0) / 1.2]
    )  # fmt: skip
    assert [part.right for part in bins] == pytest.approx(
        [0.2 / 1.2, 0.8 / 1.2, 0.5, 1, 1]
    )  # fmt: skip


def test_equal_confidences_are_not_put_in_order() -> None:
    # All alike: every bin has their mean, however the rows come.
    for right in ([1, 1, 0, 0, 0], [0, 0, 0, 1, 1]):
        bins = calibration_bins([0.5] * 5, right)
        assert [part.right for part in bins] == pytest.approx([0.4] * 5)
    assert calibration_error([0.5] * 5, [1, 1, 0, 0, 0]) == pytest.approx(0.1)


@given(ROWS)
def test_bins_hold_all_of_the_mass(rows: list[tuple[float, bool]]) -> None:
    confidence, right = columns(rows)
    bins = calibration_bins(confidence, right)
    assert np.mean([part.confidence for part in bins]) == pytest.approx(np.mean(confidence))
    assert np.mean([part.right for part in bins]) == pytest.approx(np.mean(right))


@pytest.mark.parametrize("measure", [risk_coverage, risk_coverage_area, calibration_error])
@pytest.mark.parametrize(
    ("confidence", "right", "message"),
    [
        ([], [], "nothing to report over"),
        ([0.5], [True, False], "do not go with"),
        ([1.5], [True], "between 0 and 1"),
        ([float("nan")], [True], "between 0 and 1"),
        ([0.5], [0.5], "right or not"),
    ],
)
def test_what_cannot_be_judged(
    measure: Callable[..., object], confidence: list[float], right: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        measure(confidence, right)
