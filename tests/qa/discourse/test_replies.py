"""Follow-ups about an answer, over the sample: every reply is a checked quote of its article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.archive import Archive
from corpus.article import Span
from corpus.sample import sample_path
from index.build import ingest
from index.chunk_index import ChunkIndex
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Assistant
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from tests import shipped

LENT = "How much has China lent Venezuela?"
SETTLED = "What did Ingrid Vass call the oil-backed loan?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(shipped.sample_store(tmp_path_factory)) as opened:
        yield opened


@pytest.fixture(scope="module")
def assistant(archive: Archive) -> Assistant:
    embedder = shipped.embedder()
    index = ChunkIndex(archive, embedder)
    weights = shipped_weights()
    reader = Reader(archive, index, weights, shipped.reader())
    resolver = shipped.resolver()
    return Assistant(archive, index, embedder, reader, resolver, floor=weights.floor, quotes=4)


def held(assistant: Assistant, *questions: str) -> list[Answer]:
    conversation = Conversation()
    for question in questions:
        answer = assistant.ask(question, conversation=conversation)
        conversation = conversation.with_turn(Turn(question, answer.standalone, answer))
    return [turn.answer for turn in conversation.turns if turn.answer]


def assert_stored(answer: Answer, archive: Archive) -> None:
    assert answer.status == "answered"
    for citation in answer.citations:
        version = archive.version_number(citation.article_id, citation.version)
        assert version is not None
        assert citation.quote == citation.span.of(version.text)


def test_who_said_that_names_the_speaker(assistant: Assistant, archive: Archive) -> None:
    first, said = held(assistant, LENT, "Who said that?")
    assert_stored(said, archive)
    assert said.citations[0].article_id == first.citations[0].article_id
    assert said.short
    assert said.short in said.citations[0].quote
    assert "Ministry of Commerce" in said.short
    assert first.citations[0].publisher
    assert first.citations[0].publisher in said.note


def test_when_was_that_falls_back_on_the_article(assistant: Assistant, archive: Archive) -> None:
    first, when = held(assistant, LENT, "When was that?")
    assert_stored(when, archive)
    assert when.citations[0].quote == first.citations[0].quote
    assert when.short or "names no date" in when.note


def test_what_else_never_shows_a_quote_again(assistant: Assistant, archive: Archive) -> None:
    answers = held(assistant, LENT, "What else?", "anything else?")
    shown = [c.quote for answer in answers for c in answer.citations]
    assert len(answers[1].citations) > 0
    assert len(shown) == len(set(shown))
    assert_stored(answers[1], archive)


def test_are_you_sure_shows_the_quote_again_and_what_others_say(
    assistant: Assistant, archive: Archive
) -> None:
    first, sure = held(assistant, LENT, "Are you sure?")
    assert_stored(sure, archive)
    assert sure.citations[0] == first.citations[0]
    assert sure.note.startswith("Checked again")
    assert sure.confidence == first.confidence


def test_show_me_the_article_says_where_the_quote_stands(
    assistant: Assistant, archive: Archive
) -> None:
    first, where = held(assistant, LENT, "Show me the article")
    assert_stored(where, archive)
    assert where.citations[0].span == first.citations[0].span
    span: Span = where.citations[0].span
    assert f"characters {span.start} to {span.end}" in where.note


def test_is_that_still_so_looks_for_something_newer(assistant: Assistant, archive: Archive) -> None:
    first, still = held(assistant, LENT, "Is that still so?")
    assert_stored(still, archive)
    newer = [c for c in still.citations if str(c.published) > str(first.citations[0].published)]
    assert newer == list(still.citations) or still.note.startswith("Nothing newer")


def test_a_quote_that_is_gone_since_is_not_shown(tmp_path: Path) -> None:
    embedder = shipped.embedder()
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(sample_path())], archive, embedder)
        index = ChunkIndex(archive, embedder)
        weights = shipped_weights()
        reader = Reader(archive, index, weights, shipped.reader())
        resolver = shipped.resolver()
        assistant = Assistant(
            archive, index, embedder, reader, resolver, floor=weights.floor, quotes=4
        )
        first = assistant.ask(LENT)
        conversation = Conversation((Turn(LENT, LENT, first),))
        archive.remove(publisher=first.citations[0].publisher)
        said = assistant.ask("Who said that?", conversation=conversation)
    assert said.status == "declined"
    assert not said.citations
