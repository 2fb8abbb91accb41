"""A file of questions -> its records, each with its line; what is wrong is said with its place.

JSONL holds an object a line; blank lines and lines that start with ``#`` are left out. CSV has a
header and one of comma, semicolon and tab between its columns, as spreadsheet programs write it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ItemError, UsageError
from corpus.loaders.decode import decode
from corpus.strict_json import StrictJsonError, parse_json

LARGEST_FILE = 100_000_000
"""Bytes; a file of questions beyond this is something else."""

_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a question set that its author should look at.

    Attributes:
        line: Counts from 1; 0 is the file as a whole.
        field: The field it concerns, as the file's format names it, or an empty string.
        hint: What to do about it, or an empty string.
        is_error: Whether nothing can be measured before it is mended; else it is a remark.
        column: Counts from 1 in code points; 0 where the field says enough.
    """

    line: int
    field: str
    message: str
    hint: str = ""
    is_error: bool = True
    column: int = 0

    def shown(self, path: Path) -> str:
        """Return the line for the user: ``FILE:LINE: FIELD: MESSAGE (HINT)``."""
        place = ":".join(str(part) for part in (path, self.line, self.column) if part)
        field = f"{self.field}: " if self.field else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {'' if self.is_error else 'remark: '}{field}{self.message}{hint}"


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the file, its fields not checked yet."""

    line: int
    fields: Mapping[str, Any]


def read_bytes(path: Path) -> bytes:
    """Return the content of a question file; UsageError where it cannot be read."""
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: not a regular file")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path}: the questions cannot be read: {reason}") from error
    if len(data) > LARGEST_FILE:
        raise UsageError(f"{path}: larger than {LARGEST_FILE:,} bytes, not a question set")
    return data


# JSONL


def json_records(data: bytes) -> Iterator[Record | Problem]:
    """Yield the objects of JSONL in UTF-8, and a problem for each line that holds none."""
    for number, raw in enumerate(data.split(b"\n"), start=1):
        line = raw.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").strip()
        if line and not line.startswith(b"#"):
            yield _json_record(number, line)


def _json_record(number: int, line: bytes) -> Record | Problem:
    try:
        fields = parse_json(line)
    except StrictJsonError as error:
        hint = "save the file as UTF-8" if error.code == "E_ENCODING" else ""
        return Problem(number, "", str(error), hint, column=error.column)
    if not isinstance(fields, dict):
        return Problem(number, "", "not a JSON object")
    return Record(number, fields)


# CSV


def csv_records(data: bytes, source: str, required: Sequence[str]) -> Iterator[Record | Problem]:
    """Yield the rows of a CSV file by the names in its header, in lower case, cells stripped.

    Empty rows are left out. A row with too few or too many cells, or with a quotation mark that
    never closes, is a problem; the rows after it are read.
    """
    try:
        text = decode(data, source=source).text
    except ItemError as error:
        yield Problem(0, "", error.message, error.hint)
        return
    names: list[str] | None = None
    for row in _rows(text):
        if isinstance(row, Problem):
            yield row
        elif names is None:
            names = [cell.lower() for cell in row[1]]
            for missing in sorted(set(required) - set(names)):
                yield Problem(row[0], missing, "the header lacks this column")
                return
        else:
            yield _csv_record(*row, names)


def _rows(text: str) -> Iterator[tuple[int, list[str]] | Problem]:
    """Yield each row that is not empty with its first line, cells stripped."""
    lines = list(io.StringIO(text, newline=""))
    separator = max(_SEPARATORS, key=next(iter(lines), "").count)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        before = reader.line_num
        try:
            row = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken("".join(lines[before:]), before, separator, error)
        else:
            if any(row):
                yield before + 1, row


def _broken(rest: str, before: int, separator: str, error: csv.Error) -> Problem:
    """Return the problem of a row that csv refuses; `rest` is the file from that row on."""
    opened = re.search(rf'(?m:^|{separator})"(?:[^"]|"")*+\Z', rest)
    if opened is None:
        return Problem(before + 1, "", f"not CSV: {error}", "double the quotation marks in a cell")
    quote = rest.index('"', opened.start())
    line, column = rest.count("\n", 0, quote), quote - rest.rfind("\n", 0, quote)
    message = "a quotation mark opens here and never closes"
    return Problem(before + 1 + line, "", message, column=column)


def _csv_record(line: int, cells: Sequence[str], names: Sequence[str]) -> Record | Problem:
    if len(cells) == len(names):
        return Record(line, dict(zip(names, cells, strict=True)))
    odd = names[len(cells)] if len(cells) < len(names) else f"column {len(names) + 1}"
    message = f"the row has {len(cells)} columns, the header {len(names)}"
    return Problem(line, odd, message, "put a cell that holds a separator in quotation marks")
