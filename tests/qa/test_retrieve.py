"""Chunks by meaning and by words, fused by rank, nearer to the day of asking first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from math import exp

import pytest

from corpus.archive import Archive
from index.build import ingest
from index.chunk_index import NO_LIMITS, ChunkIndex, Hit, Limits
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.retrieve import CHUNKS_EACH, NEARNESS_DAYS, NEARNESS_GAIN, retrieve, with_home

EMBEDDER = HashEmbedder()
STORIES = [
    {"id": "old", "publisher": "Post", "published": "2015-05-01",
     "text": "The ferry toll in Ellisport rises to $2."},
    {"id": "new", "publisher": "Gazette", "published": "2019-05-01",
     "text": "The ferry toll in Ellisport rises to $3."},
    {"id": "undated", "publisher": "Gazette", "text": "The ferry toll in Ellisport rises to $4."},
    {"id": "words", "published": "2019-05-02", "text": "Tolls. A lorry waits. Nobody pays at all."},
    {"id": "other", "published": "2019-05-03", "text": "Snow fell on the hills of Brackmere."},
]  # fmt: skip
QUESTION = "How high is the ferry toll in Ellisport?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("retrieve")
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(story) + "\n" for story in STORIES))
    with open_archive(folder / "store", create=True) as opened:
        ingest([str(source)], opened, EMBEDDER)
        yield opened


def hits(
    archive: Archive,
    question: str = QUESTION,
    day: date | None = None,
    limits: Limits = NO_LIMITS,
) -> list[Hit]:
    index = ChunkIndex(archive, EMBEDDER)
    return retrieve(archive, index, question, EMBEDDER.embed_query(question), day, limits)


def names(archive: Archive, found: list[Hit]) -> list[str]:
    return [archive.version(hit.chunk.version_id).article_id for hit in found]


def expected(archive: Archive, question: str, day: date | None) -> dict[int, float]:
    """Return the fused score of each chunk by hand: 1 / (60 + rank), and the nearness in time."""
    index = ChunkIndex(archive, EMBEDDER)
    dense = index.dense(EMBEDDER.embed_query(question), CHUNKS_EACH)
    scores: dict[int, float] = {}
    for ranking in (dense, index.lexical(question, CHUNKS_EACH)):
        for hit in ranking:
            scores[hit.chunk.id] = scores.get(hit.chunk.id, 0) + 1 / (60 + hit.rank)
    for hit in dense:
        published = archive.version(hit.chunk.version_id).published
        if day and published:
            days = abs((day - published).days)
            scores[hit.chunk.id] *= 1 + NEARNESS_GAIN * exp(-days / NEARNESS_DAYS)
    return scores


@pytest.mark.parametrize("day", [None, date(2019, 5, 1), date(2015, 4, 20), date(1900, 1, 1)])
@pytest.mark.parametrize("question", [QUESTION, "Who pays at all?", "snow on the hills"])
def test_scores_are_those_computed_by_hand(
    archive: Archive, question: str, day: date | None
) -> None:
    found = hits(archive, question, day)
    wanted = expected(archive, question, day)
    assert {hit.chunk.id: hit.score for hit in found} == pytest.approx(wanted)
    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))
    order = [(-hit.score, hit.chunk.id) for hit in found]
    assert order == sorted(order)


def test_each_chunk_comes_once_best_first(archive: Archive) -> None:
    found = names(archive, hits(archive))
    assert sorted(found) == ["new", "old", "other", "undated", "words"]
    assert set(found[:3]) == {"new", "old", "undated"}


@pytest.mark.parametrize(
    ("day", "first"), [(date(2015, 5, 3), "old"), (date(2019, 5, 3), "new"), (None, "old")]
)
def test_what_was_published_around_the_day_of_asking_comes_first(
    archive: Archive, day: date | None, first: str
) -> None:
    assert names(archive, hits(archive, day=day))[0] == first


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        pytest.param(Limits(publisher="gazette"), {"new", "undated"}, id="publisher"),
        pytest.param(Limits(since=date(2019, 5, 2)), {"words", "other"}, id="since"),
        pytest.param(Limits(until=date(2018, 1, 1)), {"old"}, id="until"),
        pytest.param(Limits(publisher="Nobody"), set(), id="nothing"),
    ],
)
def test_nothing_outside_the_limits(archive: Archive, limits: Limits, wanted: set[str]) -> None:
    assert set(names(archive, hits(archive, limits=limits))) == wanted


def test_words_alone_and_meaning_alone_find_as_well(archive: Archive) -> None:
    """A question of unknown words has no lexical hits, yet the dense ones come back."""
    assert len(hits(archive, "zzz qqq")) == len(STORIES)
    assert names(archive, hits(archive, "lorries"))[0] == "words"


def test_articles_at_home_are_read_after_the_hits_and_none_twice(archive: Archive) -> None:
    found = [hit for hit in hits(archive) if names(archive, [hit]) != ["other"]]
    index = ChunkIndex(archive, EMBEDDER)
    read = with_home(found, archive, index, ["other", "new", "gone"])
    assert names(archive, read) == [*names(archive, found), "other"]
