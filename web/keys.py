"""Keys for the HTTP API, in a file of their own beside the archive; only their digests are kept.

A key is ``or_ID_SECRET``. Its secret is random and long, so a plain SHA-256 of it gives nothing
away; the id names the key in lists and when it is revoked.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from corpus.errors import NotFoundError, StoreDamagedError, UsageError
from corpus.migrations import FileFormat, known_format, make_file_for, migrate
from corpus.rows import row_digest
from corpus.sqlite_file import SqliteFile, is_writable
from web.identity import SCOPES
from web.sign_in.members import is_name

FILE_NAME = "keys.sqlite3"
LONGEST_NAME = 80

_TABLE = """
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT,
    digest TEXT NOT NULL
) WITHOUT ROWID;
"""
# Groups have lines between them; the digest of a key without any is that of the columns before.
_GROUPS = "ALTER TABLE keys ADD COLUMN groups TEXT NOT NULL DEFAULT '';"
FORMAT = FileFormat(
    application_id=0x4F6E4B79,  # "OnKy"
    migrations=(_TABLE, _GROUPS),
    tables=frozenset({"keys"}),
)
_COLUMNS = "id, name, scopes, secret, created, expires, groups"
_KEY = re.compile(r"or_([0-9a-f]{8})_([\w-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is listed; its secret is known to its owner alone.

    Attributes:
        scopes: Some of `web.identity.SCOPES`.
        expires: From when on it is good for nothing (aware, UTC); None for never.
        groups: Those whose articles its owner sees, beside those for everybody.
    """

    id: str
    name: str
    scopes: frozenset[str]
    created: datetime
    expires: datetime | None = None
    groups: frozenset[str] = frozenset()

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires is not None and self.expires <= datetime.now(UTC)


class Keys(SqliteFile):
    """The keys of one store; for any number of threads and processes.

    All methods raise StoreError where the file cannot be used.
    """

    advice: ClassVar[str] = "move it away and make new keys, or restore it from a backup"

    def __init__(self, store: Path) -> None:
        """Keep keys in the folder `store`; the file is made with the first one."""
        path = store / FILE_NAME
        super().__init__(path, readonly=not is_writable(path))

    def create(
        self,
        name: str,
        scopes: Collection[str],
        lasts: timedelta | None = None,
        groups: Collection[str] = (),
    ) -> tuple[Key, str]:
        """Make a key; return it with its whole text, which is not kept and never shown again.

        Raises:
            UsageError: The name, a scope or a group is none.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise UsageError(f"a key's name has 1 to {LONGEST_NAME} printable characters")
        if not scopes or (unknown := set(scopes) - SCOPES.keys()):
            named = f"{sorted(unknown)[0]!r} is none" if scopes else "none was given"
            raise UsageError(f"scopes are {', '.join(SCOPES)}; {named}")
        if wrong := [group for group in groups if not is_name(group)]:
            raise UsageError(f"{wrong[0]!r} is no name of a group")
        now = datetime.now(UTC).replace(microsecond=0)
        expires = now + lasts if lasts else None
        key = Key(secrets.token_hex(4), name, frozenset(scopes), now, expires, frozenset(groups))
        secret = secrets.token_urlsafe(32)
        self._insert(key, secret)
        return key, f"or_{key.id}_{secret}"

    def _insert(self, key: Key, secret: str) -> None:
        make_file_for("keys", self.path, FORMAT)
        columns = (
            key.id,
            key.name,
            " ".join(sorted(key.scopes)),
            _digest_of(secret),
            key.created.isoformat(),
            key.expires.isoformat() if key.expires else None,
            "\n".join(sorted(key.groups)),
        )
        with self.transaction() as connection:
            connection.execute(
                f"INSERT INTO keys ({_COLUMNS}, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*columns, _digest_of_row(columns)),
            )

    def listed(self) -> list[Key]:
        """Return every key that was not revoked, the latest first."""
        if not self.path.exists():
            return []
        rows = self._rows(f"SELECT {_COLUMNS}, digest FROM keys ORDER BY created DESC, id")
        return [self._key(row) for row in rows]

    def revoke(self, id: str) -> None:  # noqa: A002
        """Take a key away, at once; NotFoundError where there is none of this id."""
        if self.path.exists():
            with self.transaction() as connection:
                if connection.execute("DELETE FROM keys WHERE id = ?", (id,)).rowcount:
                    return
        raise NotFoundError(f"there is no key {id!r}; `onrecord keys list` has all")

    def good(self, given: str) -> Key | None:
        """Return the key that was given, or None where it is none, revoked or expired."""
        match = _KEY.fullmatch(given)
        if match is None or not self.path.exists():
            return None
        row = self._row(f"SELECT {_COLUMNS}, digest FROM keys WHERE id = ?", match[1])
        stored = row[3] if row else _digest_of("")
        # Compared in any case, so that the time it takes does not tell whether the id is known.
        if not hmac.compare_digest(stored, _digest_of(match[2])) or row is None:
            return None
        key = self._key(row)
        return None if key.has_expired else key

    def _key(self, row: tuple[str, ...]) -> Key:
        *columns, digest = row
        if _digest_of_row(columns) != digest:
            raise StoreDamagedError(f"{self.path}: the key {columns[0]} was altered; {self.advice}")
        id_, name, scopes, _, created, expires, groups = columns
        return Key(
            id_,
            name,
            frozenset(scopes.split()),
            datetime.fromisoformat(created),
            datetime.fromisoformat(expires) if expires else None,
            frozenset(groups.split("\n")) if groups else frozenset(),
        )

    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        try:
            with self._errors():
                if known_format(connection, self.path, FORMAT) < FORMAT.newest:
                    migrate(connection, self.path, FORMAT)
        except BaseException:
            connection.close()
            raise
        return connection


def _digest_of_row(columns: Sequence[str | None]) -> str:
    *before, groups = columns
    return row_digest(columns if groups else before)


def _digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
