"""The limits that hold are shown, and changed by what the browser reports, which is checked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from index.chunk_index import NO_LIMITS, Limits
from qa.answer import Conversation, Turn
from web.identity import AT_THIS_MACHINE
from web.page.chat import _PARTS, ChatPage
from web.page.limits import bar, changed
from web.page.markup import turns
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


def asked(page: ChatPage, typed: str, held: Conversation, picked: Any = None) -> dict[str, Any]:
    """Return what every part of the page shows in the end, of those that change."""

    async def last() -> dict[str, Any]:
        shown: dict[str, Any] = {}
        event = gr.EventData(None, picked)
        async for changes in page.ask(typed, held, None, JUNE, event, VISIT):
            steps = dict(zip(_PARTS, changes, strict=True)).items()
            shown |= {part: value for part, value in steps if value != gr.skip()}
        return shown

    return asyncio.run(last())


def test_what_is_picked_holds_whatever_is_asked(assistant: Any) -> None:
    page = ChatPage(to_all(assistant), Offers())
    shown = asked(page, "How much, according to Lowhaven Gazette?", Conversation())
    assert "within" not in shown
    assert assistant.within == [JUNE]
    picked = gr.EventData(None, {"limit": "publisher", "value": ""})
    assert page.limit(JUNE, picked, VISIT)[0] == Limits(None, JUNE.since, JUNE.until)


@pytest.mark.parametrize(
    ("everything", "within"), [("stated", JUNE), ("all", NO_LIMITS)], ids=["stated", "all"]
)
def test_one_tap_asks_again_without_the_limits(
    assistant: Any, everything: str, within: Limits
) -> None:
    page = ChatPage(to_all(assistant), Offers())
    held = asked(page, "who paid, according to Lowhaven Gazette?", Conversation())["held"]
    shown = asked(page, "", held, {"turn": 0, "everything": everything})
    again = shown["held"].turns[1]
    assert (again.question, again.everything) == (held.turns[0].question, True)
    assert (assistant.within, assistant.widened) == ([JUNE, within], [False, True])
    assert shown.get("within", JUNE) == within
    assert assistant.given[1] == Conversation()  # it comes after what the first came after
    assert shown["held"].before(1) == Conversation()


def test_a_decline_under_limits_offers_to_search_everything(double: Any) -> None:
    declined = replace(double.declined("who?"), limits=JUNE)
    html = turns(Conversation((Turn("who?", "who?", declined),)))
    assert 'data-turn="0" data-everything="all"' in html
    assert "Limited to" not in html  # what was picked stands above the box
    stated = replace(declined, limits=JUNE, stated=Limits("The <Post>"))
    html = turns(Conversation((Turn("who?", "who?", stated),)))
    assert 'data-everything="stated"' in html
    assert "Limited to articles from The &lt;Post&gt;." in html
    everywhere = turns(Conversation((Turn("who?", "who?", double.declined("who?")),)))
    assert "data-everything" not in everywhere
