"""Full-text search over chunks: SQLite FTS5 with Porter stems.

Whatever the user types is text: every term is quoted, so none of it is query syntax.

On a connection of a limited archive only chunks that may be seen are found; to `seen_only` it has
to be said, as its full text is not found by name there (see `corpus.groups`).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.seen import LISTED, list_seen

TITLE_WEIGHT = 2.0
MOST_TERMS = 64
MOST_COUNTED = 50_000

# "U.S." and "10,000" are phrases of their parts; otherwise letters and digits as unicode61 has it.
_TERM = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)+|[^\W_]+")
_STOP_WORDS = frozenset(
    """a about after again all also am an and any are as at be because been before being
    between both but by can could did do does doing for from had has have having he her hers
    him his how i if in into is it its itself just many me more most much my no nor not of off
    on once only or other our out over own please s same say said says she should so some such
    t tell than that the their theirs them then there these they this those through to too
    under until up very was we were what when where which while who whom whose why will with
    would you your""".split()
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a search is limited to; None does not limit.

    Attributes:
        publisher: Its name, in any case of letters.
        since: The first publication day that counts; articles without a date then never do.
        until: The last one.
    """

    publisher: str | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return any(limit is not None for limit in (self.publisher, self.since, self.until))


NO_LIMITS = Limits()


def terms_of(question: str) -> list[str]:
    """Return the words and numbers to look for, each once, without those every question has."""
    found = list(dict.fromkeys(term.lower() for term in _TERM.findall(question)))
    telling = [t for t in found if t not in _STOP_WORDS and (len(t) > 1 or t.isdigit())]
    return (telling or found)[:MOST_TERMS]


def search(
    connection: sqlite3.Connection,
    question: str,
    k: int,
    limits: Limits = NO_LIMITS,
    *,
    seen_only: bool = False,
) -> list[tuple[int, float]]:
    """Return the `k` best chunk ids with scores (BM25, higher is better), best first.

    Args:
        connection: To the store.
        question: Its words are looked for.
        k: How many at most; what may not be seen takes no place among them.
        limits: Publisher and period outside which nothing is found.
        seen_only: Whether the connection is one of a limited archive.
    """
    terms = terms_of(question)
    if not terms or k < 1:
        return []
    condition, values = limited(limits)
    # The plus keeps SQLite from running the full-text query once for every row of the condition.
    rows = connection.execute(
        f"SELECT rowid, -rank {_matching(connection, seen_only)}"
        f" AND rank MATCH 'bm25({TITLE_WEIGHT}, 1.0)'"
        f"{f' AND +rowid IN ({condition})' if condition else ''} ORDER BY rank, rowid LIMIT ?",
        (" OR ".join(map(quoted, terms)), *values, k),
    )
    return rows.fetchall()


def search_phrase(
    connection: sqlite3.Connection, phrase: str, k: int, *, seen_only: bool = False
) -> list[int]:
    """Return at most `k` ids of chunks whose text holds these words in a row, by their stems."""
    query = f"SELECT rowid {_matching(connection, seen_only)} ORDER BY rowid LIMIT ?"
    return [row[0] for row in connection.execute(query, (f"text : {quoted(phrase)}", k))]


def limited(limits: Limits) -> tuple[str, list[str]]:
    """Return a query for the chunk ids within `limits` and its values; ("", []) without limits."""
    if not limits:
        return "", []
    within, values = _within(limits)
    return f"SELECT chunks.id {within}", values


def count_articles(connection: sqlite3.Connection, limits: Limits) -> int:
    """Return how many articles a search within `limits` looks at."""
    within, values = _within(limits)
    query = f"SELECT count(DISTINCT articles.key) {within}"
    return int(connection.execute(query, values).fetchone()[0])


def _within(limits: Limits) -> tuple[str, list[str]]:
    """Return the articles within `limits` with their chunks, from "FROM" on, and its values."""
    conditions, values = ["current = 1"], []
    if limits.publisher is not None:
        conditions.append("publisher = ? COLLATE NOCASE")
        values.append(limits.publisher)
    if limits.since is not None:
        conditions.append("published >= ?")
        values.append(limits.since.isoformat())
    if limits.until is not None:
        # A moment of the last day is greater than the day's own text, less than the next day's.
        conditions.append("published < ?")
        last = limits.until < date.max
        values.append((limits.until + timedelta(days=1)).isoformat() if last else "A")
    # In a limited archive `articles` has only those that may be seen; asking once is enough.
    joined = (
        "FROM articles"
        " JOIN main.versions AS versions ON versions.article = articles.key"
        " JOIN main.chunks AS chunks ON chunks.version_id = versions.id"
        f" WHERE {' AND '.join(conditions)}"
    )
    return joined, values


def first_holding(
    connection: sqlite3.Connection, term: str, *, seen_only: bool = False
) -> int | None:
    """Return the id of a chunk that holds a term, in text or title, by its stem; None if none."""
    query = f"SELECT rowid {_matching(connection, seen_only)} LIMIT 1"
    row = connection.execute(query, (quoted(term),)).fetchone()
    return int(row[0]) if row else None


def document_frequency(
    connection: sqlite3.Connection, terms: Sequence[str], *, seen_only: bool = False
) -> dict[str, int]:
    """Return for each term how many chunks hold it, in text or title, by its stem.

    A term of several words counts as a phrase. What stands in `MOST_COUNTED` chunks is common: that
    it may stand in more is not counted.
    """
    found = f"SELECT 1 {_matching(connection, seen_only)} LIMIT {MOST_COUNTED}"
    query = f"SELECT count(*) FROM ({found})"
    return {term: connection.execute(query, (quoted(term),)).fetchone()[0] for term in terms}


def _matching(connection: sqlite3.Connection, seen_only: bool) -> str:
    """Return the beginning of a search in the full text: its table and its first conditions."""
    if not seen_only:
        return "FROM chunk_text WHERE chunk_text MATCH ?"
    list_seen(connection)
    return f"FROM main.chunk_text WHERE chunk_text MATCH ? AND +rowid IN ({LISTED})"


def quoted(term: str) -> str:
    """Return `term` as an FTS5 string, which holds no syntax."""
    return '"' + term.replace('"', '""').replace("\0", " ") + '"'
