"""What asks nothing of a collection is told from what asks."""

from __future__ import annotations

import pytest

from qa.answer import Conversation, Turn
from qa.small_talk import is_small_talk, without_small_talk

TALK = [
    "hello", "Hello!", "hi there", "Good morning", "Guten Morgen!", "hello, how are you?",
    "Thanks", "thanks!!", "thank you very much", "Danke schön", "ok, thanks", "bye", "Tschüß",
    "ok", "No", "lol", "got it, thanks a lot", "test", "Testing 1 2 3", "help", "Can you help me?",
    "Hilfe", "What can I ask?", "who are you?", "Are you a bot?", "Wer bist du?", "What’s up?",
    "How is the weather?", "How's the weather today?", "Is it raining?", "tell me a joke", "🙂 hi",
]  # fmt: skip
QUESTIONS = [
    "Help for flood victims?", "Thanks to whom was the dam saved?", "test results of Halden",
    "Hello Kitty exhibition", "How is the weather in Halden?", "Who are you voting for?",
    "What is this deal?", "hello, how many people died?", "Good news from Halden?",
    "and Russia?", "ok and in May?", "No, in 2016", "no, I meant Brazil", "why?", "when?", "more",
    "Who said that?", "what else?", "are you sure?", "Sure?", "really?", "right?", "How old is he?",
    "the second", "1", "Is it raining in Lowhaven?", "thanks" * 30,
]  # fmt: skip


@pytest.mark.parametrize("said", TALK)
def test_what_asks_nothing(said: str) -> None:
    assert is_small_talk(said)


@pytest.mark.parametrize("said", QUESTIONS)
def test_what_asks_something(said: str) -> None:
    assert not is_small_talk(said)


def test_nothing_goes_on_from_it() -> None:
    turns = [Turn(said, said) for said in ("hello", "Who resigned?", "thanks")]
    assert without_small_talk(Conversation(tuple(turns))).turns == (turns[1],)
