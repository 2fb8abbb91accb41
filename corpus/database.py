"""The store's SQLite file: connections, transactions, the single writer, and errors in words.

The journal is always a rollback journal. SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log that
two connections use (https://sqlite.org/wal.html#walresetbug), common systems ship such versions,
and one way to commit is easier to trust than two. Commits are short (one article each), so readers
wait for milliseconds; nobody holds a read open while doing something else.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.errors import StoreDamagedError, StoreError, StoreFormatError, StoreLockedError
from corpus.lock import WriterLock
from corpus.migrations import CORPUS_MIGRATIONS, format_of, migrate

FILE_NAME = "archive.sqlite3"
_BUSY_SECONDS = (
    120.0  # far beyond any commit: "database is locked" is never shown for a busy moment
)


class _Connection(sqlite3.Connection):
    """Closes itself when the thread that used it ends."""

    def __del__(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it was never opened
            self.close()


class Database:
    """One store's SQLite file, usable from several threads (a connection each)."""

    def __init__(self, store: Path, *, readonly: bool, wait: float) -> None:
        self.store = store
        self.path = store / FILE_NAME
        self.readonly = readonly
        self._lock = WriterLock(store / "lock", wait)
        self._local = threading.local()
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()

    @classmethod
    def open(
        cls,
        store: Path,
        *,
        create: bool = False,
        migrations: Sequence[str] = CORPUS_MIGRATIONS,
        wait: float = 30.0,
    ) -> Self:
        """Open the store in folder `store`, migrating it where it is older.

        A store that cannot be written is opened for reading only.

        Args:
            store: The folder; its name ends up in messages.
            create: Make the store where there is none.
            migrations: Every migration of the format, oldest first.
            wait: Seconds to wait for another process that is writing.

        Raises:
            StoreError: There is no store, or it cannot be used; the message says why.
        """
        writable = _prepare(store, create=create)
        database = cls(store, readonly=not writable, wait=wait)
        try:
            database._bring_to_format(migrations, create=create)
        except BaseException:
            database.close()
            raise
        return database

    def _bring_to_format(self, migrations: Sequence[str], *, create: bool) -> None:
        with store_errors(self.path):
            number = format_of(self.connection(), self.path, len(migrations))
        if number == len(migrations):
            return
        if number == 0 and not create:
            raise _no_store(self.store)
        if self.readonly:
            raise StoreFormatError(
                f"E_FORMAT {self.path} has format {number} and needs {len(migrations)};"
                " make it writable once so that it can be upgraded"
            )
        with self.writing(), store_errors(self.path):
            migrate(self.connection(), self.path, migrations)

    def close(self) -> None:
        """Close every thread's connection; the object is not used afterwards."""
        for connection in list(self._connections):
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, in autocommit mode; write only in `transaction`."""
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is None:
            known = self._local.connection = self._connect()
        return known

    def _connect(self) -> _Connection:
        mode = "ro" if self.readonly else "rw"
        with store_errors(self.path):
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,  # close() runs in whichever thread ends the work
                factory=_Connection,
            )
            connection.text_factory = _decode
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            if not self.readonly:
                connection.execute("PRAGMA journal_mode = TRUNCATE")
        self._connections.add(connection)
        return connection

    @contextmanager
    def writing(self, wait: float | None = None) -> Iterator[sqlite3.Connection]:
        """Hold the writer's lock over several transactions; re-entrant.

        Args:
            wait: Seconds to wait for another writer; None waits as long as `open` was told.

        Raises:
            StoreLockedError: Another process, named in the message, kept it for too long.
        """
        if self.readonly:
            raise StoreError(f"the store {self.store} is read-only here: {_owner(self.store)}")
        with self._lock.held(wait):
            yield self.connection()

    @contextmanager
    def transaction(self, size: int = 0) -> Iterator[sqlite3.Connection]:
        """Write: everything in the block is stored, or nothing.

        Args:
            size: About how many bytes the block stores, for the message of a full disk.
        """
        with self.writing() as connection, store_errors(self.path, size):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self._abandon(connection)
                raise

    def _abandon(self, connection: sqlite3.Connection) -> None:
        # After a failed write or fsync nothing that this connection has cached can be trusted.
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        connection.close()
        self._local.connection = None

    @property
    def change(self) -> int:
        """A number that grows with every committed change of articles, by whatever process."""
        try:
            return int(self.meta("change") or 0)
        except ValueError as error:
            raise _damaged(self.path, "its change number was altered") from error

    def changed(self) -> None:
        """Count a change; part of the open transaction."""
        self.connection().execute("UPDATE meta SET value = value + 1 WHERE key = 'change'")

    def meta(self, key: str) -> str | None:
        """Return a value stored under `key`, or None."""
        with store_errors(self.path):
            row = (
                self.connection().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            )
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Store a value under `key`; part of the open transaction."""
        self.connection().execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


