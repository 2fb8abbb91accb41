"""Conversations in a file of their own beside the archive, so that talking never waits for ingest.

Every call names the user, and no statement reads or changes a row without it: there is no other way
from one user to another's conversations. Each change is one transaction, synced to the disk;
threads and processes take turns by SQLite's own lock. Digests show whether a row was altered.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar

from corpus.catalogue import Catalogue
from corpus.errors import ItemError, NotFoundError, StoreDamagedError, StoreFormatError
from corpus.migrations import FileFormat, known_format, make_file_for, migrate
from corpus.rows import row_digest
from corpus.sqlite_file import SqliteFile, is_writable
from qa.answer import Turn
from qa.conversations.erase import erase_turns, erased_turn
from qa.conversations.kept import Reopened, Summary, TimedTurn
from qa.conversations.names import checked_name, name_from
from qa.conversations.records import decode_turn, encode_turn
from qa.gone import Gone
from qa.restore import Restorer

FILE_NAME = "conversations.sqlite3"
LOCAL_USER = "local"
"""Whoever uses this computer, as long as there are no other identities."""

# A conversation's digest covers its other columns. A turn's covers them and the user, so that a
# turn that got into another's conversation, however it did, is left out.
TABLES = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_of ON conversations (user, updated);
CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    time TEXT NOT NULL,
    turn TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
"""
FORMAT = FileFormat(
    application_id=0x4F6E4376,  # "OnCv"
    migrations=(TABLES,),
    tables=frozenset({"conversations", "turns"}),
)

# Without the letters and digits that are taken for each other.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID_LENGTH = 6
_SUMMARY = (
    "SELECT id, user, name, created, updated, digest,"
    " (SELECT count(*) FROM turns WHERE conversation = id) FROM conversations"
)


