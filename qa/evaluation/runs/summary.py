"""Rows -> figures and curves: the report of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from qa.evaluation.measures.figure import Better, Figure
from qa.evaluation.measures.intervals import Floats
from qa.evaluation.measures.retrieval import RETRIEVAL_MEASURES
from qa.evaluation.measures.risk import (
    calibration_bins,
    calibration_error,
    risk_coverage,
    risk_coverage_area,
)
from qa.evaluation.runs.row import IN_CONVERSATION, Json
from qa.evaluation.sets.questions import QuestionSet

AREA, CALIBRATION = "area under risk-coverage", "calibration error"

GROUPS: Mapping[str, Mapping[str, Better]] = {
    "Finding": {
        f"{kind} {name}": "higher"
        for kind in ("article", "sentence")
        for name in RETRIEVAL_MEASURES
    },
    "Answering": {
        "answered right": "higher",
        "first quote right": "higher",
        "quote holds the answer": "higher",
        "quote is a gold sentence": "higher",
        "short answer EM": "higher",
        "short answer F1": "higher",
        "right publisher and date": "higher",
    },
    "Citing": {
        "citation fidelity": "higher",
        "citation support": "higher",
        "citation recall": "higher",
        "citation precision": "higher",
    },
    "Declining": {
        "unanswerable declined": "higher",
        "answerable declined": "lower",
        AREA: "lower",
        CALIBRATION: "lower",
    },
    "Conversation": {IN_CONVERSATION: "higher"},
}
"""Every figure but those of speed, and which way is better."""

SPEED = "Speed"

PINNED = tuple(name for names in GROUPS.values() for name in names)
EXACT = ("citation fidelity", "citation support")
"""What may not fall at all: a quote is word for word, and says what is said to be in it."""


def report_of(
    questions: QuestionSet,
    data: Mapping[str, Any],
    settings: Mapping[str, Any],
    rows: Sequence[Json],
    made: str,
) -> Json:
    """Return the report of a run, ready for `json.dumps`.

    Lines of the question set that could not be used are in "left_out".

    Two runs over the same questions, articles and settings differ only in "made", in "ms" and
    "cpu_ms" of the rows and their answers, and in the figures whose names end in " ms".

    Args:
        questions: What was asked.
        data: On what (`qa.evaluation.runs.run.data_of`).
        settings: Whatever else may change an answer.
        rows: One a question.
        made: When, as ISO 8601.

    Raises:
        ValueError: There are no rows.
    """
    return {
        **key_of(questions, data, settings),
        "made": made,
        "left_out": [asdict(problem) for problem in questions.problems if problem.is_error],
        "figures": [figure.to_json() for figure in figures_of(rows)],
        "curves": curves_of(rows),
        "rows": list(rows),
    }


def key_of(questions: QuestionSet, data: Mapping[str, Any], settings: Mapping[str, Any]) -> Json:
    """Return what a run is of: where this is the same, so are the answers."""
    asked = {"file": questions.path.name, "sha256": questions.sha256, "n": len(questions.queries)}
    return {
        "onrecord": version("onrecord"),
        "questions": asked,
        "data": dict(data),
        "settings": dict(settings),
    }


def figures_of(rows: Sequence[Json]) -> list[Figure]:
    """Return every figure that has a question to it, in the order of `GROUPS`, speed last."""
    return [
        figure
        for names in GROUPS.values()
        for name, better in names.items()
        if (figure := _figure(name, better, rows))
    ] + list(_speed(rows))


def curves_of(rows: Sequence[Json]) -> Json:
    """Return the risk-coverage curve and the five bins of calibration."""
    table = _judged(rows)
    curve = risk_coverage(table[:, 0], table[:, 1])
    return {
        "risk_coverage": {"coverage": curve.coverage.tolist(), "risk": curve.risk.tolist()},
        "calibration": [asdict(part) for part in calibration_bins(table[:, 0], table[:, 1])],
    }


def _figure(name: str, better: Better, rows: Sequence[Json]) -> Figure | None:
    if name in _OF_CONFIDENCE:
        return Figure.of_statistic(name, _judged(rows), _OF_CONFIDENCE[name], better)
    values = [row["values"][name] for row in rows if name in row["values"]]
    return Figure.of_mean(name, values, better) if values else None


_OF_CONFIDENCE = {
    AREA: lambda table: risk_coverage_area(table[:, 0], table[:, 1]),
    CALIBRATION: lambda table: calibration_error(table[:, 0], table[:, 1]),
}


def _judged(rows: Sequence[Json]) -> Floats:
    """Return (n, 2): the confidence, and 1 where the quote put first is right.

    What could not be asked has no confidence at all.
    """
    pairs = [
        (
            row["answer"]["confidence"] if row["answer"] else 0.0,
            row["values"].get("first quote right", 0.0),
        )
        for row in rows
    ]
    return np.array(pairs, dtype=np.float64)


def _speed(rows: Sequence[Json]) -> Iterator[Figure]:
    """Yield the median and 95th percentile of each stage's wall clock, and of processor time."""
    stages = dict.fromkeys(stage for row in rows for stage in row["ms"])
    spent = {stage: [row["ms"][stage] for row in rows if stage in row["ms"]] for stage in stages}
    for stage, times in (spent | {"cpu": [row["cpu_ms"] for row in rows]}).items():
        for percent in (50, 95):
            name = f"{stage} p{percent} ms"
            yield Figure.of_statistic(name, times, partial(_percentile, percent=percent), "lower")


def _percentile(times: Floats, percent: int) -> float:
    """Return the nearest-rank percentile, itself one of the times; NumPy's own is much slower."""
    rank = -(-len(times) * percent // 100)
    return float(np.partition(times[:, 0], rank - 1)[rank - 1])
