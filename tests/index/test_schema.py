from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.errors import ModelError, StoreFormatError
from index.embed_double import HashEmbedder
from index.schema import (
    MIGRATIONS,
    check_embedder,
    claim_embedder,
    index_digest,
    open_archive,
    read_chunks,
)

TABLES = ("chunks", "vectors", "chunk_text", "sentence_vectors", "indexed")
TEXT = "The pier burned. Nobody was hurt. The mayor came at once."


def counts(archive: Archive) -> dict[str, int]:
    connection = archive.connection()
    return {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES}


def test_format_number_is_the_number_of_migrations(archive: Archive) -> None:
    number = archive.connection().execute("PRAGMA user_version").fetchone()[0]
    assert number == len(MIGRATIONS)


def test_without_the_index_the_store_is_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(StoreFormatError, match=f"format {len(MIGRATIONS)}"):
        Archive.open(archive.store)
    assert tmp_path


def test_rows_hold_what_was_stored(archive: Archive, feed: Callable[..., Any]) -> None:
    feed({"id": "a", "title": "Fire", "text": TEXT})
    connection = archive.connection()
    ids = [row[0] for row in connection.execute("SELECT id FROM chunks")]
    chunks = read_chunks(connection, [*ids, 999])
    assert list(chunks) == ids
    chunk = chunks[ids[0]]
    version = archive.version(chunk.version_id)
    assert chunk.span.of(version.text) == version.text == TEXT
    assert chunk.sentences == (0, len(archive.sentences(version.id)))
    assert connection.execute("SELECT title, text FROM chunk_text").fetchall() == [("Fire", TEXT)]
    assert archive.stats().chunks == 1


def test_a_newer_version_takes_the_place_of_the_older_ones_rows(
    archive: Archive, feed: Callable[..., Any]
) -> None:
    feed({"id": "a", "text": TEXT})
    before = archive.connection().execute("SELECT id, version_id FROM chunks").fetchall()
    feed({"id": "a", "text": TEXT.replace("pier", "mole")})
    after = archive.connection().execute("SELECT id, version_id FROM chunks").fetchall()
    assert counts(archive) == dict.fromkeys(TABLES, 1)
    assert after[0][0] > before[0][0]
    assert after[0][1] > before[0][1]


def test_removal_leaves_nothing_behind_and_ids_are_never_used_again(
    archive: Archive, feed: Callable[..., Any]
) -> None:
    feed({"id": "a", "text": TEXT})
    (before,) = archive.connection().execute("SELECT id FROM chunks").fetchone()
    assert archive.remove(article_id="a") == 1
    assert counts(archive) == dict.fromkeys(TABLES, 0)
    assert archive.connection().execute(
        "SELECT count(*) FROM chunk_text WHERE chunk_text MATCH 'pier'"
    ).fetchone() == (0,)
    feed({"id": "a", "text": TEXT})
    assert archive.connection().execute("SELECT id FROM chunks").fetchone()[0] > before


def test_the_first_ingest_decides_the_embedder(archive: Archive, feed: Callable[..., Any]) -> None:
    claim_embedder(archive, "never used")
    feed({"id": "a", "text": TEXT})
    mine = HashEmbedder().fingerprint
    assert archive.meta("embedder") == mine
    check_embedder(archive, mine)
    for refuse in (check_embedder, claim_embedder):
        with pytest.raises(ModelError, match=rf"{mine}.*another model.*rebuild"):
            refuse(archive, "another model")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE vectors SET vector = zeroblob(length(vector))",
        "UPDATE sentence_vectors SET vectors = zeroblob(8)",
        "UPDATE chunks SET stop = stop - 1",
        "DELETE FROM vectors",
    ],
)
def test_the_index_digest_sees_every_change(
    archive: Archive, feed: Callable[..., Any], change: str
) -> None:
    feed({"id": "a", "text": TEXT})
    connection = archive.connection()
    version_id, digest = connection.execute("SELECT version_id, digest FROM indexed").fetchone()
    assert index_digest(connection, version_id) == digest
    connection.execute(change)
    assert index_digest(connection, version_id) != digest


def test_the_index_is_added_to_a_store_that_has_none(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "old", create=True, migrations=MIGRATIONS[:1]):
        pass
    with open_archive(tmp_path / "old") as archive:
        assert counts(archive) == dict.fromkeys(TABLES, 0)
