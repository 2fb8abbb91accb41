from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from index.build import IngestReport, ingest
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive

Articles = list[dict[str, Any]]


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as opened:
        yield opened


@pytest.fixture
def feed(tmp_path: Path, archive: Archive, embedder: HashEmbedder) -> Callable[..., IngestReport]:
    """Ingest articles, each a dictionary, through a JSONL file."""

    def take(*articles: dict[str, Any]) -> IngestReport:
        path = tmp_path / "feed.jsonl"
        path.write_text("".join(json.dumps(article) + "\n" for article in articles))
        return ingest([str(path)], archive, embedder)

    return take


@pytest.fixture
def many() -> Callable[..., Articles]:
    """Make articles that differ in their words, several chunks each."""

    def make(count: int, start: int = 0, sentences: int = 30) -> Articles:
        return [
            {
                "id": f"a{n}",
                "publisher": ("Gazette", "Post", "Herald")[n % 3],
                "title": f"Story {n} of the harbour",
                "published": f"2019-{n % 12 + 1:02}-{n % 28 + 1:02}",
                "text": "\n\n".join(
                    f"Pier {n}x{i} took {n * 31 + i * 7} crates of {_GOODS[(n + i) % len(_GOODS)]}"
                    f" and {_GOODS[(n * i) % len(_GOODS)]} from the ship {n * i % 97} on that day."
                    for i in range(sentences)
                ),
            }
            for n in range(start, start + count)
        ]

    return make


_GOODS = "oil wheat steel cotton tea copper salt paper timber coal glass rubber cars tin".split()


@pytest.fixture
def answers(embedder: HashEmbedder) -> Callable[[ChunkIndex], list[tuple[Any, ...]]]:
    """Ask an index the same questions; what comes back is comparable between stores."""

    def ask(index: ChunkIndex) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        for question in ("crates of oil", "tea from the ship 12", "copper and salt on pier 3x4"):
            for hits in (
                index.dense(embedder.embed_query(question), 8),
                index.lexical(question, 8),
            ):
                found.extend((h.rank, h.chunk.id, h.chunk.span, round(h.score, 4)) for h in hits)
        return found

    return ask
