from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qa.evaluation.measures.intervals import (
    holm,
    interval,
    mean_interval,
    permutation_p,
    share_interval,
    value_interval,
)

VALUES = st.lists(st.sampled_from([0.0, 0.1, 1 / 3, 0.5, 1.0]), min_size=1, max_size=40)
DIFFERENCES = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=1, max_size=20)
P_VALUES = st.lists(st.floats(0, 1), max_size=12)


def median(rows: np.ndarray) -> float:
    return float(np.median(rows[:, 0]))


def test_interval_of_a_mean_is_that_of_the_binomial() -> None:
    values = [1.0] * 60 + [0.0] * 20
    mean, low, high = mean_interval(values)
    expected = stats.binom(80, 0.75).ppf([0.025, 0.975]) / 80
    assert mean == 0.75
    assert [low, high] == pytest.approx(expected, abs=1 / 80)


@pytest.mark.parametrize(
    ("count", "n"),
    [(0, 1), (1, 1), (3, 3), (0, 3), (1, 3), (9, 13), (80, 80), (569, 719), (1, 1000)],
)
def test_interval_of_a_share_is_that_of_scipy(count: int, n: int) -> None:
    expected = stats.binomtest(count, n).proportion_ci(method="wilson")
    share, low, high = share_interval(count, n)
    assert share == count / n
    assert (low, high) == pytest.approx((expected.low, expected.high))
    assert value_interval([1.0] * count + [0.0] * (n - count)) == (share, low, high)


@pytest.mark.parametrize(("count", "n"), [(0, 0), (-1, 3), (4, 3)])
def test_a_share_of_nothing_is_none(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="nothing to report over"):
        share_interval(count, n)


def test_three_of_three_leave_doubt() -> None:
    share, low, high = value_interval([1.0, 1.0, 1.0])
    assert share == high == 1
    assert low == pytest.approx(0.4385, abs=1e-4)


@given(st.integers(1, 400), st.integers(0, 400))
def test_interval_of_a_share_is_never_without_width(n: int, count: int) -> None:
    share, low, high = share_interval(min(count, n), n)
    assert 0 <= low <= share <= high <= 1
    assert low < high
    other, least, most = share_interval(n - min(count, n), n)
    assert (1 - share, 1 - high, 1 - low) == pytest.approx((other, least, most))


def test_what_is_no_share_keeps_its_bootstrap() -> None:
    values = [1.0, 0.5, 0.0, 1.0, 0.25]
    assert value_interval(values) == mean_interval(values)


def test_interval_is_that_of_scipy() -> None:
    values = np.random.default_rng(7).random(200)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=3
    ).confidence_interval
    assert mean_interval(values)[1:] == pytest.approx((expected.low, expected.high), abs=0.003)


@pytest.mark.parametrize("value", [0.0, 0.1, 1.0])
def test_equal_values_leave_no_doubt(value: float) -> None:
    assert mean_interval([value] * 10) == pytest.approx((value, value, value))
    assert interval([value], median) == (value, value, value)


def test_interval_of_a_statistic_draws_whole_rows() -> None:
    rows = np.column_stack([np.arange(30), -np.arange(30)])
    assert interval(rows, lambda part: float(part.sum())) == (0.0, 0.0, 0.0)


def test_interval_is_widened_to_a_value_it_would_miss() -> None:
    values = np.arange(50.0)  # a resample of 50 hardly ever has all 50 values
    value, low, high = interval(values, lambda part: float(len(np.unique(part))))
    assert low < 40 < value == high == 50


@given(VALUES, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_interval_holds_the_value_within_bounds(values: list[float], chance: Random) -> None:
    mean, low, high = mean_interval(values)
    assert min(values) - 1e-12 <= low <= mean <= high <= max(values) + 1e-12
    assert mean == pytest.approx(math.fsum(values) / len(values))
    middle, low, high = interval(values, median)
    assert min(values) <= low <= middle <= high <= max(values)
    shuffled = chance.sample(values, len(values))
    assert mean_interval(shuffled) == mean_interval(values)
    assert interval(shuffled, median) == (middle, low, high)


@pytest.mark.parametrize(
    "call",
    [mean_interval, permutation_p, lambda values: interval(values, median)],
    ids=["mean", "permutation", "statistic"],
)
@pytest.mark.parametrize(
    ("values", "message"),
    [([], "nothing to report over"), ([1.0, math.nan], "finite"), ([math.inf], "finite")],
)
def test_nothing_and_no_number_are_refused(
    call: Callable[[list[float]], object], values: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        call(values)


def test_a_statistic_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite on every resample"):
        interval([0.0, 1.0], lambda part: 1.0 if part.any() else math.nan)


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        ([1.0], 1.0),  # + or -: both as far
        ([1.0, 1.0, 1.0], 2 / 8),  # +++ and ---
        ([1.0, 2.0, -4.0], 1.0),  # sums 1, 3, 5, 7 and their negatives: all as far as 1
        ([1.0, 2.0, 4.0, -1.0], 6 / 16),  # |sum| 6 or 8: ±6 twice each, ±8 once each
        ([0.1] * 12, 2 / 4096),
        ([0.1] * 12 + [0.0] * 100, 2 / 4096),  # zeros take part in no sign
        ([0.0, 0.0], 1.0),
        ([0.5, -0.5], 1.0),
    ],
)
def test_permutation_by_hand(differences: list[float], expected: float) -> None:
    assert permutation_p(differences) == pytest.approx(expected)


def test_drawn_permutations_agree_with_the_exact_ones() -> None:
    ones = [1.0] * 17 + [-1.0] * 6
    assert permutation_p(ones) == pytest.approx(stats.binomtest(6, 23).pvalue, abs=0.01)
    assert permutation_p([1.0] * 40) == 1 / 10_001


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9))
@settings(deadline=None, max_examples=40)
def test_permutation_is_that_of_scipy(differences: list[float]) -> None:
    rounded = [round(value * 4) / 4 for value in differences]  # sums without rounding
    expected = stats.permutation_test(
        (rounded, np.zeros(len(rounded))),
        lambda a, b: np.mean(a) - np.mean(b),
        permutation_type="samples",
        vectorized=False,
        n_resamples=np.inf,
    )
    # SciPy doubles the smaller tail; both tails are alike, as every sign has its opposite.
    assert permutation_p(rounded) == pytest.approx(min(1.0, expected.pvalue))


@given(DIFFERENCES, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_p_is_symmetric_and_of_no_order(differences: list[float], chance: Random) -> None:
    p = permutation_p(differences)
    assert 0 < p <= 1
    assert permutation_p([-value for value in differences]) == p
    assert permutation_p(chance.sample(differences, len(differences))) == p
    assert permutation_p([2 * value for value in differences]) == p


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),  # 3 x .01, 2 x .03, max(.06, 1 x .04)
        ([0.04, 0.01, 0.04], [0.08, 0.03, 0.08]),
        ([0.5, 0.9], [1.0, 1.0]),
    ],
)
def test_holm_by_hand(p_values: list[float], expected: list[float]) -> None:
    assert holm(p_values) == pytest.approx(expected)


@given(P_VALUES)
def test_holm_only_raises_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    ordered = [a for _, a in sorted(zip(p_values, adjusted, strict=True))]
    assert ordered == sorted(adjusted)
    assert sorted(holm(p_values[::-1])) == sorted(adjusted)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_holm_takes_probabilities(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, p])
