"""LangChain as its semantic search tutorial has it: recursive splitter, FAISS.

Pieces of at most 1,000 characters that overlap by 200.
"""

from __future__ import annotations

from pathlib import Path

from adapter import Found, Peer, Record, has_index, model_folder, run
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter


class LangChain(Peer):
    """A FAISS vector store of pieces of articles."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model = HuggingFaceEmbeddings(model_name=model_folder())
        self._store: FAISS | None = None
        if has_index(folder):
            # The store is pickled; this one was written by the benchmark itself.
            self._store = FAISS.load_local(
                str(folder), self._model, allow_dangerous_deserialization=True
            )

    def add(self, articles: list[Record]) -> None:
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=1000, chunk_overlap=200, add_start_index=True
        )
        documents = [Document(a["text"], metadata={"article": a["id"]}) for a in articles]
        pieces = splitter.split_documents(documents)
        if self._store is None:
            self._store = FAISS.from_documents(pieces, self._model)
        else:
            self._store.add_documents(pieces)

    def save(self) -> None:
        assert self._store is not None
        self._store.save_local(str(self._folder))

    def search(self, question: Record, k: int) -> list[Found]:
        assert self._store is not None
        found = self._store.similarity_search(question["question"], k=k)
        return [Found(piece.metadata["article"], piece.page_content) for piece in found]

    def article_ids(self) -> set[str]:
        assert self._store is not None
        ids = self._store.index_to_docstore_id.values()
        return {self._store.docstore.search(id_).metadata["article"] for id_ in ids}


if __name__ == "__main__":
    run(LangChain)
