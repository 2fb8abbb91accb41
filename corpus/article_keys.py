"""The migration that gives every article a number of its own.

Before it an article was known by its id alone, which whoever writes could overwrite without seeing
it. Since then an id and a link name an article only among those for the same groups.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from corpus.rows import row_digest

# audience is the set of groups as `corpus.groups.audience_of` writes it; article_groups says the
# same for the views of limited archives. digest covers every other column.
# last_numbers holds, for what was removed or limited anew, the last version number that was given;
# the digest is keyed, so that it tells nothing to whoever reads no more than this table.
_TABLES = (
    """CREATE TABLE keyed_articles (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        audience TEXT NOT NULL,
        url TEXT,
        url_key TEXT,
        publisher TEXT,
        named_by TEXT NOT NULL CHECK (named_by IN ('id', 'url', 'key')),
        version_count INTEGER NOT NULL,
        digest TEXT NOT NULL
    )""",
    # text comes last: whatever stands before it is read without walking through it.
    # sentences is one array of little-endian int32 rows (start, end, paragraph), in order.
    # digest covers every column but current (which changes) and text (which sha256 covers).
    """CREATE TABLE keyed_versions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
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
        UNIQUE (article, number)
    )""",
    """CREATE TABLE keyed_groups (
        article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
        name TEXT NOT NULL,
        PRIMARY KEY (article, name)
    ) WITHOUT ROWID""",
    "CREATE TABLE last_numbers (digest TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
    "INSERT INTO meta VALUES ('numbers', lower(hex(randomblob(32))))",
)
_COPIED = (
    """INSERT INTO keyed_articles
        (id, audience, url, url_key, publisher, named_by, version_count, digest)
        SELECT id, (SELECT ifnull(group_concat(name, char(10)), '') FROM
                (SELECT name FROM article_groups WHERE article_id = articles.id ORDER BY name)),
            url, url_key, publisher, named_by,
            (SELECT count(*) FROM versions WHERE article_id = articles.id), ''
        FROM articles ORDER BY (SELECT min(id) FROM versions WHERE article_id = articles.id)""",
    """INSERT INTO keyed_versions
        SELECT versions.id, key, number, current, title, authors, published, fetched, language,
            origin, sha256, '', sentences, text
        FROM versions JOIN keyed_articles ON keyed_articles.id = article_id
        ORDER BY versions.id""",
    """INSERT INTO keyed_groups
        SELECT key, name FROM article_groups JOIN keyed_articles ON id = article_id""",
    # A version's number in the file is never given again, not even that of a removed one.
    "DELETE FROM sqlite_sequence WHERE name = 'keyed_versions'",
    """INSERT INTO sqlite_sequence
        SELECT 'keyed_versions', seq FROM sqlite_sequence WHERE name = 'versions'""",
)
_REPLACED = (
    "DROP TABLE article_groups",
    "DROP TABLE versions",
    "DROP TABLE articles",
    "ALTER TABLE keyed_articles RENAME TO articles",
    "ALTER TABLE keyed_versions RENAME TO versions",
    "ALTER TABLE keyed_groups RENAME TO article_groups",
    "CREATE INDEX articles_id ON articles (id, audience)",
    "CREATE INDEX articles_url ON articles (url_key)",
    "CREATE INDEX articles_publisher ON articles (publisher COLLATE NOCASE)",
    "CREATE UNIQUE INDEX versions_current ON versions (article) WHERE current = 1",
    "CREATE INDEX versions_published ON versions (published) WHERE current = 1",
    "CREATE INDEX versions_text ON versions (sha256)",
)


# As they are now: what `corpus.rows` reads may change with later migrations.
_OLD_ARTICLE = "id, url, url_key, publisher, named_by"
_ARTICLE = "key, id, audience, url, url_key, publisher, named_by, version_count"
_FACTS = "number, title, authors, published, fetched, language, origin, sha256, sentences"


def number_articles(connection: sqlite3.Connection) -> None:
    """Give every article its number, inside the open transaction; foreign keys are off.

    What was altered behind our back is altered afterwards too.
    """
    _run(connection, _TABLES)
    articles = _intact(connection, "articles", _OLD_ARTICLE)
    versions = _intact(connection, "versions", f"id, article_id, {_FACTS}")
    _run(connection, (*_COPIED, *_REPLACED))
    _sign(connection, "articles", _ARTICLE, articles)
    _sign(connection, "versions", f"id, article, {_FACTS}", versions)


def _run(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)


def _intact(connection: sqlite3.Connection, table: str, columns: str) -> list[object]:
    """Return the first column of each row that still has its digest."""
    rows = connection.execute(f"SELECT {columns}, digest FROM {table}")
    return [row[0] for row in rows if row_digest(row[:-1]) == row[-1]]


def _sign(
    connection: sqlite3.Connection, table: str, columns: str, intact: Iterable[object]
) -> None:
    """Give the rows with these ids the digest of their columns; the others are left without one."""
    for name in intact:
        row = connection.execute(f"SELECT {columns} FROM {table} WHERE id = ?", (name,)).fetchone()
        connection.execute(f"UPDATE {table} SET digest = ? WHERE id = ?", (row_digest(row), name))
