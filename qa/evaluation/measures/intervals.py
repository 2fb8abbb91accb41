"""How far chance alone may move a figure: intervals, permutation test, Holm correction.

Everything is seeded and depends on the values only, not on the order in which they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], float]

RESAMPLES = 2_000
LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
PERMUTATIONS = 10_000
EXACT_UP_TO = 12
"""So many differences that are not 0 are tested by all their 2**12 signs."""

_SEED = 0
_BLOCK = 1_000_000  # values held in memory at a time
_TIE = 1e-12  # sums of the same values in another order differ by less, as a part of their size


def value_interval(values: ArrayLike) -> tuple[float, float, float]:
    """Return the mean over queries, and the low and high end of its 95 % interval.

    Where every value is 0 or 1 the mean is a share, and its interval that of `share_interval`: a
    bootstrap of values that are all alike knows of no other, so that 3 of 3 would be certain. Else
    it is that of `mean_interval`.

    Args:
        values: (n,) one value a query.

    Raises:
        ValueError: There are no values, or one is not finite.
    """
    rows = _rows(values)[:, 0]
    if np.isin(rows, (0, 1)).all():
        return share_interval(int(rows.sum()), len(rows))
    return mean_interval(values)


def share_interval(count: int, n: int) -> tuple[float, float, float]:
    """Return the share of `count` in `n`, and the low and high end of its 95 % interval.

    Wilson's score interval, with z the 97.5th percentile of the normal distribution and p the
    share: ``(p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n)``. Source: Wilson 1927,
    "Probable Inference, the Law of Succession, and Statistical Inference"; Brown, Cai and DasGupta
    2001, "Interval Estimation for a Binomial Proportion", recommend it for few queries.

    Raises:
        ValueError: There are no queries, or `count` is not between 0 and `n`.
    """
    if not 0 <= count <= n or not n:
        raise ValueError(f"there is nothing to report over: {count} of {n} questions")
    share, square = count / n, _Z**2 / n
    middle = share + square / 2
    half = _Z * sqrt(share * (1 - share) / n + square / (4 * n))
    low, high = ((middle + side) / (1 + square) for side in (-half, half))
    return share, max(0.0, min(share, low)), min(1.0, max(share, high))


def mean_interval(values: ArrayLike) -> tuple[float, float, float]:
    """Return the mean over queries, and the low and high end of its 95 % interval.

    Percentile bootstrap: the 2.5th and 97.5th percentile of the means of 2,000 resamples of the
    queries, drawn with replacement. Source: Efron and Tibshirani 1993, "An Introduction to the
    Bootstrap", chapter 13. Where the interval would miss the mean it is widened to it.

    Args:
        values: (n,) one value a query.

    Raises:
        ValueError: There are no values, or one is not finite.
    """
    rows = _rows(values)[:, 0]
    means = np.concatenate([rows[drawn].mean(axis=1) for drawn in _resamples(len(rows))])
    return _around(float(rows.mean()), means)


def interval(rows: ArrayLike, statistic: Statistic) -> tuple[float, float, float]:
    """Return a statistic of the rows, and the low and high end of its 95 % bootstrap interval.

    As `mean_interval`, for what is not a mean: a percentile, an area, a calibration error.

    Args:
        rows: (n,) or (n, c) one row a query, drawn whole.
        statistic: Takes (m, c) rows and returns a finite number; it must not depend on their order.

    Raises:
        ValueError: There are no rows, or a value or the statistic of a resample is not finite.
    """
    table = _rows(rows)
    found = [statistic(table[drawn]) for block in _resamples(len(table)) for drawn in block]
    if not np.isfinite(found).all():
        raise ValueError("the statistic is not finite on every resample")
    return _around(statistic(table), np.array(found))


def permutation_p(differences: ArrayLike) -> float:
    """Return the two-sided p of paired differences under "neither side is better".

    Sign-flip permutation test of the mean: the share of sign patterns whose sum is at least as far
    from 0 as the one seen. All of them are tried for up to 12 differences that are not 0, else
    10,000 drawn ones, (1 + those as far) / (1 + all). Sources: Fisher 1935, "The Design of
    Experiments"; Smucker, Allan and Carterette 2007, "A Comparison of Statistical Significance
    Tests for Information Retrieval Evaluation"; Phipson and Smyth 2010 for the added 1.

    Args:
        differences: (n,) after less before, one a query.

    Raises:
        ValueError: There are no differences, or one is not finite.
    """
    values = _rows(differences)[:, 0]
    sizes = np.sort(np.abs(values[values != 0]))
    if not len(sizes):
        return 1.0
    seen = abs(float(values.sum())) - _TIE * float(sizes.sum())
    exact = len(sizes) <= EXACT_UP_TO
    patterns = _all_signs(len(sizes)) if exact else _drawn_signs(len(sizes))
    far = total = 0
    for signs in patterns:
        far += int(np.count_nonzero(np.abs(signs @ sizes) >= seen))
        total += len(signs)
    return far / total if exact else (1 + far) / (1 + total)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values corrected for their number, in the order given.

    Step-down: the i-th smallest of m is ``max over j <= i of min(1, (m - j + 1) p_j)``. Controls
    the chance of even one false finding. Source: Holm 1979, "A Simple Sequentially Rejective
    Multiple Test Procedure".

    Raises:
        ValueError: A value is not between 0 and 1.
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def _rows(values: ArrayLike) -> Floats:
    """Return (n, c) rows in an order that depends on the values only."""
    table = np.asarray(values, dtype=np.float64)
    if not table.size:
        raise ValueError("there is nothing to report over: 0 questions")
    if not np.isfinite(table).all():
        raise ValueError("a value is not a finite number")
    table = table.reshape(len(table), -1)
    return table[np.lexsort(table.T[::-1])]


def _resamples(n: int) -> Iterator[NDArray[np.int64]]:
    """Yield blocks of (k, n) positions drawn with replacement, `RESAMPLES` in all."""
    generator = np.random.default_rng(_SEED)
    for size in _blocks(RESAMPLES, n):
        yield generator.integers(0, n, size=(size, n))


def _around(value: float, resampled: Floats) -> tuple[float, float, float]:
    outside = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(resampled, [outside, 100 - outside])
    return value, min(value, float(low)), max(value, float(high))


def _all_signs(n: int) -> Iterator[Floats]:
    """Yield every pattern of n signs, (2**n, n)."""
    patterns = np.arange(2**n)[:, None] >> np.arange(n)
    yield (1 - 2 * (patterns & 1)).astype(np.float64)


def _drawn_signs(n: int) -> Iterator[Floats]:
    """Yield blocks of (k, n) drawn signs, `PERMUTATIONS` patterns in all."""
    generator = np.random.default_rng(_SEED)
    for size in _blocks(PERMUTATIONS, n):
        yield (1 - 2 * generator.integers(0, 2, size=(size, n))).astype(np.float64)


def _blocks(count: int, n: int) -> Iterator[int]:
    """Yield how many rows of n values to hold at a time, `count` in all."""
    step = max(1, _BLOCK // n)
    for start in range(0, count, step):
        yield min(step, count - start)
