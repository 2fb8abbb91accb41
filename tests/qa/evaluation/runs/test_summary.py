from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.runs.results import Results
from qa.evaluation.runs.summary import (
    EXACT,
    GROUPS,
    PINNED,
    curves_of,
    figures_of,
    key_of,
    report_of,
)
from qa.evaluation.sets.questions import QuestionSet


def row(identity: str, confidence: float | None, **values: float) -> dict[str, Any]:
    return {
        "id": identity,
        "values": {name.replace("_", " "): value for name, value in values.items()},
        "outcome": "right",
        "answer": None if confidence is None else {"confidence": confidence},
        "ms": {} if confidence is None else {"read": 10.0, "total": 20.0 * confidence},
        "cpu_ms": 5.0,
    }


ROWS = [
    row("a", 0.8, first_quote_right=1, answerable_declined=0),
    row("b", 0.4, first_quote_right=0, answerable_declined=1),
    row("c", None, unanswerable_declined=0),
    row("d", 0.2, unanswerable_declined=1),
]


def test_figures_by_hand() -> None:
    figures = {figure.name: figure for figure in figures_of(ROWS)}
    found = {name: (figure.value, figure.n, figure.better) for name, figure in figures.items()}
    assert found == {
        "first quote right": (0.5, 2, "higher"),
        "unanswerable declined": (0.5, 2, "higher"),
        "answerable declined": (0.5, 2, "lower"),
        # surest first: right, wrong, wrong, wrong
        "area under risk-coverage": (pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4) / 4), 4, "lower"),
        # bins of 4/5 of a question: (0, 0), (.15, 0), (.3, 0), (.5, .25), (.8, 1)
        "calibration error": (pytest.approx((0.15 + 0.3 + 0.25 + 0.2) / 5), 4, "lower"),
        "read p50 ms": (10, 3, "lower"),
        "read p95 ms": (10, 3, "lower"),
        "total p50 ms": (8, 3, "lower"),
        "total p95 ms": (16, 3, "lower"),
        "cpu p50 ms": (5, 4, "lower"),
        "cpu p95 ms": (5, 4, "lower"),
    }


def test_curves_by_hand() -> None:
    curves = curves_of(ROWS)
    assert curves["risk_coverage"]["coverage"] == [0.25, 0.5, 0.75, 1]
    assert curves["risk_coverage"]["risk"] == pytest.approx([0, 1 / 2, 2 / 3, 3 / 4])
    assert [part["right"] for part in curves["calibration"]] == pytest.approx([0, 0, 0, 0.25, 1])
    assert set(curves["calibration"][0]) == {"confidence", "right"}


def test_over_nothing_there_is_no_report() -> None:
    with pytest.raises(ValueError, match="nothing to report over"):
        figures_of([])


def test_the_report_is_what_comparing_and_the_gate_read() -> None:
    questions = QuestionSet(Path("folder/set.jsonl"), "5e7", (), ())
    data = {"articles": 3, "sha256": "da7a"}
    report = report_of(questions, data, {"floor": 0.1}, ROWS, "2026-01-31T12:00:00+00:00")
    results = Results.from_json(json.dumps(report), "this run")
    assert [r.id for r in results.rows] == ["a", "b", "c", "d"]
    assert list(results.figures) == figures_of(ROWS)
    assert results.questions == {"file": "set.jsonl", "sha256": "5e7", "n": 0}
    assert (results.data, results.settings) == (data, {"floor": 0.1})
    assert key_of(questions, data, {"floor": 0.2}) != key_of(questions, data, {"floor": 0.1})


def test_no_timing_is_pinned() -> None:
    assert not [name for name in PINNED if name.endswith(" ms")]
    assert set(EXACT) < set(PINNED)
    assert len(PINNED) == len(set(PINNED)) == sum(map(len, GROUPS.values()))
