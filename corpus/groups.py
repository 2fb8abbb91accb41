"""Who may see an article: names of groups, and connections that show only what some may see."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

LONGEST_GROUP = 80
"""Characters of a group's name."""

# An article without a row here is for everybody.
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


def set_groups(connection: sqlite3.Connection, article_id: str, names: Collection[str]) -> bool:
    """Limit an article to these groups, or to none, inside the open transaction.

    Returns:
        Whether it was for others before.
    """
    query = "SELECT name FROM article_groups WHERE article_id = ?"
    if {row[0] for row in connection.execute(query, (article_id,))} == set(names):
        return False
    connection.execute("DELETE FROM article_groups WHERE article_id = ?", (article_id,))
    connection.executemany(
        "INSERT INTO article_groups VALUES (?, ?)", [(article_id, name) for name in names]
    )
    return True


def _seen(article_id: str) -> str:
    """Return the condition that the article with the id in this column may be seen."""
    of_it = f"FROM main.article_groups AS g WHERE g.article_id = {article_id}"
    return (
        f"(NOT EXISTS (SELECT 1 {of_it})"
        f" OR EXISTS (SELECT 1 {of_it} AND g.name IN (SELECT name FROM temp.visitor_groups)))"
    )


_OF_SEEN_VERSION = (
    "EXISTS (SELECT 1 FROM main.versions AS v"
    f" WHERE v.id = shadowed.version_id AND {_seen('v.article_id')})"
)
# Whatever is not named here is not shown at all: a table that comes later has to be let through.
# The full text is not, as a view cannot be searched: who wants it names main.chunk_text and has to
# say what of it is seen; who forgets to gets an error, not the articles of others.
_SHOWN = {
    "articles": _seen("shadowed.id"),
    "versions": _seen("shadowed.article_id"),
    "article_groups": "shadowed.name IN (SELECT name FROM temp.visitor_groups)",
    "chunks": _OF_SEEN_VERSION,
    "sentence_vectors": _OF_SEEN_VERSION,
}
_WHOLE = frozenset({"meta"})  # the store's own: change number, embedder, snapshot


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
