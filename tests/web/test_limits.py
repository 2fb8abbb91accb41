"""The limits that hold are shown, and changed by what the browser reports, which is checked."""

from __future__ import annotations

import asyncio
from datetime import date
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from index.chunk_index import NO_LIMITS, Limits
from qa.answer import Conversation
from web.identity import AT_THIS_MACHINE
from web.page.chat import _PARTS, ChatPage
from web.page.limits import bar, changed, joined
from web.page.offers import Offers, to_all

OUTLETS = ["Tallis Wire", "The <Post>"]
JUNE = Limits("Tallis Wire", date(2016, 6, 1), date(2016, 6, 30))

VISIT: Any = SimpleNamespace(session_hash="tab", state=SimpleNamespace(visitor=AT_THIS_MACHINE))


def test_what_holds_is_shown_with_a_button_against_it() -> None:
    html = bar(JUNE, OUTLETS)
    assert html.count("Remove the limit") == 3
    assert "From 1 June 2016" in html
    assert '<option value="Tallis Wire" selected>' in html
    assert "The &lt;Post&gt;" in html
    assert "Remove the limit" not in bar(NO_LIMITS, OUTLETS)


def test_a_period_that_ends_before_it_begins_is_said_to_hold_nothing() -> None:
    crossed = Limits(since=date(2016, 6, 2), until=date(2016, 6, 1))
    assert "nothing can be found" in bar(crossed, OUTLETS)
    assert "nothing can be found" not in bar(JUNE, OUTLETS)


@pytest.mark.parametrize(
    ("name", "value", "now"),
    [
        ("publisher", "The <Post>", Limits("The <Post>", JUNE.since, JUNE.until)),
        ("publisher", "", Limits(None, JUNE.since, JUNE.until)),
        ("publisher", "Nobody", Limits(None, JUNE.since, JUNE.until)),
        ("since", "2016-06-09", Limits("Tallis Wire", date(2016, 6, 9), JUNE.until)),
        ("until", "", Limits("Tallis Wire", JUNE.since)),
        ("until", "yesterday", Limits("Tallis Wire", JUNE.since)),
        ("until", 7, JUNE),
        ("color", "red", JUNE),
        (None, None, JUNE),
    ],
)
def test_what_the_browser_reports(name: object, value: object, now: Limits) -> None:
    assert changed(JUNE, name, value, OUTLETS) == now


def test_what_a_question_states_takes_the_place_of_the_like() -> None:
    year = Limits(since=date(2015, 1, 1), until=date(2015, 12, 31))
    assert joined(JUNE, year) == Limits("Tallis Wire", year.since, year.until)
    assert joined(JUNE, Limits("The <Post>")) == Limits("The <Post>", JUNE.since, JUNE.until)


def test_stated_limits_hold_until_they_are_removed(assistant: Any) -> None:
    page = ChatPage(to_all(assistant), Offers())
    event = gr.EventData(None, None)
    question = "How much, according to Lowhaven Gazette?"

    async def collected() -> list[Any]:
        asking = page.ask(question, Conversation(), None, NO_LIMITS, event, VISIT)
        return [dict(zip(_PARTS, changes, strict=True)) async for changes in asking]

    steps = asyncio.run(collected())
    (within,) = [step["within"] for step in steps if step["within"] != gr.skip()]
    assert within == Limits("Lowhaven Gazette")
    assert assistant.within == [within]
    picked = gr.EventData(None, {"limit": "publisher", "value": ""})
    assert page.limit(within, picked, VISIT)[0] == NO_LIMITS
