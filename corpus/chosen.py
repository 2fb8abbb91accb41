"""Which stored articles somebody means who removes or limits some."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from corpus.errors import ConflictError
from corpus.identity import normal_url
from corpus.target import Match

# As `corpus.groups` shows articles to readers in some groups.
_SEEN = (
    "(audience = '' OR EXISTS (SELECT 1 FROM article_groups WHERE article = key"
    " AND name IN (SELECT value FROM json_each(?))))"
)


def chosen(
    connection: sqlite3.Connection,
    article_id: str | None,
    url: str | None,
    publisher: str | None,
    seen_in: frozenset[str] | None,
) -> list[Match]:
    """Return the articles that match every value given, as far as these groups see them.

    Raises:
        ValueError: Nothing says which articles are meant.
    """
    limits = {"id = ?": article_id, "publisher = ? COLLATE NOCASE": publisher}
    limits["url_key = ?"] = normal_url(url) if url is not None else None
    given = {limit: value for limit, value in limits.items() if value is not None}
    if not given:
        raise ValueError("it needs an id, a link or a publisher")
    if seen_in is not None:
        given[_SEEN] = json.dumps(sorted(seen_in))
    rows = connection.execute(
        f"SELECT key, id, audience FROM articles WHERE {' AND '.join(given)} ORDER BY key",
        tuple(given.values()),
    )
    return [Match(*row) for row in rows.fetchall()]


def check_free(connection: sqlite3.Connection, moved: Sequence[Match], audience: str) -> None:
    """Raise ConflictError where two articles of one id would be for the same groups."""
    audiences: dict[str, set[str]] = {}
    for match in moved:
        audiences.setdefault(match.id, set()).add(match.audience)
    for id_, known in audiences.items():
        there = connection.execute(
            "SELECT 1 FROM articles WHERE id = ? AND audience = ?", (id_, audience)
        ).fetchone()
        if len(known | ({audience} if there else set())) > 1:
            raise ConflictError(
                f"there are several articles {id_!r}, for different groups: for the same groups"
                " there can be but one; nothing was changed (remove one of them first)"
            )
