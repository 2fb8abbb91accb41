"""OnRecord by its own parts, for what the command line does not tell: rankings and timings.

`run.py` has the ingest and the cold start done by the command line, as a user would.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from adapter import Found, Peer, Record, Shown, has_index, run

from corpus.archive import Archive
from index.build import ingest
from index.check import check
from index.chunk_index import NO_LIMITS, ChunkIndex
from index.embed import CompiledMiniLM, Passage, PassageVectors
from index.export import prepare
from index.schema import open_archive
from qa.assemble import open_assistant
from qa.assistant import Assistant
from qa.reader.question import analyse
from qa.retrieve import retrieve
from qa.settings import Settings


class Remembering(CompiledMiniLM):
    """Embeds a passage once, so that saving is only saving, as it is with the peers."""

    def __init__(self) -> None:
        super().__init__(prepare())
        self._known: dict[Passage, PassageVectors] = {}

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        new = [passage for passage in passages if passage not in self._known]
        self._known.update(zip(new, super().embed_passages(new), strict=True))
        return [self._known[passage] for passage in passages]


class OnRecord(Peer):
    """A store, searched by chunks and asked for quotes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embedder = Remembering()
        self._archive = open_archive(folder, create=not has_index(folder))
        self._index = ChunkIndex(self._archive, self._embedder)
        self._batch: list[Record] = []

    @cached_property
    def _assistant(self) -> Assistant:
        return open_assistant(self._folder, Settings())

    def add(self, articles: list[Record]) -> None:
        self._batch = articles
        with (
            tempfile.TemporaryDirectory() as scratch,
            open_archive(Path(scratch), create=True) as archive,
        ):
            self._ingest(archive)

    def save(self) -> None:
        self._ingest(self._archive)

    def _ingest(self, archive: Archive) -> None:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as file:
            file.writelines(json.dumps(article) + "\n" for article in self._batch)
            file.flush()
            ingest([file.name], archive, self._embedder)

    def search(self, question: Record, k: int) -> list[Found]:
        asked = question["question"]
        # The day that the assistant takes.
        day = _day(question)
        if day is None and analyse(asked).relative:
            day = self._archive.newest_date
        vector = self._embedder.embed_query(asked)
        hits = retrieve(self._archive, self._index, asked, vector, day, NO_LIMITS)[:k]
        versions = {id_: self._archive.version(id_) for id_ in {h.chunk.version_id for h in hits}}
        sources = [(versions[hit.chunk.version_id], hit.chunk.span) for hit in hits]
        return [Found(version.article_id, span.of(version.text)) for version, span in sources]

    def show(self, question: Record) -> Shown:
        answer = self._assistant.ask(question["question"], asked=_day(question))
        cited = answer.citations or answer.nearest
        quotes = [Found(citation.article_id, citation.quote) for citation in cited]
        return Shown(answer.status == "answered", quotes)

    def article_ids(self) -> set[str]:
        problems = list(check(self._archive))
        if problems:
            raise RuntimeError(str(problems[0]))
        return {article.id for article, _ in self._archive.current_versions()}


def _day(question: Record) -> date | None:
    day = question.get("date_asked")
    return date.fromisoformat(day) if day else None


if __name__ == "__main__":
    run(OnRecord)
