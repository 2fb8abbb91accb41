from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.errors import UsageError
from qa.evaluation.runs.journal import open_journal

KEY = {"questions": "a", "settings": {"floor": 0.1}}
ROWS = [{"id": "é"}, {"id": "b", "n": [1, 0.1]}, {"id": "\ud800"}]


def keep(path: Path, key: dict[str, Any], *rows: dict[str, Any]) -> dict[str, Any]:
    """Return the rows that were there, having added some."""
    with open_journal(path, key) as journal:
        found = dict(journal.rows)
        assert journal.resumed == len(found)
        for row in rows:
            journal.add(row)
    return found


def test_rows_are_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "part"
    assert keep(path, KEY, *ROWS) == {}
    assert list(keep(path, KEY, {"id": "b", "n": 2}).values()) == ROWS
    assert keep(path, KEY)["b"] == {"id": "b", "n": 2}


@pytest.mark.parametrize(
    "other", [{"questions": "a"}, {**KEY, "questions": "b"}, {**KEY, "settings": {"floor": 0.2}}]
)
def test_rows_of_something_else_are_not_used(tmp_path: Path, other: dict[str, Any]) -> None:
    path = tmp_path / "part"
    keep(path, KEY, *ROWS)
    assert keep(path, other, ROWS[0]) == {}
    assert keep(path, other) == {"é": ROWS[0]}
    assert keep(path, KEY) == {}


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_row_that_was_not_written_whole_is_left_out(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "part"
    keep(path, KEY, *ROWS[:2])
    path.write_bytes(path.read_bytes()[:-cut])
    assert keep(path, KEY, ROWS[2]) == {"é": ROWS[0]}
    assert list(keep(path, KEY)) == ["é", "\ud800"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]\n", b"\xff\n", b"no journal"])
def test_another_file_is_no_journal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "part"
    path.write_bytes(content)
    assert keep(path, KEY, ROWS[0]) == {}
    assert keep(path, KEY) == {"é": ROWS[0]}


def test_without_a_file_rows_are_kept_in_memory() -> None:
    with open_journal(None, KEY) as journal:
        journal.add(ROWS[0])
        assert journal.rows == {"é": ROWS[0]}


def test_two_runs_never_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "part"
    with open_journal(path, KEY) as journal:
        with pytest.raises(UsageError, match="another run is writing it"), open_journal(path, {}):
            raise AssertionError
        journal.add(ROWS[0])
    assert keep(path, KEY) == {"é": ROWS[0]}


def test_where_no_file_can_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"), open_journal(tmp_path / "no" / "f", KEY):
        raise AssertionError
    with pytest.raises(UsageError, match="Is a directory"), open_journal(tmp_path, KEY):
        raise AssertionError
