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
    embedder = open_embedder(settings.model.name, settings.model.cache)
    index = ChunkIndex(archive, embedder)
    return Assistant(archive, index, embedder, Reader(archive, index, shipped_weights()))
