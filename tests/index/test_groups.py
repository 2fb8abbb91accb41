"""Search for readers in groups: the nearest of what they may see, as if nothing else were there."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import index.chunk_index
from corpus.archive import Archive
from corpus.errors import StoreError
from index.build import IngestReport, ingest
from index.check import check
from index.chunk_index import ChunkIndex, Limits
from index.embed_double import HashEmbedder
from index.intake import Grouping
from index.lexical import document_frequency, search, search_phrase
from index.rebuild import rebuild

Feed = Callable[..., IngestReport]
Many = Callable[..., list[dict[str, Any]]]
QUESTIONS = ("crates of oil and tea", "copper from the ship 12", "salt on pier 3x4", "harbour")
READERS = (frozenset[str](), frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("x"))


@pytest.fixture(autouse=True)
def small_stores_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let FAISS, snapshots and folding begin at 25 chunks."""
    monkeypatch.setattr(index.chunk_index, "SMALL", 25)


def texts(archive: Archive, found: Any) -> list[str]:
    return [hit.chunk.span.of(archive.version(hit.chunk.version_id).text) for hit in found]


def may_see(archive: Archive, reader: frozenset[str]) -> set[int]:
    """Return the chunks of what these readers may see, by plain Python."""
    rows = archive.connection().execute(
        "SELECT chunks.id, articles.id FROM chunks JOIN versions ON versions.id = version_id"
        " JOIN articles ON key = versions.article"
    )
    of_chunks = rows.fetchall()
    groups = {name: archive.groups_of(name) for _, name in of_chunks}
    return {id_ for id_, name in of_chunks if not groups[name] or reader.intersection(groups[name])}


def assert_as_if_nothing_else_were_there(archive: Archive, whole: ChunkIndex, k: int) -> None:
    embedder = HashEmbedder()
    for reader in READERS:
        may = may_see(archive, reader)
        with archive.limited_to(reader) as limited:
            seen = whole.seen_by(limited)
            assert seen.chunk_count() == len(may)
            for question in QUESTIONS:
                vector = embedder.embed_query(question)
                for found, all_found in (
                    (seen.dense(vector, k), whole.dense(vector, 10_000)),
                    (seen.lexical(question, k), whole.lexical(question, 10_000)),
                ):
                    wanted = [(hit.chunk.id, hit.score) for hit in all_found if hit.chunk.id in may]
                    assert [(hit.chunk.id, hit.score) for hit in found] == wanted[:k]
                    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("seed", range(3))
def test_every_state_has_the_nearest_that_may_be_seen(
    archive: Archive, feed: Feed, many: Many, seed: int
) -> None:
    chance = random.Random(seed)
    whole = ChunkIndex(archive, HashEmbedder())
    articles = many(24)
    for step in range(6):
        for article in chance.sample(articles, 8):
            article["text"] = article["text"].replace("on that day", f"on day {step}")
            feed(article)
        for article in chance.sample(articles, 10):
            archive.limit(chance.sample("ab", chance.randint(0, 2)), article_id=article["id"])
        if step == 3:
            whole.publish()
        for k in (1, 7, 500):
            assert_as_if_nothing_else_were_there(archive, whole, k)


@pytest.mark.parametrize("limits", [Limits(publisher="post"), Limits(publisher="x")])
def test_an_outlet_is_searched_as_far_as_it_may_be_seen(
    archive: Archive, feed: Feed, many: Many, limits: Limits
) -> None:
    feed(*many(12))
    for number in (1, 4):
        archive.limit(["a"], article_id=f"a{number}")
    with archive.limited_to(frozenset()) as limited:
        seen = ChunkIndex(archive, HashEmbedder()).seen_by(limited)
        vector = HashEmbedder().embed_query("oil")
        for found in (seen.dense(vector, 500, limits), seen.lexical("oil crates", 500, limits)):
            ids = {archive.version(hit.chunk.version_id).article_id for hit in found}
            assert ids == ({"a7", "a10"} if limits.publisher == "post" else set())


