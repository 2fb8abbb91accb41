"""Whatever is altered in the index: the rest is answered, quotes stay true, the check tells."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from corpus.sample import sample_path
from index.build import ingest
from index.check import check
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.assistant import Assistant
from qa.quotes import find_quote
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from tests import shipped

QUESTIONS = ("How much has China lent Venezuela?", "How many people died in the Brackmere flood?")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("sound") / "store"
    with open_archive(store, create=True) as archive:
        ingest([str(sample_path())], archive, HashEmbedder())
    return store


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE chunks SET version_id = (SELECT max(id) FROM versions)",
        "UPDATE chunks SET version_id = 99999 WHERE id % 2",
        "UPDATE chunks SET last = last + 100 WHERE id % 2",
        "UPDATE chunks SET first = -first - 1 WHERE id % 2",
        "UPDATE chunks SET first = last WHERE id % 2",
        "UPDATE chunks SET first = 'x' WHERE id % 2",
        "UPDATE chunks SET last = x'00' WHERE id % 2",
        "UPDATE chunks SET start = stop WHERE id % 2",
        "UPDATE chunks SET start = -5 WHERE id % 2",
        "UPDATE chunks SET stop = 'x' WHERE id % 2",
        "UPDATE chunks SET id = -id",
        "UPDATE chunks SET version_id = 'x' WHERE id % 2",
        "UPDATE vectors SET chunk_id = -chunk_id WHERE chunk_id % 2",
        "UPDATE vectors SET vector = 7 WHERE chunk_id % 2",
        "UPDATE vectors SET vector = CAST(hex(zeroblob(128)) AS TEXT) WHERE chunk_id % 2",
        "UPDATE vectors SET vector = x'' WHERE chunk_id % 2",
        "UPDATE sentence_vectors SET vectors = substr(vectors, 129)",
        "UPDATE sentence_vectors SET vectors = vectors || zeroblob(128)",
        "UPDATE sentence_vectors SET vectors = 7",
        "UPDATE sentence_vectors SET vectors = 'twelve letters'",
        "DELETE FROM sentence_vectors",
        "DELETE FROM vectors",
        "UPDATE versions SET current = 0 WHERE id % 2",
    ],
)
def test_damage_costs_no_more_than_what_is_damaged(
    sound: Path, tmp_path: Path, damage: str
) -> None:
    store = Path(shutil.copytree(sound, tmp_path / "store"))
    with closing(sqlite3.connect(store / "archive.sqlite3")) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(damage)
        connection.commit()
    with open_archive(store) as archive:
        assert check(archive)
        embedder = HashEmbedder()
        index = ChunkIndex(archive, embedder)
        assistant = Assistant(
            archive,
            index,
            embedder,
            Reader(archive, index, shipped_weights(), shipped.reader()),
            shipped.resolver(),
            floor=0.0,
            quotes=4,
        )
        for answer in map(assistant.ask, QUESTIONS):
            assert answer.citations or "SET id = -id" in damage or "max(id)" in damage
            for citation in (*answer.citations, *answer.nearest):
                version = archive.version_number(citation.article_id, citation.version)
                assert version is not None
                assert version == archive.current_version(citation.article_id)
                assert citation.quote == citation.span.of(version.text)
        find_quote(archive, "lent Venezuela many million dollars")
