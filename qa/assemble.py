"""The composition root: settings become objects; nothing else reads settings."""

from __future__ import annotations

from pathlib import Path

from index.chunk_index import ChunkIndex
from index.embed import open_embedder
from index.schema import open_archive
from qa.assistant import Assistant
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.settings import Settings


def open_assistant(store: Path, settings: Settings) -> Assistant:
    """Return an assistant over an existing store.

    Raises:
        StoreError: if there is no store, or it cannot be used.
        ModelError: if the embedding model is missing, altered or not the store's.
    """
    archive = open_archive(store)
    model = settings.model
    embedder = open_embedder(model.name, model.cache, model.threads)
    index = ChunkIndex(archive, embedder)
    weights = shipped_weights()
    chosen = settings.answer.confidence
    return Assistant(
        archive,
        index,
        embedder,
        Reader(archive, index, weights),
        floor=weights.floor if chosen is None else chosen,
        quotes=settings.answer.quotes,
    )
