"""What was removed leaves full text and snapshots, however the full text lies in its segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import index.chunk_index
import index.erase
from corpus.archive import Archive
from index.check import check
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.erase import erase

Feed = Callable[..., Any]


def words(archive: Archive) -> bytes:
    return archive.path.read_bytes()


def erased(archive: Archive) -> None:
    with archive.writing():
        erase(archive)


@pytest.mark.parametrize("pages", [1, 7, 500])
def test_no_segment_of_the_full_text_keeps_a_word(
    archive: Archive, feed: Feed, many: Any, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr(index.erase, "_PAGES", pages)
    for step in range(4):
        story = {"id": f"s{step}", "text": f"The qu{step}zzy pier. " * 40}
        feed(*many(5, start=5 * step, sentences=20), story)
    archive.remove(article_id="s0")
    archive.remove(article_id="s2")
    assert b"qu0zzi" in words(archive)  # its stem, as FTS5 leaves it
    erased(archive)
    assert [word in words(archive) for word in (b"u0zz", b"u1zz", b"u2zz", b"u3zz")] == [
        False, True, False, True,
    ]  # fmt: skip
    assert check(archive) == []


def test_what_stays_is_found_as_before(
    archive: Archive, feed: Feed, many: Any, answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.chunk_index, "SMALL", 5)
    searched = ChunkIndex(archive, HashEmbedder())
    feed(*many(8))
    searched.publish()
    before = answers(searched)
    feed({"id": "x", "text": "The choir sang."})
    archive.remove(article_id="x")
    searched.publish()
    feed({"id": "x", "text": "The choir sang again."})
    archive.remove(article_id="x")
    erased(archive)
    assert answers(searched) == answers(ChunkIndex(archive, HashEmbedder())) == before


def test_a_snapshot_without_what_was_removed_is_left_as_it_is(
    archive: Archive, feed: Feed, many: Any
) -> None:
    feed(*many(3))
    ChunkIndex(archive, HashEmbedder()).publish()
    feed({"id": "x", "text": "The choir sang."})
    files = {path: path.read_bytes() for path in (archive.store / "snapshots").iterdir()}
    archive.remove(article_id="x")
    erased(archive)
    assert {p: p.read_bytes() for p in (archive.store / "snapshots").iterdir()} == files
    archive.remove(article_id="a1")
    erased(archive)
    assert not set(files) & set((archive.store / "snapshots").iterdir())
    assert check(archive) == []
