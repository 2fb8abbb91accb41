"""Haystack as its guide has it: `InMemoryDocumentStore`, saved as JSON, and its default splitter.

Pieces of 200 words, of which the model reads the first 256 word pieces.
"""

from __future__ import annotations

from pathlib import Path

from adapter import Found, Peer, Record, has_index, model_folder, run
from haystack import Document
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


class Haystack(Peer):
    """A document store in memory, of pieces of articles."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "documents.json"
        self._store = InMemoryDocumentStore()
        if has_index(folder):
            self._store = InMemoryDocumentStore.load_from_disk(str(self._file))
        self._retriever = InMemoryEmbeddingRetriever(self._store)
        self._embedder = SentenceTransformersTextEmbedder(model=model_folder(), progress_bar=False)

    def add(self, articles: list[Record]) -> None:
        embedder = SentenceTransformersDocumentEmbedder(model=model_folder(), progress_bar=False)
        documents = [Document(content=a["text"], meta={"article": a["id"]}) for a in articles]
        pieces = DocumentSplitter().run(documents)["documents"]
        self._store.write_documents(embedder.run(pieces)["documents"])

    def save(self) -> None:
        self._file.parent.mkdir(exist_ok=True)
        self._store.save_to_disk(str(self._file))

    def search(self, question: Record, k: int) -> list[Found]:
        vector = self._embedder.run(question["question"])["embedding"]
        found = self._retriever.run(vector, top_k=k)["documents"]
        return [Found(piece.meta["article"], piece.content) for piece in found]

    def article_ids(self) -> set[str]:
        return {piece.meta["article"] for piece in self._store.filter_documents()}


if __name__ == "__main__":
    run(Haystack)
