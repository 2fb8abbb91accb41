from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluation.measures.figure import Figure

EM = Figure("EM", 0.75, 0.65, 0.84, 80, "higher")


def test_json_in_and_out() -> None:
    fields = json.loads(json.dumps(EM.to_json()))
    assert fields == {
        "name": "EM", "value": 0.75, "low": 0.65, "high": 0.84, "n": 80, "better": "higher",
    }  # fmt: skip
    assert Figure.from_json(fields) == EM
    assert Figure.from_json(fields | {"more": 1}) == EM


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n": 0}, "nothing to report over"),
        ({"low": 0.8}, "outside its interval"),
        ({"high": 0.7}, "outside its interval"),
        ({"value": math.nan}, "outside its interval"),
        ({"better": "more"}, "higher"),
        ({"n": "many"}, "integer"),
    ],
)
def test_impossible_figures(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Figure.from_json(EM.to_json() | changes)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ValueError, match="low"):
        Figure.from_json({"name": "EM", "value": 0.5, "high": 1.0, "n": 3, "better": "higher"})


def test_figures_of_values() -> None:
    mean = Figure.of_mean("EM", [1.0, 0.0, 1.0, 1.0], "higher")
    assert (mean.name, mean.value, mean.n, mean.better) == ("EM", 0.75, 4, "higher")
    sure = Figure.of_mean("EM", [1.0, 1.0, 1.0], "higher")
    assert sure.low < 0.5 < sure.value == sure.high == 1
    p95 = Figure.of_statistic(
        "ms", range(101), lambda rows: float(np.percentile(rows, 95)), "lower"
    )
    assert (p95.value, p95.n) == (95, 101)
    assert p95.low < 95 < p95.high


def test_nothing_is_not_reported() -> None:
    with pytest.raises(ValueError, match="nothing to report over"):
        Figure.of_mean("EM", [], "higher")
    with pytest.raises(ValueError, match="nothing to report over"):
        Figure.of_statistic("ms", [], lambda rows: float(rows.sum()), "lower")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@settings(deadline=None, max_examples=30)
def test_figures_survive_json(values: list[float]) -> None:
    figure = Figure.of_mean("F1", values, "higher")
    assert Figure.from_json(json.loads(json.dumps(figure.to_json()))) == figure