@contextmanager
def store_errors(path: Path, size: int = 0) -> Iterator[None]:
    """Turn SQLite's errors into the store's, worded for the user."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise
        raise _in_words(path, code & 0xFF, error, size) from error
    except UnicodeDecodeError as error:  # of SQLite's own message, where that quotes damaged names
        raise _damaged(path, "names in it are no text") from error


def _in_words(path: Path, code: int, error: sqlite3.Error, size: int) -> StoreError:
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLockedError(f"another process keeps {path} busy; try again in a moment")
    if code == sqlite3.SQLITE_NOTADB:
        return StoreFormatError(f"E_FORMAT {path} is not an OnRecord store; it was left untouched")
    if code == sqlite3.SQLITE_CORRUPT:
        return _damaged(path, error)
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"{path}: {_space(path.parent, size)}; all that was stored before is safe"
        )
    return StoreError(f"{path} cannot be used: {error}")


def _damaged(path: Path, reason: object) -> StoreDamagedError:
    return StoreDamagedError(
        f"{path} is damaged ({reason}); `onrecord verify` says where, a backup restores it"
    )


def _space(folder: Path, size: int) -> str:
    free = shutil.disk_usage(folder).free
    needed = f", about {max(2 * size, 1 << 20):,} bytes are needed" if size else ""
    return f"the disk is full ({free:,} bytes free{needed})"


def _decode(raw: bytes) -> str:
    # Damaged bytes become U+FFFD, which no digest matches; raising would hide the intact rest.
    return raw.decode("utf-8", "replace")


def _prepare(store: Path, *, create: bool) -> bool:
    """Check the folder, make what is missing if `create`; return whether it can be written."""
    try:
        if store.exists() and not store.is_dir():
            raise StoreError(f"{store} is a file, not the folder of a store")
        if create:
            _make(store)
        if not (store / FILE_NAME).exists():
            raise _no_store(store)
        if not _allowed(store / FILE_NAME, os.R_OK):
            raise StoreError(f"cannot read the store {store}: {_owner(store)}")
    except OSError as error:
        raise StoreError(
            f"cannot use the store {store}: {error.strerror}; {_owner(store)}"
        ) from error
    return _allowed(store, os.W_OK | os.X_OK) and _allowed(store / FILE_NAME, os.R_OK | os.W_OK)


def _make(store: Path) -> None:
    if not store.exists() or not any(store.iterdir()):
        store.mkdir(parents=True, exist_ok=True)
        store.chmod(0o700)
    with suppress(FileExistsError):
        # Made before SQLite does, so that it (and the journal, which takes its mode) is private.
        descriptor = os.open(store / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.fchmod(descriptor, 0o600)
        os.close(descriptor)


def _allowed(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _owner(store: Path) -> str:
    with suppress(OSError):
        owner = store.stat().st_uid
        if owner != os.geteuid():
            return f"it belongs to user {owner}, this is user {os.geteuid()}"
    return "its folder or file does not permit it"


def _no_store(store: Path) -> StoreError:
    below = sorted(path.parent for path in store.glob(f"*/{FILE_NAME}"))
    there = f"; `--store {below[0]}` is one" if below else ""
    return StoreError(
        f"no store at {store}: `onrecord ingest SOURCE... --store {store}` makes one{there}"
    )
