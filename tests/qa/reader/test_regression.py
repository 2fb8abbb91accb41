"""Both fits against the plain objective, written down again and minimised by another method."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logit, logsumexp

from qa.reader.regression import fit_logistic, fit_softmax

Floats = NDArray[np.float64]


def minimum(loss: Callable[[Floats], float], size: int) -> Floats:
    found = minimize(loss, np.zeros(size), method="BFGS", options={"gtol": 1e-7})
    weights: Floats = found.x
    return weights


def groups_of(seed: int, count: int = 12) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    rng = np.random.default_rng(seed)
    groups = []
    for _ in range(count):
        x = rng.normal(size=(rng.integers(2, 7), 3)).astype(np.float32) * [1, 5, 0.2]
        best = int(np.argmax(x @ [1.0, -0.3, 2.0] + rng.normal(size=len(x))))
        y = np.zeros(len(x), np.float32)
        y[best] = 1
        y[rng.integers(len(x))] = 1
        groups.append((x.astype(np.float32), y))
    return groups


def softmax_loss(
    w: Floats, groups: Sequence[tuple[Floats, Floats]], scale: Floats, ridge: float
) -> float:
    """Return the negative log-likelihood that one of the right rows is chosen, with the ridge."""
    total = ridge * float((w * scale) @ (w * scale)) / 2
    for x, y in groups:
        total -= float(logsumexp(log_softmax(x @ w)[y == 1]))
    return total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ridge", [0.5, 5.0])
def test_softmax_minimises_its_objective(seed: int, ridge: float) -> None:
    groups = groups_of(seed)
    scale = np.concatenate([x for x, _ in groups]).std(axis=0)
    expected = minimum(lambda w: softmax_loss(w, groups, scale, ridge), 3)  # type: ignore[arg-type]
    np.testing.assert_allclose(fit_softmax(groups, ridge), expected, rtol=2e-3, atol=2e-4)


def test_softmax_puts_the_right_row_first() -> None:
    rng = np.random.default_rng(1)
    groups = []
    for _ in range(40):
        x = rng.normal(size=(6, 3)).astype(np.float32)
        groups.append((x, (np.arange(6) == np.argmax(x[:, 1] - x[:, 2])).astype(np.float32)))
    weights = fit_softmax(groups, ridge=0.1)
    assert all(y[np.argmax(x @ weights)] == 1 for x, y in groups)


def test_softmax_learns_nothing_from_groups_without_a_right_row() -> None:
    groups = groups_of(2)
    x, y = groups[0]
    useless = [(x * 100, np.zeros_like(y)), (x[:0], y[:0])]
    np.testing.assert_array_equal(fit_softmax([*groups, *useless]), fit_softmax(groups))


def test_softmax_survives_huge_and_constant_columns() -> None:
    groups = [
        (np.column_stack([x * 1e6, np.ones(len(x))]).astype(np.float32), y) for x, y in groups_of(3)
    ]
    weights = fit_softmax(groups)
    assert np.isfinite(weights).all()
    assert weights[3] == pytest.approx(0, abs=1e-3)
    plain = fit_softmax(groups_of(3))
    np.testing.assert_allclose(weights[:3] * 1e6, plain, rtol=1e-2)


# Logistic


def cases(seed: int) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(size=(80, 2)) * [1, 9], np.ones(80)])
    y = (rng.random(80) < expit(x @ [1.5, -0.1, 0.4])).astype(np.float64)
    return x, y, rng.uniform(0.3, 2, size=80)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ridge", [0.5, 3.0])
def test_logistic_minimises_its_objective(seed: int, ridge: float) -> None:
    x, y, weight = cases(seed)
    scale = x.std(axis=0)

    def loss(w: Floats) -> float:
        chance = np.where(y == 1, expit(x @ w), expit(-(x @ w)))
        return float(-(weight @ np.log(chance)) + ridge * ((w * scale)[:2] ** 2).sum() / 2)

    expected = minimum(loss, 3)
    np.testing.assert_allclose(fit_logistic(x, y, weight, ridge), expected, rtol=2e-3, atol=2e-4)


def test_logistic_of_a_constant_is_the_weighted_share() -> None:
    x, y = np.ones((4, 1)), np.array([1.0, 1.0, 1.0, 0.0])
    weights = fit_logistic(x, y, np.array([1.0, 1.0, 2.0, 1.0]))
    assert weights[0] == pytest.approx(logit(0.8), abs=1e-4)


def test_a_row_that_counts_twice_is_as_two_rows() -> None:
    x, y, _ = cases(4)
    twice = np.concatenate([x, x[:30]]), np.concatenate([y, y[:30]])
    weight = np.where(np.arange(80) < 30, 2.0, 1.0)
    # The scale of the columns differs a little, so the ridge is taken out.
    np.testing.assert_allclose(
        fit_logistic(x, y, weight, ridge=0), fit_logistic(*twice, np.ones(110), ridge=0), rtol=5e-3
    )


def test_a_unit_of_measure_changes_no_probability() -> None:
    x, y, weight = cases(5)
    factors = np.array([1000.0, 0.01, 1.0])
    other = fit_logistic(x * factors, y, weight)
    np.testing.assert_allclose(other * factors, fit_logistic(x, y, weight), rtol=5e-3, atol=1e-4)
