"""JSONL -> one article a line; a bad line is refused by itself, with its place.

Each line is an object with ``text`` and, optionally, ``id``, ``url``, ``publisher``, ``title``,
``authors``, ``published``; other fields are ignored. The encoding is UTF-8. ``published`` is an ISO
date or a datetime with a time zone; of one without, only the day counts, with a note.
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
from typing import IO, BinaryIO, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.article import RawArticle, day_of
from corpus.clean import clean, clean_line
from corpus.errors import ItemError
from corpus.loaders.files import changed, empty, fingerprint, open_regular
from corpus.loaders.metadata import link, moment
from corpus.strict_json import StrictJsonError, parse_json

MAX_LINE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 4 * 1024**3

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


def load_jsonl(path: str, *, source: str) -> Iterator[RawArticle | ItemError]:
    """Yield the articles of a JSONL file, ``.gz`` or not, and an ItemError for each bad line.

    Raises:
        ItemError: E_CHANGED if the file was written to meanwhile, E_EMPTY if it has no lines at
            all, E_GZIP if its packing is damaged, E_TOO_LARGE if it unpacks beyond the limit.
    """
    with open_regular(path, source=source) as file:
        before = fingerprint(file)
        lines = 0
        for number, line in _lines(file, path.endswith(".gz"), source):
            lines += 1
            yield line if isinstance(line, ItemError) else _article(line, source, number)
        if fingerprint(file) != before:
            raise changed(source)
    if not lines:
        raise empty(source)


def _lines(file: BinaryIO, packed: bool, source: str) -> Iterator[tuple[int, bytes | ItemError]]:
    """Yield the numbered lines that are not blank; too long ones as errors, never held whole."""
    stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if packed else file
    number = size = 0
    try:
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            size += len(line)
            if len(line) > MAX_LINE_BYTES:
                size += _skip_line(stream, line)
                yield (
                    number,
                    _too_large(source, str(number), f"a line of over {MAX_LINE_BYTES:,} bytes"),
                )
            elif stripped := line.removeprefix(codecs.BOM_UTF8 if number == 1 else b"").strip():
                yield number, stripped
            if packed and size > MAX_UNPACKED_BYTES:
                raise _too_large(
                    source, str(number), f"it unpacks to over {MAX_UNPACKED_BYTES:,} bytes"
                )
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        message = f"the gzip data are damaged: {error}"
        raise ItemError("E_GZIP", message, source=source, locator=str(number + 1)) from error


def _skip_line(stream: IO[bytes], line: bytes) -> int:
    skipped = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_LINE_BYTES)
        skipped += len(line)
    return skipped


def _too_large(source: str, locator: str, message: str) -> ItemError:
    return ItemError("E_TOO_LARGE", message, source=source, locator=locator)


def _article(line: bytes, source: str, number: int) -> RawArticle | ItemError:
    try:
        record = _record(line, source, number)
        published = _published(record, source, number)
    except ItemError as error:
        return error
    text = clean(record.text)
    if not text:
        return empty(source, str(number))
    identity = _line(record.id)
    url = link(record.url or "")
    authors = tuple(name for name in map(clean_line, record.authors or ()) if name)
    title, publisher = _line(record.title), _line(record.publisher)
    return RawArticle(
        text,
        source,
        locator=str(number),
        key=None if identity or url else _digest(publisher, title, published, text),
        id=identity,
        url=url,
        publisher=publisher,
        title=title,
        authors=authors,
        published=published,
        language=_line(record.language),
        notes=_notes(record, url, published),
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


def _notes(record: _Record, url: str | None, published: date | datetime | None) -> tuple[str, ...]:
    notes = []
    if removed := len(_UNSTORABLE.findall(record.text)):
        notes.append(f"removed {removed} lone surrogates or NUL characters")
    if record.url and not url:
        notes.append("the url is no http link and was left out")
    if published and type(published) is date and ":" in (record.published or ""):
        notes.append("published has no time zone, so only its day counts")
    return tuple(notes)


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
