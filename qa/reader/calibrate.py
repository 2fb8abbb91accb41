"""How likely an answer is to be right: confidence that keeps its word, and where to decline.

Weights of confidence are fitted on questions as asked and on others made unanswerable, so that they
know near misses; then it is rescaled on the questions as asked, so that of the answers with a
confidence of .9 nine in ten are right. All is measured out of fold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.reader import confidence
from qa.reader.examples import Example
from qa.reader.read import Scored
from qa.reader.regression import fit_logistic

FOLDS = 5
WRONGLY_DECLINED = 0.075
# A wrong short answer does more harm than none: this hides one in eight, most of them wrong.
SHORT_FLOOR = 0.15
# Near misses count most: they are what an answer is most likely to be wrong about.
FAMILY_WEIGHT = {"asked": 1.0, "undated": 0.5, "without_articles": 0.5, "near_miss": 1.5}
# Of the question sets the first is like what users ask; the others keep it from being all there is.
OTHER_SETS_WEIGHT = 0.2
_RISK_POINTS = 40

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first sentence for an example, with weights that never saw its week.

    Attributes:
        first: The sentence, with its short answer.
        row: Its features for confidence.
        exact: Whether its short answer is an acceptable one.
    """

    example: Example
    first: Scored
    row: Rows
    holds: bool
    right: bool
    exact: bool

    @property
    def answers(self) -> bool:
        """Whether the sentence answers a question that the collection, as shown, answers."""
        return self.example.answerable and self.right


def folds_of(examples: Sequence[Example]) -> NDArray[np.int_]:
    """Return a fold number per example; a week, or an article, is never split."""
    keys = [(e.questions, e.fold_key) for e in examples]
    known = sorted(set(keys))
    order = np.random.default_rng(0).permutation(len(known))
    fold = {key: int(place) % FOLDS for key, place in zip(known, order, strict=True)}
    return np.array([fold[key] for key in keys])


def out_of_fold(folds: NDArray[np.int_], fit: Callable[[Mask], Floats]) -> list[Floats]:
    """Return, per fold, the weights fitted on the other folds."""
    return [fit(folds != fold) for fold in range(FOLDS)]


def fit_confidence(outcomes: Sequence[Outcome], kept: Mask) -> Floats:
    """Return the weights under which confidence is the chance that the first quote is right."""
    chosen = [o for o, keep in zip(outcomes, kept, strict=True) if keep]
    first = outcomes[0].example.questions
    weights = [
        FAMILY_WEIGHT[o.example.family]
        * (1.0 if o.example.questions == first else OTHER_SETS_WEIGHT)
        for o in chosen
    ]
    return fit_logistic(
        np.array([o.row for o in chosen], dtype=np.float64),
        np.array([o.answers for o in chosen], dtype=np.float64),
        np.array(weights),
    )


def calibrate(outcomes: Sequence[Outcome], folds: NDArray[np.int_]) -> tuple[Floats, Floats]:
    """Return each outcome's confidence out of fold, (n,), and the weights fitted on all of them.

    The questions as asked of the first question set say what confidence has to be worth (Platt
    1999: a logistic of the log-odds).
    """
    by_fold = out_of_fold(folds, lambda kept: fit_confidence(outcomes, kept))
    odds = np.array([o.row @ by_fold[f] for o, f in zip(outcomes, folds, strict=True)])
    table = np.stack([odds, np.ones(len(odds))], axis=1)
    right = np.array([o.answers for o in outcomes], dtype=np.float64)
    asked = np.array([o.example.family == "asked" for o in outcomes])
    asked &= [o.example.questions == outcomes[0].example.questions for o in outcomes]

    def rescaling(kept: Mask) -> Floats:
        chosen = kept & asked
        return fit_logistic(table[chosen], right[chosen], np.ones(int(chosen.sum())), ridge=0.1)

    everything = np.ones(len(outcomes), dtype=bool)
    slope, shift = rescaling(everything)
    weights = fit_confidence(outcomes, everything) * slope
    weights[-1] += shift
    return chances(table, folds, rescaling), weights


def chances(rows: Floats, folds: NDArray[np.int_], fit: Callable[[Mask], Floats]) -> Floats:
    """Return each row's probability, (n,), under the weights fitted on the other folds."""
    by_fold = out_of_fold(folds, fit)
    found = [confidence.probability(row, by_fold[f]) for row, f in zip(rows, folds, strict=True)]
    return np.array(found)


def short_rows(outcomes: Sequence[Outcome], chance: Floats) -> Floats:
    """Return the features of the first sentence's short answer, (n, f), given its confidence."""
    rows = [
        confidence.short_features(o.example.asked, o.first, c)
        for o, c in zip(outcomes, chance, strict=True)
    ]
    return np.array(rows, dtype=np.float64)


def fit_short(outcomes: Sequence[Outcome], rows: Floats, kept: Mask) -> Floats:
    """Return the weights for the chance that the short answer is right, where there is one."""
    given = [o.first.candidate is not None and o.example.family == "asked" for o in outcomes]
    chosen = kept & np.array(given)
    right = np.array([o.example.answerable and o.exact for o in outcomes], dtype=np.float64)
    return fit_logistic(rows[chosen], right[chosen], np.ones(int(chosen.sum())))


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome with what weights that never saw its week say of it, 0 to 1 each.

    Attributes:
        sure: That the sentence answers.
        short: That its short answer is right.
    """

    outcome: Outcome
    sure: float
    short: float

    @property
    def exact(self) -> bool:
        """Whether a short answer is given and right."""
        return self.outcome.exact and self.short >= SHORT_FLOOR


def risk_of(judged: Sequence[Judged]) -> list[tuple[float, float]]:
    """Return floors of confidence, rising, with the share of the answers shown that is wrong.

    Answering a question that no article answers is wrong. The last floor is 1, where nothing is
    shown.
    """
    asked = [j for j in judged if j.outcome.example.family == "asked"]
    sure = np.array([j.sure for j in asked])
    wrong = np.array([not j.outcome.answers for j in asked])
    floors = np.unique(np.round(np.quantile(sure, np.linspace(0, 0.98, _RISK_POINTS)), 3))
    shares = np.minimum.accumulate([wrong[sure >= floor].mean() for floor in floors])
    points = zip(floors.tolist(), shares.tolist(), strict=True)
    return [*((floor, round(share, 3)) for floor, share in points), (1.0, 0.0)]


def floor_of(judged: Sequence[Judged]) -> float:
    """Return the confidence below which `WRONGLY_DECLINED` of the answerable questions lie."""
    examples = [(j.outcome.example, j.sure) for j in judged]
    sure = [c for e, c in examples if e.answerable and e.family == "asked"]
    return float(np.quantile(sure, WRONGLY_DECLINED))