def test_a_change_counts_for_the_next_search_of_every_thread(
    archive: Archive, feed: Feed, many: Many
) -> None:
    feed(*many(6))
    limited = archive.limited_to(frozenset("a"))
    seen = ChunkIndex(archive, HashEmbedder()).seen_by(limited)
    vector = HashEmbedder().embed_query("Pier 3x4 took crates")
    ready, go, wrong = threading.Barrier(4), threading.Event(), []

    def ask() -> None:
        seen.dense(vector, 500)
        seen.lexical("crates", 500)
        ready.wait()
        go.wait()
        found = [*seen.dense(vector, 500), *seen.lexical("crates", 500)]
        names = {archive.version(hit.chunk.version_id).article_id for hit in found}
        wrong.extend([] if names == {"a0", "a1", "a2", "a4", "a5"} else [names])

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    ready.wait()
    archive.limit(["b"], article_id="a3")
    go.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    archive.limit(["a", "b"], article_id="a3")
    everything = len(may_see(archive, frozenset("a")))
    assert len(seen.lexical("crates", 500)) == everything == seen.chunk_count()
    limited.close()


def test_what_is_limited_between_search_and_read_is_left_out(
    archive: Archive, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed({"id": "x", "text": "The pier burned."}, {"id": "y", "text": "The pier was built."})
    limited = archive.limited_to(frozenset())
    seen = ChunkIndex(archive, HashEmbedder()).seen_by(limited)
    read = index.chunk_index.read_chunks

    def late(connection: sqlite3.Connection, ids: Any) -> Any:
        archive.limit(["a"], article_id="x")
        return read(connection, ids)

    monkeypatch.setattr(index.chunk_index, "read_chunks", late)
    assert texts(limited, seen.lexical("pier", 5)) == ["The pier was built."]
    archive.limit([], article_id="x")
    vector = HashEmbedder().embed_query("pier")
    assert texts(limited, seen.dense(vector, 5)) == ["The pier was built."]
    limited.close()


def test_versions_vectors_and_counts_are_those_that_may_be_seen(
    archive: Archive, feed: Feed, many: Many
) -> None:
    feed(*many(4))
    archive.limit(["b"], article_id="a2")
    versions = {article.id: version.id for article, version in archive.current_versions()}
    with archive.limited_to(frozenset("a")) as limited:
        whole = ChunkIndex(archive, HashEmbedder())
        seen = whole.seen_by(limited)
        found = {hit.chunk.version_id for hit in seen.of_versions(list(versions.values()), 2)}
        assert found == {versions[name] for name in ("a0", "a1", "a3")}
        assert len(seen.sentence_vectors(versions["a2"])) == 0
        assert len(seen.sentence_vectors(versions["a1"])) == 30
        assert seen.document_frequency(["2x1", "1x1", "nowhere"]) == {
            "2x1": 0, "1x1": 1, "nowhere": 0,
        }  # fmt: skip
        assert whole.document_frequency(["2x1"]) == {"2x1": 1}
        with pytest.raises(StoreError, match="only read"):
            seen.publish()


def test_who_forgets_to_say_that_readers_are_limited_finds_nothing(
    archive: Archive, feed: Feed
) -> None:
    feed({"id": "x", "text": "The pier burned.", "groups": ["a"]})
    with archive.limited_to(frozenset("b")) as limited:
        connection = limited.connection()
        for forgetful in (
            lambda: search(connection, "pier", 5),
            lambda: search_phrase(connection, "pier", 5),
            lambda: document_frequency(connection, ["pier"]),
        ):
            with pytest.raises(sqlite3.OperationalError, match="no such column"):
                forgetful()
        assert search(connection, "pier", 5, seen_only=True) == []
        assert connection.execute("SELECT count(*) FROM chunk_text").fetchone() == (0,)
    with pytest.raises(sqlite3.OperationalError, match="seen_at"):  # it would be read-only then
        search(archive.connection(), "pier", 5, seen_only=True)


def test_a_phrase_of_hidden_articles_takes_no_place(archive: Archive, feed: Feed) -> None:
    texts = [f"The pier burned on day {number}." for number in range(30)]
    feed(*({"id": f"x{n}", "text": text} for n, text in enumerate(texts)))
    for number in range(25):
        archive.limit(["a"], article_id=f"x{number}")
    with archive.limited_to(frozenset()) as limited:
        found = search_phrase(limited.connection(), "the pier burned", 3, seen_only=True)
        assert len(found) == 3
        assert np.isin(found, list(may_see(archive, frozenset()))).all()


def test_readers_go_on_while_the_search_is_rebuilt(
    archive: Archive, feed: Feed, many: Many
) -> None:
    feed(*many(4))
    archive.limit(["b"], article_id="a2")
    with archive.limited_to(frozenset("a")) as limited:
        seen = ChunkIndex(archive, HashEmbedder()).seen_by(limited)
        before = len(seen.lexical("crates", 500))
        rebuild(archive, HashEmbedder())
        assert len(seen.lexical("crates", 500)) == before == seen.chunk_count()
        assert len(seen.dense(HashEmbedder().embed_query("oil"), 500)) == before


# Storing


def test_groups_come_with_the_articles(archive: Archive, feed: Feed) -> None:
    x = {"id": "x", "text": "The pier burned."}
    assert feed(x | {"groups": [" a ", "b"]}).added == 1
    assert archive.groups_of("x") == ("a", "b")
    change = archive.change
    for said in (x, x | {"groups": None}):
        assert feed(said).unchanged == 1
    assert (archive.groups_of("x"), archive.change) == (("a", "b"), change)
    assert feed(x | {"groups": ["c"]}).updated == 1
    assert archive.groups_of("x") == ("c",)
    assert archive.current_version("x") == archive.version_number("x", 1)
    assert feed(x | {"text": "It was built.", "groups": []}).updated == 1
    assert archive.groups_of("x") == ()


def test_what_a_file_said_before_does_not_count_against_what_was_limited_since(
    archive: Archive, feed: Feed
) -> None:
    x = {"id": "x", "text": "The pier burned.", "groups": []}
    feed(x)
    archive.limit(["a"], article_id="x")
    assert feed(x).unchanged == 1
    assert archive.groups_of("x") == ("a",)


def test_an_ingest_may_limit_all_that_it_reads(tmp_path: Path, archive: Archive) -> None:
    source = tmp_path / "in.jsonl"
    lines = [{"id": "x", "text": "Old."}, {"id": "x", "text": "New."}, {"id": "y", "text": "It."}]
    source.write_text("".join(f"{json.dumps(line | {'groups': ['z']})}\n" for line in lines))

    def read(**how: Any) -> IngestReport:
        return ingest([str(source)], archive, HashEmbedder(), grouping=Grouping(**how))

    assert read(groups=("a",)).added == 2
    assert archive.limiting_groups() == {"a"}
    versions = archive.stats().versions
    archive.limit([], article_id="x")
    assert read().unchanged == 3
    report = read(groups=("a",))  # said on the command line, it counts though nothing is new
    assert (report.updated, report.unchanged) == (1, 2)
    assert archive.groups_of("x") == ("a",)
    source.write_text(source.read_text().split("\n", 1)[0])  # the file says less of x than it did
    report = read(groups=("b",))
    assert (report.done, report.unchanged, archive.groups_of("x")) == (1, 0, ("b",))
    assert archive.stats().versions == versions + 1
    assert check(archive) == []


def test_what_somebody_does_not_see_is_not_opened_by_bringing_it(
    tmp_path: Path, archive: Archive, feed: Feed
) -> None:
    feed({"id": "x", "text": "A secret.", "groups": ["a"]}, {"id": "y", "text": "It."})
    (hidden,) = archive.current_versions_of("x")
    source = tmp_path / "mine.jsonl"
    for text in ("A secret.", "Another text."):
        for groups in ([], ["b"]):
            lines = [{"id": name, "text": text, "groups": groups} for name in "xyz"]
            source.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
            mine = Grouping(brought_by=frozenset("b"))
            ingest([str(source)], archive, HashEmbedder(), grouping=mine)
            found = archive.current_with(hidden.article_key)
            assert found is not None
            assert (found[1], archive.groups_of(found[0])) == (hidden, ("a",))
            with archive.limited_to(frozenset("b")) as limited:
                for name in "xyz":
                    (current,) = limited.current_versions_of(name)
                    article = archive.article_of(current)
                    assert article is not None
                    assert (current.text, archive.groups_of(article)) == (text, tuple(groups))


def test_groups_of_no_article_are_found(archive: Archive, feed: Feed) -> None:
    feed({"id": "x", "text": "The pier burned.", "groups": ["a"]})
    assert check(archive) == []
    connection = archive.connection()
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("INSERT INTO article_groups VALUES (99, 'a'), (1, char(10))")
    assert sorted(map(str, check(archive))) == [
        "number 99: it is limited to groups, but there is no such article",
        "x: the groups that it is limited to were altered",
        "x: the name of a group that it is limited to was altered",
    ]
