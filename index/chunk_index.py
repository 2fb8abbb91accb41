"""Search over the current chunks of an archive, by vector and by word."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from corpus.archive import Archive
from corpus.sqlite_file import store_errors
from index.chunks import Chunk
from index.embed import Embedder
from index.lexical import (
    NO_LIMITS,
    Limits,
    count_articles,
    document_frequency,
    first_holding,
    limited,
    search,
)
from index.schema import check_embedder, read_chunks
from index.seen import LISTED, list_seen
from index.snapshot import Snapshots
from index.vectors import ExactVectors, FaissVectors, Ids, Vectors, best

__all__ = ["NO_LIMITS", "ChunkIndex", "Hit", "Limits"]

# Below this many vectors numpy alone is as fast, and FAISS need not be imported.
SMALL = 2000
# A snapshot is renewed once this share of it is newer or no longer current: at the end of an ingest
# and, lest one that never ends leaves the building to every question, in the middle of it.
OUTDATED = 0.1
OUTDATED_MIDWAY = 0.25


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found.

    Attributes:
        score: Higher is better: the cosine, or BM25.
        rank: Counts from 1.
    """

    chunk: Chunk
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class _State:
    """The vectors as of one change number; never altered, only replaced.

    Attributes:
        base: The snapshot's vectors, or None in a small store.
        dead: Ids in `base` that are no longer current.
        tail: What is newer than `base`.
    """

    change: int
    base: FaissVectors | None
    dead: Ids
    tail: ExactVectors

    @property
    def outdated(self) -> int:
        """How many vectors a fresh snapshot would add or drop."""
        return len(self.dead) + len(self.tail)

    @property
    def ids(self) -> Ids:
        """Of the current chunks, in no particular order."""
        base = self.base.ids if self.base else np.empty(0, np.int64)
        return np.concatenate([np.setdiff1d(base, self.dead), self.tail.ids])

    def search(self, query: Vectors, k: int, allowed: Ids | None) -> tuple[Ids, Vectors]:
        """Return the nearest current ids and their similarities, best first."""
        ids, scores = self.tail.search(query, k, allowed)
        if self.base is None:
            return ids, scores
        # With room for every dead one, the best k living ones are surely among the found.
        old_ids, old_scores = self.base.search(query, k + len(self.dead), allowed)
        living = ~np.isin(old_ids, self.dead)
        return best(
            np.concatenate([ids, old_ids[living]]),
            np.concatenate([scores, old_scores[living]]),
            k,
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What may be seen in a limited archive as of one change number.

    Attributes:
        ids: Of its chunks.
        all: Whether the vectors as of then are of no others.
    """

    change: int
    ids: Ids
    all: bool


class ChunkIndex:
    """What can be searched of one archive: the snapshot, what is newer, less what is gone.

    Any number of threads may search. A commit by whatever process is seen by the next search.
    """

    def __init__(self, archive: Archive, embedder: Embedder) -> None:
        check_embedder(archive, embedder.fingerprint)
        self._archive = archive
        self._fingerprint = embedder.fingerprint
        self._dimension = embedder.dimension
        self._snapshots = Snapshots(archive)
        self._lock = threading.Lock()
        self._state: _State | None = None
        self._whole: ChunkIndex | None = None
        self._seen: _Seen | None = None

    def seen_by(self, archive: Archive) -> ChunkIndex:
        """Return the index as a limited archive of the same store has it; vectors are shared."""
        index = copy(self)
        index._archive, index._whole = archive, self._whole or self
        index._seen = None
        return index

    def dense(self, query: Vectors, k: int, limits: Limits = NO_LIMITS) -> list[Hit]:
        """Return the `k` chunks nearest to a query vector (d,) of unit length, best first."""
        state = self._current()
        ids, scores = state.search(query, k, self._allowed(limits, state))
        return self._hits(zip(ids.tolist(), scores.tolist(), strict=True))

    def lexical(self, question: str, k: int, limits: Limits = NO_LIMITS) -> list[Hit]:
        """Return the `k` chunks that share most with the question's words, best first."""
        with store_errors(self._archive.path):
            connection = self._archive.connection()
            found = search(connection, question, k, limits, seen_only=self._archive.is_limited)
            return self._hits(found)

    def of_versions(self, versions: Collection[int], k: int) -> list[Hit]:
        """Return the first `k` chunks of each of these versions, scored 0."""
        ids = (
            chunk
            for version in versions
            for chunk in self._ids(
                "SELECT id FROM chunks WHERE version_id = ? ORDER BY id LIMIT ?", (version, k)
            )
        )
        return self._hits((int(chunk), 0.0) for chunk in ids)

    def sentence_vectors(self, version_id: int) -> Vectors:
        """Return (sentences, d) of unit length, row i for position i.

        Where they are unknown or damaged there are fewer rows, or they are zero: near nothing.
        """
        with store_errors(self._archive.path):
            row = (
                self._archive.connection()
                .execute("SELECT vectors FROM sentence_vectors WHERE version_id = ?", (version_id,))
                .fetchone()
            )
        blob = row[0] if row else b""
        if not isinstance(blob, bytes) or len(blob) % (2 * self._dimension):
            blob = b""  # damaged; `verify` names the article
        vectors = np.frombuffer(blob, "<f2").astype(np.float32).reshape(-1, self._dimension)
        if not np.isfinite(vectors).all():
            return np.zeros_like(vectors)
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        vectors /= np.maximum(lengths, 1e-6)[:, None]
        return vectors

    def chunk_count(self) -> int:
        """Return how many chunks can be found."""
        if self._archive.is_limited:
            return len(self._seen_in(self._current()).ids)
        with store_errors(self._archive.path):
            rows = self._archive.connection().execute("SELECT count(*) FROM chunks")
            return int(rows.fetchone()[0])

    def article_count(self, limits: Limits) -> int:
        """Return how many articles a search within limits looks at."""
        with store_errors(self._archive.path):
            return count_articles(self._archive.connection(), limits)

    def document_frequency(self, terms: Sequence[str]) -> dict[str, int]:
        """Return for each term how many chunks hold it (by its stem)."""
        with store_errors(self._archive.path):
            connection = self._archive.connection()
            return document_frequency(connection, terms, seen_only=self._archive.is_limited)

    def holding(self, term: str) -> Chunk | None:
        """Return a chunk that holds a term (by its stem), or None where none does."""
        with store_errors(self._archive.path):
            connection = self._archive.connection()
            found = first_holding(connection, term, seen_only=self._archive.is_limited)
            chunks = read_chunks(connection, [] if found is None else [found])
        return next(iter(chunks.values()), None)

    def publish(self) -> None:
        """Write a fresh snapshot of all current vectors."""
        with self._archive.writing():
            change = self._archive.change
            base = self._built(self._load(0))
            self._snapshots.publish(base, self._fingerprint, change)

    def publish_if_worthwhile(self, outdated: float = OUTDATED) -> None:
        """Write a fresh snapshot where the store is large and the last one outdated.

        Args:
            outdated: The share of the current vectors, 0 to 1, by which it may differ from them.
        """
        last = self._snapshots.manifest()
        query = "SELECT count(*), count(*) FILTER (WHERE id > ?) FROM chunks"
        highest = last.highest if last else 0
        with store_errors(self._archive.path):
            count, added = self._archive.connection().execute(query, (highest,)).fetchone()
        gone = last.count + added - count if last else 0
        if count >= SMALL and added + gone > outdated * count:
            self.publish()

    def _hits(self, found: Iterable[tuple[int, float]]) -> list[Hit]:
        scores = dict(found)
        with store_errors(self._archive.path):
            chunks = read_chunks(self._archive.connection(), scores)
        # One removed since it was found is left out.
        alive = [(chunks[i], score) for i, score in scores.items() if i in chunks]
        return [Hit(chunk, score, rank) for rank, (chunk, score) in enumerate(alive, start=1)]

    def _allowed(self, limits: Limits, state: _State) -> Ids | None:
        query, values = limited(limits)
        if query:
            return self._ids(query, values)
        if not self._archive.is_limited:
            return None
        seen = self._seen_in(state)
        return None if seen.all else seen.ids

    def _seen_in(self, state: _State) -> _Seen:
        """Return what may be seen as of this state, or a later one: then `_hits` drops the rest."""
        seen = self._seen
        if seen is None or seen.change != state.change:
            with store_errors(self._archive.path):
                list_seen(self._archive.connection())
            ids = self._ids(LISTED)
            self._seen = seen = _Seen(state.change, ids, all=bool(np.isin(state.ids, ids).all()))
        return seen

    def _ids(self, query: str, values: Sequence[object] = ()) -> Ids:
        with store_errors(self._archive.path):
            rows = self._archive.connection().execute(query, values)
            return np.fromiter((row[0] for row in rows.fetchall()), np.int64)

    def _current(self) -> _State:
        if self._whole:
            return self._whole._current()
        state, change = self._state, self._archive.change
        if state is not None and state.change == change:
            return state
        with self._lock:
            # Read again: another thread may have done the work while this one waited.
            change = self._archive.change
            if self._state is None or self._state.change != change:
                check_embedder(self._archive, self._fingerprint)
                self._state = self._refreshed(self._state, change)
            return self._state

    def _refreshed(self, old: _State | None, change: int) -> _State:
        base = self._snapshots.load(self._fingerprint, self._dimension) if not old else old.base
        tail = ExactVectors(self._dimension)
        if old:
            tail.ids, tail.vectors = old.tail.ids, old.tail.vectors
        current = self._ids("SELECT id FROM chunks")
        base_ids = base.ids if base else np.empty(0, np.int64)
        tail.remove(np.setdiff1d(tail.ids, current))
        added = np.setdiff1d(current, np.concatenate([base_ids, tail.ids]))
        if len(added):
            # Ids only grow, so what is new stands at the end of the table.
            ids, vectors = self._load(int(added.min()))
            new = np.isin(ids, added)
            tail.add(ids[new], vectors[new])
        dead = np.setdiff1d(base_ids, current)
        return self._folded(_State(change, base, dead, tail))

    def _folded(self, state: _State) -> _State:
        # A long tail or many dead ones make every search slower: build the base anew.
        if state.outdated <= max(SMALL, (len(state.base) if state.base else 0) // 4):
            return state
        base = self._built(self._load(0))
        nothing = np.empty(0, np.int64)
        return _State(state.change, base, nothing, ExactVectors(self._dimension))

    def _built(self, rows: tuple[Ids, Vectors]) -> FaissVectors:
        base = FaissVectors(self._dimension)
        base.add(*rows)
        return base

    def _load(self, lowest: int) -> tuple[Ids, Vectors]:
        query = (
            "SELECT chunk_id, vector FROM vectors WHERE chunk_id >= max(?, 0)"
            " AND typeof(vector) = 'blob' AND length(vector) = ? ORDER BY chunk_id"
        )
        with store_errors(self._archive.path):
            rows = (
                self._archive.connection().execute(query, (lowest, 4 * self._dimension)).fetchall()
            )
        vectors = np.empty((len(rows), self._dimension), np.float32)
        for line, (_, blob) in enumerate(rows):
            vectors[line] = np.frombuffer(blob, "<f4")
        vectors[~np.isfinite(vectors).all(axis=1)] = 0  # damaged; `verify` names the article
        return np.array([row[0] for row in rows], np.int64), vectors
