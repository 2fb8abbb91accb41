"""A follow-up that may as well mean one as the other is asked back, once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from corpus.article import Span
from qa.answer import Conversation, Turn
from qa.discourse.moves import Move
from qa.reader.named import name_spans
from qa.resolve.phrases import Weighed
from qa.resolve.resolve import Resolved, Resolver
from qa.resolve.said import Said
from qa.verify import ask_back

MET = "When did Ingrid Vass meet Paul Drax?"
BOTH = ("How old is Ingrid Vass?", "How old is Paul Drax?")
NOBODY = Conversation()


class Alike:
    """Takes all names for part of the follow-up, one as likely as the other."""

    fingerprint = "alike"

    def weigh(self, _question: str, said: Sequence[Said]) -> list[Weighed]:
        return [[(Span(s.start, s.end), 0.9) for s in name_spans(each.text)] for each in said]


class NoMoves:
    """Takes every question for one of its own."""

    fingerprint = "none"

    def move_in(self, _question: str) -> Move | None:
        return None


def asked(question: str, before: Conversation) -> tuple[Resolved, Conversation]:
    """Return what is understood, and the conversation with the answer that asks back, if any."""
    found = Resolver(Alike(), NoMoves()).resolve(question, before)
    answer = None
    if found.choices or found.unnamed:
        answer = ask_back(question=question, standalone=found.standalone, choices=found.choices)
    return found, before.with_turn(Turn(question, found.standalone, answer))


def after(*questions: str) -> Conversation:
    conversation = NOBODY
    for question in questions:
        _, conversation = asked(question, conversation)
    return conversation


def choices(question: str, *before: str) -> tuple[str, ...]:
    return asked(question, after(*before))[0].choices


def test_a_pronoun_for_two_people_is_asked_back() -> None:
    assert choices("How old is he?", MET) == BOTH


def test_two_people_joined_by_and_are_two() -> None:
    assert choices("Where was she born?", "Did Vass and Drax sign?") == (
        "Where was Vass born?",
        "Where was Drax born?",
    )


def test_two_places_are_asked_back() -> None:
    found = choices("Who rules there?", "Is Poland larger than France?")
    assert found == ("Who rules in Poland?", "Who rules in France?")


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("How old are they?", MET),
        ("How old is he?", "When did Ingrid Vass resign?"),
        ("What did it cost?", "Did Halden Steel buy Brack Mills?"),
        ("How old is Ingrid Vass?", MET),
    ],
    ids=["they may be both", "there is one", "it may be neither", "it says who"],
)
def test_what_is_clear_is_not_asked_back(question: str, before: str) -> None:
    assert choices(question, before) == ()


def test_a_thing_that_two_are_called_is_asked_back() -> None:
    found = choices("When was the deal signed?", "Which was dearer, the oil deal or the arms deal?")
    assert found == ("When was the oil deal signed?", "When was the arms deal signed?")
    assert choices("When was the arms deal signed?", "Why the oil deal and the arms deal?") == ()


def test_it_is_not_asked_back_twice_in_a_row() -> None:
    assert choices("How old is he?", MET, "How old is he?") == ()
    assert choices("How old is he?", MET, "How old is he?", "Where does he live?") != ()


@pytest.mark.parametrize(
    ("reply", "meant"),
    [
        ("Drax", BOTH[1]),
        ("ingrid vass", BOTH[0]),
        ("the second one", BOTH[1]),
        ("1", BOTH[0]),
        (BOTH[1], BOTH[1]),
    ],
)
def test_a_reply_picks_one_of_them(reply: str, meant: str) -> None:
    found, _ = asked(reply, after(MET, "How old is he?"))
    assert found == Resolved(meant, chosen=True)


@pytest.mark.parametrize("reply", ["3", "the fourth", "old", "What did France lend?"])
def test_another_question_picks_none(reply: str) -> None:
    found, _ = asked(reply, after(MET, "How old is he?"))
    assert found.standalone not in BOTH


def test_b60_somebody_never_named_is_asked_for() -> None:
    assert asked("How old is he?", NOBODY)[0].unnamed == "he"
    assert asked("and him?", NOBODY)[0].unnamed == "him"
    found, _ = asked("Ingrid Vass", after("Where is his office?"))
    assert found == Resolved("Where is Ingrid Vass' office?", chosen=True)


def test_where_only_places_were_named_somebody_is_asked_for_once() -> None:
    about_places = "Is Poland larger than France?"
    assert asked("How old is he?", after(about_places))[0].unnamed == "he"
    again, _ = asked("How old is he?", after(about_places, "How old is he?"))
    assert again.unnamed == ""


@pytest.mark.parametrize(
    "question", ["Did the president say that he will go?", "Why is it raining?", "Who is Ingrid?"]
)
def test_a_first_question_that_says_enough_is_asked(question: str) -> None:
    assert asked(question, NOBODY)[0] == Resolved(question)
