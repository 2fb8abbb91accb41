"""The Gradio components that the page is made of, and how their events are connected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from qa.messages.say import say

TYPED_LIMIT = 20_000  # characters the box takes; the assistant says what is too long
# page.js says which of Gradio's events a click, a change or a form stands for, and what was picked:
# "submit" asks, "select" opens or manages, "like" judges.
_REPORT = """
for (const kind of ['click', 'change', 'submit']) {
  element.addEventListener(kind, (event) => {
    const [name, picked] = window.onrecordPicked(kind, event) ?? [];
    if (name) trigger(name, picked);
  });
}
"""


def connect(triggers: Sequence[Any], fn: Callable[..., Any], **options: Any) -> Any:  # noqa: ANN401
    """Connect events that are no API and show no progress but our own; return what can follow."""
    return gr.on(triggers, fn, show_progress="hidden", api_visibility="private", **options)


def html(value: str, name: str, *, visible: bool = True) -> gr.HTML:
    """Return a part of the page that is our own HTML and reports what is picked in it."""
    return gr.HTML(
        value,
        elem_id=name,
        elem_classes="page",
        visible=visible,
        js_on_load=_REPORT,
        apply_default_css=False,
    )


def question_box() -> gr.Textbox:
    """Return the box that questions are typed into."""
    return gr.Textbox(
        elem_id="question",
        label=say("box.label"),
        placeholder=say("box.placeholder"),
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        max_length=TYPED_LIMIT,
        scale=1,
    )


def send_button() -> gr.Button:
    """Return the button that asks."""
    return gr.Button(say("box.send"), variant="primary", elem_id="send", scale=0)


def theme() -> gr.themes.Base:
    """Return a theme with fonts of the reader's own system; Gradio's load theirs from outside."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
    return gr.themes.Base(font=sans, font_mono=mono)
