"""A small deterministic embedder for tests: hashed words, no model, no files.

Texts that share words are near each other, which is all that tests of the rooms above need.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embed import Passage, PassageVectors, unit

_PIECE = re.compile(r"\w+|[^\w\s]")


class HashEmbedder:
    """Counts words into `dimension` buckets by their CRC-32; satisfies the `Embedder` protocol."""

    def __init__(self, dimension: int = 64, limit: int = 256) -> None:
        self.dimension = dimension
        self.limit = limit
        self.fingerprint = f"hashed words, {dimension} dimensions"

    def fits(self, text: str) -> bool:
        """Return whether the text has at most `limit` pieces (words and punctuation marks)."""
        return len(_PIECE.findall(text)) <= self.limit

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Return the (d,) unit vector of a question."""
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)  # no words is still a direction
        for word in _PIECE.findall(text.lower()):
            bucket = zlib.crc32(word.encode()) % (2 * self.dimension)
            vector[bucket % self.dimension] += 1.0 if bucket < self.dimension else -1.0
        return unit(vector)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, d) unit vectors, one a text."""
        rows = [self.embed_query(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        """Return the vectors of each passage and its sentences; ValueError if one does not fit."""
        for passage in passages:
            if not self.fits(passage.text):
                raise ValueError(f"a passage has more than {self.limit} pieces")
        return [
            PassageVectors(
                self.embed_query(passage.text),
                self.embed_texts([span.of(passage.text) for span in passage.sentences]),
            )
            for passage in passages
        ]