class Conversations(SqliteFile):
    """Every user's conversations about one archive; for any number of threads and processes.

    The file is made when the first conversation is begun. All methods raise StoreError where it
    cannot be used, and those that take an id NotFoundError where the user has no such conversation.
    """

    advice: ClassVar[str] = "move it away to begin anew, or restore it from a backup"

    def __init__(self, archive: Catalogue) -> None:
        """Keep conversations beside `archive`, by which their quotes are checked.

        The archive stays open as long as this is used, and is not closed with it.
        """
        path = archive.store / FILE_NAME
        super().__init__(path, readonly=not is_writable(path))
        self._archive = archive

    def start(self, user: str, question: str) -> str:
        """Begin a conversation named after its first question; return its id."""
        make_file_for("conversations", self.path, FORMAT)
        now, name = _now(), name_from(question)
        with self.transaction() as connection:
            summary = Summary(_free_id(connection), name, now, now, 0)
            _write(connection, user, summary)
        return summary.id

    def append(self, user: str, id: str, turn: Turn) -> int:  # noqa: A002
        """Add a turn after all that are there, whoever added them; return its number, from 1.

        Raises:
            QuestionError: There is something in it that is no text.
        """
        encoded = encode_turn(turn)
        with self._changing(user, id) as (connection, summary):
            now = _now()
            # What was removed while the answer was made does not come back with it.
            encoded = erased_turn(encoded, Gone(self._archive)) or encoded
            (last,) = connection.execute(
                "SELECT ifnull(max(number), 0) FROM turns WHERE conversation = ?", (id,)
            ).fetchone()
            columns = (id, last + 1, _stored(now), encoded)
            connection.execute(
                "INSERT INTO turns (conversation, number, time, turn, digest)"
                " VALUES (?, ?, ?, ?, ?)",
                (*columns, row_digest((user, *columns))),
            )
            _write(connection, user, replace(summary, updated=now))
        return int(last) + 1

    def listed(self, user: str) -> list[Summary | ItemError]:
        """Return the user's conversations, newest first, and an error for each that was altered."""
        if not self.path.exists():
            return []
        query = f"{_SUMMARY} WHERE user = ? ORDER BY updated DESC, created DESC, id"
        return [self._summary(row) for row in self._rows(query, user)]

    def open(
        self,
        user: str,
        id: str,  # noqa: A002
        seen: Catalogue | None = None,
        *,
        last: int = -1,
    ) -> Reopened:
        """Return a conversation, each quote checked again by what is stored now.

        A quote is of the version that was quoted then. `Citation.changed` marks those that the
        article no longer has; what can no longer be checked is in `Answer.withdrawn`.

        Args:
            user: Whose it is.
            id: Of the conversation.
            seen: The archive as the user sees it; a quote of what is not in there is withdrawn.
            last: How many turns, the newest ones; all by default.
        """
        summary = self._summary_of(user, id)
        restorer = Restorer(seen or self._archive)
        rows = self._rows(
            "SELECT conversation, number, time, turn, digest FROM turns WHERE conversation = ?"
            " ORDER BY number DESC LIMIT ?",
            id,
            last,
        )[::-1]
        found = [self._turn(restorer, (user, *columns), digest) for *columns, digest in rows]
        return Reopened(
            summary,
            tuple(turn for turn in found if isinstance(turn, TimedTurn)),
            tuple(error for error in found if isinstance(error, ItemError)),
        )

    def rename(self, user: str, id: str, name: str) -> str:  # noqa: A002
        """Give a conversation another name; return it, white space made single spaces.

        Raises:
            QuestionError: There is nothing in the name, or too much, or it is no text.
        """
        name = checked_name(name)
        with self._changing(user, id) as (connection, summary):
            _write(connection, user, replace(summary, name=name))
        return name

    def delete(self, user: str, id: str) -> None:  # noqa: A002
        """Delete a conversation; what was said in it is overwritten in the file."""
        if not self.path.exists():
            raise _unknown(id)
        with self.transaction() as connection:
            query = "DELETE FROM conversations WHERE id = ? AND user = ?"
            if not connection.execute(query, (id, user)).rowcount:
                raise _unknown(id)

    def erase(self, gone: Gone) -> int:
        """Take the words of removed articles out of everybody's conversations.

        Returns:
            How many turns were changed; what cannot be read and may hold such words is deleted.
        """
        if not self.path.exists():
            return 0
        changed = 0
        with self.transaction() as connection:
            users = connection.execute("SELECT id, user FROM conversations ORDER BY id").fetchall()
            for id_, user in users:
                changed += erase_turns(connection, user, id_, gone)
        return changed

    @contextmanager
    def _changing(self, user: str, id: str) -> Iterator[tuple[sqlite3.Connection, Summary]]:  # noqa: A002
        """Change one conversation in a transaction; it is read in there, so nobody else's."""
        if not self.path.exists():
            raise _unknown(id)
        with self.transaction() as connection:
            yield connection, self._summary_of(user, id)

    def _summary_of(self, user: str, id: str) -> Summary:  # noqa: A002
        known = self.path.exists()
        row = self._row(f"{_SUMMARY} WHERE id = ? AND user = ?", id, user) if known else None
        if row is None:
            raise _unknown(id)
        summary = self._summary(row)
        if isinstance(summary, ItemError):
            raise StoreDamagedError(
                f"{summary}; `onrecord conversations delete {id}` removes it, a backup restores it"
            )
        return summary

    def _summary(self, row: tuple[str, ...]) -> Summary | ItemError:
        *columns, digest, turns = row
        if row_digest(columns) != digest:
            return self._damaged(str(columns[0]), "the conversation no longer matches its digest")
        id_, _, name, created, updated = columns
        return Summary(
            id_, name, datetime.fromisoformat(created), datetime.fromisoformat(updated), int(turns)
        )

    def _turn(
        self, restorer: Restorer, columns: tuple[str, ...], digest: str
    ) -> TimedTurn | ItemError:
        _, id_, number, time, encoded = columns
        place = f"{id_}:{number}"
        if row_digest(columns) != digest:
            return self._damaged(place, "the turn no longer matches its digest and is left out")
        try:
            kept = decode_turn(encoded)
        except ValueError:
            return ItemError(
                "E_FORMAT",
                "the turn has a form that this version of onrecord cannot read and is left out",
                source=str(self.path),
                locator=place,
                hint="install a newer onrecord",
            )
        return TimedTurn(datetime.fromisoformat(time), restorer.turn(kept))

    def _damaged(self, place: str, message: str) -> ItemError:
        return ItemError("E_DAMAGED", message, source=str(self.path), locator=place)

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        try:
            with self._errors():
                if known_format(connection, self.path, FORMAT) < FORMAT.newest:
                    self._upgrade(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _upgrade(self, connection: sqlite3.Connection) -> None:
        if self.readonly:
            raise StoreFormatError(
                f"E_FORMAT {self.path} has an older format;"
                " make it writable once so that it can be upgraded"
            )
        migrate(connection, self.path, FORMAT)


def _write(connection: sqlite3.Connection, user: str, summary: Summary) -> None:
    """Insert or replace a conversation's row, inside the open transaction."""
    created, updated = _stored(summary.created), _stored(summary.updated)
    columns = (summary.id, user, summary.name, created, updated)
    connection.execute(
        "INSERT INTO conversations (id, user, name, created, updated, digest)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " name = excluded.name, updated = excluded.updated, digest = excluded.digest"
        " WHERE user = excluded.user",
        (*columns, row_digest(columns)),
    )


def _free_id(connection: sqlite3.Connection) -> str:
    while True:
        id_ = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
        if not connection.execute("SELECT 1 FROM conversations WHERE id = ?", (id_,)).fetchone():
            return id_


def _unknown(id: str) -> NotFoundError:  # noqa: A002
    return NotFoundError(f"there is no conversation {id!r}; `onrecord conversations list` has all")


def _now() -> datetime:
    return datetime.now(UTC)


def _stored(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
