"""The numbers of versions: none is ever given twice for an id among the same groups.

Of what was removed, or limited to others, only a keyed digest of its id and groups stays, with the
last number that was given. The key lies in the same file: whoever has that can try ids out, but
reads none.
"""

from __future__ import annotations

import hmac
import json
import sqlite3
from collections.abc import Sequence


def last_number(connection: sqlite3.Connection, article_id: str, audience: str) -> int:
    """Return the highest number that was given for an id among these groups, 0 for none."""
    (stored,) = connection.execute(
        "SELECT ifnull(max(number), 0) FROM versions JOIN articles ON key = versions.article"
        " WHERE articles.id = ? AND audience = ?",
        (article_id, audience),
    ).fetchone()
    kept = connection.execute(
        "SELECT number FROM last_numbers WHERE digest = ?",
        (_digest(_secret(connection), article_id, audience),),
    ).fetchone()
    return max(int(stored), int(kept[0]) if kept else 0)


def keep_numbers(
    connection: sqlite3.Connection, keys: Sequence[int], *, removed: bool = False
) -> None:
    """Remember the last numbers of articles that are about to leave their groups, or the store.

    Of what is removed it is remembered for its id alone as well; see `was_removed`.
    """
    secret = _secret(connection)
    rows = connection.execute(
        "SELECT articles.id, audience, max(number) FROM articles"
        " JOIN versions ON versions.article = key"
        " WHERE key IN (SELECT value FROM json_each(?)) GROUP BY key",
        (json.dumps(keys),),
    ).fetchall()
    connection.executemany(
        "INSERT INTO last_numbers VALUES (?, ?)"
        " ON CONFLICT (digest) DO UPDATE SET number = max(number, excluded.number)",
        [
            (_digest(secret, id_, place), number)
            for id_, audience, number in rows
            for place in ((audience, None) if removed else (audience,))
        ],
    )


def was_removed(connection: sqlite3.Connection, article_id: str) -> bool:
    """Return whether an article with this id was ever removed, whoever saw it."""
    digest = _digest(_secret(connection), article_id, None)
    query = "SELECT 1 FROM last_numbers WHERE digest = ?"
    return connection.execute(query, (digest,)).fetchone() is not None


def _secret(connection: sqlite3.Connection) -> bytes:
    row = connection.execute("SELECT value FROM meta WHERE key = 'numbers'").fetchone()
    return str(row[0]).encode() if row else b""


def _digest(secret: bytes, article_id: str, audience: str | None) -> str:
    packed = json.dumps((article_id, audience), ensure_ascii=True).encode()
    return hmac.digest(secret, packed, "sha256").hex()
