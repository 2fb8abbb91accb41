"""Snapshot plus what is newer less what is gone equals the exact numpy answer, always."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import index.chunk_index
from corpus.archive import Archive
from index.chunk_index import ChunkIndex, Hit, Limits
from index.embed_double import HashEmbedder
from index.schema import open_archive
from index.snapshot import Snapshots
from index.vectors import Vectors

Articles = list[dict[str, Any]]
Feed = Callable[..., Any]
ROUNDING = 2e-5

_WORDS = "oil wheat steel cotton tea copper salt paper timber coal glass rubber".split()


@pytest.fixture(autouse=True)
def small_stores_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let FAISS, snapshots and folding begin at 25 chunks."""
    monkeypatch.setattr(index.chunk_index, "SMALL", 25)


def exact(archive: Archive, query: Vectors, where: str = "1") -> dict[int, float]:
    """Return what plain arithmetic says of the stored vectors that `where` lets through."""
    rows = archive.connection().execute(
        "SELECT chunks.id, vector FROM vectors JOIN chunks ON chunks.id = chunk_id"
        " JOIN versions ON versions.id = version_id JOIN articles ON key = versions.article"
        f" WHERE {where}"
    )
    wide = query.astype(np.float64)
    return {i: float(np.frombuffer(vector, "<f4").astype(np.float64) @ wide) for i, vector in rows}


def assert_nearest(hits: Sequence[Hit], wanted: dict[int, float], k: int) -> None:
    """Check that these are the `k` best, in order, with their values."""
    found = {hit.chunk.id: hit.score for hit in hits}
    assert len(hits) == len(found) == min(k, len(wanted))
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(one.score >= two.score for one, two in pairwise(hits))
    assert found == pytest.approx({i: wanted[i] for i in found}, abs=ROUNDING)
    left = [score for i, score in wanted.items() if i not in found]
    assert not left or not hits or max(left) <= hits[-1].score + ROUNDING


def random_query(chance: random.Random) -> Vectors:
    vector = np.array([chance.gauss(0, 1) for _ in range(64)], np.float32)
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit


class Changes:
    """Random changes of a store: new articles, newer versions, removals, snapshots."""

    def __init__(self, archive: Archive, feed: Feed, seed: int) -> None:
        self.chance = random.Random(seed)
        self._archive, self._feed = archive, feed
        self._next = 0
        self._known: list[str] = []

    def one(self) -> None:
        kind = self.chance.choices(
            ["add", "update", "remove", "publish", "nothing"], [40, 25, 20, 8, 7]
        )[0]
        if kind == "add" or (not self._known and kind in ("update", "remove")):
            new = [f"n{self._next + number}" for number in range(self.chance.randint(1, 6))]
            self._next += len(new)
            self._known += new
            self._feed(*[self._article(name) for name in new])
        elif kind == "update":
            self._feed(self._article(self.chance.choice(self._known)))
        elif kind == "remove":
            name = self._known.pop(self.chance.randrange(len(self._known)))
            assert self._archive.remove(article_id=name) == 1
        elif kind == "publish":
            ChunkIndex(self._archive, HashEmbedder()).publish()

    def _article(self, name: str) -> dict[str, Any]:
        words = self.chance.choices(_WORDS, k=self.chance.choice([40, 300, 700]))
        sentences = [
            f"{name} {' '.join(words[at : at + 20])} {self.chance.random()}."
            for at in range(0, len(words), 20)
        ]
        return {"id": name, "text": " ".join(sentences)}


@pytest.mark.parametrize("seed", range(4))
def test_every_state_equals_the_exact_answer(archive: Archive, feed: Feed, seed: int) -> None:
    changes = Changes(archive, feed, seed)
    lasting = ChunkIndex(archive, HashEmbedder())
    for _ in range(20):
        changes.one()
        for searched in (lasting, ChunkIndex(archive, HashEmbedder())):
            for k in (1, 5, 500):
                query = random_query(changes.chance)
                assert_nearest(searched.dense(query, k), exact(archive, query), k)


