"""Question sets as tables: a row becomes the line of JSONL that says the same.

The columns are ``question, answer, source_url``, with ``article_id`` in the place of the last or
beside it; several answers or ids of one cell are separated by ``|``, none of the answers means that
the articles do not answer. ``id`` and ``date_asked`` may be added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from qa.evaluation.sets.records import Problem, Record, csv_records

_REQUIRED = ("question", "answer")
_LINK, _ARTICLE = "source_url", "article_id"


def is_csv(path: Path) -> bool:
    """Return whether the file is taken for CSV rather than JSONL."""
    return path.suffix.lower() in (".csv", ".tsv")


def table_records(data: bytes, source: str) -> tuple[list[Record | Problem], str]:
    """Return the rows of a table, and the column that names articles."""
    rows = list(csv_records(data, source, _REQUIRED))
    return [_as_line(row) for row in rows], _naming_column(rows)


def _naming_column(rows: Iterable[Record | Problem]) -> str:
    """Return the column of a table that names articles: by their links where it has both."""
    row = next((record.fields for record in rows if isinstance(record, Record)), {})
    return _ARTICLE if _ARTICLE in row and _LINK not in row else _LINK


def _as_line(record: Record | Problem) -> Record | Problem:
    """Return a row as the line of JSONL that says the same."""
    if isinstance(record, Problem):
        return record
    row = record.fields
    fields = {
        # a row moves when others are put in before it, so its line would name another question
        "id": row.get("id") or hashlib.sha256(row["question"].encode()).hexdigest()[:12],
        "question": row["question"],
        "date_asked": row.get("date_asked") or None,
        "answers": _parts(row["answer"]),
        "relevant_articles": [*filter(None, [row.get(_LINK)]), *_parts(row.get(_ARTICLE, ""))],
    }
    return Record(record.line, fields)


def _parts(cell: str) -> list[str]:
    return [part for part in map(str.strip, cell.split("|")) if part]
