"""Whatever happens to a snapshot is noticed, and costs time, never an answer."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import index.chunk_index
from corpus.archive import Archive
from corpus.errors import StoreError
from index.build import Progress, ingest
from index.check import check
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive
from index.snapshot import Snapshots
from index.vectors import FaissVectors

Answers = Callable[[ChunkIndex], list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def snapshots_for_small_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.chunk_index, "SMALL", 20)


@pytest.fixture
def published(
    archive: Archive, feed: Callable[..., Any], many: Callable[..., Any]
) -> tuple[Path, Path]:
    """A store with a snapshot: its two files."""
    feed(*many(12))
    data = archive.store / "snapshots" / "0001.faiss"
    return data, data.with_suffix(".json")


def loaded(archive: Archive, embedder: HashEmbedder) -> FaissVectors | None:
    return Snapshots(archive).load(embedder.fingerprint, embedder.dimension)


def test_published_files_are_private_and_described(
    archive: Archive, published: tuple[Path, Path], embedder: HashEmbedder
) -> None:
    data, note = published
    assert {stat.S_IMODE(path.stat().st_mode) for path in published} == {0o600}
    assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
    manifest = json.loads(note.read_text())
    count = archive.stats().chunks
    assert manifest["count"] == count
    assert manifest["fingerprint"] == embedder.fingerprint
    assert manifest["store"] == archive.meta("store")
    vectors = loaded(archive, embedder)
    assert vectors is not None
    assert len(vectors) == count
    assert sorted(path.name for path in data.parent.iterdir()) == ["0001.faiss", "0001.json"]


def test_an_ingest_that_never_ends_leaves_a_snapshot(
    archive: Archive, many: Callable[..., Any], embedder: HashEmbedder, tmp_path: Path
) -> None:
    source = tmp_path / "long.jsonl"
    source.write_text("".join(json.dumps(article) + "\n" for article in many(100)))

    def fail_late(progress: Progress) -> None:
        if progress.done == 90:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([str(source)], archive, embedder, progress=fail_late)
    vectors = loaded(archive, embedder)
    assert vectors is not None
    assert len(vectors) > archive.stats().chunks / 2


def test_the_next_generation_replaces_the_last(
    archive: Archive, published: tuple[Path, Path], embedder: HashEmbedder
) -> None:
    ChunkIndex(archive, embedder).publish()
    names = sorted(path.name for path in published[0].parent.iterdir())
    assert names == ["0002.faiss", "0002.json"]
    assert loaded(archive, embedder) is not None


def _truncate(data: bytearray, place: random.Random) -> None:
    del data[place.randrange(len(data)) :]


def _flip(data: bytearray, place: random.Random) -> None:
    data[place.randrange(len(data))] ^= 1 << place.randrange(8)


def _zero(data: bytearray, place: random.Random) -> None:
    start = place.randrange(len(data))
    end = min(len(data), start + 4096)
    if any(data[start:end]):
        data[start:end] = bytes(end - start)
    else:
        data[start] = 1


def _append(data: bytearray, place: random.Random) -> None:
    data.extend(place.randbytes(1 + place.randrange(5000)))


def _empty(data: bytearray, _: random.Random) -> None:
    data.clear()


@pytest.mark.parametrize("which", [0, 1], ids=["data", "manifest"])
@pytest.mark.parametrize("spoil", [_truncate, _flip, _zero, _append, _empty])
def test_damage_is_found_put_aside_and_costs_no_answer(
    archive: Archive,
    published: tuple[Path, Path],
    embedder: HashEmbedder,
    answers: Answers,
    spoil: Callable[[bytearray, random.Random], None],
    which: int,
) -> None:
    wanted = answers(ChunkIndex(archive, embedder))
    intact = [path.read_bytes() for path in published]
    for seed in range(6):
        for path, packed in zip(published, intact, strict=True):
            path.write_bytes(packed)
        damaged = bytearray(intact[which])
        spoil(damaged, random.Random(seed))
        published[which].write_bytes(damaged)
        assert any("snapshot" in problem.message for problem in check(archive))
        fresh = ChunkIndex(archive, embedder)
        assert answers(fresh) == wanted
        assert not published[0].exists()
        assert published[0].with_name("0001.faiss.bad").exists()
    ChunkIndex(archive, embedder).publish_if_worthwhile()
    assert loaded(archive, embedder) is not None
    assert check(archive) == []
    assert not list(published[0].parent.glob("*.bad"))


@pytest.mark.parametrize("both", [True, False])
def test_a_missing_snapshot_is_made_anew(
    archive: Archive,
    published: tuple[Path, Path],
    embedder: HashEmbedder,
    answers: Answers,
    both: bool,
) -> None:
    wanted = answers(ChunkIndex(archive, embedder))
    published[0].unlink()
    if both:
        published[1].unlink()
    assert loaded(archive, embedder) is None
    assert answers(ChunkIndex(archive, embedder)) == wanted
    ChunkIndex(archive, embedder).publish_if_worthwhile()
    assert loaded(archive, embedder) is not None


def test_another_stores_snapshot_is_refused(
    archive: Archive,
    published: tuple[Path, Path],
    embedder: HashEmbedder,
    tmp_path: Path,
) -> None:
    with open_archive(tmp_path / "other", create=True) as other:
        vectors = FaissVectors(embedder.dimension)
        vectors.add(np.arange(5), np.eye(5, embedder.dimension, dtype=np.float32))
        Snapshots(other).publish(vectors, embedder.fingerprint, 1)
        for path in published:
            shutil.copy(other.store / "snapshots" / path.name, path)
    assert loaded(archive, embedder) is None


def test_an_archive_restored_from_a_backup_refuses_a_later_snapshot(
    archive: Archive,
    published: tuple[Path, Path],
    feed: Callable[..., Any],
    many: Callable[..., Any],
    embedder: HashEmbedder,
    answers: Answers,
) -> None:
    """Chunk ids come again then, for other chunks: the snapshot's vectors would be wrong ones."""
    backup = archive.path.read_bytes()
    feed(*many(12, start=50))
    ChunkIndex(archive, embedder).publish()
    archive.close()
    archive.path.write_bytes(backup)
    with open_archive(archive.store) as restored:
        assert loaded(restored, embedder) is None
        with open_archive(archive.store) as again:
            assert answers(ChunkIndex(restored, embedder)) == answers(ChunkIndex(again, embedder))
        assert restored.stats().articles == 12
    assert published


