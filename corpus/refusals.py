"""What ingests refused, where that speaks of an article that is removed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from pathlib import PurePath

_GONE = "SELECT value FROM json_each(?)"


def forget_refusals(connection: sqlite3.Connection, keys: str) -> None:
    """Forget refusals that name an article that is about to go, or a file that held nothing else.

    Args:
        connection: In a transaction.
        keys: Numbers of articles, as a JSON array.
    """
    refused = connection.execute("SELECT rowid, source, locator, message, hint FROM ingest_error")
    rows = refused.fetchall()
    if not rows:
        return
    named = _pattern(_words(connection, keys))
    files = _files(connection, keys)
    gone = [
        row[:1]
        for row in rows
        if PurePath(row[1]).name in files or any(named.search(str(part)) for part in row[1:])
    ]
    connection.executemany("DELETE FROM ingest_error WHERE rowid = ?", gone)


def _words(connection: sqlite3.Connection, keys: str) -> list[str]:
    """Return ids, links and titles of the articles."""
    rows = connection.execute(
        f"SELECT id FROM articles WHERE key IN ({_GONE}) UNION SELECT url FROM articles WHERE key"
        f" IN ({_GONE}) UNION SELECT url_key FROM articles WHERE key IN ({_GONE})"
        f" UNION SELECT title FROM versions WHERE article IN ({_GONE})",
        (keys,) * 4,
    )
    return [row[0] for row in rows if row[0]]


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")


def _files(connection: sqlite3.Connection, keys: str) -> set[str]:
    """Return the names of files that these articles came from, and no others."""
    query = "SELECT DISTINCT origin FROM versions WHERE article {} (" + _GONE + ")"
    gone, left = (
        {row[0].rpartition(":")[0] for row in connection.execute(query.format(which), (keys,))}
        for which in ("IN", "NOT IN")
    )
    return gone - left
