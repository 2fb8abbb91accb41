"""The rows made so far, kept in a file as they are made, so that a run can go on where it was."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

from corpus.errors import UsageError

Json = dict[str, Any]


class Journal:
    """JSON lines: what the rows are of, then a row each; without a file they are only in memory.

    Attributes:
        rows: By the question's id.
        resumed: How many of them were there when it was opened.
    """

    def __init__(self, file: IO[str] | None, rows: Json) -> None:
        self._file = file
        self.rows = rows
        self.resumed = len(rows)

    def add(self, row: Json) -> None:
        """Keep a row; the file has it when this returns."""
        self.rows[row["id"]] = row
        if self._file:
            _write(self._file, row)


@contextmanager
def open_journal(path: Path | None, key: Mapping[str, Any]) -> Iterator[Journal]:
    """Yield the journal in a file, which is made if there is none; None keeps rows in memory.

    Rows of other questions, articles or settings are not taken up again but replaced. The file
    stays: whoever has put its rows elsewhere deletes it.

    Args:
        path: Where the rows are kept.
        key: What they are of; ready for `json.dumps`.

    Raises:
        UsageError: The file cannot be read or written, or another run is writing it.
    """
    if path is None:
        yield Journal(None, {})
        return
    with _locked(path) as file:
        rows, length = _read(path, key)
        os.truncate(path, length)  # what is not of this run, or was not written whole
        if not length:
            _write(file, key)
        yield Journal(file, rows)


@contextmanager
def _locked(path: Path) -> Iterator[IO[str]]:
    try:
        file = path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{path}: another run is writing it; give another name") from error
        yield file


def code_sha256() -> str:
    """Return a digest of the code that answers, so that rows of two states of it do not mix."""
    digest = hashlib.sha256()
    for room in ("corpus", "index", "qa"):
        for path in sorted(Path(str(files(room))).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(file: IO[str], record: Mapping[str, Any]) -> None:
    file.write(json.dumps(record, ensure_ascii=False) + "\n")
    file.flush()


def _read(path: Path, key: Mapping[str, Any]) -> tuple[Json, int]:
    """Return the rows of this key, and how many bytes at the beginning of the file hold them."""
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    records = [_record(line) for line in whole.splitlines()]
    if not records or records[0] != json.loads(json.dumps(key)):
        return {}, 0
    return {record["id"]: record for record in records[1:] if record}, len(whole)


def _record(line: bytes) -> Json | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and record else None
