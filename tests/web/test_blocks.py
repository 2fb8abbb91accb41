"""The page's own Blocks: what they send is what Gradio's send, for less."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import patch

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from web.page.blocks import Page


def made(kind: type[gr.Blocks]) -> tuple[gr.Blocks, Any]:
    """Return a page with one event of each kind of output, and the event."""
    with kind() as page:
        outputs = [gr.State(1), gr.HTML("old"), gr.Button("Ask"), gr.Textbox("typed"), gr.HTML("")]
        page.load(lambda: None, outputs=outputs)
    (event,) = page.fns.values()
    return page, event


def results() -> list[list[Any]]:
    """Return what an event may give for those outputs."""
    skip = gr.skip
    return [
        [skip(), skip(), skip(), skip(), skip()],
        [2, "new", gr.Button(interactive=False), "", skip()],
        [skip(), "<b>new</b>", skip(), skip(), "more"],
        [skip(), skip(), gr.Button("Go", interactive=True), gr.Textbox("x", label="y"), skip()],
        [None, "", skip(), gr.update(visible=False), ""],
    ]


def said(sent: list[Any]) -> list[Any]:
    """Return what is sent without the property that Gradio invents for HTML that is left alone."""
    invented = {"props": gr.skip(), **gr.skip()}
    return [gr.skip() if value == invented else value for value in sent]


@pytest.mark.parametrize("at", range(len(results())))
def test_the_same_is_sent_and_held_as_by_gradio(at: int) -> None:
    sent, held = [], []
    for kind in (gr.Blocks, Page):
        page, event = made(kind)
        state = SessionState(page)
        given = results()[at]
        sent.append(asyncio.run(page.postprocess_data(event, given, state)))
        held.append(state[event.outputs[0]._id])
    assert said(sent[0]) == sent[1]
    assert held[0] == held[1] == (1 if isinstance(results()[at][0], dict) else results()[at][0])


def test_what_is_not_changed_is_not_made_anew() -> None:
    page, event = made(Page)
    state = SessionState(page)
    with patch.object(gr.HTML, "__init__", side_effect=AssertionError("made anew")):
        skipped = asyncio.run(page.postprocess_data(event, results()[0], state))
    assert skipped == [None] + [gr.skip()] * 4


def test_its_queue_looks_for_events_a_hundred_times_a_second_at_most() -> None:
    page, _ = made(Page)
    assert page.queue() is page
    assert page._queue.sleep_when_free >= 0.01
    assert page._queue.progress_update_sleep_when_free >= 0.01
