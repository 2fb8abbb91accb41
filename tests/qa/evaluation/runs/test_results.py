from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from qa.evaluation.runs.results import Results, Row, read_results

REPORT: dict[str, Any] = {
    "figures": [
        {"name": "EM", "value": 0.5, "low": 0.0, "high": 1.0, "n": 2, "better": "higher"},
        {"name": "ms", "value": 90, "low": 80, "high": 95.5, "n": 2, "better": "lower"},
    ],
    "rows": [
        {"id": "q1", "values": {"EM": 1}, "outcome": "right", "question": "Who?"},
        {"id": "q2", "values": {"EM": 0.0}, "outcome": "declined"},
    ],
    "questions": {"sha256": "aa", "path": "questions.jsonl"},
    "settings": {"quotes": 4, "model": {"name": "bundled"}},
    "data": {"articles": 3, "sha256": "cc"},
    "made": "2026-11-24",
}


def test_report_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(REPORT), encoding="utf-8")
    results = read_results(path)
    assert [figure.to_json() for figure in results.figures] == REPORT["figures"]
    assert results.rows == (Row("q1", {"EM": 1.0}, "right"), Row("q2", {"EM": 0.0}, "declined"))
    assert (results.digests["questions"], results.digests["data"]) == ("aa", "cc")


def test_digests_say_what_is_the_same() -> None:
    def digests(**changes: Any) -> dict[str, str]:
        return Results.from_json(json.dumps(REPORT | changes), "report").digests

    first = digests()
    assert digests(settings={"model": {"name": "bundled"}, "quotes": 4}) == first
    other = digests(settings={"model": {"name": "bundled"}, "quotes": 3})
    assert [kind for kind in first if first[kind] != other[kind]] == ["settings"]
    assert digests(questions={"sha256": "aa", "path": "moved.jsonl"}) == first
    assert digests(data={"articles": 4})["data"] != digests(data={"articles": 3})["data"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": None}, "report: rows: not the JSON of an evaluation"),
        ({"rows": [{"id": "q1", "values": {"EM": "x"}, "outcome": ""}]}, r"rows\.0\.values\.EM"),
        ({"rows": [{"id": "q1", "values": {}}]}, r"rows\.0\.outcome"),
        ({"rows": REPORT["rows"] * 2}, "the row 'q1' is given twice"),
        ({"figures": REPORT["figures"] * 2}, "the figure 'EM' is given twice"),
        ({"figures": [REPORT["figures"][0] | {"n": 0}]}, r"figures\.0.*nothing to report over"),
    ],
)
def test_other_json_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Results.from_json(json.dumps(REPORT | changes), "report")


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "\ufeff{}", "null"])
def test_no_report_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"report\.json.*onrecord eval run --json"):
        read_results(path)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.json: cannot be read: No such file"):
        read_results(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_results(tmp_path)