def test_a_search_joins_snapshot_and_tail_without_the_dead(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(40, sentences=2))
    archive.remove(article_id="a3")
    feed(*many(2, start=50, sentences=2))
    searched = ChunkIndex(archive, embedder)
    state = searched._current()
    assert state.base is not None
    assert (len(state.base), len(state.dead), len(state.tail)) == (40, 1, 2)
    for text in ("Pier 50x0 took crates", "Pier 3x0 took crates", "Pier 4x0 took crates"):
        query = embedder.embed_query(text)
        for k in (1, 2, 41, 42):
            assert_nearest(searched.dense(query, k), exact(archive, query), k)


# Who changes it


def test_a_commit_of_another_connection_is_seen_by_the_next_search(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(3))
    with open_archive(archive.store) as other:
        searched = ChunkIndex(other, embedder)
        query = embedder.embed_query("crates of oil")
        assert_nearest(searched.dense(query, 99), exact(archive, query), 99)
        feed(*many(3, start=10))
        assert_nearest(searched.dense(query, 99), exact(archive, query), 99)
        archive.remove(article_id="a11")
        assert_nearest(searched.dense(query, 99), exact(archive, query), 99)
        assert searched.chunk_count() == len(exact(archive, query))


def test_a_commit_of_another_process_is_seen_by_the_next_search(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(4))
    searched = ChunkIndex(archive, embedder)
    query = embedder.embed_query("crates of oil")
    before = searched.dense(query, 99)
    code = (
        "import sys; from pathlib import Path; from index.schema import open_archive\n"
        "with open_archive(Path(sys.argv[1])) as archive: archive.remove(article_id='a2')"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", code, str(archive.store)], check=True, env=environment)
    assert_nearest(searched.dense(query, 99), exact(archive, query), 99)
    assert len(searched.dense(query, 99)) < len(before)
    words = searched.lexical("pier 2x3", 99)
    assert all(archive.version(hit.chunk.version_id).article_id != "a2" for hit in words)


def test_threads_search_while_articles_come_and_go(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(6))
    searched = ChunkIndex(archive, embedder)
    query = embedder.embed_query("crates of oil")
    failures: list[object] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            try:
                hits = searched.dense(query, 5) + searched.lexical("oil", 5)
                if len(hits) < 5:
                    failures.append(len(hits))
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        feed(*many(2, start=100 + number))
        archive.remove(article_id=f"a{100 + number}")
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert_nearest(searched.dense(query, 99), exact(archive, query), 99)


def test_what_is_removed_between_search_and_read_is_left_out(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(4, sentences=2))
    searched = ChunkIndex(archive, embedder)
    query = embedder.embed_query("crates of oil")
    ids, scores = searched._current().search(query, 4, None)
    gone = archive.connection().execute(
        "SELECT articles.id FROM chunks JOIN versions ON versions.id = version_id"
        " JOIN articles ON key = versions.article WHERE chunks.id = ?", (int(ids[1]),),
    ).fetchone()[0]  # fmt: skip
    archive.remove(article_id=gone)
    hits = searched._hits(zip(ids.tolist(), scores.tolist(), strict=True))
    assert [hit.chunk.id for hit in hits] == [i for n, i in enumerate(ids.tolist()) if n != 1]
    assert [hit.rank for hit in hits] == [1, 2, 3]


# What is asked


@pytest.mark.parametrize(
    ("limits", "where"),
    [
        pytest.param(Limits(publisher="post"), "publisher = 'Post'", id="publisher"),
        pytest.param(Limits(since=date(2019, 6, 1)), "published >= '2019-06-01'", id="since"),
        pytest.param(Limits(until=date(2019, 6, 8)), "published <= '2019-06-08'", id="until"),
        pytest.param(
            Limits("Gazette", date(2019, 2, 1), date(2019, 11, 30)),
            "publisher = 'Gazette' AND published BETWEEN '2019-02-01' AND '2019-11-30'",
            id="all",
        ),
        pytest.param(Limits(publisher="Nobody"), "0", id="nothing"),
    ],
)
def test_limits_hold_over_snapshot_and_tail(
    archive: Archive,
    feed: Feed,
    many: Callable[..., Articles],
    embedder: HashEmbedder,
    limits: Limits,
    where: str,
) -> None:
    feed(*many(14))
    feed(*many(4, start=14, sentences=3))
    archive.remove(article_id="a5")
    searched = ChunkIndex(archive, embedder)
    for text in ("crates of oil", "tea from the ship", "copper"):
        query = embedder.embed_query(text)
        for k in (1, 4, 999):
            assert_nearest(searched.dense(query, k, limits), exact(archive, query, where), k)
    allowed = set(exact(archive, query, where))
    words = searched.lexical("crates of oil from the ship", 999, limits)
    assert {hit.chunk.id for hit in words} == allowed


@pytest.mark.parametrize("k", [-3, 0])
def test_nothing_wanted(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder, k: int
) -> None:
    feed(*many(12))
    searched = ChunkIndex(archive, embedder)
    assert searched.dense(embedder.embed_query("oil"), k) == []
    assert searched.lexical("oil", k) == []


def test_an_empty_store(archive: Archive, embedder: HashEmbedder) -> None:
    searched = ChunkIndex(archive, embedder)
    assert searched.dense(embedder.embed_query("oil"), 5) == searched.lexical("oil", 5) == []
    assert searched.chunk_count() == 0
    assert searched.document_frequency(["oil"]) == {"oil": 0}
    assert searched.sentence_vectors(1).shape == (0, embedder.dimension)


@pytest.mark.parametrize("published", [True, False], ids=["snapshot and tail", "tail"])
def test_equal_scores_are_ordered_by_id(
    archive: Archive, feed: Feed, embedder: HashEmbedder, published: bool
) -> None:
    text = "The pier burned on that day."
    same = [{"id": f"s{n}", "text": text} for n in range(12)]
    feed(*same[:8])
    searched = ChunkIndex(archive, embedder)
    if published:
        searched.publish()
    feed(*same[8:])
    archive.remove(article_id="s2")
    hits = ChunkIndex(archive, embedder).dense(embedder.embed_query(text), 6)
    ids = [row[0] for row in archive.connection().execute("SELECT id FROM chunks ORDER BY id")]
    assert len(ids) == 11
    assert [hit.chunk.id for hit in hits] == ids[:6]
    assert {hit.score for hit in hits} == {1.0}


def test_document_frequency_counts_current_chunks(
    archive: Archive, feed: Feed, embedder: HashEmbedder
) -> None:
    feed(
        {"id": "a", "title": "Loans", "text": "The lender met."},
        {"id": "b", "text": "A loan was given to the lenders."},
        {"id": "c", "text": "Nobody lent."},
    )
    searched = ChunkIndex(archive, embedder)
    asked = ["loan", "lender", "zebra", "the lenders"]
    assert list(searched.document_frequency(asked).values()) == [2, 2, 0, 2]
    feed({"id": "b", "text": "The ship sank."})
    archive.remove(article_id="c")
    assert list(searched.document_frequency([*asked, "lent", "ship"]).values()) == [
        1, 1, 0, 1, 0, 1,
    ]  # fmt: skip


# When a snapshot is made


def generation(archive: Archive) -> int:
    manifest = Snapshots(archive).manifest()
    return manifest.generation if manifest else 0


def test_a_snapshot_is_made_when_the_store_is_large_and_renewed_when_outdated(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    searched = ChunkIndex(archive, embedder)
    feed(*many(24, sentences=2))  # 24 chunks, one below the limit
    assert generation(archive) == 0
    feed(*many(1, start=50, sentences=2))
    assert generation(archive) == 1
    feed(*many(2, start=60, sentences=2))  # 2 of 27 are new
    assert generation(archive) == 1
    feed(*many(1, start=70, sentences=2))  # 3 of 28
    assert generation(archive) == 2
    for number in (1, 2):
        archive.remove(article_id=f"a{number}")
        searched.publish_if_worthwhile()
    assert generation(archive) == 2  # 2 of 26 are gone
    archive.remove(article_id="a3")
    searched.publish_if_worthwhile()
    assert generation(archive) == 3  # 3 of 25
    archive.remove(publisher="Gazette")
    searched.publish_if_worthwhile()
    assert generation(archive) == 3  # small again: the old one serves


def test_a_snapshot_holds_exactly_the_current_vectors(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(12))
    archive.remove(article_id="a4")
    feed({**many(1)[0], "text": "A newer text of the first."})
    ChunkIndex(archive, embedder).publish()
    vectors = Snapshots(archive).load(embedder.fingerprint, embedder.dimension)
    assert vectors is not None
    ids = [row[0] for row in archive.connection().execute("SELECT id FROM chunks ORDER BY id")]
    assert sorted(vectors.ids.tolist()) == ids
    state = ChunkIndex(archive, embedder)._current()
    assert state.outdated == 0


def test_a_long_tail_is_folded_into_the_base_without_changing_an_answer(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    searched = ChunkIndex(archive, embedder)
    query = embedder.embed_query("crates of oil")
    sizes = []
    for number in range(40):
        feed(*many(1, start=number, sentences=3))
        for path in (archive.store / "snapshots").glob("*"):
            path.unlink()  # so that only folding shortens the tail
        assert_nearest(searched.dense(query, 10), exact(archive, query), 10)
        sizes.append(searched._current().outdated)
    assert max(sizes) == 25
    assert sizes[25] == 0


def test_many_dead_ones_are_folded_away(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(60, sentences=2))
    searched = ChunkIndex(archive, embedder)
    query = embedder.embed_query("crates of oil")
    assert len(searched.dense(query, 99)) == 60
    for number in range(40):
        archive.remove(article_id=f"a{number}")
    assert_nearest(searched.dense(query, 99), exact(archive, query), 99)
    assert searched._current().outdated == 0


# Damaged vectors


def test_damaged_vectors_cost_their_chunk_only(
    archive: Archive, feed: Feed, many: Callable[..., Articles], embedder: HashEmbedder
) -> None:
    feed(*many(6, sentences=2))
    ids = [row[0] for row in archive.connection().execute("SELECT id FROM chunks ORDER BY id")]
    nan = np.full(embedder.dimension, np.nan, "<f4").tobytes()
    with archive.transaction() as connection:
        for i, blob in ((ids[0], b"short"), (ids[1], nan), (ids[2], b"")):
            connection.execute("UPDATE vectors SET vector = ? WHERE chunk_id = ?", (blob, i))
        connection.execute("DELETE FROM vectors WHERE chunk_id = ?", (ids[3],))
        archive.changed()
    searched = ChunkIndex(archive, embedder)
    query = embedder.embed_query("crates of oil")
    hits = searched.dense(query, 99)
    assert {hit.chunk.id for hit in hits} == {ids[1], *ids[4:]}
    assert {hit.chunk.id: hit.score for hit in hits}[ids[1]] == 0
    searched.publish()
    assert ChunkIndex(archive, embedder).dense(query, 99) == hits
    assert len(searched.lexical("crates of oil", 99)) == 6


@pytest.mark.parametrize(
    ("blob", "rows"),
    [
        pytest.param(b"", 0, id="empty"),
        pytest.param(b"12345", 0, id="no whole number of vectors"),
        pytest.param(np.full((2, 64), np.nan, "<f2").tobytes(), 2, id="not numbers"),
        pytest.param(np.full((2, 64), np.inf, "<f2").tobytes(), 2, id="infinite"),
        pytest.param(np.zeros((2, 64), "<f2").tobytes(), 2, id="zero"),
    ],
)
def test_damaged_sentence_vectors_are_near_nothing(
    archive: Archive, feed: Feed, embedder: HashEmbedder, blob: bytes, rows: int
) -> None:
    feed({"id": "a", "text": "The pier burned. Nobody was hurt."})
    with archive.transaction() as connection:
        connection.execute("UPDATE sentence_vectors SET vectors = ?", (blob,))
    vectors = ChunkIndex(archive, embedder).sentence_vectors(1)
    assert vectors.shape == (rows, embedder.dimension)
    assert not vectors.any()


def test_sentence_vectors_have_unit_length_and_the_order_of_the_sentences(
    archive: Archive, feed: Feed, embedder: HashEmbedder
) -> None:
    texts = ["The pier burned.", "Nobody was hurt.", "The mayor came at once."]
    feed({"id": "a", "text": " ".join(texts)})
    vectors = ChunkIndex(archive, embedder).sentence_vectors(1)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    np.testing.assert_allclose(vectors, embedder.embed_texts(texts), atol=1e-3)
