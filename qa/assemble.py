"""The composition root: settings become objects; nothing else reads settings."""

from __future__ import annotations

from pathlib import Path

from index.chunk_index import ChunkIndex
from index.embed import open_embedder
from index.schema import open_archive
from qa.assistant import Assistant
from qa.reader.model import open_reader
from qa.reader.read import Reader
from qa.reader.weights import read_weights, shipped_weights
from qa.resolve.resolve import open_resolver
from qa.settings import Settings


def open_assistant(store: Path, settings: Settings) -> Assistant:
    """Return an assistant over an existing store.

    Raises:
        SettingsError: if the file of weights is none.
        StoreError: if there is no store, or it cannot be used.
        ModelError: if a model is missing, altered or unsafe, or the embedding model is not the
            store's.
    """
    model, fitted = settings.model, settings.answer.weights
    weights = read_weights(fitted) if fitted else shipped_weights()
    archive = open_archive(store)
    embedder = open_embedder(model.name, model.cache, model.threads)
    index = ChunkIndex(archive, embedder)
    read_by = open_reader(model.reader, model.cache, model.threads)
    bundled = embedder if model.name == "bundled" else None
    wrong = settings.answer.may_be_wrong
    return Assistant(
        archive,
        index,
        embedder,
        Reader(archive, index, weights, read_by),
        open_resolver(model.cache, model.threads, bundled),
        floor=weights.floor if wrong is None else weights.floor_for(wrong),
        quotes=settings.answer.quotes,
    )
