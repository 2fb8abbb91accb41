"""What a run names, the report has words for."""

from __future__ import annotations

from typing import get_args

from qa.evaluation.report import wording
from qa.evaluation.runs.outcome import Lost, Outcome
from qa.evaluation.runs.summary import GROUPS


def test_every_figure_has_words() -> None:
    worded = {name for group in wording.GROUPS.values() for name in group}
    assert worded == {name for group in GROUPS.values() for name in group}
    assert set(wording.HEADLINES) <= worded


def test_every_outcome_and_loss_has_words() -> None:
    assert set(wording.OUTCOMES) == set(get_args(Outcome))
    assert set(wording.OUTCOMES) > wording.AS_IT_SHOULD
    assert {*wording.STEPS, "wrongly answered"} == set(get_args(Lost))
