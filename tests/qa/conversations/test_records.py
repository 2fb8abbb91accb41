from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from corpus.errors import QuestionError
from qa.answer import Answer, Citation, Statement, Turn, Withdrawn
from qa.conversations.records import (
    KeptAnswer,
    KeptCitation,
    KeptStatement,
    KeptTurn,
    decode_turn,
    encode_turn,
)

SANK = "The ferry Skua sank on Monday."
FOUND_ANEW = {"changed", "withdrawn", "as_of"}


@pytest.fixture
def turn(newsroom: Any) -> Turn:
    return Turn("When?", "When? (Skua)", newsroom.answer("When?", SANK, short="Monday"))


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        (Turn, KeptTurn),
        (Answer, KeptAnswer),
        (Statement, KeptStatement),
        (Citation, KeptCitation),
    ],
    ids=lambda kind: kind.__name__,
)
def test_no_field_is_forgotten(record: Any, kept: Any) -> None:
    names = {field.name for field in fields(record)} - FOUND_ANEW
    assert names == set(kept.model_fields)


def test_what_is_read_is_what_was_written(turn: Turn) -> None:
    kept = decode_turn(encode_turn(turn))
    assert kept.answer
    assert turn.answer
    assert (kept.question, kept.standalone) == (turn.question, turn.standalone)
    (statement,), (said,) = kept.answer.statements, turn.answer.statements
    assert statement.citations[0].published == said.citations[0].published
    assert str(statement.citations[0].published) == "2019-01-24 08:30:00+02:00"
    assert statement.citations[0].span == said.citations[0].span
    assert kept.answer.ms == turn.answer.ms


def _altered(turn: Turn, **fields: object) -> str:
    return json.dumps(json.loads(encode_turn(turn)) | fields)


def _cited(turn: Turn, **fields: object) -> str:
    record = json.loads(encode_turn(turn))
    record["answer"]["statements"][0]["citations"][0] |= fields
    return json.dumps(record)


@pytest.mark.parametrize(
    "fields",
    [{"later": 1}, {"question": None}, {"question": 5}, {"answer": []}, {"answer": {}}],
    ids=str,
)
def test_a_turn_that_is_none_is_refused(turn: Turn, fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        decode_turn(_altered(turn, **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"span": {"start": 5, "end": 5}},
        {"span": {"start": -1, "end": 5}},
        {"version": "1"},
        {"version": True},
        {"version": 0},
        {"version": 1 << 63},
        {"published": "yesterday"},
        {"published": "2019-01-24T08:30:00"},
        {"published": 5},
        {"dates": "2019"},
        {"changed": True},
    ],
    ids=str,
)
def test_a_citation_that_is_none_is_refused(turn: Turn, fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        decode_turn(_cited(turn, **fields))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "NaN", '{"question": "a"}', "[" * 100_000])
def test_what_is_no_json_of_a_turn_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        decode_turn(text)


def test_no_number_is_no_confidence(turn: Turn) -> None:
    with pytest.raises(ValueError, match="validation error"):
        decode_turn(encode_turn(turn).replace('"confidence": 0.93', '"confidence": NaN'))


def test_half_a_character_is_refused_in_words() -> None:
    with pytest.raises(QuestionError) as refused:
        encode_turn(Turn("odd \ud800", "odd"))
    assert refused.value.code == "E_NOT_TEXT"


def test_an_answer_whose_quotes_were_withdrawn_is_not_kept_again(turn: Turn) -> None:
    assert turn.answer
    gone = Withdrawn("Words.", "a", 1, "", "removed")
    with pytest.raises(ValueError, match="withdrawn"):
        encode_turn(replace(turn, answer=replace(turn.answer, withdrawn=(gone,))))
