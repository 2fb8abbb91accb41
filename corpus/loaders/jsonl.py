"""JSONL -> one article a line; a bad line is refused by itself, with its place.

Each line is an object with ``text`` and, optionally, ``id``, ``url``, ``publisher``, ``title``,
``authors``, ``published``, ``groups``; other fields are ignored. The encoding is UTF-8.
``published`` is an ISO date or a datetime with a time zone; of one without, only the day counts,
with a note. ``groups`` names who alone may see the article, ``[]`` everybody. An ``id`` is kept
exactly as given or, where it cannot be, the line is refused; an empty one is none.

A file may be written to while it is read. Lines are therefore read in blocks of 64 MiB, and those
of a block go on only once the file is known not to have changed since it was opened: what goes on
is always text that the file held. If it changed during the first block, which for most files is the
only one, it is read again once; else it is refused from that block on.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BufferedReader

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.article import RawArticle, day_of
from corpus.clean import clean, clean_line
from corpus.errors import ItemError
from corpus.groups import group_names
from corpus.loaders.decode import has_byte_order_mark
from corpus.loaders.files import (
    changed,
    check_not_binary,
    empty,
    fingerprint,
    open_regular,
    settled_fingerprint,
)
from corpus.loaders.metadata import link, moment
from corpus.strict_json import StrictJsonError, parse_json

MAX_LINE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 4 * 1024**3
BLOCK_BYTES = 64 * 1024 * 1024

_Line = tuple[int, bytes | ItemError]

_SAMPLE = 8192
_LINE_OVERHEAD = 150  # bytes of memory
_MOST_SHOWN = 100
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class _Record(BaseModel):
    """One line, as the contract has it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    text: str
    id: str | None = None
    url: str | None = None
    publisher: str | None = None
    title: str | None = None
    authors: list[str] | None = None
    published: str | None = None
    language: str | None = None
    groups: list[str] | None = None


def load_jsonl(path: str, *, source: str) -> Iterator[RawArticle | ItemError]:
    """Yield the articles of a JSONL file, ``.gz`` or not, and an ItemError for each bad line.

    Raises:
        ItemError: E_BINARY or E_ENCODING if the file is no text in UTF-8, E_EMPTY if it has no
            lines at all, E_CHANGED if it was written to while it was read.
    """
    lines = 0
    for block in _unchanged_blocks(path, source):
        for number, line in block:
            lines += 1
            yield line if isinstance(line, ItemError) else _article(line, source, number)
    if not lines:
        raise empty(source)


def _unchanged_blocks(path: str, source: str) -> Iterator[list[_Line]]:
    """Yield the lines in blocks, each while the file is as it was when it was opened."""
    for may_retry in (True, False):
        with open_regular(path, source=source) as file:
            before = settled_fingerprint(file)
            for block in _blocks(_lines(file, path.lower().endswith(".gz"), source)):
                if fingerprint(file) == before:
                    yield block
                    may_retry = False
                elif may_retry:
                    break
                else:
                    raise changed(source)
            else:
                return


def _blocks(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    block: list[_Line] = []
    size = 0
    for line in lines:
        block.append(line)
        size += _LINE_OVERHEAD + (len(line[1]) if isinstance(line[1], bytes) else 0)
        if size >= BLOCK_BYTES:
            yield block
            block, size = [], 0
    yield block


def _lines(file: BufferedReader, packed: bool, source: str) -> Iterator[_Line]:
    """Yield the numbered lines that are not blank; too long ones as errors, never held whole.

    What ends the reading early (damaged packing, far too much packed into it) is the last error.
    """
    stream = gzip.GzipFile(fileobj=file) if packed else file
    number = size = 0
    try:
        _check_is_text(stream.peek(_SAMPLE), source)
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            size += len(line)
            if len(line) > MAX_LINE_BYTES:
                size += _skip_line(stream, line)
                message = f"a line of over {MAX_LINE_BYTES:,} bytes"
                yield number, _too_large(source, number, message)
            elif stripped := line.removeprefix(codecs.BOM_UTF8 if number == 1 else b"").strip():
                yield number, stripped
            if packed and size > MAX_UNPACKED_BYTES:
                message = f"it unpacks to over {MAX_UNPACKED_BYTES:,} bytes"
                yield number, _too_large(source, number, message)
                return
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        message = f"the gzip data are damaged: {error}"
        yield number, ItemError("E_GZIP", message, source=source, locator=str(number + 1))


def _check_is_text(sample: bytes, source: str) -> None:
    if has_byte_order_mark(sample) and not sample.startswith(codecs.BOM_UTF8):
        hint = "save it as UTF-8"
        raise ItemError("E_ENCODING", "it is UTF-16 or UTF-32", source=source, hint=hint)
    check_not_binary(sample, source=source, of_lines=True)


def _skip_line(stream: BufferedReader | gzip.GzipFile, line: bytes) -> int:
    skipped = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_LINE_BYTES)
        skipped += len(line)
    return skipped