def test_another_models_snapshot_is_not_loaded_but_stays(
    archive: Archive, published: tuple[Path, Path]
) -> None:
    assert Snapshots(archive).load("another model", 64) is None
    assert published[0].exists()


def test_left_over_files_are_cleaned(archive: Archive, published: tuple[Path, Path]) -> None:
    folder = published[0].parent
    for name in ("0002.faiss.tmp", "0002.faiss", "0001.json.tmp", "0001.faiss.bad"):
        (folder / name).write_bytes(b"x")
    assert check(archive) == []
    assert sorted(path.name for path in folder.iterdir()) == ["0001.faiss", "0001.json"]


def test_a_full_disk_is_told_with_path_and_bytes_and_leaves_nothing(
    archive: Archive,
    published: tuple[Path, Path],
    embedder: HashEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = shutil.disk_usage(archive.store)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(
        StoreError, match=r"0002.faiss, which takes [\d,]+ bytes: .*1,000 bytes free"
    ):
        ChunkIndex(archive, embedder).publish()
    monkeypatch.undo()
    assert loaded(archive, embedder) is not None
    assert sorted(path.name for path in published[0].parent.iterdir()) == [
        "0001.faiss",
        "0001.json",
    ]


def test_a_read_only_store_is_served_even_with_a_bad_snapshot(
    archive: Archive, published: tuple[Path, Path], embedder: HashEmbedder, answers: Answers
) -> None:
    wanted = answers(ChunkIndex(archive, embedder))
    published[0].write_bytes(b"bad")
    archive.readonly = True
    assert answers(ChunkIndex(archive, embedder)) == wanted
    assert published[0].exists()
    assert any("snapshot" in problem.message for problem in check(archive))


@pytest.mark.parametrize(
    "change",
    [
        lambda known: known | {"compressed": True},
        lambda known: {name: known[name] for name in known if name != "highest"},
        lambda known: known | {"generation": "1"},
        lambda known: known | {"count": 3.5},
        lambda known: known | {"change": True},
        lambda known: known | {"fingerprint": None},
        lambda known: [known],
        lambda _: {},
    ],
    ids=["one more", "one less", "text", "fraction", "bool", "null", "list", "none"],
)
def test_a_manifest_of_another_kind_is_put_aside_and_made_anew(
    archive: Archive,
    published: tuple[Path, Path],
    embedder: HashEmbedder,
    answers: Answers,
    change: Callable[[Any], Any],
) -> None:
    wanted = answers(ChunkIndex(archive, embedder))
    data, note = published
    note.write_text(json.dumps(change(json.loads(note.read_text()))))
    with archive.transaction():  # as another version of the program would have left it
        digest = hashlib.sha256(note.read_bytes()).hexdigest()
        archive.set_meta("snapshot", f"1 {digest}")
    assert any("snapshot" in problem.message for problem in check(archive))
    assert answers(ChunkIndex(archive, embedder)) == wanted
    assert data.with_name("0001.faiss.bad").exists()
    ChunkIndex(archive, embedder).publish_if_worthwhile()
    assert loaded(archive, embedder) is not None
    assert check(archive) == []
