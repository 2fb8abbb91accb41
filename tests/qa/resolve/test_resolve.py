"""A follow-up carries over what it leaves unsaid; what stands by itself carries nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Span
from qa.answer import Conversation, Turn
from qa.discourse.moves import Move, TrainedMoves
from qa.reader.named import name_spans
from qa.reader.words import content_stems
from qa.resolve.phrases import Weighed
from qa.resolve.resolve import Resolved, Resolver
from qa.resolve.said import Said
from qa.verify import decline
from tests import shipped

LENT = "How much has China lent Venezuela?"
FLOOD = "How many people died in the Brackmere flood of 2017?"


class NamesBelong:
    """Takes every name of the last turn for part of the follow-up, the first most of all."""

    fingerprint = "names"

    def weigh(self, _question: str, said: Sequence[Said]) -> list[Weighed]:
        return [list(self._words(each)) if each.ago == 1 else [] for each in said]

    def _words(self, said: Said) -> list[tuple[Span, float]]:
        return [(span, 0.95 - place / 20) for place, span in enumerate(name_spans(said.text))]


RESOLVER = Resolver(NamesBelong(), TrainedMoves(shipped.embedder()))


def after(*questions: str) -> Conversation:
    return Conversation(tuple(Turn(question, question) for question in questions))


@pytest.mark.parametrize("question", ["And Russia?", "Who said that?", "", LENT, "?"])
def test_the_first_question_stands_as_it_is(question: str) -> None:
    assert RESOLVER.resolve(question, Conversation()) == Resolved(question, ())


@pytest.mark.parametrize(
    ("last", "question", "standalone", "carried"),
    [
        pytest.param(
            LENT, "And Russia?", "How much has Russia lent Venezuela?", ("Venezuela",), id="and"
        ),
        pytest.param(
            LENT, "what about brazil", "How much has brazil lent Venezuela?", ("Venezuela",),
            id="in lower case, without a mark",
        ),
        pytest.param(
            LENT, "But how about Peru ??", "How much has Peru lent Venezuela?", ("Venezuela",),
            id="how about",
        ),
        pytest.param(
            LENT, "No, I meant Brazil", "How much has Brazil lent Venezuela?", ("Venezuela",),
            id="a correction",
        ),
        pytest.param(
            "Did Claire Osterman say what China lent?", "And Russia?",
            "Did Claire Osterman say what Russia lent?", ("Claire Osterman",),
            id="a country for a country",
        ),
        pytest.param(
            FLOOD, "And in 2018?", "How many people died in the Brackmere flood of 2018?",
            ("Brackmere",), id="another year",
        ),
        pytest.param(
            LENT, "no, in 2016", "How much has China lent Venezuela in 2016?",
            ("China", "Venezuela"), id="a year added",
        ),
        pytest.param(
            "How many people died in Peru in 2017?", "and in Chile?",
            "How many people died in Chile in 2017?", ("2017",), id="a place for a place",
        ),
        pytest.param(
            LENT, "and in Peru?", "How much has China lent Venezuela in Peru?",
            ("China", "Venezuela"), id="a place added",
        ),
        pytest.param(
            LENT, "what about arms?", "How much has China lent Venezuela? What about arms?",
            ("China", "Venezuela"), id="a thing",
        ),
        pytest.param(
            FLOOD, "no, in 2016", "How many people died in the Brackmere flood of 2016?",
            ("Brackmere",), id="a corrected year",
        ),
    ],
)  # fmt: skip
def test_one_thing_instead_of_another(
    last: str, question: str, standalone: str, carried: tuple[str, ...]
) -> None:
    assert RESOLVER.resolve(question, after(last)) == Resolved(standalone, carried)


@pytest.mark.parametrize(
    ("last", "question", "standalone"),
    [
        pytest.param(
            "What did Ingrid Vass say?", "Where does she work?", "Where does Ingrid Vass work?",
            id="she",
        ),
        pytest.param(
            "Who runs Rosneft?", "How much is it owed?", "How much is Rosneft owed?", id="it"
        ),
        pytest.param(
            "Who runs Rosneft?", "Who is its biggest customer?",
            "Who is Rosneft's biggest customer?", id="its",
        ),
        pytest.param(
            "What happened in Caracas?", "And who rules there?", "Who rules in Caracas?", id="there"
        ),
        pytest.param(
            "What was built in Ellisport?", "What did the bridge cost?",
            "What did the bridge cost in Ellisport?", id="no pronoun at all",
        ),
    ],
)  # fmt: skip
def test_a_phrase_takes_the_place_of_a_pronoun_or_the_end(
    last: str, question: str, standalone: str
) -> None:
    assert RESOLVER.resolve(question, after(last)).standalone == standalone


@pytest.mark.parametrize(
    ("question", "unwanted", "standalone"),
    [
        ("And Russia?", "Venezuela", "How much has Russia lent?"),
        ("in 2016?", "China", "How much has lent Venezuela in 2016?"),
    ],
)
def test_a_term_can_be_left_out_of_the_last_question(
    question: str, unwanted: str, standalone: str
) -> None:
    found = RESOLVER.resolve(question, after(LENT), without=(unwanted,))
    assert found.standalone == standalone
    assert unwanted not in found.carried


def test_what_leans_on_the_conversation_is_read_as_typed() -> None:
    found = RESOLVER.resolve("And what did she say there?", after("What did Ingrid Vass say?"))
    assert found.leans
    assert found.typed == "What did she say there?"
    short = RESOLVER.resolve("Who owns it?", after("What is Brack Mills?"))
    assert short.in_place == short.standalone == "Who owns Brack Mills?"
    assert not RESOLVER.resolve("Who is Anna Lund?", Conversation()).leans


def test_what_is_carried_can_be_left_out() -> None:
    conversation = after("What did Ingrid Vass say?")
    carried = RESOLVER.resolve("Where does she work?", conversation).carried
    assert carried == ("Ingrid Vass",)
    found = RESOLVER.resolve("Where does she work?", conversation, without=carried)
    assert (found.standalone, found.carried) == ("Where does she work?", ())


@pytest.mark.parametrize(
    ("question", "move"),
    [("Who said that?", Move.SPEAKER), ("What else?", Move.MORE), ("Really?", Move.PROOF)],
)
def test_without_an_answer_there_is_nothing_to_ask_about(question: str, move: Move) -> None:
    declined = decline(question=LENT, standalone=LENT, nearest=(), searched="1 article")
    found = RESOLVER.resolve(question, Conversation((Turn(LENT, LENT, declined),)))
    assert found.move is not move


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("Why?", "Why has China lent Venezuela?"),
        ("Since when?", "Since when has China lent Venezuela?"),
        ("How many?", f"{LENT} How many?"),
    ],
)
def test_a_bare_question_asks_about_the_last_one(question: str, standalone: str) -> None:
    assert RESOLVER.resolve(question, after(LENT)).standalone == standalone


def test_after_a_decline_a_bare_question_stands_by_itself() -> None:
    declined = decline(question=LENT, standalone=LENT, nearest=(), searched="1 article")
    conversation = Conversation((Turn(FLOOD, FLOOD), Turn(LENT, LENT, declined)))
    assert RESOLVER.resolve("How many?", conversation) == Resolved("How many?")


def test_what_was_only_asked_together_is_not_carried_on() -> None:
    together = ("How many?", "Who else?")
    turns = (Turn(LENT, LENT), *(Turn(asked, f"{LENT} {asked}") for asked in together))
    found = RESOLVER.resolve("And Russia?", Conversation(turns))
    assert found.standalone == "How much has Russia lent Venezuela?"


def test_long_conversations_do_not_grow_the_question() -> None:
    conversation = after(LENT)
    for name in ("Russia", "Brazil", "Peru", "Japan") * 50:
        standalone = RESOLVER.resolve(f"And {name}?", conversation).standalone
        conversation = conversation.with_turn(Turn(f"And {name}?", standalone))
    assert standalone == "How much has Japan lent Venezuela?"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_word_is_invented(last: str, question: str) -> None:
    found = RESOLVER.resolve(question, after(last))
    assert set(content_stems(found.standalone)) <= set(content_stems(f"{last} {question}"))
    assert all(term in last for term in found.carried)
