"""Opening, locking and sharing a store; full disks, foreign files, other people's folders."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import FrameType

import pytest

from corpus.archive import Archive
from corpus.article import RawArticle, Sentence, Span
from corpus.database import FILE_NAME, Database
from corpus.errors import StoreDamagedError, StoreError, StoreFormatError, StoreLockedError
from corpus.migrations import CORPUS_MIGRATIONS, statements


def put(archive: Archive, name: str, text: str = "One sentence.") -> None:
    with archive.transaction():
        archive.put(RawArticle(text, "s", id=name), [Sentence(0, 0, Span(0, len(text)), 0)])


def names(archive: Archive) -> list[str]:
    return [article.id for article, _ in archive.current_versions()]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    with Archive.open(folder, create=True) as archive:
        put(archive, "a")
    return folder


def test_folder_and_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Archive.open(tmp_path / "x" / "store", create=True) as archive:
            put(archive, "a")
            files = list(archive.store.iterdir())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x" / "store").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert {file.name for file in files} >= {FILE_NAME, "lock"}


def test_settings_of_every_connection(store: Path) -> None:
    with Archive.open(store) as archive:
        values = {
            name: archive.connection().execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "secure_delete",
                "page_size",
            )
        }
    assert values == {
        "journal_mode": "truncate",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "page_size": 16384,
    }


def test_a_store_with_a_write_ahead_log_goes_back_to_a_rollback_journal(store: Path) -> None:
    with closing(sqlite3.connect(store / FILE_NAME)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with Archive.open(store) as archive:
        assert archive.connection().execute("PRAGMA journal_mode").fetchone() == ("truncate",)


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no store at .*onrecord ingest"):
        Archive.open(tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_creation_that_was_broken_off_is_no_store_but_can_be_made(store: Path) -> None:
    (store / FILE_NAME).write_bytes(b"")
    with pytest.raises(StoreError, match="no store at"):
        Archive.open(store)
    with Archive.open(store, create=True) as archive:
        assert names(archive) == []


def test_store_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x")
    with pytest.raises(StoreError, match="is a file"):
        Archive.open(tmp_path / "store", create=True)


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database, for sure " * 999)


def _other_product(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE things (a)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def _half(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE meta")


@pytest.mark.parametrize("spoil", [_garbage, _other_product, _newer, _half])
@pytest.mark.parametrize("create", [False, True])
def test_foreign_formats_are_refused_untouched(
    store: Path, spoil: Callable[[Path], None], create: bool
) -> None:
    path = store / FILE_NAME
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(StoreFormatError, match="E_FORMAT"):
        Archive.open(store, create=create)
    assert path.read_bytes() == before


def test_a_truncated_file_is_damaged(store: Path) -> None:
    path = store / FILE_NAME
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(StoreDamagedError, match="damaged"), Archive.open(store) as archive:
        names(archive)


def test_an_older_store_is_migrated_after_a_backup(store: Path) -> None:
    newer = (
        *CORPUS_MIGRATIONS,
        "ALTER TABLE articles ADD COLUMN mood TEXT;\nCREATE TABLE x (y);\n",
    )
    with Archive.open(store, migrations=newer) as archive:
        assert names(archive) == ["a"]
        assert archive.connection().execute("SELECT mood FROM articles").fetchall() == [(None,)]
    backup = store / f"{FILE_NAME}.format-{len(CORPUS_MIGRATIONS)}.backup"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT id FROM articles").fetchall() == [("a",)]
        assert copy.execute("PRAGMA user_version").fetchone() == (len(CORPUS_MIGRATIONS),)


def test_a_migration_that_fails_changes_nothing(store: Path) -> None:
    bad = (*CORPUS_MIGRATIONS, "CREATE TABLE x (y);\nCREATE TABLE x (y);\n")
    with pytest.raises(StoreError, match="already exists"):
        Archive.open(store, migrations=bad)
    with Archive.open(store) as archive:
        assert names(archive) == ["a"]


def test_statements_keep_triggers_whole() -> None:
    trigger = "CREATE TRIGGER t AFTER DELETE ON a BEGIN\n  DELETE FROM b;\n  DELETE FROM c;\nEND;\n"
    assert list(statements(f"CREATE TABLE a (x);\n{trigger}")) == ["CREATE TABLE a (x);\n", trigger]


def test_writers_wait_and_then_name_the_holder(store: Path) -> None:
    with Archive.open(store) as archive, Archive.open(store, wait=0.1) as other, archive.writing():
        with pytest.raises(StoreLockedError, match=f"process {os.getpid()}"):
            put(other, "b")
        assert names(other) == ["a"]


def test_a_thread_waits_for_another(store: Path) -> None:
    with Archive.open(store) as archive:
        with archive.writing():
            thread = threading.Thread(target=put, args=(archive, "b"))
            thread.start()
            time.sleep(0.1)
            put(archive, "c")
        thread.join()
        assert sorted(names(archive)) == ["a", "b", "c"]


def test_the_lock_of_a_dead_process_is_taken_over(store: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from corpus.archive import Archive\n"
        "with Archive.open(Path(sys.argv[1])) as archive, archive.writing():\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with Archive.open(store, wait=0.1) as archive:
            with pytest.raises(StoreLockedError, match=f"process {process.pid}"):
                put(archive, "b")
            process.send_signal(signal.SIGKILL)
            process.wait()
            put(archive, "b")
            assert names(archive) == ["a", "b"]


def test_readers_and_a_writer_never_see_a_lock_or_half_an_article(store: Path) -> None:
    failures: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        with Archive.open(store) as archive:
            while not done.is_set():
                try:
                    for _, version in archive.current_versions():
                        sentences = archive.sentences(version.id)
                        if not version.is_intact or len(sentences) != 1:
                            raise AssertionError(version.article_id)
                except BaseException as error:
                    failures.append(error)
                    return

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    with Archive.open(store) as archive:
        for number in range(60):
            put(archive, f"n{number % 20}", f"Sentence number {number}.")
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []


def as_user(user: int, code: str, *arguments: object) -> str:
    """Run code in a process of another user; return what it prints."""
    # What is imported later may lie where that user cannot read.
    start = (
        "import os, sys, sqlite3\nfrom pathlib import Path\nfrom corpus.archive import Archive\n"
    )
    start += f"os.setgid({user}); os.setuid({user})\n"
    process = subprocess.run(
        [sys.executable, "-c", start + code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return process.stdout + process.stderr


def _opened_to_others(store: Path, mode: int) -> None:
    for folder in (store, *store.parents):
        if folder.stat().st_mode & 0o005 == 0o005:
            break
        folder.chmod(0o755)
    for file in store.iterdir():
        file.chmod(mode)


_USE = """
with Archive.open(Path(sys.argv[1])) as archive:
    print([article.id for article, _ in archive.current_versions()])
    try:
        archive.remove(article_id="a")
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_store_of_another_user_can_be_read_where_it_is_readable(store: Path) -> None:
    _opened_to_others(store, 0o644)
    printed = as_user(65534, _USE, store)
    assert "['a']" in printed
    assert "StoreError" in printed
    assert "it belongs to user 0" in printed


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_private_store_of_another_user_is_refused_in_words(store: Path) -> None:
    _opened_to_others(store, 0o600)
    printed = as_user(65534, _USE, store)
    assert "StoreError" in printed
    assert "it belongs to user 0" in printed


