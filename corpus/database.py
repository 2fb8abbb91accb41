"""The archive's SQLite file: opening, making and upgrading it, its single writer, its metadata."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from corpus.errors import StoreError, StoreFormatError
from corpus.groups import show_only
from corpus.lock import WriterLock
from corpus.migrations import (
    CORPUS_MIGRATIONS,
    FileFormat,
    Migration,
    archive_format,
    format_of,
    make_file,
    migrate,
)
from corpus.sqlite_file import (
    SqliteFile,
    damaged,
    is_allowed,
    is_writable,
    owner,
    store_errors,
)

FILE_NAME = "archive.sqlite3"

Sight = tuple[int, frozenset[str] | None]
"""A number of changes, and the groups whose articles are seen; None for all."""


class Database(SqliteFile):
    """One store's archive, usable from several threads (a connection each).

    Attributes:
        visitor_groups: The groups whose articles are seen beside those for everybody; None for all.
    """

    def __init__(self, store: Path, *, readonly: bool, wait: float) -> None:
        super().__init__(store / FILE_NAME, readonly=readonly)
        self.store = store
        self.visitor_groups: frozenset[str] | None = None
        self._lock = WriterLock(store / "lock", wait)

    @classmethod
    def open(
        cls,
        store: Path,
        *,
        create: bool = False,
        migrations: Sequence[Migration] = CORPUS_MIGRATIONS,
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
        writable = _prepare(store, archive_format(migrations) if create else None)
        database = cls(store, readonly=not writable, wait=wait)
        try:
            database._bring_to_format(migrations, create=create)
        except BaseException:
            database.close()
            raise
        return database

    def _bring_to_format(self, migrations: Sequence[Migration], *, create: bool) -> None:
        form = archive_format(migrations)
        with store_errors(self.path):
            number = format_of(self.connection(), self.path, form)
        if number == form.newest:
            return
        if number == 0 and not create:  # as a creation that was broken off once left it
            raise _no_store(self.store)
        if self.readonly:
            raise StoreFormatError(
                f"E_FORMAT {self.path} has format {number} and needs {form.newest};"
                " make it writable once so that it can be upgraded"
            )
        with self.writing(), store_errors(self.path):
            migrate(self.connection(), self.path, form)

    def limited_to(self, groups: frozenset[str]) -> Self:
        """Return the archive as visitors in these groups see it; it cannot be written.

        Whatever is read through it, an article that is limited to other groups is not there. Its
        connections are its own; they close with it, or once nobody has it any more.
        """
        limited = type(self)(self.store, readonly=True, wait=0)
        # Not "ro": nobody else may be there to roll back what a killed writer left behind.
        limited._mode = self._mode
        own = self.visitor_groups
        limited.visitor_groups = groups if own is None else groups & own
        # Left alone they would wait for the garbage collector, as a connection and the cache of its
        # statements refer to each other.
        weakref.finalize(limited, _close, limited._connections).atexit = False
        return limited

    @property
    def is_limited(self) -> bool:
        """Whether only what some groups may see is seen."""
        return self.visitor_groups is not None

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        if self.visitor_groups is None:
            return connection
        try:
            with self._errors():
                show_only(connection, self.visitor_groups)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def writing(self, wait: float | None = None) -> Iterator[sqlite3.Connection]:
        """Hold the writer's lock over several transactions; re-entrant.

        Args:
            wait: Seconds to wait for another writer; None waits as long as `open` was told.

        Raises:
            StoreLockedError: Another process, named in the message, kept it for too long.
        """
        if self.visitor_groups is not None:
            raise StoreError(f"the store {self.store} is only read for visitors in groups")
        if self.readonly:
            raise StoreError(f"the store {self.store} is read-only here: {owner(self.store)}")
        with self._lock.held(wait):
            yield self.connection()

    def check_readable(self, wait: float) -> None:
        """Read a little, on a connection of its own; StoreError where that fails.

        Args:
            wait: Seconds to wait for another process; StoreLockedError where it takes longer.
        """
        with self._errors(), closing(self._opened(wait)) as connection:
            connection.execute("SELECT 1 FROM articles LIMIT 1").fetchone()

    def other_writer(self) -> int | None:
        """Return the id of another process that writes, or is about to; 0 where it is unknown.

        None where there is none. It may be gone in the next moment, or another may have come.
        """
        return self._lock.other_holder()

    @contextmanager
    def open_to_others(self) -> Iterator[None]:
        """Let others write within, in the midst of `writing`; nothing read before need hold then.

        Raises:
            StoreLockedError: Another process kept the lock afterwards for too long.
        """
        with self._lock.let_go():
            yield

    @property
    def change(self) -> int:
        """A number that grows with every committed change of articles, by whatever process."""
        try:
            return int(self.meta("change") or 0)
        except ValueError as error:
            raise damaged(self.path, "its change number was altered") from error

    @property
    def sight(self) -> Sight:
        """What is seen here now: two that are equal have seen the same articles."""
        return self.change, self.visitor_groups

    def changed(self) -> None:
        """Count a change; part of the open transaction."""
        self.connection().execute("UPDATE meta SET value = value + 1 WHERE key = 'change'")

    def meta(self, key: str) -> str | None:
        """Return a value stored under `key`, or None."""
        row = self._row("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Store a value under `key`; part of the open transaction."""
        self.connection().execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _close(connections: Iterable[sqlite3.Connection]) -> None:
    for connection in list(connections):
        connection.close()


def _prepare(store: Path, form: FileFormat | None) -> bool:
    """Check the folder, make what is missing where its form is given; return if it is writable."""
    path = store / FILE_NAME
    try:
        if store.exists() and not store.is_dir():
            raise StoreError(f"{store} is a file, not the folder of a store")
        if form:
            _make(store, form)
        if not path.exists():
            raise _no_store(store)
        if not is_allowed(path, os.R_OK):
            raise StoreError(f"cannot read the store {store}: {owner(store)}")
    except OSError as error:
        raise StoreError(
            f"cannot use the store {store}: {error.strerror}; {owner(store)}"
        ) from error
    return is_writable(path)


def _make(store: Path, form: FileFormat) -> None:
    if not store.exists() or not any(store.iterdir()):
        store.mkdir(parents=True, exist_ok=True)
        store.chmod(0o700)
    with store_errors(store / FILE_NAME):
        make_file(store / FILE_NAME, form)


def _no_store(store: Path) -> StoreError:
    below = sorted(path.parent for path in store.glob(f"*/{FILE_NAME}"))
    there = f"; `--store {below[0]}` is one" if below else ""
    return StoreError(
        f"no store at {store}: `onrecord ingest SOURCE... --store {store}` makes one{there}"
    )
