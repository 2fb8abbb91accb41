"""Which chunks may be seen on a connection of a limited archive, listed once for each change.

The view `chunks` says so of one chunk at any moment, and whatever is found is read through it. For
every chunk that matches a question that takes too long; looking it up in a list takes a tenth.
"""

from __future__ import annotations

import sqlite3

LISTED = "SELECT id FROM temp.seen_chunks"

_CHANGE = "SELECT value FROM meta WHERE key = 'change'"


def list_seen(connection: sqlite3.Connection) -> None:
    """Bring the list of a limited archive's connection up to date, where it is not."""
    listed = connection.execute("SELECT change FROM temp.seen_at").fetchone()
    if listed == connection.execute(_CHANGE).fetchone():
        return
    connection.execute("PRAGMA query_only = OFF")
    try:
        connection.execute("BEGIN")
        connection.execute("DELETE FROM temp.seen_chunks")
        connection.execute("DELETE FROM temp.seen_at")
        # The change number first: it is read in the same state as the chunks.
        connection.execute(f"INSERT INTO temp.seen_at {_CHANGE}")
        connection.execute("INSERT INTO temp.seen_chunks SELECT id FROM chunks")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA query_only = ON")
