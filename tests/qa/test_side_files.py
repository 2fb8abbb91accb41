"""The files beside the archive: a missing one is new, one that lost what it held is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from corpus.archive import Archive
from corpus.errors import StoreError, UsageError
from corpus.migrations import FileFormat, make_file, migrate
from index.schema import open_archive
from qa.conversations.store import FILE_NAME as CONVERSATIONS
from qa.conversations.store import Conversations
from qa.evaluation.sets.feedback import FILE_NAME as FEEDBACK
from qa.evaluation.sets.feedback import read_feedback, record_feedback
from web.keys import FILE_NAME as KEYS
from web.keys import Keys

ANSWER: dict[str, Any] = {"question": "How much?", "standalone": "How much?", "status": "declined"}
FORM = FileFormat(1, ("CREATE TABLE first (x);\n",), frozenset({"first"}))
NEWER = FileFormat(1, (*FORM.migrations, "CREATE TABLE second (y);\n"), FORM.tables)


class Side(NamedTuple):
    """One of the files, with what writes into it and what reads it."""

    name: str
    write: Callable[[Archive], object]
    read: Callable[[Archive], Any]


def _conversations(archive: Archive) -> list[Any]:
    with Conversations(archive) as kept:
        return list(kept.listed("ada"))


def _start(archive: Archive) -> None:
    with Conversations(archive) as kept:
        kept.start("ada", "How much?")


def _keys(archive: Archive) -> list[Any]:
    with Keys(archive.store) as keys:
        return list(keys.listed())


def _create(archive: Archive) -> None:
    with Keys(archive.store) as keys:
        keys.create("a caller", ["ask"])


SIDES = [
    Side(CONVERSATIONS, _start, _conversations),
    Side(KEYS, _create, _keys),
    Side(
        FEEDBACK,
        lambda archive: record_feedback(archive.store, "good", ANSWER),
        lambda archive: read_feedback(archive.store),
    ),
]


@pytest.fixture(params=SIDES, ids=[side.name for side in SIDES])
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.param
    return found


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as opened:
        yield opened


def test_a_missing_one_is_made_whole_and_private(archive: Archive, side: Side) -> None:
    assert side.read(archive) == []
    side.write(archive)
    assert len(side.read(archive)) == 1
    path = archive.store / side.name
    assert path.stat().st_mode & 0o777 == 0o600
    assert [other.name for other in archive.store.glob(f"{side.name}.*")] == []


@pytest.mark.parametrize("left", [0, 1, 99, 512, 2048, 4096], ids="{} bytes left".format)
def test_one_that_was_cut_is_never_a_new_one(archive: Archive, side: Side, left: int) -> None:
    side.write(archive)
    path = archive.store / side.name
    content = path.read_bytes()[:left]
    path.write_bytes(content)
    for use in (side.read, side.write):
        with pytest.raises(StoreError) as told:
            use(archive)
        assert str(path) in str(told.value)
        assert path.read_bytes() == content
    if not left:
        assert "move it away" in str(told.value)


def test_one_without_tables_is_damaged_as_well(archive: Archive, side: Side) -> None:
    path = archive.store / side.name
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
    with pytest.raises(StoreError, match="damaged"):
        side.read(archive)


@pytest.mark.parametrize("fails", [False, True], ids=["killed never", "killed before it is whole"])
def test_what_is_being_made_has_no_name_yet(
    tmp_path: Path, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = tmp_path / "new.sqlite3", []

    def looks(connection: sqlite3.Connection, partial: Path, form: FileFormat) -> None:
        migrate(connection, partial, form)
        seen.append(path.exists())
        if fails:
            raise KeyboardInterrupt

    monkeypatch.setattr("corpus.migrations.migrate", looks)
    try:
        make_file(path, FORM)
    except KeyboardInterrupt:
        assert fails
    assert seen == [False]
    assert path.exists() is not fails
    assert list(tmp_path.iterdir()) == ([] if fails else [path])


def test_of_two_that_make_it_one_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new.sqlite3"

    def slower(connection: sqlite3.Connection, partial: Path, form: FileFormat) -> None:
        migrate(connection, partial, form)
        path.write_bytes(b"another's")

    monkeypatch.setattr("corpus.migrations.migrate", slower)
    make_file(path, FORM)
    assert path.read_bytes() == b"another's"


def test_a_copy_is_made_under_the_lock_of_whoever_migrates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "side.sqlite3"
    make_file(path, FORM)
    locked: list[bool] = []
    back_up = migrate.__globals__["_back_up"]

    def looks(*given: Path) -> None:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                locked.append(True)
        back_up(*given)

    monkeypatch.setattr("corpus.migrations._back_up", looks)
    for _ in range(2):  # the second one finds it migrated, and copies nothing
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            migrate(connection, path, NEWER)
    assert locked == [True]
    with closing(sqlite3.connect(tmp_path / "side.sqlite3.format-1.backup")) as copy:
        assert [row[0] for row in copy.execute("SELECT name FROM sqlite_master")] == ["first"]


LONE = "\ud800"
HUGE = 10**30


@pytest.mark.parametrize(
    "use",
    [
        lambda archive: archive.article(LONE),
        lambda archive: archive.listed(10, after=LONE),
        lambda archive: archive.remove(article_id=LONE),
        lambda archive: archive.remove(publisher=LONE),
        lambda archive: archive.version(HUGE),
        lambda archive: Keys(archive.store).revoke(LONE),
        lambda archive: Conversations(archive).open("ada", LONE),
        lambda archive: Conversations(archive).delete(LONE, "x"),
        lambda archive: Conversations(archive).start(LONE, "How much?"),
    ],
)
def test_what_sqlite_cannot_take_is_told_in_words(
    archive: Archive, use: Callable[[Archive], object]
) -> None:
    _start(archive)
    _create(archive)
    with pytest.raises(UsageError, match="neither be stored nor looked up"):
        use(archive)
