"""What can be asked at all: text of a bearable length, with something in it to search for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.errors import QuestionError
from qa.answer import Conversation
from qa.messages.say import say

MAX_QUESTION_CHARACTERS = 4000

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def said_before(conversation: Conversation) -> Iterator[str]:
    """Yield whatever was said in the turns before a question."""
    for turn in conversation.turns:
        yield from (turn.question, turn.standalone, turn.said)


def check_text(*texts: str) -> None:
    """Raise QuestionError if there is half a surrogate pair in one of them."""
    if any(_HALF_PAIR.search(text) for text in texts):
        raise QuestionError("E_NOT_TEXT", say("refused.not_text"))


def check_question(question: str) -> None:
    """Raise QuestionError if the question is too long, not text or holds no word to search for."""
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            "E_TOO_LONG",
            say("refused.too_long", length=len(question), limit=MAX_QUESTION_CHARACTERS),
        )
    check_text(question)
    if not re.search(r"[^\W_]", question):
        raise QuestionError("E_EMPTY", say("refused.nothing_asked"))
