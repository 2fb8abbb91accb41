"""Whether `confidence` can be trusted: risk against coverage, and calibration.

Two columns describe a run, one row a question: the confidence, and whether the quote that is put
first holds an acceptable answer. An unanswerable question is never right. For a question that was
declined, give what would have been quoted, the first of the nearest: a system is judged on how it
ranks all questions, so that declining them all does not look perfect.

Questions of equal confidence are never ordered by chance: each result is its mean over all their
orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qa.evaluation.measures.intervals import Floats

BINS = 5


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Risk at every coverage.

    Attributes:
        coverage: (n,) k/n for k from 1 to n: the share of questions answered, surest first.
        risk: (n,) the share of those that are wrong; lower is better.
    """

    coverage: Floats
    risk: Floats


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """A fifth of the questions, by confidence.

    Attributes:
        confidence: Mean confidence.
        right: The share that is right.
    """

    confidence: float
    right: float


def risk_coverage(confidence: ArrayLike, right: ArrayLike) -> RiskCoverage:
    """Return the selective risk when only the surest questions are answered.

    ``risk(k/n) = (wrong ones among the k surest) / k``. Sources: El-Yaniv and Wiener 2010, "On the
    Foundations of Noise-free Selective Classification"; Geifman and El-Yaniv 2017, "Selective
    Classification for Deep Neural Networks".

    Raises:
        ValueError: There are no questions, the columns differ in length, or a confidence is not
            between 0 and 1.
    """
    _, shares = _by_confidence(confidence, right)
    answered = np.arange(1, len(shares) + 1)
    wrong = np.cumsum(1 - shares[::-1])
    return RiskCoverage(answered / len(shares), wrong / answered)


def risk_coverage_area(confidence: ArrayLike, right: ArrayLike) -> float:
    """Return AURC, the area under the risk-coverage curve: the mean risk over all coverages.

    ``1/n * sum of risk(k/n) for k from 1 to n``. Source: Geifman, Uziel and El-Yaniv 2019,
    "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers". From 0 to 1, lower is better;
    0 only if everything is right.

    Raises:
        ValueError: As `risk_coverage`.
    """
    return float(risk_coverage(confidence, right).risk.mean())


def calibration_bins(confidence: ArrayLike, right: ArrayLike) -> list[CalibrationBin]:
    """Return five bins of equal mass, the least sure first.

    Each holds exactly a fifth of the questions: one that lies across a border counts in both by its
    parts, so that neither a number that five does not divide nor equal confidences disturb it.

    Raises:
        ValueError: As `risk_coverage`.
    """
    sure, shares = _by_confidence(confidence, right)
    size = len(sure) / BINS
    borders: Floats = np.arange(BINS + 1, dtype=np.float64) * size
    means = [np.diff(_mass_below(column, borders)) / size for column in (sure, shares)]
    return [CalibrationBin(float(c), float(r)) for c, r in zip(*means, strict=True)]


def calibration_error(confidence: ArrayLike, right: ArrayLike) -> float:
    """Return ECE, the expected calibration error, over five bins of equal mass.

    ``mean over bins of |share right - mean confidence|``. Sources: Naeini, Cooper and Hauskrecht
    2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning"; Nixon et al. 2019,
    "Measuring Calibration in Deep Learning", for bins of equal mass. From 0 to 1, lower is better.

    Raises:
        ValueError: As `risk_coverage`.
    """
    bins = calibration_bins(confidence, right)
    return float(np.mean([abs(part.right - part.confidence) for part in bins]))


def _by_confidence(confidence: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    """Return both columns, the least sure first; among equals each has their share of right."""
    sure, found = (np.asarray(column, dtype=np.float64) for column in (confidence, right))
    if sure.shape != found.shape or sure.ndim != 1:
        raise ValueError(f"{sure.shape} confidences do not go with {found.shape} outcomes")
    if not len(sure):
        raise ValueError("there is nothing to report over: 0 questions")
    if not ((sure >= 0) & (sure <= 1)).all() or not np.isin(found, (0, 1)).all():
        raise ValueError("a confidence lies between 0 and 1, and an outcome is right or not")
    _, group, sizes = np.unique(sure, return_inverse=True, return_counts=True)
    shares: Floats = np.bincount(group, weights=found) / sizes
    order = np.argsort(sure, kind="stable")
    return sure[order], shares[group[order]]


def _mass_below(column: Floats, positions: Floats) -> Floats:
    """Return the sum of the column up to positions between 0 and n, parts of a row included."""
    sums = np.concatenate([[0.0], np.cumsum(column)])
    found: Floats = np.interp(positions, np.arange(len(column) + 1), sums)
    return found
