"""The index's own tables in the archive: chunks, vectors, full text.

Only current versions have rows here. Triggers and foreign keys remove them in the same transaction
in which an article is removed or a newer version takes over, whoever wrote that transaction.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.archive import Archive
from corpus.article import Span, Version
from corpus.article_keys import number_articles
from corpus.errors import ModelError
from corpus.groups import GROUPS_TABLE
from corpus.migrations import CORPUS_TABLES, Migration
from corpus.rows import sentence_count
from corpus.sqlite_file import store_errors
from index.chunks import Chunk
from index.reading import SAID_TABLE

# Chunk ids are never used again (AUTOINCREMENT): a snapshot may still hold a removed one.
# vectors holds float32, sentence_vectors a float16 matrix, one row a sentence; little-endian both.
# stale marks what a rebuild still has to do.
FULL_TEXT = """
CREATE VIRTUAL TABLE chunk_text USING fts5 (
    title, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""
SUPERSEDED = """
CREATE TRIGGER version_superseded AFTER UPDATE OF current ON versions WHEN new.current = 0 BEGIN
    DELETE FROM chunks WHERE version_id = old.id;
    DELETE FROM sentence_vectors WHERE version_id = old.id;
    DELETE FROM indexed WHERE version_id = old.id;
END;
"""
INDEX_TABLES = f"""
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
);
CREATE INDEX chunks_version ON chunks (version_id);
CREATE TABLE vectors (
    chunk_id INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
    vector BLOB NOT NULL
);
CREATE TABLE sentence_vectors (
    version_id INTEGER PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    vectors BLOB NOT NULL
);
CREATE TABLE indexed (
    version_id INTEGER PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    stale INTEGER NOT NULL DEFAULT 0
);
{FULL_TEXT}
CREATE TRIGGER chunk_removed AFTER DELETE ON chunks BEGIN
    DELETE FROM chunk_text WHERE rowid = old.id;
END;
{SUPERSEDED}
"""


def _number_articles(connection: sqlite3.Connection) -> None:
    number_articles(connection)
    connection.execute(SUPERSEDED)  # it went with the table that was replaced


MIGRATIONS: tuple[Migration, ...] = (
    CORPUS_TABLES,
    INDEX_TABLES,
    SAID_TABLE,
    GROUPS_TABLE,
    _number_articles,
)

_CHUNK_COLUMNS = "chunks.id, version_id, start, stop, first, last"


def open_archive(store: Path, *, create: bool = False, wait: float = 30.0) -> Archive:
    """Open a store with the index's tables; see `Archive.open`."""
    return Archive.open(store, create=create, migrations=MIGRATIONS, wait=wait)


def check_embedder(archive: Archive, fingerprint: str) -> None:
    """Refuse an embedder that did not make the store's vectors (ModelError); none yet is fine."""
    known = archive.meta("embedder")
    if known not in (None, fingerprint):
        raise ModelError(
            f"E_MODEL the store {archive.store} was made with the model {known}, this is"
            f" {fingerprint}; use that model, or run `onrecord rebuild` to change the store's"
        )


def claim_embedder(archive: Archive, fingerprint: str) -> None:
    """Make this the embedder of a store without vectors; otherwise check that it is."""
    with archive.transaction() as connection:
        if connection.execute("SELECT 1 FROM indexed LIMIT 1").fetchone():
            check_embedder(archive, fingerprint)
        archive.set_meta("embedder", fingerprint)


def begin_rebuild(archive: Archive, fingerprint: str) -> None:
    """Mark every article's index rows as stale, unless a rebuild for this embedder was broken off.

    Old rows stay searchable until they are replaced, but vectors of another embedder go at once:
    two never mix. The full text is filled anew here.
    """
    with archive.transaction() as connection:
        if archive.meta("embedder") != fingerprint:
            connection.execute("DELETE FROM vectors")
            connection.execute("DELETE FROM sentence_vectors")
            connection.execute("UPDATE indexed SET stale = 1")
            archive.set_meta("embedder", fingerprint)
        elif not connection.execute("SELECT 1 FROM indexed WHERE stale = 1 LIMIT 1").fetchone():
            connection.execute("UPDATE indexed SET stale = 1")
        connection.execute("DROP TABLE chunk_text")
        connection.execute(FULL_TEXT)
        connection.execute(
            "INSERT INTO chunk_text (rowid, title, text)"
            " SELECT chunks.id, ifnull(title, ''), substr(text, start + 1, stop - start)"
            " FROM chunks JOIN versions ON versions.id = version_id"
        )
        archive.changed()


def unfinished(archive: Archive) -> list[int]:
    """Return the current versions that a rebuild still has to index, in the order of ingest."""
    with store_errors(archive.path):
        rows = archive.connection().execute(
            "SELECT versions.id FROM versions LEFT JOIN indexed ON version_id = versions.id"
            " WHERE current = 1 AND ifnull(stale, 1) = 1 ORDER BY versions.id"
        )
        return [row[0] for row in rows.fetchall()]


def drop_index(connection: sqlite3.Connection, version_id: int) -> None:
    """Delete a version's index rows, inside the open transaction."""
    connection.execute("DELETE FROM chunks WHERE version_id = ?", (version_id,))
    connection.execute("DELETE FROM sentence_vectors WHERE version_id = ?", (version_id,))
    connection.execute("DELETE FROM indexed WHERE version_id = ?", (version_id,))


def write_index(
    connection: sqlite3.Connection,
    version: Version,
    chunks: Sequence[Chunk],
    vectors: NDArray[np.float32],
    sentence_vectors: NDArray[np.float32],
) -> None:
    """Replace a current version's index rows, inside the open transaction.

    Args:
        connection: In a transaction.
        version: A current one.
        chunks: Of `version`; their ids are given here.
        vectors: (number of chunks, dimension), unit length.
        sentence_vectors: (number of sentences, dimension), unit length.
    """
    drop_index(connection, version.id)
    for chunk, vector in zip(chunks, vectors, strict=True):
        _write_chunk(connection, version, chunk, vector)
    packed = sentence_vectors.astype("<f2").tobytes()
    connection.execute("INSERT INTO sentence_vectors VALUES (?, ?)", (version.id, packed))
    connection.execute(
        "INSERT INTO indexed (version_id, digest) VALUES (?, ?)",
        (version.id, index_digest(connection, version.id)),
    )


def _write_chunk(
    connection: sqlite3.Connection, version: Version, chunk: Chunk, vector: NDArray[np.float32]
) -> None:
    row = connection.execute(
        "INSERT INTO chunks (version_id, start, stop, first, last) VALUES (?, ?, ?, ?, ?)",
        (version.id, chunk.span.start, chunk.span.end, *chunk.sentences),
    )
    packed = vector.astype("<f4").tobytes()
    connection.execute("INSERT INTO vectors VALUES (?, ?)", (row.lastrowid, packed))
    connection.execute(
        "INSERT INTO chunk_text (rowid, title, text) VALUES (?, ?, ?)",
        (row.lastrowid, version.title or "", chunk.span.of(version.text)),
    )


def index_digest(connection: sqlite3.Connection, version_id: int) -> str:
    """Return a digest of a version's chunks, vectors and sentence vectors as they are stored."""
    digest = hashlib.blake2b(digest_size=16)
    rows = connection.execute(
        f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE version_id = ? ORDER BY id", (version_id,)
    ).fetchall()
    vectors = connection.execute(
        "SELECT vector FROM chunks JOIN vectors ON chunk_id = id WHERE version_id = ? ORDER BY id",
        (version_id,),
    )
    sentences = connection.execute(
        "SELECT vectors FROM sentence_vectors WHERE version_id = ?", (version_id,)
    )
    digest.update(json.dumps(rows, default=bytes.hex).encode())
    for (blob,) in (*vectors, *sentences):
        digest.update(blob if isinstance(blob, bytes) else b"altered")
    return digest.hexdigest()


def read_chunks(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Chunk]:
    """Return the chunks with these ids.

    Left out are those that are no longer current, and damaged ones, which hold no sentences of
    their version; `verify` names the article.
    """
    wanted = json.dumps([int(i) for i in ids])
    rows = connection.execute(
        f"SELECT {_CHUNK_COLUMNS}, length(sentences) FROM chunks"
        " JOIN versions ON versions.id = version_id"
        " WHERE current = 1 AND chunks.id IN (SELECT value FROM json_each(?))",
        (wanted,),
    )
    return {
        row[0]: Chunk(row[0], row[1], Span(row[2], row[3]), (row[4], row[5]))
        for row in rows
        if is_range(row[2], row[3]) and is_range(row[4], row[5], sentence_count(row[6]))
    }


def is_range(start: object, stop: object, length: int = sys.maxsize) -> bool:
    """Whether stored values are a range that is not empty; damaged ones may be of any type."""
    return isinstance(start, int) and isinstance(stop, int) and 0 <= start < stop <= length
