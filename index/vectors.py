"""Vector stores: the exact numpy one, which is the oracle, and FAISS."""

from __future__ import annotations

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]


class VectorStore(Protocol):
    """Vectors by id, searched by inner product (the cosine, as all are of unit length)."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors (n, d) under new ids (n,); ValueError where shapes or ids do not fit."""
        ...

    def remove(self, ids: Ids) -> None:
        """Remove these ids; unknown ones are ignored."""
        ...

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """Return ids and similarities of the nearest, best first, equal ones by id.

        Searches may run at the same time as each other, but not as `add` and `remove`.

        Args:
            query: (d,), unit length.
            k: How many at most; fewer come back where there are fewer.
            allowed: Search these ids only; None searches all.
        """
        ...

    def __len__(self) -> int:
        """Return the number of vectors."""
        ...


class ExactVectors:
    """The numpy oracle: compares the query with every vector."""

    def __init__(self, dimension: int) -> None:
        self.ids: Ids = np.empty(0, np.int64)
        self.vectors: Vectors = np.empty((0, dimension), np.float32)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors; see `VectorStore`."""
        _check_new(self.ids, ids, vectors, self.vectors.shape[1])
        self.ids = np.concatenate([self.ids, ids])
        self.vectors = np.concatenate([self.vectors, vectors])

    def remove(self, ids: Ids) -> None:
        """Remove ids; see `VectorStore`."""
        keep = ~np.isin(self.ids, ids)
        self.ids, self.vectors = self.ids[keep], self.vectors[keep]

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """Search; see `VectorStore`."""
        ids, vectors = self.ids, self.vectors
        if allowed is not None:
            chosen = np.isin(ids, allowed)
            ids, vectors = ids[chosen], vectors[chosen]
        return best(ids, vectors @ query, k)

    def __len__(self) -> int:
        """Return the number of vectors."""
        return len(self.ids)


class FaissVectors:
    """A FAISS flat index with ids."""

    def __init__(self, dimension: int) -> None:
        faiss = load_faiss()
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._lock = threading.Lock()

    @classmethod
    def around(cls, index: Any) -> FaissVectors:  # noqa: ANN401 (faiss has no types)
        """Return a store that takes over an `IndexIDMap2` over an `IndexFlatIP`.

        Raises:
            ValueError: It is of another kind.
        """
        faiss = load_faiss()
        if not isinstance(index, faiss.IndexIDMap2):
            raise ValueError(f"not an IndexIDMap2: {type(index).__name__}")
        if not isinstance(faiss.downcast_index(index.index), faiss.IndexFlatIP):
            raise ValueError("not over an IndexFlatIP")
        store = cls.__new__(cls)
        store._index, store._lock = index, threading.Lock()
        return store

    @property
    def index(self) -> Any:  # noqa: ANN401
        """The FAISS index, to be written to a file."""
        return self._index

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._index.d)

    @property
    def ids(self) -> Ids:
        """All ids, in no particular order."""
        ids: Ids = load_faiss().vector_to_array(self._index.id_map)
        return ids

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add vectors; see `VectorStore`."""
        with self._lock:
            # FAISS takes an id twice without a word.
            _check_new(self.ids, ids, vectors, self.dimension)
            self._index.add_with_ids(
                np.ascontiguousarray(vectors, np.float32), np.ascontiguousarray(ids, np.int64)
            )

    def remove(self, ids: Ids) -> None:
        """Remove ids; see `VectorStore`."""
        with self._lock:
            self._index.remove_ids(np.ascontiguousarray(ids, np.int64))

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Vectors]:
        """Search; see `VectorStore`."""
        faiss = load_faiss()
        wanted = min(k, len(self) if allowed is None else len(allowed))
        if wanted < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.ascontiguousarray(allowed, np.int64))
            parameters = faiss.SearchParameters(sel=selector)
        row = np.ascontiguousarray(query[None, :], np.float32)
        scores, ids = self._index.search(row, wanted, params=parameters)
        found = ids[0] >= 0  # missing results come as id -1
        return best(ids[0][found], scores[0][found], k)

    def __len__(self) -> int:
        """Return the number of vectors."""
        return int(self._index.ntotal)


def best(ids: Ids, scores: Vectors, k: int) -> tuple[Ids, Vectors]:
    """Return the `k` highest scores and their ids, best first, equal ones by id.

    Scores are rounded to five decimals: the same vector's differ in the last bits by where it
    stands in a matrix, and between numpy and FAISS.
    """
    k, scores = max(0, min(k, len(ids))), np.round(scores, 5)
    if 0 < k < len(ids):
        # All that tie with the k-th stay in, so that ids decide between them.
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        keep = scores >= threshold
        ids, scores = ids[keep], scores[keep]
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]


def load_faiss() -> Any:  # noqa: ANN401 (faiss has no types)
    """Import FAISS, which `--help` and keyword search do without, and keep it to one thread.

    On a busy machine one thread a query is faster than two.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss


def _check_new(known: Ids, ids: Ids, vectors: Vectors, dimension: int) -> None:
    if vectors.shape != (len(ids), dimension):
        raise ValueError(f"{len(ids)} ids need vectors ({len(ids)}, {dimension}): {vectors.shape}")
    if len(np.unique(ids)) < len(ids) or np.isin(ids, known).any():
        raise ValueError("an id is there already")
    if len(ids) and ids.min() < 0:
        raise ValueError("ids start at 0")