def test_a_read_only_store_can_be_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode, **_: not mode & os.W_OK and allowed(path, mode)
    )
    with Archive.open(store) as archive:
        assert archive.readonly
        assert names(archive) == ["a"]
        with pytest.raises(StoreError, match="read-only"):
            put(archive, "b")
    with pytest.raises(StoreFormatError, match="writable once"):
        Archive.open(store, migrations=(*CORPUS_MIGRATIONS, "CREATE TABLE x (y);\n"))


def test_a_full_disk_is_told_with_path_and_bytes_and_loses_nothing(store: Path) -> None:
    with Archive.open(store) as archive:
        connection = archive.connection()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        text = "word " * 40_000
        with (
            pytest.raises(StoreError, match=r"archive.sqlite3: the disk is full .*4,000,000 bytes"),
            archive.transaction(size=2_000_000),
        ):
            archive.put(RawArticle(text, "s", id="big"), [Sentence(0, 0, Span(0, len(text)), 0)])
        assert names(archive) == ["a"]
        put(archive, "b")  # works again without restart once there is room
        assert names(archive) == ["a", "b"]


def test_a_file_size_limit_is_an_error_and_loses_nothing(store: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from corpus.archive import Archive
from corpus.article import RawArticle, Sentence, Span
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
text = "word " * 80_000
with Archive.open(Path(sys.argv[1])) as archive:
    try:
        with archive.transaction():
            archive.put(RawArticle(text, "s", id="big"), [Sentence(0, 0, Span(0, len(text)), 0)])
    except Exception as error:
        print(type(error).__name__, error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(store)], capture_output=True, text=True, check=False
    )
    assert "StoreError" in ran.stdout, ran
    assert FILE_NAME in ran.stdout
    with Archive.open(store) as archive:
        assert names(archive) == ["a"]


def test_ctrl_c_while_a_connection_closes_itself_is_not_lost_in_there(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda it: lost.append(it.exc_type))

    def interrupt(frame: FrameType, _event: str, _value: object) -> None:
        if frame.f_code.co_name == "__del__":
            raise KeyboardInterrupt

    gc.collect()  # what other tests have left is no matter of this one
    database = Database(store, readonly=False, wait=0)
    closed = weakref.ref(database.connection())
    sys.setprofile(interrupt)
    del database
    gc.collect()
    sys.setprofile(None)
    assert closed() is None
    (store / FILE_NAME).rename(store / "moved")
    with pytest.raises(StoreError):
        Database(store, readonly=False, wait=0).connection()
    assert lost == []
