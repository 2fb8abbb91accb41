"""The ingest and the rebuild: one article a transaction, whatever happens in between."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import index.build
import index.chunk_index
from corpus.archive import Archive
from corpus.errors import ModelError, StoreLockedError
from index.build import IngestReport, Progress, ingest, rebuild
from index.check import check
from index.chunk_index import ChunkIndex
from index.embed import Passage, PassageVectors
from index.embed_double import HashEmbedder
from index.schema import open_archive, unfinished

Articles = list[dict[str, Any]]
Many = Callable[..., Articles]
Write = Callable[..., str]


class WatchedEmbedder(HashEmbedder):
    """Remembers how many articles each call embeds, and fails on the words it is told."""

    def __init__(self, refuses: str = "", breaks_on: str = "", chokes_on: str = "") -> None:
        super().__init__()
        self.windows: list[int] = []
        self._refuses, self._breaks_on, self._chokes_on = refuses, breaks_on, chokes_on

    def fits(self, text: str) -> bool:
        if self._chokes_on and self._chokes_on in text:
            raise RuntimeError("the tokeniser gives up")
        return super().fits(text)

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        if passages:
            self.windows.append(len({passage.text.partition("\n")[0] for passage in passages}))
        for word, error in ((self._refuses, ValueError), (self._breaks_on, MemoryError)):
            if word and any(word in passage.text for passage in passages):
                raise error(f"cannot embed {word}")
        return super().embed_passages(passages)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write articles, or whole lines, to a JSONL file; return its name."""

    def to_file(*lines: dict[str, Any] | str, name: str = "in.jsonl") -> str:
        path = tmp_path / name
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("".join(f"{text}\n" for text in texts))
        return str(path)

    return to_file


def ids(archive: Archive) -> list[str]:
    return [article.id for article, _ in archive.current_versions()]


def after(calls: int) -> Callable[[], bool]:
    """Return a stop that says yes once it has been asked this often."""
    asked = Counter[str]()

    def stop() -> bool:
        asked["times"] += 1
        return asked["times"] > calls

    return stop


# Windows


def test_articles_are_embedded_in_windows_and_each_only_once(
    archive: Archive, many: Many, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.build, "_WINDOW_ARTICLES", 5)
    embedder = WatchedEmbedder()
    ingest([write(*many(12, sentences=2))], archive, embedder)
    assert embedder.windows == [5, 5, 2]
    assert ids(archive) == [f"a{n}" for n in range(12)]


def test_a_window_of_long_articles_is_smaller(
    archive: Archive, many: Many, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.build, "_WINDOW_CHARACTERS", 900)
    embedder = WatchedEmbedder()
    articles = many(4, sentences=9)
    assert all(450 < len(article["text"]) < 900 for article in articles)
    ingest([write(*articles)], archive, embedder)
    assert embedder.windows == [2, 2]


def test_the_last_window_of_one_source_is_filled_by_the_next(
    archive: Archive, many: Many, write: Write
) -> None:
    sources = [write(article, name=f"{number}.jsonl") for number, article in enumerate(many(3))]
    embedder = WatchedEmbedder()
    assert ingest(sources, archive, embedder).added == 3
    assert embedder.windows == [3]


# Whatever one item does, the rest goes on


def test_a_bad_item_never_stops_the_rest_and_every_item_is_counted_once(
    archive: Archive, many: Many, write: Write, tmp_path: Path
) -> None:
    good = many(6, sentences=2)
    ingest([write(*good[:3])], archive, HashEmbedder())
    changed = {**good[1], "text": "Something else happened."}
    source = write(
        good[0], "{", good[3], '{"title": "no text"}', changed, good[3], {"id": "e", "text": " "},
        {"id": "x" * 600, "text": "Go."}, good[4], good[5],
    )  # fmt: skip
    report = ingest([str(tmp_path / "none.txt"), source], archive, HashEmbedder())
    assert [error.code for error in report.refused] == [
        "E_NOT_FOUND", "E_JSON", "E_FIELD", "E_EMPTY", "E_ID",
    ]  # fmt: skip
    assert [error.locator for error in report.refused[1:]] == ["2:2", "4", "7", "8"]
    assert (report.added, report.updated, report.unchanged) == (3, 1, 2)
    assert (report.refused_count, report.done, report.interrupted) == (5, 11, False)
    assert sorted(ids(archive)) == [f"a{n}" for n in range(6)]
    assert check(archive) == []
    recorded = [(kept.error.code, kept.error.locator) for kept in archive.errors()]
    assert sorted(recorded) == sorted((e.code, e.locator) for e in report.refused)


