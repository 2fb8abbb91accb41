"""Who may see an article: names of groups, and connections that show only what some may see."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from corpus.rows import ARTICLE_COLUMNS, row_digest

LONGEST_GROUP = 80
"""Characters of a group's name."""

# An article without a row here is for everybody. See `corpus.article_keys` for what became of it.
GROUPS_TABLE = """
CREATE TABLE article_groups (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (article_id, name)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Limited:
    """What became of articles that were limited to groups.

    Attributes:
        found: How many articles were meant.
        changed: How many of them were for others before.
    """

    found: int
    changed: int


def group_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of groups as they are stored: stripped, each once, in order.

    Raises:
        ValueError: One is empty, too long or not printable.
    """
    stripped = {name.strip() for name in names}
    for name in stripped:
        if not is_group_name(name):
            raise ValueError(
                f"a group's name has 1 to {LONGEST_GROUP} printable characters: {name[:100]!r}"
            )
    return tuple(sorted(stripped))


def is_group_name(name: str) -> bool:
    """Return whether a group may have this name."""
    return 0 < len(name) <= LONGEST_GROUP and name.isprintable() and name == name.strip()


def audience_of(names: Iterable[str]) -> str:
    """Return these groups as an article's row names them; "" for everybody."""
    return "\n".join(sorted(names))


def groups_in(audience: str) -> list[str]:
    """Return the groups that an article's row names."""
    return audience.split("\n") if audience else []


def set_groups(connection: sqlite3.Connection, key: int, names: Collection[str]) -> bool:
    """Limit an article to these groups, or to none, inside the open transaction.

    Returns:
        Whether it was for others before.
    """
    query = "SELECT name FROM article_groups WHERE article = ?"
    groups = {row[0] for row in connection.execute(query, (key,))}
    row = connection.execute(
        f"SELECT {ARTICLE_COLUMNS}, digest FROM articles WHERE key = ?", (key,)
    ).fetchone()
    if groups == set(names) and row[2] == audience_of(names):
        return False
    connection.execute("DELETE FROM article_groups WHERE article = ?", (key,))
    connection.executemany(
        "INSERT INTO article_groups VALUES (?, ?)", [(key, name) for name in names]
    )
    columns = (*row[:2], audience_of(names), *row[3:-1])
    # A row that was altered behind our back does not become sound by being limited.
    digest = row_digest(columns) if row_digest(row[:-1]) == row[-1] else row[-1]
    connection.execute(
        "UPDATE articles SET audience = ?, digest = ? WHERE key = ?", (columns[2], digest, key)
    )
    return True


def _seen(key: str) -> str:
    """Return the condition that the article with the number in this column may be seen."""
    of_it = f"FROM main.article_groups AS g WHERE g.article = {key}"
    return (
        f"(NOT EXISTS (SELECT 1 {of_it})"
        f" OR EXISTS (SELECT 1 {of_it} AND g.name IN (SELECT name FROM temp.visitor_groups)))"
    )


_OF_SEEN_VERSION = (
    "EXISTS (SELECT 1 FROM main.versions AS v"
    f" WHERE v.id = shadowed.version_id AND {_seen('v.article')})"
)
# Whatever is not named here is not shown at all: a table that comes later has to be let through.
# The full text is not, as a view cannot be searched: who wants it names main.chunk_text and has to
# say what of it is seen; who forgets to gets an error, not the articles of others.
_SHOWN = {
    "articles": _seen("shadowed.key"),
    "versions": _seen("shadowed.article"),
    "article_groups": "shadowed.name IN (SELECT name FROM temp.visitor_groups)",
    "chunks": _OF_SEEN_VERSION,
    "sentence_vectors": _OF_SEEN_VERSION,
}
# The store's own: change number, embedder, snapshot; keyed digests of what was removed.
_WHOLE = frozenset({"meta", "last_numbers"})


def show_only(connection: sqlite3.Connection, groups: Collection[str]) -> None:
    """Let a connection see articles for everybody and for these groups only, and write nothing.

    Temporary views take the place of every table: SQLite looks for a name there first.
    """
    connection.execute("PRAGMA temp_store = MEMORY")  # neither a file nor a descriptor
    connection.execute("CREATE TEMP TABLE visitor_groups (name TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("CREATE TEMP TABLE seen_at (change)")  # this and the next for `index.seen`
    connection.execute("CREATE TEMP TABLE seen_chunks (id INTEGER PRIMARY KEY)")
    connection.executemany(
        "INSERT INTO temp.visitor_groups VALUES (?)",
        [(name,) for name in set(groups) if is_group_name(name)],  # no article has any other
    )
    tables = connection.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\'"
    )
    for (name,) in tables.fetchall():
        if name not in _WHOLE:
            quoted = '"' + name.replace('"', '""') + '"'
            connection.execute(
                f"CREATE TEMP VIEW {quoted} AS SELECT * FROM main.{quoted} AS shadowed"
                f" WHERE {_SHOWN.get(name, '0')}"
            )
    connection.execute("PRAGMA query_only = ON")
