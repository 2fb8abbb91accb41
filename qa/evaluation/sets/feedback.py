"""What readers said of answers, each with the answer as proof; kept in a file of its own.

The file lies beside the archive, so that judging never waits for an ingest. Each judgement is one
transaction, synced to the disk; processes take turns by SQLite's own lock. A digest of each row
shows whether it was altered.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from corpus.errors import ItemError, QuestionError
from corpus.migrations import FileFormat, known_format, make_file_for
from corpus.rows import row_digest
from corpus.sqlite_file import store_errors

FILE_NAME = "feedback.sqlite3"
LONGEST_REASON = 4_000
"""Characters of a reader's reason."""

Verdict = Literal["good", "bad"]

_BUSY_SECONDS = 30.0
_TABLE = """
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('good', 'bad')),
    why TEXT NOT NULL,
    asked TEXT,
    history TEXT NOT NULL,
    answer TEXT NOT NULL,
    digest TEXT NOT NULL
);
"""
FORMAT = FileFormat(
    application_id=0x4F6E4662,  # "OnFb"
    migrations=(_TABLE,),
    tables=frozenset({"feedback"}),
)
_COLUMNS = "time, verdict, why, asked, history, answer"


class _Contract(BaseModel):
    # what the contract adds later is kept as well: the answer is a proof
    model_config = ConfigDict(frozen=True, extra="allow")


class JudgedCitation(_Contract):
    """A citation as the contract has it, as far as it is needed here."""

    quote: str
    article_id: str
    version: int
    sha256: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None


class JudgedStatement(_Contract):
    """A statement as the contract has it."""

    citations: list[JudgedCitation]


class JudgedAnswer(_Contract):
    """An answer as the contract has it."""

    question: str
    standalone: str
    status: Literal["answered", "declined", "unclear"]
    answer: str | None = None
    statements: list[JudgedStatement] = []
    nearest: list[JudgedCitation] = []

    @property
    def citations(self) -> list[JudgedCitation]:
        """Every citation in order; the first is the sentence that answers best."""
        return [citation for statement in self.statements for citation in statement.citations]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's judgement of one answer.

    Attributes:
        why: The reader's reason in their own words, or an empty string.
        asked: The day the question was asked for, where one was given.
        history: The earlier questions of the conversation.
        time: When it was judged (aware, UTC).
        id: Its number in the store, by which it is removed; 0 while not stored.
    """

    verdict: Verdict
    answer: JudgedAnswer
    time: datetime
    why: str = ""
    asked: date | None = None
    history: tuple[str, ...] = ()
    id: int = 0


def record_feedback(
    store: Path,
    verdict: Verdict,
    answer: Mapping[str, Any],
    *,
    why: str = "",
    asked: date | None = None,
    history: Sequence[str] = (),
    gone: Callable[[str], bool] = lambda _: False,
) -> None:
    """Store a judgement in the folder `store`; it is on the disk when this returns.

    `answer` is the answer's JSON as the contract has it; the rest is as in `Feedback`. Where `gone`
    says of it that it quotes what was removed, nothing is stored, and nothing said of that.

    Raises:
        QuestionError: The reason is too long.
        ValueError: `answer` is not as the contract has it.
        StoreError: It cannot be written; the message says why.
    """
    if len(why) > LONGEST_REASON:
        message = f"the reason has more than {LONGEST_REASON:,} characters"
        raise QuestionError("E_TOO_LARGE", message, "why")
    proof = JudgedAnswer.model_validate(answer)
    judged = Feedback(verdict, proof, datetime.now(UTC), why, asked, tuple(history))
    columns = _columns(judged)
    with _opened(store) as connection:
        connection.execute("BEGIN IMMEDIATE")
        if gone(str(columns[-1])):  # asked in here: a removal waits for its turn, or had it
            return
        connection.execute(
            f"INSERT INTO feedback ({_COLUMNS}, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*columns, row_digest(columns)),
        )
        connection.execute("COMMIT")


def _columns(judged: Feedback) -> tuple[str | None, ...]:
    return (
        judged.time.isoformat(timespec="seconds"),
        judged.verdict,
        _storable(judged.why),
        judged.asked.isoformat() if judged.asked else None,
        json.dumps(judged.history),
        json.dumps(judged.answer.model_dump(mode="json")),
    )


def read_feedback(store: Path) -> list[Feedback | ItemError]:
    """Return every judgement, the earliest first, and an error for each that was altered."""
    path = store / FILE_NAME
    if not path.exists():
        return []
    with _opened(store) as connection:
        rows = connection.execute(f"SELECT id, {_COLUMNS}, digest FROM feedback ORDER BY id")
        return [_feedback(path, *row) for row in rows]


def _feedback(path: Path, identity: int, *row: str) -> Feedback | ItemError:
    time, verdict, why, asked, history, answer, digest = row
    if row_digest(row[:-1]) != digest:
        return ItemError(
            "E_DAMAGED",
            "the judgement no longer matches its digest and is left out",
            source=str(path),
            locator=str(identity),
        )
    return Feedback(
        verdict="good" if verdict == "good" else "bad",
        answer=JudgedAnswer.model_validate_json(answer),
        time=datetime.fromisoformat(time),
        why=why,
        asked=date.fromisoformat(asked) if asked else None,
        history=tuple(json.loads(history)),
        id=identity,
    )


def remove_feedback(store: Path, ids: Collection[int] | None = None) -> int:
    """Remove these judgements, or all; return how many there were."""
    return _remove(store, lambda identity, _: ids is None or identity in ids)


def remove_quoting(store: Path, gone: Callable[[str], bool]) -> int:
    """Remove the judgements that quote what is gone; return how many there were.

    Args:
        store: The folder.
        gone: Tells of an answer's JSON whether it quotes what is no longer in the store.
    """
    return _remove(store, lambda _, answer: gone(answer))


def _remove(store: Path, chosen: Callable[[int, str], bool]) -> int:
    if not (store / FILE_NAME).exists():
        return 0
    with _opened(store) as connection:
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute("SELECT id, answer FROM feedback").fetchall()
        ids = [(row[0],) for row in rows if chosen(row[0], str(row[1]))]
        connection.executemany("DELETE FROM feedback WHERE id = ?", ids)
        connection.execute("COMMIT")
    return len(ids)


@contextmanager
def _opened(store: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection in autocommit mode; what is not committed is undone when it closes."""
    path = store / FILE_NAME
    make_file_for("judgements", path, FORMAT)
    mode = "rw" if os.access(path, os.W_OK) else "ro"
    with (
        store_errors(path),
        closing(
            sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
            )
        ) as connection,
    ):
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what is removed leaves the file
        known_format(connection, path, FORMAT)
        yield connection


def _storable(text: str) -> str:
    # lone surrogates cannot be stored
    return text.encode("utf-8", "backslashreplace").decode()
