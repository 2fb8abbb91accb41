"""Rows of the archive to records and back, with the digests that prove them unaltered.

SQLite does not notice altered content, so a row carries a digest of its columns. Reading never
fails on a damaged row: the version comes back with an empty `sha256`, so that it is not intact.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from corpus.article import Article, Sentence, Span, Version

ARTICLE_COLUMNS = (
    "articles.key, articles.id, audience, articles.url, articles.url_key, articles.publisher,"
    " named_by, version_count"
)
VERSION_COLUMNS = (
    "versions.id, versions.article, number, title, authors, published, fetched, language, origin,"
    " sha256, sentences"
)
_WHOLE_ROW = f"{VERSION_COLUMNS}, versions.digest, {ARTICLE_COLUMNS}, articles.digest"
_JOINED = "FROM versions JOIN articles ON articles.key = versions.article"
SELECT_VERSION = f"SELECT {_WHOLE_ROW}, text {_JOINED}"
SELECT_FRAME = f"SELECT {_WHOLE_ROW} {_JOINED}"

_SENTENCES, _VERSION_DIGEST, ARTICLE_START, _ARTICLE_DIGEST = 10, 11, 12, 20


def row_digest(columns: Sequence[object]) -> str:
    """Return a hex digest of SQLite values (text, numbers, bytes, None)."""
    # JSON in ASCII is the same under every Python version; repr is not.
    packed = json.dumps(list(columns), ensure_ascii=True, default=bytes.hex)
    return hashlib.blake2b(packed.encode(), digest_size=16).hexdigest()


def is_row_intact(row: Sequence[object]) -> bool:
    """Whether metadata and sentences of a `SELECT_FRAME` or `SELECT_VERSION` row are unaltered."""
    return (
        row_digest(row[:_VERSION_DIGEST]) == row[_VERSION_DIGEST]
        and row_digest(row[ARTICLE_START:_ARTICLE_DIGEST]) == row[_ARTICLE_DIGEST]
    )


def version_from(row: Sequence[Any]) -> Version:
    """Return the version in a `SELECT_VERSION` row; not intact where anything was altered."""
    text = row[-1] if isinstance(row[-1], str) else ""
    if not is_row_intact(row):
        return _damaged(row, text)
    return Version(
        id=row[0],
        article_id=row[ARTICLE_START + 1],
        number=row[2],
        title=row[3],
        authors=tuple(json.loads(row[4])),
        published=moment_from(row[5]),
        fetched=datetime.fromisoformat(row[6]),
        language=row[7],
        text=text,
        sha256=row[9],
        article_key=row[1],
    )


def _damaged(row: Sequence[Any], text: str) -> Version:
    long_ago = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    name = str(row[ARTICLE_START + 1])
    return Version(row[0], name, row[2], None, (), None, long_ago, None, text, "", row[1])


def sentence_count(bytes_packed: int) -> int:
    """Return how many sentences that many packed bytes hold."""
    return bytes_packed // 12


def article_from(row: Sequence[Any]) -> Article:
    """Return the article in a row of `ARTICLE_COLUMNS`."""
    return Article(id=row[1], url=row[3], publisher=row[5], key=row[0])


def sentences_from(row: Sequence[Any]) -> list[Sentence]:
    """Return the sentences in a `SELECT_FRAME` row, none where anything was altered."""
    if not is_row_intact(row):
        return []
    numbers = _int32(row[_SENTENCES])
    triples = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return [
        Sentence(version_id=row[0], position=position, span=Span(start, end), paragraph=paragraph)
        for position, (start, end, paragraph) in enumerate(triples)
    ]


def packed_sentences(sentences: Sequence[Sentence]) -> bytes:
    """Return little-endian int32 rows (start, end, paragraph), one a sentence."""
    numbers = array("i")
    for sentence in sentences:
        numbers.extend((sentence.span.start, sentence.span.end, sentence.paragraph))
    return _little_endian(numbers).tobytes()


def _int32(packed: bytes) -> array[int]:
    numbers = array("i")
    numbers.frombytes(packed)
    return _little_endian(numbers)


def _little_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def moment_from(stored: str | None) -> date | datetime | None:
    """Return the date or aware datetime of an ISO text."""
    if stored is None:
        return None
    return date.fromisoformat(stored) if len(stored) == 10 else datetime.fromisoformat(stored)
