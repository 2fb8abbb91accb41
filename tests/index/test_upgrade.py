"""Stores of former formats, as the programs of their time wrote them, are brought to the newest."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.archive import Archive
from index.build import ingest
from index.check import check
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import MIGRATIONS, open_archive

ROOT = Path(__file__).parents[2]
# Written by the last version that had it: six inputs, one updated twice, one removed, two limited.
FORMAT_4 = Path(__file__).parent / "stores" / "format-4.tar.gz"
EMBEDDER = HashEmbedder(16)
FERRY = "The ferry to Gullhaven sank on Monday. All {} passengers were saved.\n\nThe mayor thanked the crew."  # noqa: E501
PIER = "The pier cost 14 million crowns. It opens in May."
# What became of it in format 4: none of these refers to an article.
KEPT = ("chunks", "vectors", "sentence_vectors", "said", "chunk_text", "ingest_error")
OF_VERSIONS = "id, number, current, title, authors, published, fetched, sha256, sentences, text"


def rows(store: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(store / "archive.sqlite3")) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with tarfile.open(FORMAT_4) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path / "store"


def former(store: Path, number: int) -> None:
    """Make a store of format 4 one of an earlier format, which had less."""
    with closing(sqlite3.connect(store / "archive.sqlite3")) as connection, connection:
        for table in ("article_groups", "said")[: 4 - number]:
            connection.execute(f"DROP TABLE {table}")
        connection.execute(f"PRAGMA user_version = {number}")


def test_everything_is_as_it_was(store: Path) -> None:
    tables = {table: rows(store, f"SELECT * FROM {table} ORDER BY 1, 2") for table in KEPT}
    versions = rows(store, f"SELECT {OF_VERSIONS}, article_id FROM versions ORDER BY id")
    with open_archive(store) as archive:
        assert check(archive) == []
    assert rows(store, "PRAGMA user_version") == [(len(MIGRATIONS),)]
    after = {table: rows(store, f"SELECT * FROM {table} ORDER BY 1, 2") for table in KEPT}
    assert after == tables
    of_versions = ", ".join(f"versions.{name}" for name in OF_VERSIONS.split(", "))
    assert versions == rows(
        store,
        f"SELECT {of_versions}, articles.id FROM versions JOIN articles ON key = article"
        " ORDER BY versions.id",
    )


def test_articles_are_read_and_searched_as_before(store: Path) -> None:
    with open_archive(store) as archive:
        stats = archive.stats()
        assert (stats.articles, stats.versions, stats.publishers) == (5, 7, 2)
        ferry = archive.article("ferry")
        assert ferry is not None
        assert (ferry.url, ferry.publisher) == ("https://gazette.example/ferry", "Gazette")
        texts = [archive.version_number("ferry", number) for number in (1, 2, 3)]
        assert [version.text for version in texts if version and version.is_intact] == [
            FERRY.format(40), FERRY.format(42), FERRY.format(42),
        ]  # fmt: skip
        current = archive.current_version("ferry")
        assert current == texts[-1]
        assert current is not None
        assert (current.title, current.authors) == ("The ferry sinks", ("Ann Ray",))
        assert current.published == date(2019, 4, 2)
        assert archive.article("gone") is None
        index = ChunkIndex(archive, EMBEDDER)
        (hit, *_) = index.lexical("mayor crew", 3)
        assert hit.chunk.version_id == current.id
        (nearest, *_) = index.dense(EMBEDDER.embed_query(FERRY.format(42)), 3)
        assert np.isclose(nearest.score, 1, atol=0.2)


def test_groups_are_those_that_they_were(store: Path) -> None:
    with open_archive(store) as archive:
        assert archive.groups_of("secret") == ("Größe & Co.", "desk")
        assert archive.groups_of("solo") == ("desk",)
        for groups, names in (("desk", {"secret", "solo"}), ("choir", set())):
            with archive.limited_to(frozenset([groups])) as limited:
                seen = {article.id for article, _ in limited.current_versions()}
                assert seen & {"secret", "solo"} == names


def test_what_files_said_is_known_and_new_versions_go_on_counting(
    store: Path, tmp_path: Path
) -> None:
    source = tmp_path / "in.jsonl"
    with open_archive(store) as archive:
        highest = max(row[0] for row in rows(store, "SELECT id FROM versions"))
        source.write_text('{"id": "ferry", "text": "It was raised."}\n{"id": "new", "text": "It."}')
        report = ingest([str(source)], archive, EMBEDDER)
        assert (report.added, report.updated) == (1, 1)
        current = archive.current_version("ferry")
        assert current is not None
        assert (current.number, current.id > highest) == (4, True)
        assert ingest([str(source)], archive, EMBEDDER).unchanged == 2
        assert check(archive) == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE versions SET title = 'Other' WHERE article_id = 'ferry'", "ferry"),
        ("UPDATE versions SET text = text || '!' WHERE article_id = 'ferry'", "ferry"),
        ("UPDATE articles SET publisher = 'Other' WHERE id = 'ferry'", "ferry"),
        ("UPDATE versions SET title = CAST(x'ff41' AS TEXT) WHERE article_id = 'ferry'", "ferry"),
        ("UPDATE articles SET publisher = x'05' WHERE id = 'ferry'", "ferry"),
        ("UPDATE article_groups SET name = char(7)", "secret"),
        ("UPDATE article_groups SET name = x'05' WHERE name = 'desk'", "solo"),
    ],
)
def test_what_was_altered_before_is_still_found(store: Path, damage: str, named: str) -> None:
    with closing(sqlite3.connect(store / "archive.sqlite3")) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("DELETE FROM article_groups WHERE article_id = 'secret' AND name > 'd'")
        connection.execute(damage)
    with open_archive(store) as archive:
        assert named in {problem.article_id for problem in check(archive)}


@pytest.mark.parametrize("number", [2, 3])
def test_stores_of_earlier_formats_are_upgraded(store: Path, number: int) -> None:
    former(store, number)
    with open_archive(store) as archive:
        assert check(archive) == []
        assert archive.article_count == 5
        assert archive.limiting_groups() == frozenset()
        assert archive.limit(["a"], article_id="ferry").changed == 1


KILLED = """
import os, signal, sys
from pathlib import Path
import corpus.migrations
from index import schema

def die(connection):
    schema._number_articles(connection)
    os.kill(os.getpid(), signal.SIGKILL)

schema.open_archive.__globals__["MIGRATIONS"] = (*schema.MIGRATIONS[:4], die)
schema.open_archive(Path(sys.argv[1]))
"""


def test_an_upgrade_that_is_killed_has_changed_nothing(store: Path) -> None:
    before = rows(store, "SELECT * FROM versions ORDER BY id")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(store)], cwd=ROOT, check=False, env=os.environ
    )
    assert done.returncode == -signal.SIGKILL
    assert rows(store, "PRAGMA user_version") == [(4,)]
    assert rows(store, "SELECT * FROM versions ORDER BY id") == before
    with open_archive(store) as archive:
        assert check(archive) == []
    with Archive.open(store, migrations=MIGRATIONS) as archive:
        assert archive.article_count == 5
