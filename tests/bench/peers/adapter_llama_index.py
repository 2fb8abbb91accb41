"""LlamaIndex as its starter tutorial has it: `VectorStoreIndex` in memory, persisted as JSON.

Its default splitter makes pieces of 1,024 tokens, of which the model reads the first 256.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapter import Found, Peer, Record, has_index, model_folder, run
from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.embeddings.huggingface import HuggingFaceEmbedding


class LlamaIndex(Peer):
    """A vector store index of pieces of articles."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model = HuggingFaceEmbedding(model_name=model_folder())
        self._index: Any = None
        if has_index(folder):
            context = StorageContext.from_defaults(persist_dir=str(folder))
            self._index = load_index_from_storage(context, embed_model=self._model)

    def add(self, articles: list[Record]) -> None:
        documents = [Document(text=a["text"], doc_id=a["id"]) for a in articles]
        if self._index is None:
            self._index = VectorStoreIndex.from_documents(documents, embed_model=self._model)
            return
        for document in documents:
            self._index.insert(document)

    def save(self) -> None:
        self._index.storage_context.persist(persist_dir=str(self._folder))

    def search(self, question: Record, k: int) -> list[Found]:
        found = self._index.as_retriever(similarity_top_k=k).retrieve(question["question"])
        return [Found(str(item.node.ref_doc_id), item.node.get_content()) for item in found]

    def article_ids(self) -> set[str]:
        return set(self._index.ref_doc_info)


if __name__ == "__main__":
    run(LlamaIndex)
