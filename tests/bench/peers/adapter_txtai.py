"""txtai as its quick start has it, with the texts stored: whole articles, no splitter, FAISS.

The model reads the first 256 word pieces of an article.
"""

from __future__ import annotations

from pathlib import Path

from adapter import Found, Peer, Record, has_index, model_folder, run
from txtai import Embeddings


class Txtai(Peer):
    """An embeddings database of whole articles."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embeddings = Embeddings(path=model_folder(), content=True)
        if has_index(folder):
            self._embeddings.load(str(folder))

    def add(self, articles: list[Record]) -> None:
        self._embeddings.upsert((article["id"], article["text"], None) for article in articles)

    def save(self) -> None:
        self._embeddings.save(str(self._folder))

    def search(self, question: Record, k: int) -> list[Found]:
        found = self._embeddings.search(question["question"], k)
        return [Found(row["id"], row["text"]) for row in found]

    def article_ids(self) -> set[str]:
        rows = self._embeddings.search("select id from txtai", self._embeddings.count())
        return {row["id"] for row in rows}


if __name__ == "__main__":
    run(Txtai)
