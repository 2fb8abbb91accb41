from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pytest

from qa.evaluation.measures.figure import Better, Figure
from qa.evaluation.measures.risk import calibration_bins, risk_coverage
from qa.evaluation.runs.results import Results, Row

MakeResults = Callable[..., Results]


def _results(
    values: Mapping[str, Sequence[float]],
    *,
    lower: Sequence[str] = (),
    ids: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    questions: str = "questions",
    settings: str = "settings",
    data: str = "data",
) -> Results:
    size = max(map(len, values.values()), default=0)
    ids = ids or [f"q{number}" for number in range(size)]
    rows = [
        Row(
            ids[n],
            {name: column[n] for name, column in values.items() if n < len(column)},
            outcomes[n] if outcomes else "right",
        )
        for n in range(size)
    ]
    better: dict[bool, Better] = {False: "higher", True: "lower"}
    figures = [Figure.of_mean(n, column, better[n in lower]) for n, column in values.items()]
    return Results(
        tuple(figures),
        tuple(rows),
        {"sha256": questions},
        {"model": settings},
        {"articles": 3, "sha256": data},
    )


@pytest.fixture
def make_results() -> MakeResults:
    """Return a maker of results in which each figure is the mean of a column."""
    return _results


Json = dict[str, Any]


def _citation(quote: str, **fields: Any) -> Json:
    place = {"start": 8, "end": 8 + len(quote), "sha256": "ef", "version": 1}
    named = {"title": "Pier Approved", "publisher": "Lowhaven Gazette", "published": "2019-04-02"}
    more = {"article_id": "pier", "url": "https://gazette.example/pier", "context": None}
    return {"quote": quote, **place, **named, **more, "short": None, "dates": [], **fields}


def _row(id: str = "cost", **fields: Any) -> Json:  # noqa: A002 - as the run's JSON has it
    outcome = fields.get("outcome", "right")
    answerable = outcome not in ("declined", "wrongly answered")
    quote = _citation("The pier will cost $12 million.", short="$12 million")
    stated = outcome in ("right", "wrong quote", "wrongly answered")
    answer = {
        **{"id": id, "question": "How much?", "standalone": "How much?", "carried": []},
        **{"status": "answered" if stated else "declined", "confidence": 0.75, "choices": []},
        **{"answer": "$12 million" if stated else None, "ms": {"total": 9}},
        "statements": [{"text": quote["quote"], "citations": [quote]}] if stated else [],
        "nearest": [] if stated else [quote],
    }
    return {
        **{"id": id, "line": 3, "conversation": None, "turn": 0, "question": "How much?"},
        **{"standalone_wanted": None, "asked": None, "answerable": answerable},
        "answers": ["$12 million", "12 million"] if answerable else [],
        "gold": [{"article_id": "pier", "sentence": quote["quote"]}] if answerable else [],
        "relevant": ["pier"] if answerable else [],
        "possible": [],
        "values": {"answered right": float(outcome == "right")} if answerable else {},
        **{"outcome": outcome, "lost": None, "slices": {"kind": "money", "year": "2019"}},
        **{"answer": answer, "error": None, "retrieved": [["port", 0.9], ["pier", 0.8]]},
        **{"ranked": [], "ms": {"total": 9.25}, "cpu_ms": 8.5},
        **fields,
    }


def _run(*rows: Json, **more: Any) -> Json:
    rows = rows or (_row(),)
    names = dict.fromkeys(name for row in rows for name in row["values"])
    figures = [
        Figure.of_mean(name, [r["values"][name] for r in rows if name in r["values"]], "higher")
        for name in names
    ]
    sure = [row["answer"]["confidence"] if row["answer"] else 0.0 for row in rows]
    right = [row["outcome"] == "right" for row in rows]
    curve = risk_coverage(sure, right)
    return {
        **{"onrecord": "0.1.0", "made": "2026-01-31T12:00:00+00:00"},
        "questions": {"file": "questions.jsonl", "sha256": "ab", "n": len(rows)},
        "data": {"articles": 45, "sha256": "cd"},
        "settings": {"floor": 0.1, "model": "MiniLM"},
        "figures": [figure.to_json() for figure in figures],
        "curves": {
            "risk_coverage": {"coverage": list(curve.coverage), "risk": list(curve.risk)},
            "calibration": [asdict(part) for part in calibration_bins(sure, right)],
        },
        "rows": list(rows),
        **more,
    }


@pytest.fixture
def make_run() -> Callable[..., Json]:
    """Return a maker of a run's JSON from its rows; further arguments are further fields."""
    return _run


@pytest.fixture
def make_row() -> Callable[..., Json]:
    """Return a maker of a run's row; its arguments replace fields."""
    return _row


@pytest.fixture
def make_citation() -> Callable[..., Json]:
    """Return a maker of a citation; further arguments replace fields."""
    return _citation
