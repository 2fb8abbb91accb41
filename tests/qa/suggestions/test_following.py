"""What is proposed after an answer gets an answer, which was not asked for or shown before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import pytest

from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Trace
from qa.discourse.moves import Move, TrainedMoves
from qa.discourse.recall import Place
from qa.suggestions.about import TELL_MORE, WORDING
from qa.suggestions.following import MOST_SHOWN, following_questions
from qa.suggestions.nearby import nearby_questions
from qa.verify import ask_back
from tests import shipped

MODEL = TrainedMoves(shipped.embedder())
QUESTIONS = [
    "How many Sukhoi jets has Russia sold to Venezuela?",
    "How long is the new bridge over the Sarn?",
    "Which bank did most of the Chinese credit to Venezuela come from?",
]
FOUND_DEAD = "Where in Brackmere were five of the drowned found on one day?"
INDIA = "How much has India lent Venezuela?"


class Talk(Protocol):
    archive: Archive
    conversation: Conversation
    trace: Trace | None
    tried: list[str]

    def say(self, question: str) -> Answer: ...
    def try_out(self, question: str) -> Answer: ...
    def proposed(self, *, tries: bool = True, reloaded: bool = False) -> list[str]: ...


@pytest.mark.parametrize(("move", "question"), [*WORDING.items(), (Move.MORE, TELL_MORE)])
def test_the_shipped_model_understands_each_wording(move: Move, question: str) -> None:
    assert MODEL.move_in(question) is move


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_gets_an_answer_that_was_not_shown(talk: Talk, question: str) -> None:
    shown = {citation.quote for citation in talk.say(question).citations}
    proposed = talk.proposed()
    assert 1 <= len(proposed) == len(set(proposed)) <= MOST_SHOWN
    assert len(talk.tried) <= 1
    for follow_up in proposed:
        answer = talk.try_out(follow_up)
        assert answer.status == "answered"
        assert not shown.issuperset(citation.quote for citation in answer.citations)


def test_questions_of_the_article_come_before_tell_me_more(talk: Talk) -> None:
    talk.say("How long is the new bridge over the Sarn?")
    assert talk.proposed(tries=False) == [
        "Why did Councilman Piers Hanlon vote against the project?",
        TELL_MORE,
    ]


def test_nothing_is_proposed_twice_in_a_conversation(talk: Talk) -> None:
    talk.say(QUESTIONS[0])
    followed: list[str] = []
    while (proposed := talk.proposed()) and len(followed) < 3:
        assert not set(proposed).intersection(followed)
        followed.append(proposed[0])
        assert talk.say(proposed[0]).status == "answered"
    assert len(followed) > 1


def test_who_says_so_is_proposed_where_another_sentence_names_the_speaker(talk: Talk) -> None:
    assert talk.say(FOUND_DEAD).citations[0].quote.endswith("he said.")
    assert WORDING[Move.SPEAKER] in talk.proposed(tries=False)
    said = talk.say(WORDING[Move.SPEAKER])
    assert "Alan Greaves" in (said.short or "")
    assert WORDING[Move.SPEAKER] not in talk.proposed(tries=False)


def test_who_says_so_is_not_proposed_where_the_quote_names_the_speaker(talk: Talk) -> None:
    answer = talk.say("How much has China lent Venezuela?")
    assert "a researcher at the Chinese Ministry of Commerce said" in answer.citations[0].quote
    assert WORDING[Move.SPEAKER] not in talk.proposed(tries=False)


def test_who_asked_who_said_that_is_not_told_to_ask_who_says_so(talk: Talk) -> None:
    talk.say(FOUND_DEAD)
    talk.say("who said that?")
    assert WORDING[Move.SPEAKER] not in talk.proposed(tries=False)


def test_after_a_reload_there_is_no_evidence_to_propose_from(talk: Talk) -> None:
    talk.say("How long is the new bridge over the Sarn?")
    proposed = talk.proposed(reloaded=True)
    assert "Why did Councilman Piers Hanlon vote against the project?" in proposed
    assert WORDING[Move.PROOF] not in proposed
    assert not talk.tried


def test_a_declined_question_leads_to_one_that_its_nearest_sentence_answers(talk: Talk) -> None:
    assert talk.say(INDIA).status == "declined"
    assert talk.proposed() == ["How much has China lent Venezuela?"]
    assert talk.tried == ["How much has China lent Venezuela?"]
    assert talk.try_out("How much has China lent Venezuela?").short == "$65 billion"


def test_what_would_have_to_be_searched_for_is_not_proposed_untried(talk: Talk) -> None:
    talk.say(INDIA)
    assert talk.proposed(tries=False) == []


def test_what_was_tried_in_vain_is_not_proposed(talk: Talk) -> None:
    declined = talk.say(INDIA)
    assert talk.trace is not None
    assert not following_questions(
        talk.trace, talk.conversation, talk.archive, 0.5, lambda _: declined
    )


def test_after_asking_back_nothing_is_proposed(talk: Talk) -> None:
    unclear = ask_back(question="How old is he?", standalone="How old is he?", choices=())
    conversation = Conversation((Turn("How old is he?", "How old is he?", unclear),))
    trace = Trace(unclear, (), ())
    assert following_questions(trace, conversation, talk.archive, 0.5, talk.try_out) == []


def test_of_an_article_that_is_gone_nothing_is_proposed(talk: Talk, tmp_path: Path) -> None:
    talk.say("How long is the new bridge over the Sarn?")
    assert talk.trace is not None
    with open_archive(tmp_path / "store", create=True) as archive:
        assert following_questions(talk.trace, talk.conversation, archive, 0.5) == []
        ingest([str(sample_path())], archive, HashEmbedder())
        assert following_questions(talk.trace, talk.conversation, archive, 0.5)


def test_what_was_asked_before_is_not_proposed_instead(talk: Talk) -> None:
    talk.say("How much has China lent Venezuela?")
    assert talk.say(INDIA).status == "declined"
    assert "How much has China lent Venezuela?" not in talk.proposed()


def test_an_answer_to_something_else_proves_nothing(talk: Talk) -> None:
    other = talk.try_out("How long is the new bridge over the Sarn?")
    assert other.status == "answered"
    talk.say(INDIA)
    assert talk.trace is not None
    assert not following_questions(
        talk.trace, talk.conversation, talk.archive, 0.5, lambda _: other
    )


def test_who_asked_for_more_is_not_told_to_ask_for_more(talk: Talk) -> None:
    talk.say("How long is the new bridge over the Sarn?")
    assert TELL_MORE in talk.proposed(tries=False)
    talk.say("anything else?")
    assert TELL_MORE not in talk.proposed(tries=False)


def test_what_the_quote_tells_already_is_not_asked_for(tmp_path: Path) -> None:
    quote = "The mayor opened the Tolliver Bridge in May 2018."
    text = f"{quote} The Tolliver Bridge opened in May 2018. The bridge cost $3 million."
    source = tmp_path / "articles.jsonl"
    source.write_text(json.dumps({"id": "b", "published": "2018-06-01", "text": text}))
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
        ((article, version),) = archive.current_versions()
        sentences = archive.sentences(version.id)
        place = Place(article, version, sentences, 0, sentences[0].span)
        found = list(nearby_questions(place, "Who was at the ceremony?", quote))
    assert [each.made.question for each in found] == ["How much did the bridge cost?"]
