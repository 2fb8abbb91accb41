from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.archive import Archive
from corpus.article import Span
from index.build import ingest
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Answer, Draft, DraftStatement, Evidence
from qa.assistant import Assistant
from qa.deadline import NO_DEADLINE, Deadline, until
from qa.discourse.moves import Move
from qa.reader.model import Scores
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.resolve.resolve import Resolved
from qa.verify import decline, verify

FERRY = {
    "id": "ferry", "title": "Ferry lost", "publisher": "Harbour Gazette",
    "url": "https://gazette.example/ferry", "published": "2019-01-24T08:30:00+02:00",
    "text": "The ferry Skua sank on Monday. It carried 65 cars. Nobody on board was hurt.",
}  # fmt: skip
BRIDGE = {
    "id": "bridge", "title": "Bridge opens", "published": "2019-02-01",
    "text": "The Tolliver Bridge opened in May. It had cost $575 million, the council said.",
}  # fmt: skip


class Newsroom:
    """A store with two articles, and answers that the gate makes of their sentences."""

    def __init__(self, folder: Path, archive: Archive) -> None:
        self.archive = archive
        self._source = folder / "articles.jsonl"

    def take(self, article: dict[str, str]) -> None:
        self._source.write_text(json.dumps(article))
        ingest([str(self._source)], self.archive, HashEmbedder())

    def revise(self, article: dict[str, str], old: str, new: str) -> None:
        assert old in article["text"]
        self.take(article | {"text": article["text"].replace(old, new)})

    def evidence(self, quote: str, number: int = 1, short: str | None = None) -> Evidence:
        """Return the evidence of a whole sentence; one with It has the sentence before it shown."""
        for article, version in self.archive.current_versions():
            for sentence in self.archive.sentences(version.id):
                if sentence.span.of(version.text) == quote:
                    start = sentence.span.start + quote.index(short) if short else 0
                    return Evidence(
                        number, article, version, sentence, 0.93 if number == 1 else 0.8,
                        context=Span(0, sentence.span.end) if quote.startswith("It ") else None,
                        answer_span=Span(start, start + len(short)) if short else None,
                    )  # fmt: skip
        raise AssertionError(f"no article says {quote!r}")

    def answer(self, question: str, *quotes: str, short: str | None = None) -> Answer:
        """Return an answer of these sentences, the short answer in the first of them."""
        found = [
            self.evidence(quote, number, None if number > 1 else short)
            for number, quote in enumerate(quotes, 1)
        ]
        draft = Draft(
            tuple(DraftStatement(quote, (n,)) for n, quote in enumerate(quotes, 1)), short
        )
        answer = verify(
            draft, found, question=question, standalone=f"{question} (Skua)",
            nearest=(), searched="2 articles", carried=("Skua",),
        )  # fmt: skip
        assert len(answer.statements) == len(quotes)
        return replace(answer, ms={"read": 12.25, "total": 20.5})

    def declined(self, question: str, quote: str) -> Answer:
        """Return a decline with one nearest sentence that says "Skua", not "Heron"."""
        item = self.evidence(quote)
        start = item.sentence.span.start + quote.index("Skua")
        item = replace(item, missing=("Heron",), differs=(Span(start, start + 4),))
        return decline(
            question=question, standalone=question, nearest=[item], searched="2 articles",
            confidence=0.2,
        )  # fmt: skip


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with open_archive(tmp_path / "store", create=True) as archive:
        newsroom = Newsroom(tmp_path, archive)
        newsroom.take(FERRY)
        newsroom.take(BRIDGE)
        yield newsroom


class Words:
    """Reads windows as a model does, one after the other."""

    fingerprint = "words"

    def read(
        self, _question: str, windows: Any, deadline: Deadline = NO_DEADLINE, /
    ) -> list[Scores]:
        nothing, offsets = np.zeros(1, np.float32), np.array([[0, 4]])
        return [Scores(1.0, nothing, nothing, offsets) for _ in until(deadline, windows)]


class Resolves:
    """Takes each question as it stands, or for a move where one is set."""

    fingerprint = "resolves"
    move: Move | None = None

    def resolve(self, question: str, *_: object) -> Resolved:
        return Resolved(question, move=self.move)


@pytest.fixture
def quick() -> Callable[[Archive], Assistant]:
    """Return what makes an assistant that answers without a model."""

    def make(archive: Archive) -> Assistant:
        embedder, resolver = HashEmbedder(), Resolves()
        index = ChunkIndex(archive, embedder)
        reader = Reader(archive, index, shipped_weights(), Words())
        return Assistant(archive, index, embedder, reader, resolver, floor=0.0, quotes=4)  # type: ignore[arg-type]

    return make
