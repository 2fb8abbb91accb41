from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.archive import Archive
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.lexical import (
    MOST_TERMS,
    NO_LIMITS,
    Limits,
    document_frequency,
    limited,
    search,
    terms_of,
)

STORIES = [
    {"id": "loan", "publisher": "Gazette", "title": "A loan", "published": "2019-01-24",
     "text": "Beijing has lent Caracas $65,000 for the refineries."},
    {"id": "port", "publisher": "Post", "title": "Port of Café",
     "published": "2019-01-25T23:30:00+00:00",
     "text": "Lenders met in the U.S. port, where refining began."},
    {"id": "undated", "publisher": "Post", "title": "Lenders",
     "text": "Nobody named the day of the meeting."},
]  # fmt: skip


@pytest.fixture
def found(archive: Archive, feed: Callable[..., Any]) -> Callable[..., list[str]]:
    feed(*STORIES)

    def ask(question: str, limits: Limits = NO_LIMITS) -> list[str]:
        rows = search(archive.connection(), question, 10, limits)
        query = (
            "SELECT articles.id FROM chunks JOIN versions ON versions.id = version_id"
            " JOIN articles ON key = versions.article WHERE chunks.id = ?"
        )
        return [archive.connection().execute(query, (i,)).fetchone()[0] for i, _ in rows]

    return ask


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        pytest.param("refinery", ["loan"], id="stems"),
        pytest.param("cafe", ["port"], id="accents"),
        pytest.param("BEIJING's", ["loan"], id="case and possessive"),
        pytest.param("how much was lent?", ["loan"], id="question words are dropped"),
        pytest.param("$65,000", ["loan"], id="number"),
        pytest.param("the U.S.", ["port"], id="abbreviation"),
        pytest.param("lenders", ["undated", "port"], id="the title counts double"),
        pytest.param("zebra", [], id="nothing"),
        pytest.param("", [], id="empty"),
        pytest.param("?!", [], id="punctuation"),
        pytest.param("who was it", [], id="only question words, in no article"),
    ],
)
def test_search(found: Callable[..., list[str]], question: str, ids: list[str]) -> None:
    assert found(question) == ids


def test_stop_words_count_where_there_is_nothing_else() -> None:
    assert terms_of("The Who") == ["the", "who"]
    assert terms_of("When did The Who meet in 1970?") == ["meet", "1970"]
    assert len(terms_of(" ".join(f"word{n}" for n in range(500)))) == MOST_TERMS


@pytest.mark.parametrize(
    ("limits", "ids"),
    [
        pytest.param(Limits(), {"loan", "port", "undated"}, id="none"),
        pytest.param(Limits(publisher="POST"), {"port", "undated"}, id="publisher"),
        pytest.param(Limits(since=date(2019, 1, 25)), {"port"}, id="since"),
        pytest.param(Limits(until=date(2019, 1, 24)), {"loan"}, id="until"),
        pytest.param(Limits(until=date(2019, 1, 25)), {"loan", "port"}, id="until its evening"),
        pytest.param(Limits(until=date.max), {"loan", "port"}, id="until the end of days"),
        pytest.param(Limits("Post", date(2019, 1, 1), date(2019, 1, 25)), {"port"}, id="all"),
        pytest.param(Limits(publisher="Nobody"), set(), id="no such publisher"),
    ],
)
def test_limits(
    found: Callable[..., list[str]],
    archive: Archive,
    embedder: HashEmbedder,
    limits: Limits,
    ids: set[str],
) -> None:
    assert set(found("lent lenders refineries", limits)) == ids
    hits = ChunkIndex(archive, embedder).dense(embedder.embed_query("lenders"), 10, limits)
    assert {archive.version(hit.chunk.version_id).article_id for hit in hits} == ids


def test_no_limits_is_no_query() -> None:
    assert limited(Limits()) == ("", [])


@pytest.mark.parametrize(
    ("term", "count"),
    [("lenders", 2), ("lent", 1), ("U.S.", 1), ("refinery", 1), ("zebra", 0), ("", 0), ('"', 0)],
)
def test_document_frequency_counts_chunks_by_stem(
    archive: Archive, feed: Callable[..., Any], term: str, count: int
) -> None:
    feed(*STORIES)
    assert document_frequency(archive.connection(), [term]) == {term: count}


@pytest.mark.parametrize(
    "question",
    ['" OR NEAR( * ^ col:', "'; DROP TABLE chunks; --", "title: x", "a AND", "NOT", "{a b}: c",
     "x\0y", "\ud800", "^", "-a", "a*", '"""', "( ( (", "((a+)+)+$" * 50],
)  # fmt: skip
def test_syntax_is_text(archive: Archive, feed: Callable[..., Any], question: str) -> None:
    feed(*STORIES)
    search(archive.connection(), question, 5)
    document_frequency(archive.connection(), [question.encode("utf-8", "replace").decode()])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_no_question_is_an_error(archive: Archive, question: str) -> None:
    search(archive.connection(), question, 5, Limits(publisher="Post"))
