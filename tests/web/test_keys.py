"""Keys in their file: what was made before groups were known, and what groups they have."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from corpus.errors import StoreError, UsageError
from corpus.rows import row_digest
from web.keys import FILE_NAME, FORMAT, Keys, _digest_of

BEFORE = ("0a1b2c3d", "intranet", "ask read", _digest_of("s" * 43), "2026-01-02T03:04:05+00:00")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file as it was made by the format before groups."""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.executescript(FORMAT.migrations[0])
        connection.execute(f"PRAGMA application_id = {FORMAT.application_id}")
        connection.execute("PRAGMA user_version = 1")
        row = (*BEFORE, None)
        connection.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, row_digest(row)))
    return tmp_path


def test_keys_made_before_groups_are_as_good(old: Path) -> None:
    with Keys(old) as keys:
        key = keys.good(f"or_0a1b2c3d_{'s' * 43}")
        assert key is not None
        assert key.groups == frozenset()
        assert [each.name for each in keys.listed()] == ["intranet"]


def test_a_key_has_groups(tmp_path: Path) -> None:
    with Keys(tmp_path) as keys:
        made, text = keys.create("legal search", ["read"], groups=["legal", "the board"])
        assert keys.good(text) == made
        assert made.groups == {"legal", "the board"}


def test_groups_cannot_be_added_to_a_stored_key(tmp_path: Path) -> None:
    with Keys(tmp_path) as keys:
        _, text = keys.create("search", ["read"])
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
            connection.execute("UPDATE keys SET groups = 'board'")
        with pytest.raises(StoreError, match="altered"):
            keys.good(text)


@pytest.mark.parametrize("group", ["", " x", "a\nb", "\0", "x" * 257])
def test_what_is_no_group_is_said(tmp_path: Path, group: str) -> None:
    with Keys(tmp_path) as keys, pytest.raises(UsageError, match="no name of a group"):
        keys.create("search", ["read"], groups=[group])
