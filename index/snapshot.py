"""Snapshots of the vectors: derived FAISS files that may be deleted at any time.

Published as ``snapshots/NNNN.faiss`` with ``NNNN.json`` beside it, each written under another name,
synced and renamed. The archive names the one snapshot that counts by the digest of its manifest,
and the manifest holds the digest of the data: whatever is altered, swapped or from another store
is not loaded but put aside as ``.bad``, and costs time, never an answer.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from corpus.archive import Archive
from corpus.errors import StoreError
from corpus.strict_json import StrictJsonError, parse_json
from index.vectors import FaissVectors, load_faiss


class BadSnapshotError(Exception):
    """A snapshot is not what the archive says it is."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot is of.

    Attributes:
        generation: Counts from 1 within a store.
        digest: Hex sha256 of the FAISS file.
        highest: The highest chunk id in it.
        change: The archive's change number when it was made.
    """

    generation: int
    digest: str
    count: int
    dimension: int
    fingerprint: str
    highest: int
    store: str
    change: int


class Snapshots:
    """The snapshots of one archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._folder = archive.store / "snapshots"

    def publish(self, vectors: FaissVectors, fingerprint: str, change: int) -> Manifest:
        """Write a new generation, make it the one that counts, delete all others.

        Raises:
            StoreError: It could not be written; the archive is as it was.
        """
        with self._archive.writing():
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._delete_others(self._named()[0])
            manifest = self._write(vectors, fingerprint, change)
            self._delete_others(manifest.generation)
            return manifest

    def _write(self, vectors: FaissVectors, fingerprint: str, change: int) -> Manifest:
        generation = self._named()[0] + 1
        data, note = self._paths(generation)
        size = len(vectors) * (vectors.dimension * 4 + 8) + 4096
        try:
            self._check_space(size)
            with _replacing(data) as partial:
                load_faiss().write_index(vectors.index, str(partial))
                digest = _digest_of_file(partial)
            manifest = Manifest(
                generation=generation,
                digest=digest,
                count=len(vectors),
                dimension=vectors.dimension,
                fingerprint=fingerprint,
                highest=int(vectors.ids.max(initial=0)),
                store=self._archive.meta("store") or "",
                change=change,
            )
            packed = json.dumps(asdict(manifest), indent=1).encode()
            with _replacing(note) as partial:
                partial.write_bytes(packed)
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"cannot write the snapshot {data}, which takes {size:,} bytes: {error};"
                " all articles are safe"
            ) from error
        with self._archive.transaction():
            self._archive.set_meta("snapshot", f"{generation} {_digest(packed)}")
        return manifest

    def load(self, fingerprint: str, dimension: int) -> FaissVectors | None:
        """Return the vectors of the snapshot that counts; None where there is none or it is bad.

        A bad one is put aside.
        """
        generation, digest = self._named()
        if not generation:
            return None
        try:
            return self._read(generation, digest, fingerprint, dimension)
        except FileNotFoundError:
            # Another process may have published the next one meanwhile; or somebody deleted it.
            if self._named()[0] == generation:
                return None
            return self.load(fingerprint, dimension)
        except (BadSnapshotError, RuntimeError, ValueError):
            self._put_aside(generation)
        except OSError:  # not readable, which says nothing against the file
            pass
        return None

    def check(self) -> str | None:
        """Return what is wrong with the snapshot that counts, None where all is well."""
        generation, digest = self._named()
        if not generation:
            return f"snapshot: {digest}" if digest else None
        try:
            self._verified(generation, digest)
        except (BadSnapshotError, OSError) as error:
            return f"snapshot {self._paths(generation)[0].name}: {error}"
        return None

    def manifest(self) -> Manifest | None:
        """Return the manifest of the snapshot that counts, None where there is none to load."""
        generation, digest = self._named()
        if not generation or not self._paths(generation)[0].exists():
            return None
        try:
            return self._manifest(generation, digest)
        except (BadSnapshotError, OSError):
            return None

    def tidy(self) -> None:
        """Delete everything but the snapshot that counts; call it inside `writing`."""
        self._delete_others(self._named()[0])

    def drop(self) -> None:
        """Delete every snapshot; call it inside `writing`. The next ingest makes a fresh one."""
        with self._archive.transaction() as connection:
            connection.execute("DELETE FROM meta WHERE key = 'snapshot'")
        self._delete_others(0)

    def _read(
        self, generation: int, digest: str, fingerprint: str, dimension: int
    ) -> FaissVectors | None:
        manifest = self._verified(generation, digest)
        if manifest.fingerprint != fingerprint:
            return None  # of the model before a rebuild; the rebuild publishes its own
        vectors = FaissVectors.around(load_faiss().read_index(str(self._paths(generation)[0])))
        if (len(vectors), vectors.dimension) != (manifest.count, dimension):
            raise BadSnapshotError("holds other vectors than its manifest says")
        return vectors

    def _verified(self, generation: int, digest: str) -> Manifest:
        manifest = self._manifest(generation, digest)
        if _digest_of_file(self._paths(generation)[0]) != manifest.digest:
            raise BadSnapshotError("it was altered")
        return manifest

    def _manifest(self, generation: int, digest: str) -> Manifest:
        packed = self._paths(generation)[1].read_bytes()
        if _digest(packed) != digest:
            raise BadSnapshotError("its manifest was altered")
        manifest = _manifest_from(packed)
        if manifest.store != self._archive.meta("store"):
            raise BadSnapshotError("it belongs to another store")
        return manifest

    def _named(self) -> tuple[int, str]:
        generation, _, digest = (self._archive.meta("snapshot") or "0 ").partition(" ")
        # A damaged number is as good as no snapshot, but for `check`.
        return (
            (int(generation), digest) if generation.isdecimal() else (0, "its number was altered")
        )

    def _paths(self, generation: int) -> tuple[Path, Path]:
        stem = f"{generation:04}"
        return self._folder / f"{stem}.faiss", self._folder / f"{stem}.json"

    def _put_aside(self, generation: int) -> None:
        if self._archive.readonly:
            return
        for path in self._paths(generation):
            with suppress(OSError):
                path.rename(f"{path}.bad")

    def _delete_others(self, generation: int) -> None:
        kept = set(self._paths(generation)) if generation else set()
        if self._folder.is_dir():
            for path in set(self._folder.iterdir()) - kept:
                with suppress(OSError):
                    path.unlink()

    def _check_space(self, size: int) -> None:
        # Checked first: a disk filled to the last byte would keep others from writing meanwhile.
        free = shutil.disk_usage(self._folder).free
        if free < size:
            raise OSError(f"the disk is full ({free:,} bytes free)")


def _manifest_from(packed: bytes) -> Manifest:
    """Return the manifest that a file holds; BadSnapshotError where it is of another kind."""
    try:
        found = parse_json(packed)
    except StrictJsonError as error:
        raise BadSnapshotError(f"its manifest is {error}") from error
    kinds = {"int": int, "str": str}
    wanted = {field.name: kinds[str(field.type)] for field in fields(Manifest)}
    if not isinstance(found, dict) or {n: type(v) for n, v in found.items()} != wanted:
        raise BadSnapshotError("its manifest has other fields than this version of onrecord writes")
    return Manifest(**found)


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Give a private partial file to write; sync it and rename it to `target` at the end."""
    partial = target.with_name(f"{target.name}.tmp")
    try:
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield partial
        _sync(partial)
        partial.replace(target)
        _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(packed: bytes) -> str:
    return hashlib.sha256(packed).hexdigest()


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
