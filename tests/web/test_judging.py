"""What readers say of answers reaches the feedback."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from corpus.errors import StoreError
from qa.answer import Answer, Conversation, Turn
from qa.evaluation.sets.feedback import Feedback, read_feedback, record_feedback
from web.identity import AT_THIS_MACHINE
from web.page.chat import ChatPage
from web.page.judging import judge
from web.page.offers import Offers, to_all

VISIT: Any = SimpleNamespace(state=SimpleNamespace(visitor=AT_THIS_MACHINE))  # in no language


def conversation(double: Any) -> Conversation:
    answers: tuple[Answer, ...] = (double.answered("How much?"), double.declined("who paid?"))
    return Conversation(tuple(Turn(a.question, a.standalone, a) for a in answers))


def test_a_judgement_is_kept_with_its_reason_and_what_was_asked_before(
    double: Any, tmp_path: Path
) -> None:
    picked = {"judge": "bad", "turn": 1, "why": " the mayor did \ud800 "}
    assert judge(picked, conversation(double), partial(record_feedback, tmp_path))
    (kept,) = read_feedback(tmp_path)
    assert isinstance(kept, Feedback)
    assert (kept.verdict, kept.history) == ("bad", ("How much?",))
    assert kept.why.startswith("the mayor did")
    assert kept.answer.status == "declined"


@pytest.mark.parametrize(
    "picked",
    [
        {},
        {"judge": "bad"},
        {"judge": "bad", "turn": 7, "why": ""},
        {"judge": "bad", "turn": -1, "why": ""},
        {"judge": "bad", "turn": "0", "why": ""},
        {"judge": "best", "turn": 0, "why": ""},
        {"judge": "good", "turn": 0, "why": None},
    ],
)
def test_what_is_no_judgement_is_none(double: Any, tmp_path: Path, picked: Any) -> None:
    assert not judge(picked, conversation(double), partial(record_feedback, tmp_path))
    assert read_feedback(tmp_path) == []


def test_where_it_cannot_be_kept_that_is_said(double: Any, assistant: Any) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    page = ChatPage(to_all(assistant), Offers(judges=fail))
    event = gr.EventData(None, {"judge": "good", "turn": 0, "why": ""})
    hint = page.judge(conversation(double), event, VISIT)
    assert "Your judgement was not kept: the disk is full" in hint


def test_a_page_that_takes_no_judgements_asks_for_none(double: Any, assistant: Any) -> None:
    page = ChatPage(to_all(assistant), Offers())
    event = gr.EventData(None, {"judge": "good", "turn": 0, "why": ""})
    assert page.judge(conversation(double), event, VISIT) == gr.skip()
