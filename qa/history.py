"""Turns that a caller brings along, made into a conversation; nothing of them is a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from corpus.days import parse_day
from corpus.errors import QuestionError
from qa.answer import Answer, Conversation, Turn
from qa.given import NullIsLeftOut
from qa.resolve.said import TURNS_READ

Ask = Callable[[str, Conversation, date | None], Answer]
Understand = Callable[[str, Conversation, date | None], Turn]
Day = Annotated[date | None, BeforeValidator(lambda day: day and parse_day(day))]


class PastQuestion(NullIsLeftOut, BaseModel):
    """A turn of the history; without an answer it is answered first."""

    model_config = ConfigDict(frozen=True, strict=True)
    question: str
    answer: str | None = None


def conversation_from(
    history: Iterable[PastQuestion], asked: date | None, ask: Ask, understand: Understand
) -> Conversation:
    """Return the conversation that a history tells.

    Args:
        history: The earliest turn first.
        asked: The day that "this week" counts from.
        ask: Answers a question after a conversation.
        understand: Returns the turn of a question after a conversation, without an answer; not
            asked for turns that are too old to be read.

    Raises:
        QuestionError: A question of it cannot be asked; its field begins with "history.NUMBER".
    """
    conversation = Conversation()
    turns = list(history)
    for number, past in enumerate(turns):
        try:
            if past.answer is None:
                answer = ask(past.question, conversation, asked)
                turn = Turn(past.question, answer.standalone, answer)
            elif number < len(turns) - TURNS_READ:
                turn = Turn(past.question, past.question, said=past.answer)
            else:
                turn = replace(understand(past.question, conversation, asked), said=past.answer)
            conversation = conversation.with_turn(turn)
        except QuestionError as error:
            field = f"history.{number}.{error.field}"
            raise QuestionError(error.code, str(error), field) from error
    return conversation
