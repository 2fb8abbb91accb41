"""How early a relevant article is retrieved: ``retrieval.py STORE QUESTIONS.jsonl``."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from index.chunk_index import NO_LIMITS, ChunkIndex
from index.embed import open_embedder
from index.schema import open_archive
from qa.retrieve import retrieve


def main(store: str, questions: str) -> None:
    """Print the share of answerable questions with a relevant article among the first 1, 5, 20."""
    archive, embedder = open_archive(Path(store)), open_embedder()
    index = ChunkIndex(archive, embedder)
    asked = [json.loads(line) for line in Path(questions).read_text("utf-8").splitlines()]
    asked = [question for question in asked if question["answerable"]]
    found = dict.fromkeys((1, 5, 20), 0)
    for question in asked:
        text, day = question["question"], date.fromisoformat(question["date_asked"])
        hits = retrieve(archive, index, text, embedder.embed_query(text), day, NO_LIMITS)
        versions = dict.fromkeys(hit.chunk.version_id for hit in hits)
        articles = [archive.version(version).article_id for version in versions]
        for first in found:
            found[first] += bool({*articles[:first]} & {*question["relevant_articles"]})
    print({first: round(count / len(asked), 3) for first, count in found.items()})  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:3])
