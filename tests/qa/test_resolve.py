"""A follow-up carries the last question over; what stands by itself carries nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Conversation, Turn
from qa.resolve import Resolved, resolve
from qa.verify import decline

LENT = "How much has China lent Venezuela?"
FLOOD = "How many people died in the Brackmere flood of 2017?"


def after(*questions: str) -> Conversation:
    return Conversation(tuple(Turn(question, question) for question in questions))


@pytest.mark.parametrize("question", ["And Russia?", "Who said that?", "", LENT, "?"])
def test_the_first_question_stands_as_it_is(question: str) -> None:
    assert resolve(question, Conversation()) == Resolved(question, ())


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
            "Did Claire Osterman say what China lent?", "And Russia?",
            "Did Claire Osterman say what Russia lent?", ("Claire Osterman",),
            id="a country for a country",
        ),
        pytest.param(
            FLOOD, "And in 2018?", "How many people died in the Brackmere flood of 2018?",
            ("Brackmere",), id="another year",
        ),
    ],
)  # fmt: skip
def test_one_thing_instead_of_another(
    last: str, question: str, standalone: str, carried: tuple[str, ...]
) -> None:
    assert resolve(question, after(last)) == Resolved(standalone, carried)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Who said that?", id="that"),
        pytest.param("When did it begin to lend in Caracas?", id="it, beside a name"),
        pytest.param("Why did they do so?", id="they"),
        pytest.param("How is the deal secured against losses?", id="the deal"),
        pytest.param("Why?", id="nothing named"),
        pytest.param("Since when?", id="no content at all"),
    ],
)
def test_what_leans_on_the_last_question_is_asked_with_it(question: str) -> None:
    found = resolve(question, after(LENT))
    assert found.standalone == f"{LENT} {question}"
    assert set(found.carried) == {"China", "Venezuela"}


def test_of_a_long_question_only_names_are_carried() -> None:
    last = f"In the year in which it lent more than ever before, {LENT[0].lower()}{LENT[1:]}"
    found = resolve("Who owns the bank that it lent through?", after(last))
    assert found.standalone == "Who owns the bank that it lent through? (about China, Venezuela)"
    assert set(found.carried) == {"China", "Venezuela"}


def test_a_name_that_the_follow_up_repeats_is_not_carried() -> None:
    assert resolve("Why did it choose Venezuela?", after(LENT)).carried == ("China",)


@pytest.mark.parametrize(
    "question",
    [
        "How many people live in Lima?",
        "Which firm built the Tolliver Bridge?",
        "how high will the bridge toll for lorries climb",
    ],
)
def test_another_question_stands_by_itself(question: str) -> None:
    assert resolve(question, after(LENT)) == Resolved(question)


def test_only_the_last_question_counts_as_it_was_understood() -> None:
    turns = (Turn(FLOOD, FLOOD), Turn("And Russia?", "How much has Russia lent Venezuela?"))
    assert resolve("And Brazil?", Conversation(turns)) == Resolved(
        "How much has Brazil lent Venezuela?", ("Venezuela",)
    )


def test_what_was_only_asked_together_is_not_carried_on() -> None:
    turns = (Turn(LENT, LENT), Turn("Who said that?", f"{LENT} Who said that?"))
    found = resolve("Why did they say so?", Conversation(turns))
    assert found.standalone == f"{LENT} Why did they say so?"


def test_after_a_decline_a_bare_question_stands_by_itself() -> None:
    declined = decline(question=LENT, standalone=LENT, nearest=(), searched="1 article")
    conversation = Conversation((Turn(FLOOD, FLOOD), Turn(LENT, LENT, declined)))
    assert resolve("Why?", conversation) == Resolved("Why?")
    assert resolve("Who said that?", conversation) == Resolved("Who said that?")
    assert resolve("Why did they stop?", conversation).standalone == f"{LENT} Why did they stop?"


def test_long_conversations_do_not_grow_the_question() -> None:
    conversation = after(LENT)
    for name in ("Russia", "Brazil", "Peru", "Japan") * 50:
        standalone = resolve(f"And {name}?", conversation).standalone
        conversation = conversation.with_turn(Turn(f"And {name}?", standalone))
    assert standalone == "How much has Japan lent Venezuela?"


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_typed_every_carried_word_was_asked_before(last: str, question: str) -> None:
    found = resolve(question, after(last))
    assert all(name in last and name in found.standalone for name in found.carried)
