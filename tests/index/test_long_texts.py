"""While a text is embedded, which may take minutes, others write, and a stop is asked for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.database import FILE_NAME
from corpus.errors import ModelError, StoreLockedError
from corpus.sentences import split_sentences
from index.build import ingest, rebuild
from index.embed import Passage, PassageVectors
from index.embed_double import HashEmbedder
from index.passages import PASSAGES_AT_ONCE, chunk_text
from index.schema import begin_rebuild, open_archive

WORDS = "harbour crates lighthouse ferries anchors"
LONG = {
    "a sentence without an end": f"{WORDS} " * 1500,
    "no space": WORDS.replace(" ", "") * 1500,
    "one line of sentences": f"The {WORDS} were counted. " * 1200,
    "lines": f"The {WORDS} were counted.\n" * 1200,
}


@pytest.fixture(params=LONG, ids=[*LONG])
def text(request: pytest.FixtureRequest) -> str:
    return LONG[request.param].strip()


class Watched(HashEmbedder):
    """Does something else whenever passages are embedded, after so many times."""

    def __init__(self, act: Callable[[], object] = lambda: None, after: int = 0) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self._act, self._after = act, after

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        self.sizes.append(len(passages))
        if len(self.sizes) > self._after:
            self._act()
        return super().embed_passages(passages)


def source_of(folder: Path, text: str) -> str:
    path = folder / "long.txt"
    path.write_text(text)
    return str(path)


def test_others_write_and_read_while_it_is_embedded(
    archive: Archive, tmp_path: Path, text: str
) -> None:
    seen: list[int] = []

    def others() -> None:
        with open_archive(archive.store, wait=0) as other:
            other.remove(article_id="nobody")  # StoreLockedError where the lock is held
        path = archive.store / FILE_NAME
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")  # "locked" where a transaction is open
            (count,) = connection.execute("SELECT count(*) FROM articles").fetchone()
            seen.append(count)

    embedder = Watched(others)
    report = ingest([source_of(tmp_path, text)], archive, embedder)
    assert (report.added, report.refused_count) == (1, 0)
    assert seen == [0] * len(embedder.sizes)
    assert len(seen) > 1
    assert max(embedder.sizes) <= PASSAGES_AT_ONCE


def test_the_lock_is_held_again_when_it_is_stored(archive: Archive, tmp_path: Path) -> None:
    refused: list[str] = []

    def stored(_: object) -> None:
        with (
            open_archive(archive.store, wait=0) as other,
            pytest.raises(StoreLockedError) as told,
        ):
            other.remove(article_id="nobody")
        refused.append(str(told.value))

    ingest([source_of(tmp_path, LONG["lines"])], archive, HashEmbedder(), progress=stored)
    assert len(refused) == 1
    with open_archive(archive.store, wait=0) as other:
        other.remove(article_id="nobody")


def test_a_stop_is_asked_for_between_its_batches(
    archive: Archive, tmp_path: Path, text: str
) -> None:
    asked: list[bool] = []
    embedder = Watched(lambda: asked.append(True))
    report = ingest([source_of(tmp_path, text)], archive, embedder, stop=lambda: bool(asked))
    assert report.interrupted
    assert len(embedder.sizes) == 1
    assert archive.stats().articles == 0
    assert (report.refused_count, list(archive.errors())) == (0, [])
    assert ingest([source_of(tmp_path, text)], archive, HashEmbedder()).added == 1


def test_a_stop_is_asked_for_while_it_is_cut(text: str) -> None:
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return True

    with pytest.raises(InterruptedError):
        chunk_text(
            text, split_sentences(text), HashEmbedder(), title=None, published=None, stop=stop
        )
    assert len(asked) == 1


def test_a_rebuild_stops_within_a_text_as_well(archive: Archive, tmp_path: Path) -> None:
    ingest([source_of(tmp_path, LONG["no space"])], archive, HashEmbedder())
    asked: list[bool] = []
    embedder = Watched(lambda: asked.append(True))
    assert rebuild(archive, embedder, stop=lambda: bool(asked)) == 0
    assert len(embedder.sizes) == 1
    assert rebuild(archive, HashEmbedder()) == 1


def test_what_is_removed_meanwhile_stays_removed(
    archive: Archive, feed: Any, many: Any, tmp_path: Path
) -> None:
    old, newer = many(2)
    feed(old)

    def removes() -> None:
        with open_archive(archive.store, wait=0) as other:
            other.remove(article_id=old["id"])

    path = tmp_path / "newer.jsonl"
    path.write_text(
        "".join(
            f"{json.dumps(article)}\n"
            for article in ({**old, "text": f"{old['text']} It was changed."}, newer)
        )
    )
    ingest([str(path)], archive, Watched(removes))
    assert [article.id for article, _ in archive.current_versions()] == [newer["id"]]


def test_vectors_of_two_models_never_mix(
    archive: Archive, feed: Any, many: Any, tmp_path: Path
) -> None:
    feed(*many(1))

    def another_model() -> None:
        with open_archive(archive.store, wait=0) as other:
            begin_rebuild(other, "another model")

    with pytest.raises(ModelError):
        ingest([source_of(tmp_path, LONG["lines"])], archive, Watched(another_model))
    assert archive.stats().articles == 1