@pytest.mark.parametrize(
    ("embedder", "message"),
    [
        pytest.param(WatchedEmbedder(refuses="Pier 2x"), "ValueError: cannot embed", id="embed"),
        pytest.param(WatchedEmbedder(chokes_on="Pier 2x"), "RuntimeError: the token", id="fits"),
    ],
)
def test_an_article_that_a_library_fails_on_is_refused_alone(
    archive: Archive, many: Many, write: Write, embedder: HashEmbedder, message: str
) -> None:
    source = write(*many(5, sentences=3))
    report = ingest([source], archive, embedder)
    assert ids(archive) == ["a0", "a1", "a3", "a4"]
    (error,) = report.refused
    assert (error.code, error.source, error.locator) == ("E_FAILED", source, "3")
    assert error.message.startswith(message)
    assert report.done == 5
    assert len(archive.errors()) == 1
    assert check(archive) == []


def test_what_breaks_the_ingest_leaves_what_is_committed(
    archive: Archive, many: Many, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.build, "_WINDOW_ARTICLES", 2)
    source = write(*many(6, sentences=2))
    with pytest.raises(MemoryError):
        ingest([source], archive, WatchedEmbedder(breaks_on="Pier 3x"))
    assert ids(archive) == ["a0", "a1"]
    assert check(archive) == []
    assert ingest([source], archive, HashEmbedder()).added == 4


def test_errors_are_forgotten_once_their_source_is_read_again(
    archive: Archive, write: Write
) -> None:
    source = write("{", "[]")
    assert ingest([source], archive, HashEmbedder()).refused_count == 2
    assert len(archive.errors()) == 2
    write({"id": "a", "text": "Go."})
    assert ingest([source], archive, HashEmbedder()).refused_count == 0
    assert archive.errors() == []


def test_the_report_holds_some_of_very_many_errors_and_counts_all(
    archive: Archive, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.build, "_MOST_REPORTED", 3)
    report = ingest([write(*["{"] * 40)], archive, HashEmbedder())
    assert (len(report.refused), report.refused_count, len(archive.errors())) == (3, 40, 40)


def test_progress_is_told_after_every_item(archive: Archive, many: Many, write: Write) -> None:
    told: list[Progress] = []
    good = many(3, sentences=2)
    report = ingest(
        [write(good[0], "{", good[1], good[0], good[2])], archive, HashEmbedder(), told.append
    )
    assert [step.done for step in told] == [1, 2, 3, 4, 5]
    last = told[-1]
    assert (last.added, last.unchanged, last.refused) == (3, 1, 1)
    assert (report.added, report.unchanged, report.refused_count) == (3, 1, 1)


def test_other_writers_wait_until_the_end(archive: Archive, many: Many, write: Write) -> None:
    refused: list[str] = []

    def try_to_write(_: Progress) -> None:
        with open_archive(archive.store, wait=0) as other:
            try:
                other.remove(article_id="a0")
            except StoreLockedError as error:
                refused.append(str(error))

    ingest([write(*many(3, sentences=2))], archive, HashEmbedder(), try_to_write)
    assert len(refused) == 3
    assert archive.article_count == 3


def test_without_room_for_a_snapshot_every_article_is_stored(
    archive: Archive, many: Many, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.chunk_index, "SMALL", 5)
    usage = shutil.disk_usage(archive.store)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    report = ingest([write(*many(4))], archive, HashEmbedder())
    assert report.added == 4
    assert "all articles are safe" in report.notes[-1]
    assert check(archive) == []


# Stopped


@pytest.mark.parametrize("calls", range(0, 13, 2))
def test_a_stop_comes_between_two_articles_and_the_next_ingest_goes_on(
    archive: Archive, many: Many, write: Write, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.build, "_WINDOW_ARTICLES", 3)
    source = write(*many(5, sentences=2))
    report = ingest([source], archive, HashEmbedder(), stop=after(calls))
    stored = ids(archive)
    assert report.interrupted is (len(stored) < 5)
    assert report.added == report.done == len(stored)
    assert stored == [f"a{n}" for n in range(len(stored))]
    assert check(archive) == []
    again = ingest([source], archive, HashEmbedder())
    assert (again.unchanged, again.added) == (len(stored), 5 - len(stored))
    assert len(ids(archive)) == 5


def test_after_a_stop_no_article_is_stored(archive: Archive, many: Many, write: Write) -> None:
    source = write(*many(5, sentences=2))
    report = ingest([source], archive, HashEmbedder(), stop=lambda: archive.article_count == 2)
    assert (report.interrupted, report.added, ids(archive)) == (True, 2, ["a0", "a1"])


def test_after_a_stop_nothing_is_embedded(archive: Archive, many: Many, write: Write) -> None:
    embedder = WatchedEmbedder()
    report = ingest([write(*many(5, sentences=2))], archive, embedder, stop=after(3))
    assert (report.interrupted, report.done) == (True, 0)
    assert embedder.windows == []


def test_a_stop_ends_all_sources(archive: Archive, many: Many, write: Write) -> None:
    sources = [write(article, name=f"{n}.jsonl") for n, article in enumerate(many(4))]
    report = ingest(sources, archive, HashEmbedder(), stop=after(0))
    assert (report.interrupted, report.done, ids(archive)) == (True, 0, [])


# The model


