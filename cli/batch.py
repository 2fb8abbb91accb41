"""A file of questions: JSON lines in, JSON lines out, in the same order."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import QuestionError
from corpus.strict_json import StrictJsonError, parse_json
from qa.answer import Answer
from qa.given import NullIsLeftOut
from qa.history import Ask, Day, PastQuestion, Understand, conversation_from
from qa.render import to_json

LONGEST_LINE = 1_000_000
"""Bytes of one line; a question has at most some thousand characters."""


class BatchQuestion(NullIsLeftOut, BaseModel):
    """One line of a batch; fields that we do not know are ignored."""

    model_config = ConfigDict(frozen=True, strict=True)
    id: str | int | None = None
    question: str
    asked: Day = None
    history: list[PastQuestion] = []


def answer_lines(file: BinaryIO, ask: Ask, understand: Understand) -> Iterator[dict[str, Any]]:
    """Yield the JSON object of every line that is not blank; a bad line yields its error.

    Args:
        file: JSON, one question a line.
        ask: Answers a question after a conversation.
        understand: Returns the turn of a question after a conversation, without an answer.
    """
    for line in _lines(file):
        record: object = None
        try:
            record = _parsed(line)
            question = _checked(record)
            yield to_json(_answered(question, ask, understand)) | {"id": question.id}
        except QuestionError as error:
            yield error_object(_id_of(record), error)


def error_object(identity: str | int | None, error: QuestionError) -> dict[str, Any]:
    """Return the JSON object that stands for a question that could not be asked."""
    problem = {"code": error.code, "message": str(error), "field": error.field}
    return {"id": identity, "error": problem}


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines; of one that is too long only the first LONGEST_LINE + 1 bytes."""
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        if line.strip():
            yield line


def _parsed(line: bytes) -> object:
    if len(line) > LONGEST_LINE:
        raise QuestionError("E_TOO_LARGE", f"the line exceeds {LONGEST_LINE:,} bytes", "")
    try:
        return parse_json(line.removeprefix(codecs.BOM_UTF8))
    except StrictJsonError as error:
        raise QuestionError(error.code, str(error), "") from error


def _checked(record: object) -> BatchQuestion:
    if not isinstance(record, dict):
        raise QuestionError("E_JSON", "the line is not a JSON object", "")
    try:
        return BatchQuestion.model_validate(record)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"] if part not in ("str", "int"))
        raise QuestionError("E_FIELD", f"{field}: {first['msg']}", field) from error


def _id_of(record: object) -> str | int | None:
    identity = record.get("id") if isinstance(record, dict) else None
    return identity if type(identity) in (str, int) else None


def _answered(question: BatchQuestion, ask: Ask, understand: Understand) -> Answer:
    conversation = conversation_from(question.history, question.asked, ask, understand)
    return ask(question.question, conversation, question.asked)
