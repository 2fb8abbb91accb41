"""Dense and lexical search, fused: the chunks worth reading for a question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from math import exp

from corpus.archive import Archive
from index.chunk_index import ChunkIndex, Hit, Limits
from index.fuse import reciprocal_rank_fusion
from qa.deadline import NO_DEADLINE, Deadline
from qa.reader.features import Floats

CHUNKS_EACH = 60
CHUNKS_READ = 40
CHUNKS_OF_HOME = 8
# By these, articles of the days around the day of asking come first in 72 % instead of 59 % of the
# development questions; any gain from .2 to 1 and any decay from one to three weeks does as well.
NEARNESS_GAIN = 0.4
NEARNESS_DAYS = 14.0


def retrieve(
    archive: Archive,
    index: ChunkIndex,
    question: str,
    vector: Floats,
    day: date | None,
    limits: Limits,
    chunks: int = CHUNKS_EACH,
    *,
    deadline: Deadline = NO_DEADLINE,
) -> list[Hit]:
    """Return the union of the best chunks by meaning and by words, best first.

    Args:
        archive: Knows the dates of what is found.
        index: What is searched.
        question: The standalone question.
        vector: Its unit vector, shape (d,), float32.
        day: The day of asking: what was published around it comes earlier. None: no such day.
        limits: Publisher and period outside which nothing is found.
        chunks: How many by meaning, and how many by words.
        deadline: When nobody waits for them any more (TooLateError).
    """
    deadline.look()
    by_meaning = index.dense(vector, chunks, limits)
    deadline.look()
    rankings = [by_meaning, index.lexical(question, chunks, limits)]
    deadline.look()
    found = {hit.chunk.id: hit.chunk for hits in rankings for hit in hits}
    fused = reciprocal_rank_fusion([[hit.chunk.id for hit in hits] for hits in rankings])
    published = archive.published_on(list({chunk.version_id for chunk in found.values()}))
    scored = [
        (score * _nearness(day, published.get(found[id_].version_id)), id_) for id_, score in fused
    ]
    scored.sort(key=lambda item: (-item[0], item[1]))
    return [Hit(found[id_], score, rank) for rank, (score, id_) in enumerate(scored, start=1)]


def with_home(
    hits: Sequence[Hit], archive: Archive, index: ChunkIndex, home: Collection[str]
) -> list[Hit]:
    """Return the best `CHUNKS_READ` hits and, after them, the beginnings of these articles."""
    current = (version for name in home for version in archive.current_versions_of(name))
    found = index.of_versions([version.id for version in current], CHUNKS_OF_HOME)
    known = {hit.chunk.id for hit in hits[:CHUNKS_READ]}
    return [*hits[:CHUNKS_READ], *(hit for hit in found if hit.chunk.id not in known)]


def _nearness(day: date | None, published: date | None) -> float:
    if day is None or published is None:
        return 1.0
    return 1 + NEARNESS_GAIN * exp(-abs((day - published).days) / NEARNESS_DAYS)
