"""bm25s as its quick start has it: whole articles, English stop words and stemmer.

It cannot add to an index, so adding makes the index anew from the stored texts.
"""

from __future__ import annotations

from pathlib import Path

import bm25s
import Stemmer
from adapter import Found, Peer, Record, has_index, run


class Bm25s(Peer):
    """An index of whole articles by their words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        self._corpus: list[Record] = []
        if has_index(folder):
            self._index = bm25s.BM25.load(str(folder), load_corpus=True)
            self._corpus = list(self._index.corpus)

    def add(self, articles: list[Record]) -> None:
        self._corpus += [{"id": a["id"], "text": a["text"]} for a in articles]
        texts = [article["text"] for article in self._corpus]
        tokens = bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
        self._index = bm25s.BM25()
        self._index.index(tokens, show_progress=False)

    def save(self) -> None:
        self._index.save(str(self._folder), corpus=self._corpus)

    def search(self, question: Record, k: int) -> list[Found]:
        tokens = bm25s.tokenize(question["question"], stemmer=self._stemmer, show_progress=False)
        k = min(k, len(self._corpus))
        found, _ = self._index.retrieve(tokens, corpus=self._corpus, k=k, show_progress=False)
        return [Found(article["id"], article["text"]) for article in found[0]]

    def article_ids(self) -> set[str]:
        return {article["id"] for article in self._corpus}


if __name__ == "__main__":
    run(Bm25s)
