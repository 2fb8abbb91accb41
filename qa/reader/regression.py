"""The two small fits: which of a group is right (softmax), and how likely it is (logistic)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Group = tuple[NDArray[np.float32], NDArray[np.float32]]


def fit_softmax(groups: Sequence[Group], ridge: float = 5.0) -> Floats:
    """Return weights w, shape (f,), under which softmax(X @ w) puts its mass on the right rows.

    Args:
        groups: (X, y) per question: X (n, f) features, y (n,) 1 where the row is right. Groups
            without a right row teach nothing and are left out.
        ridge: Penalty on the squared weights of standardised features.
    """
    taught = [(x, y) for x, y in groups if len(y) and y.max() > 0]
    scale = _scale(np.concatenate([x for x, _ in taught]))
    scaled = [(x / scale, y) for x, y in taught]

    def loss(w: Floats) -> tuple[float, Floats]:
        total, gradient = ridge * float(w @ w) / 2, ridge * w
        for x, y in scaled:
            logits = x @ w
            mass = np.exp(logits - logits.max())
            mass /= mass.sum()
            right = float(mass @ y) + 1e-12
            total -= float(np.log(right))
            gradient = gradient + x.T @ (mass - mass * y / right)
        return total, gradient

    weights: Floats = _minimum(loss, len(scale)) / scale
    return weights


def fit_logistic(x: Floats, y: Floats, weight: Floats, ridge: float = 3.0) -> Floats:
    """Return weights w, shape (f,), for P(y = 1) = logistic(x @ w); the last column is constant.

    Args:
        x: (n, f) features.
        y: (n,) 0 or 1.
        weight: (n,) how much each row counts.
        ridge: Penalty on the squared weights of standardised features, but for the constant's.
    """
    scale = _scale(x)
    scaled, penalty = x / scale, np.full(len(scale), ridge)
    penalty[-1] = 0.0

    def loss(w: Floats) -> tuple[float, Floats]:
        logits = scaled @ w
        total = float(weight @ (np.logaddexp(0, logits) - y * logits) + penalty @ w**2 / 2)
        probability = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return total, scaled.T @ (weight * (probability - y)) + penalty * w

    weights: Floats = _minimum(loss, len(scale)) / scale
    return weights


def _scale(x: NDArray[np.floating[Any]]) -> Floats:
    """Return the standard deviation of each column; 1 for a constant one, which teaches nothing."""
    scale = x.std(axis=0, dtype=np.float64)
    return np.where(scale > 1e-6, scale, 1.0)


def _minimum(loss: object, size: int) -> Floats:
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights: Floats = found.x
    return weights
