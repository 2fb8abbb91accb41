"""One SQLite file of a store: connections, transactions, and errors in words.

The journal is always a rollback journal. SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log that
two connections use (https://sqlite.org/wal.html#walresetbug), common systems ship such versions,
and one way to commit is easier to trust than two. Commits are short, so readers wait for
milliseconds; nobody holds a read open while doing something else.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from corpus.errors import (
    StoreDamagedError,
    StoreError,
    StoreFormatError,
    StoreLockedError,
    UsageError,
)

_BUSY_SECONDS = (
    120.0  # far beyond any commit: "database is locked" is never shown for a busy moment
)
_ADVICE = "`onrecord verify` says where, a backup restores it"


class _Connection(sqlite3.Connection):
    """Can be referred to weakly, as sqlite3's own cannot."""


class _OpenConnection(_Connection):
    """Closes itself when the thread that used it ends."""

    # No Python code runs in it: Ctrl-C would end there, as a traceback that stops nothing.
    __del__ = sqlite3.Connection.close


class SqliteFile:
    """A SQLite file, usable from several threads (a connection each)."""

    advice: ClassVar[str] = _ADVICE
    """What to do about damage, for messages."""

    def __init__(self, path: Path, *, readonly: bool) -> None:
        self.path = path
        self.readonly = readonly
        self._mode = "ro" if readonly else "rw"
        self._local = threading.local()
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()

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

    def _connect(self) -> sqlite3.Connection:
        with self._errors():
            connection = self._opened(_BUSY_SECONDS)
            connection.__class__ = _OpenConnection
            connection.text_factory = _decode
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # what is removed leaves the file
            if not self.readonly:
                connection.execute("PRAGMA journal_mode = TRUNCATE")
        self._connections.add(connection)
        return connection

    def _opened(self, wait: float) -> _Connection:
        """Return a new connection that waits so many seconds for others."""
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={self._mode}",
            uri=True,
            timeout=wait,
            isolation_level=None,
            check_same_thread=False,  # close() runs in whichever thread ends the work
            factory=_Connection,
        )

    @contextmanager
    def writing(self, wait: float | None = None) -> Iterator[sqlite3.Connection]:  # noqa: ARG002
        """Hold whatever keeps other writers out over several transactions; here, nothing does.

        Args:
            wait: Seconds to wait for another writer.

        Raises:
            StoreError: The file is read-only here.
        """
        if self.readonly:
            raise StoreError(f"{self.path} is read-only here: {owner(self.path.parent)}")
        yield self.connection()

    @contextmanager
    def transaction(self, size: int = 0) -> Iterator[sqlite3.Connection]:
        """Write: everything in the block is stored, or nothing.

        Args:
            size: About how many bytes the block stores, for the message of a full disk.
        """
        with self.writing() as connection, self._errors(size):
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

    def _row(self, query: str, *values: object) -> Any:  # noqa: ANN401
        with self._errors():
            return self.connection().execute(query, values).fetchone()

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._errors():
            return self.connection().execute(query, values).fetchall()

    @contextmanager
    def _errors(self, size: int = 0) -> Iterator[None]:
        with store_errors(self.path, size, self.advice):
            yield


@contextmanager
def store_errors(path: Path, size: int = 0, advice: str = _ADVICE) -> Iterator[None]:
    """Turn SQLite's errors into the store's, worded for the user."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise
        raise _in_words(path, code & 0xFF, error, size, advice) from error
    except (OverflowError, UnicodeEncodeError) as error:  # of what was given, not of the file
        raise UsageError(f"this can neither be stored nor looked up: {_reason(error)}") from error
    except UnicodeDecodeError as error:  # of SQLite's own message, where that quotes damaged names
        raise damaged(path, "names in it are no text", advice) from error


def _in_words(path: Path, code: int, error: sqlite3.Error, size: int, advice: str) -> StoreError:
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLockedError(f"another process keeps {path} busy; try again in a moment")
    if code == sqlite3.SQLITE_NOTADB:
        return StoreFormatError(f"E_FORMAT {path} is not an OnRecord store; it was left untouched")
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path, error, advice)
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"{path}: {_space(path.parent, size)}; all that was stored before is safe"
        )
    return StoreError(f"{path} cannot be used: {error}")


def damaged(path: Path, reason: object, advice: str = _ADVICE) -> StoreDamagedError:
    """Return the error of a damaged file."""
    return StoreDamagedError(f"{path} is damaged ({reason}); {advice}")


def _reason(error: OverflowError | UnicodeEncodeError) -> str:
    return "the number is too large" if isinstance(error, OverflowError) else "it is no valid text"


def _space(folder: Path, size: int) -> str:
    free = shutil.disk_usage(folder).free
    needed = f", about {max(2 * size, 1 << 20):,} bytes are needed" if size else ""
    return f"the disk is full ({free:,} bytes free{needed})"


def _decode(raw: bytes) -> str:
    # Damaged bytes become U+FFFD, which no digest matches; raising would hide the intact rest.
    return raw.decode("utf-8", "replace")


def is_allowed(path: Path, mode: int) -> bool:
    """Return whether this process may do what the `os.access` mode says."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def is_writable(path: Path) -> bool:
    """Return whether SQLite may write the file, for which it makes others beside it."""
    return is_allowed(path.parent, os.W_OK | os.X_OK) and (
        not path.exists() or is_allowed(path, os.R_OK | os.W_OK)
    )


def owner(folder: Path) -> str:
    """Return in words why a folder may not be written."""
    with suppress(OSError):
        user = folder.stat().st_uid
        if user != os.geteuid():
            return f"it belongs to user {user}, this is user {os.geteuid()}"
    return "its folder or file does not permit it"
