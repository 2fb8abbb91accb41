"""The format of a SQLite file of ours: numbered migrations.

`PRAGMA application_id` says that the file is ours, `PRAGMA user_version` how many of the numbered
migrations it has seen. Migrations are only ever appended. All that are missing run in one
transaction, in which a backup copy is made first.

A new file gets its name when it is whole, so one that is empty was damaged: it never becomes a new
one, which would look as if nothing had ever been there.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.article_keys import number_articles
from corpus.errors import StoreError, StoreFormatError
from corpus.groups import GROUPS_TABLE
from corpus.sqlite_file import damaged, owner, store_errors

APPLICATION_ID = 0x4F6E5265  # "OnRe"
EMPTY_ADVICE = "restore it from a backup, or move it away to begin anew"

# A version's vectors take 30,000 bytes and more: large pages halve the time of a commit.
_PAGE_SIZE = 16384

CORPUS_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('store', lower(hex(randomblob(16)))), ('change', 0);

-- url is what is shown, url_key what identifies; named_by says what the id was made from.
-- See `corpus.article_keys` for what became of this table and the next.
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    url TEXT,
    url_key TEXT,
    publisher TEXT,
    named_by TEXT NOT NULL CHECK (named_by IN ('id', 'url', 'key')),
    digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX articles_url ON articles (url_key);
CREATE INDEX articles_publisher ON articles (publisher COLLATE NOCASE);

-- text comes last: whatever stands before it is read without walking through it.
-- sentences is one array of little-endian int32 rows (start, end, paragraph), in order.
-- digest covers every column but current (which changes) and text (which sha256 covers).
CREATE TABLE versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    current INTEGER NOT NULL CHECK (current IN (0, 1)),
    title TEXT,
    authors TEXT NOT NULL,
    published TEXT,
    fetched TEXT NOT NULL,
    language TEXT,
    origin TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    digest TEXT NOT NULL,
    sentences BLOB NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (article_id, number)
);
CREATE UNIQUE INDEX versions_current ON versions (article_id) WHERE current = 1;
CREATE INDEX versions_published ON versions (published) WHERE current = 1;
CREATE INDEX versions_text ON versions (sha256);

CREATE TABLE ingest_error (
    source TEXT NOT NULL,
    locator TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    hint TEXT NOT NULL,
    time TEXT NOT NULL,
    PRIMARY KEY (source, locator, code)
);
"""

Migration = str | Callable[[sqlite3.Connection], None]
"""A script, or what does the same to a connection in its transaction."""

CORPUS_MIGRATIONS: tuple[Migration, ...] = (CORPUS_TABLES, GROUPS_TABLE, number_articles)
"""Those of an archive that nothing is searched in; `index.schema` has those of a whole store."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What tells a SQLite file of ours, and what it has been through.

    Attributes:
        application_id: Its `PRAGMA application_id`.
        migrations: Every migration, oldest first.
        tables: Some that the first migration makes.
        page_size: In bytes, of a new file.
    """

    application_id: int
    migrations: Sequence[Migration]
    tables: frozenset[str]
    page_size: int = 4096

    @property
    def newest(self) -> int:
        """The number of the newest format; those before it are migrated."""
        return len(self.migrations)


def archive_format(migrations: Sequence[Migration] = CORPUS_MIGRATIONS) -> FileFormat:
    """Return the format of an archive that has these migrations."""
    tables = frozenset({"meta", "articles", "versions"})
    return FileFormat(APPLICATION_ID, migrations, tables, _PAGE_SIZE)


# One statement sees one state, also while another process makes the file.
_STATE = """
SELECT (SELECT application_id FROM pragma_application_id),
    (SELECT user_version FROM pragma_user_version),
    (SELECT group_concat(name, char(10)) FROM sqlite_master)
"""


def format_of(connection: sqlite3.Connection, path: Path, form: FileFormat) -> int:
    """Return the file's format number, 0 where it is still empty.

    Raises:
        StoreFormatError: It belongs to another product, is newer than `form`, or half restored.
    """
    application: int
    number: int
    names: str | None
    application, number, names = connection.execute(_STATE).fetchone()
    tables = set((names or "").split("\n"))
    if application == 0 and number == 0 and not names:
        return 0
    if application != form.application_id:
        raise StoreFormatError(f"E_FORMAT {path} is not an OnRecord store; it was left untouched")
    if number > form.newest:
        raise StoreFormatError(
            f"E_FORMAT {path} has format {number}, this version of onrecord reads up to"
            f" {form.newest}; install a newer onrecord (the store was left untouched)"
        )
    if number < 1 or not form.tables <= tables:
        raise StoreFormatError(
            f"E_FORMAT {path} has format {number} but not its tables, as if half restored;"
            " restore it again from a backup (it was left untouched)"
        )
    return number


def known_format(connection: sqlite3.Connection, path: Path, form: FileFormat) -> int:
    """Return the file's format number; StoreDamagedError where nothing is left in it."""
    number = format_of(connection, path, form)
    if not number:
        raise damaged(path, "nothing is left in it", EMPTY_ADVICE)
    return number


def make_file(path: Path, form: FileFormat) -> None:
    """Make a file of the newest format that only its owner may read, where there is none.

    Whoever finds it finds it whole.

    Raises:
        OSError: It cannot be made there.
    """
    if path.exists():
        return
    partial = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(partial, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            migrate(connection, partial, form)
        _name(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, path: Path) -> None:
    """Give a whole file its name, unless another process was faster."""
    try:
        os.link(partial, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_file_for(what: str, path: Path, form: FileFormat) -> None:
    """Make a file as `make_file` does; StoreError says what cannot be kept in it."""
    folder = path.parent
    try:
        with store_errors(path):
            make_file(path, form)
    except OSError as error:
        raise StoreError(
            f"cannot keep {what} in {folder}: {error.strerror}; {owner(folder)}"
        ) from error


def migrate(connection: sqlite3.Connection, path: Path, form: FileFormat) -> None:
    """Bring the file to the newest format; nothing happens where it has it already.

    The copy is made by whoever migrates it, and of what was there before: others wait for the lock.
    """
    number = format_of(connection, path, form)
    if number == form.newest:
        return
    if not number:
        connection.execute(f"PRAGMA page_size = {form.page_size}")
    # A table that is replaced by another would take with it what refers to its rows.
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have migrated the file meanwhile.
        number = format_of(connection, path, form)
        if 0 < number < form.newest:
            _back_up(path, path.with_name(f"{path.name}.format-{number}.backup"))
        for migration in form.migrations[number:]:
            _apply(connection, migration)
        connection.execute(f"PRAGMA application_id = {form.application_id}")
        connection.execute(f"PRAGMA user_version = {form.newest}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    if callable(migration):
        migration(connection)
        return
    for statement in statements(migration):
        connection.execute(statement)


def statements(script: str) -> Iterator[str]:
    """Split a script into statements; `executescript` would commit before the first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _back_up(path: Path, target: Path) -> None:
    """Copy a file as it is; whoever calls holds its lock, and has written nothing yet."""
    partial = target.with_name(f"{target.name}.tmp")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    # On a connection of its own: one that has begun to write cannot be copied from.
    source = f"{path.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(source, uri=True)) as current,
        closing(sqlite3.connect(partial)) as copy,
    ):
        current.backup(copy)
    partial.replace(target)