def _too_large(source: str, number: int, message: str) -> ItemError:
    return ItemError("E_TOO_LARGE", message, source=source, locator=str(number))


def _article(line: bytes, source: str, number: int) -> RawArticle | ItemError:
    try:
        record = _record(line, source, number)
        published = _published(record, source, number)
        groups = _groups(record, source, number)
    except ItemError as error:
        return error
    text = clean(record.text)
    if not text:
        return empty(source, str(number))
    url = link(record.url or "")
    authors = tuple(name for name in map(clean_line, record.authors or ()) if name)
    title, publisher = _line(record.title), _line(record.publisher)
    return RawArticle(
        text,
        source,
        locator=str(number),
        key=None if record.id or url else _digest(publisher, title, published, text),
        id=record.id or None,
        url=url,
        publisher=publisher,
        title=title,
        authors=authors,
        published=published,
        language=_line(record.language),
        groups=groups,
        notes=_notes(record, url, published, number),
    )


def _line(value: str | None) -> str | None:
    return clean_line(value or "") or None


def _digest(
    publisher: str | None, title: str | None, published: date | datetime | None, text: str
) -> str:
    """Return what identifies an article without id and url: headline and day, or else its text.

    The day tells apart the columns that appear every week under one headline.
    """
    day = day_of(published)
    named = [publisher, title, day.isoformat() if day else None] if title else [text]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def _published(record: _Record, source: str, number: int) -> date | datetime | None:
    try:
        return moment(record.published) if record.published and record.published.strip() else None
    except ValueError as error:
        raise ItemError(
            "E_FIELD",
            f"field 'published': {error}",
            source=source,
            locator=str(number),
            hint="write a date such as 2019-01-24, or a datetime with its time zone",
        ) from error


def _groups(record: _Record, source: str, number: int) -> tuple[str, ...] | None:
    try:
        return None if record.groups is None else group_names(record.groups)
    except ValueError as error:
        message = f"field 'groups': {error}"
        raise ItemError("E_FIELD", message, source=source, locator=str(number)) from error


def _notes(
    record: _Record, url: str | None, published: date | datetime | None, number: int
) -> tuple[str, ...]:
    notes = []
    if removed := len(_UNSTORABLE.findall(record.text)):
        notes.append(f"removed {removed} lone surrogates or NUL characters")
    if record.url and not url:
        shown = repr(record.url[:_MOST_SHOWN])
        notes.append(f"the url {shown} is no http link and was left out")
    if published and type(published) is date and ":" in (record.published or ""):
        notes.append("published has no time zone, so only its day counts")
    return tuple(f"line {number}: {note}" for note in notes)


def _record(line: bytes, source: str, number: int) -> _Record:
    """Read one line; ItemError E_ENCODING, E_JSON or E_FIELD says where it is wrong."""
    try:
        return _Record.model_validate(parse_json(line))
    except StrictJsonError as error:
        place = f"{number}:{error.column}" if error.column else str(number)
        raise ItemError(error.code, str(error), source=source, locator=place) from error
    except ValidationError as error:
        message = _first_problem(error)
        raise ItemError("E_FIELD", message, source=source, locator=str(number)) from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    field = ".".join(map(str, problem["loc"][:2]))
    if not field:
        return "not an object with a text"
    return f"field {field!r}: {problem['msg']}"