def test_another_model_is_refused_before_anything_is_read(
    archive: Archive, many: Many, write: Write
) -> None:
    ingest([write(*many(2, sentences=2))], archive, HashEmbedder())
    change = archive.change
    with pytest.raises(ModelError, match="rebuild"):
        ingest([write(*many(4, sentences=2))], archive, HashEmbedder(32))
    assert (archive.change, archive.article_count) == (change, 2)


def test_a_rebuild_changes_the_model(archive: Archive, many: Many, write: Write) -> None:
    source = write(*many(4, sentences=2))
    ingest([source], archive, HashEmbedder())
    old = ChunkIndex(archive, HashEmbedder())
    assert old.dense(HashEmbedder().embed_query("oil"), 2)
    assert rebuild(archive, HashEmbedder(32)) == 4
    assert check(archive) == []
    assert (
        len(ChunkIndex(archive, HashEmbedder(32)).dense(HashEmbedder(32).embed_query("x"), 9)) == 4
    )
    with pytest.raises(ModelError):
        old.dense(HashEmbedder().embed_query("oil"), 2)
    with pytest.raises(ModelError):
        ingest([source], archive, HashEmbedder())


# Rebuilt


@pytest.fixture
def stored(archive: Archive, many: Many, write: Write) -> Archive:
    ingest([write(*many(6, sentences=12))], archive, HashEmbedder())
    return archive


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE vectors SET vector = zeroblob(length(vector))",
        "UPDATE sentence_vectors SET vectors = zeroblob(7)",
        "UPDATE chunk_text SET text = 'harbour'",
        "DELETE FROM chunks",
        "DELETE FROM indexed",
        "UPDATE chunks SET start = start + 1",
    ],
)
def test_a_rebuild_mends_whatever_is_derived(stored: Archive, damage: str) -> None:
    def found() -> list[tuple[object, ...]]:
        index = ChunkIndex(stored, HashEmbedder())
        hits = index.dense(HashEmbedder().embed_query("crates of oil"), 20)
        hits += index.lexical("crates of oil", 20)
        return [(h.chunk.version_id, h.chunk.span, h.rank, round(h.score, 4)) for h in hits]

    wanted = found()
    with stored.transaction() as connection:
        connection.execute(damage)
        stored.changed()
    assert found() != wanted or check(stored)
    assert rebuild(stored, HashEmbedder()) == 6
    assert check(stored) == []
    assert found() == wanted


@pytest.mark.parametrize("model", [HashEmbedder(), HashEmbedder(32)], ids=["same", "another"])
@pytest.mark.parametrize("calls", [0, 1, 5])
def test_a_rebuild_that_is_broken_off_goes_on(
    stored: Archive, model: HashEmbedder, calls: int
) -> None:
    assert rebuild(stored, model, stop=after(calls)) == calls
    assert len(unfinished(stored)) == 6 - calls
    assert any("waits to be indexed" in problem.message for problem in check(stored))
    told: list[Progress] = []
    assert rebuild(stored, model, told.append) == 6 - calls
    assert [(step.done, step.total) for step in told] == [
        (n + 1, 6 - calls) for n in range(6 - calls)
    ]
    assert (unfinished(stored), check(stored)) == ([], [])


def test_vectors_of_two_models_never_mix(stored: Archive) -> None:
    model = HashEmbedder()
    model.fingerprint = "another model of the same dimension"
    assert rebuild(stored, model, stop=after(2)) == 2
    index = ChunkIndex(stored, model)
    hits = index.dense(model.embed_query("oil"), 99)
    assert {stored.version(hit.chunk.version_id).article_id for hit in hits} == {"a0", "a1"}
    words = index.lexical("oil wheat steel cotton", 99)
    assert len({hit.chunk.version_id for hit in words}) == 6


def test_who_searches_during_a_rebuild_finds_what_is_rebuilt(stored: Archive) -> None:
    searched = ChunkIndex(stored, HashEmbedder())
    query = HashEmbedder().embed_query("crates of oil")
    counts = [len(searched.dense(query, 99))]
    rebuild(stored, HashEmbedder(), lambda _: counts.append(len(searched.dense(query, 99))))
    assert len(counts) == 7
    assert set(counts) == {searched.chunk_count()}


def test_a_damaged_article_is_left_out_and_named(stored: Archive) -> None:
    with stored.transaction() as connection:
        connection.execute(
            "UPDATE versions SET text = replace(text, 'oil', 'tar') WHERE article ="
            " (SELECT key FROM articles WHERE id = 'a1')"
        )
    assert rebuild(stored, HashEmbedder()) == 5
    index = ChunkIndex(stored, HashEmbedder())
    hits = index.dense(HashEmbedder().embed_query("oil"), 99) + index.lexical("tar oil pier", 99)
    assert {stored.version(hit.chunk.version_id).article_id for hit in hits} == {
        "a0", "a2", "a3", "a4", "a5",
    }  # fmt: skip
    assert {problem.article_id for problem in check(stored)} == {"a1"}


def test_done_is_the_sum() -> None:
    assert IngestReport(added=1, updated=2, unchanged=4, refused_count=8).done == 15
