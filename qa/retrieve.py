"""Dense and lexical search, fused: the chunks worth reading for a question."""

from __future__ import annotations

import numpy as np
from index.chunk_index import ChunkIndex, Hit, Limits
from index.fuse import reciprocal_rank_fusion
from numpy.typing import NDArray

CHUNKS_EACH = 60


def retrieve(
    index: ChunkIndex, question: str, vector: NDArray[np.float32], limits: Limits
) -> list[Hit]:
    """Return the union of the best `CHUNKS_EACH` chunks by meaning and by words, fused, best first.

    Args:
        index: What is searched.
        question: The standalone question.
        vector: Its unit vector, shape (d,), float32.
        limits: Publisher and period outside which nothing is found.
    """
    rankings = [
        index.dense(vector, CHUNKS_EACH, limits),
        index.lexical(question, CHUNKS_EACH, limits),
    ]
    chunks = {hit.chunk.id: hit.chunk for hits in rankings for hit in hits}
    fused = reciprocal_rank_fusion([[hit.chunk.id for hit in hits] for hits in rankings])
    return [Hit(chunks[id_], score, rank) for rank, (id_, score) in enumerate(fused, start=1)]
