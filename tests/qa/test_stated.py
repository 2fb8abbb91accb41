"""What a question states of articles limits it wherever it is asked, and what goes on from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.chunk_index import NO_LIMITS, ChunkIndex, Limits
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Assistant
from qa.conversations.records import decode_turn, encode_turn
from qa.history import PastQuestion, conversation_from
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.render import to_json, to_text
from qa.restore import Restorer
from tests import shipped

WIRE = "How much has China lent Venezuela, according to Tallis Wire?"
TALLIS = Limits("Tallis Wire")
POST = Limits("The Calderwick Post")
OF_2017 = Limits(since=date(2017, 1, 1), until=date(2017, 12, 31))
FLOOD = "How many people died in the Brackmere flood?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(tmp_path_factory.mktemp("sample") / "store", create=True) as opened:
        ingest([str(sample_path())], opened, HashEmbedder())
        yield opened


@pytest.fixture(scope="module")
def assistant(archive: Archive) -> Assistant:
    embedder = HashEmbedder()
    index = ChunkIndex(archive, embedder)
    reader = Reader(archive, index, shipped_weights(), shipped.reader())
    # Hashed words are nothing like the model that confidence was fitted on: any sentence may pass.
    return Assistant(archive, index, embedder, reader, shipped.resolver(), floor=0.0, quotes=4)


def talk(assistant: Assistant, *questions: str, **beside: Any) -> Answer:
    """Return the answer to the last of several questions of one conversation."""
    conversation = Conversation()
    for question in questions:
        answer = assistant.ask(question, conversation=conversation, **beside)
        conversation = conversation.with_turn(Turn(question, answer.standalone, answer))
    return answer


def outlets(answer: Answer) -> set[str | None]:
    return {citation.publisher for citation in (*answer.citations, *answer.nearest)}


def test_what_is_stated_limits_and_is_said(assistant: Assistant, archive: Archive) -> None:
    answer = talk(assistant, WIRE)
    assert answer.standalone == "How much has China lent Venezuela?"
    assert (answer.limits, answer.stated, outlets(answer)) == (TALLIS, TALLIS, {"Tallis Wire"})
    count = archive.publishers()["Tallis Wire"]
    assert 0 < count < archive.article_count
    assert answer.searched == f"{count} articles from Tallis Wire"
    assert to_json(answer)["limits"] == {"publisher": "Tallis Wire"}
    assert "Limited to articles from Tallis Wire." in to_text(answer)


def test_the_articles_searched_are_those_of_outlet_and_time(
    assistant: Assistant, archive: Archive
) -> None:
    found = talk(assistant, "What do articles from 2017 say of the dam?", limits=POST)
    both = Limits(POST.publisher, OF_2017.since, OF_2017.until)
    assert (found.limits, found.stated) == (both, OF_2017)
    fitting = [
        article
        for article, version in archive.current_versions()
        if article.publisher == POST.publisher and str(version.published).startswith("2017")
    ]
    assert found.searched.startswith(f"{len(fitting)} article")


@pytest.mark.parametrize(
    ("follow_up", "stated"),
    [
        pytest.param("And Russia?", TALLIS, id="a piece"),
        pytest.param("Who said that?", TALLIS, id="about the answer"),
        pytest.param("When did it lend that?", TALLIS, id="a pronoun"),
        pytest.param("and according to The Calderwick Post?", POST, id="another outlet"),
        pytest.param(FLOOD, NO_LIMITS, id="stands alone"),
        pytest.param("In articles from 2017, who died in Brackmere?", OF_2017, id="states its own"),
    ],
)
def test_it_holds_for_what_cannot_stand_alone(
    assistant: Assistant, follow_up: str, stated: Limits
) -> None:
    answer = talk(assistant, WIRE, follow_up)
    assert (answer.stated, answer.limits) == (stated, stated)
    if stated.publisher:
        assert outlets(answer) <= {stated.publisher}


def test_it_outlasts_no_question_that_stands_alone(assistant: Assistant) -> None:
    assert talk(assistant, WIRE, FLOOD, "And in 2017?").stated == NO_LIMITS
    assert talk(assistant, WIRE, "And Russia?", "Who said that?").stated == TALLIS
    assert talk(assistant, WIRE, "thanks", "And Russia?").stated == TALLIS


def test_the_same_question_is_asked_of_another_outlet(assistant: Assistant) -> None:
    answer = talk(assistant, WIRE, "and according to The Calderwick Post?")
    assert answer.standalone == "How much has China lent Venezuela?"


def test_it_can_be_lifted(assistant: Assistant) -> None:
    answer = assistant.ask(WIRE, everything=True)
    assert (answer.limits, answer.stated) == (NO_LIMITS, NO_LIMITS)
    assert len(outlets(answer)) > 1
    held = Conversation((Turn(WIRE, answer.standalone, answer, everything=True),))
    assert assistant.ask("And Russia?", conversation=held).limits == NO_LIMITS
    assert assistant.ask(WIRE, limits=POST, everything=True).limits == POST


def test_what_is_set_is_not_taken_along(assistant: Assistant) -> None:
    answer = assistant.ask("How much has China lent Venezuela?", limits=TALLIS)
    assert (answer.limits, answer.stated) == (TALLIS, NO_LIMITS)
    held = Conversation((Turn(answer.question, answer.standalone, answer),))
    assert assistant.ask("And Russia?", conversation=held).limits == NO_LIMITS


@pytest.mark.parametrize(
    ("limits", "note"),
    [
        pytest.param(POST, "no article is from both", id="two outlets"),
        pytest.param(Limits(since=date(2031, 1, 1)), "", id="no such time"),
        pytest.param(Limits(None, date(2019, 1, 1), date(2018, 1, 1)), "", id="crossed"),
    ],
)
def test_where_nothing_is_left_it_declines_and_offers_everything(
    assistant: Assistant, limits: Limits, note: str
) -> None:
    answer = assistant.ask(WIRE, limits=limits)
    assert (answer.status, answer.nearest, answer.confidence) == ("declined", (), 0.0)
    assert answer.searched.startswith("0 articles")
    assert note in answer.note
    assert to_json(answer)["everything"] == answer.standalone
    assert "ask again with --everything" in to_text(answer)


def test_without_limits_there_is_nothing_to_widen(assistant: Assistant) -> None:
    record = to_json(assistant.ask(FLOOD))
    assert (record["limits"], record["everything"]) == ({}, None)


def test_turns_that_others_answered_limit_too(assistant: Assistant) -> None:
    def ask(question: str, before: Conversation, asked: date | None) -> Answer:
        return assistant.ask(question, conversation=before, asked=asked)

    history = [PastQuestion(question=WIRE, answer="$50 billion.")]
    held = conversation_from(history, None, ask, assistant.understand)
    assert held.turns[0].standalone == "How much has China lent Venezuela?"
    assert assistant.ask("And Russia?", conversation=held).limits == TALLIS


def test_it_comes_back_with_a_kept_conversation(assistant: Assistant, archive: Archive) -> None:
    answer = talk(assistant, WIRE)
    turn = Turn(WIRE, answer.standalone, answer, everything=True)
    assert Restorer(archive).turn(decode_turn(encode_turn(turn))) == turn
    old = encode_turn(replace(turn, everything=False))
    assert '"stated"' in old


def test_time_counts_from_the_day_of_asking(assistant: Assistant, archive: Archive) -> None:
    question = "Who resigned, in articles from yesterday?"
    asked = date(2018, 5, 2)
    assert assistant.ask(question, asked=asked).limits.since == date(2018, 5, 1)
    newest = archive.newest_date
    assert newest
    assert assistant.ask(question).limits.until == date.fromordinal(newest.toordinal() - 1)
