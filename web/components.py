"""The Gradio components that the page is made of, and how their events are connected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

TYPED_LIMIT = 20_000  # characters the box takes; the assistant says what is too long
# page.js says what a click picked; `submit` and `select` are the two event names Gradio has for it.
_REPORT_CLICKS = """
element.addEventListener('click', (event) => {
  const picked = window.onrecordPicked(event);
  const asks = picked && ('ask' in picked || 'drop' in picked);
  if (picked) trigger(asks ? 'submit' : 'select', picked);
});
element.addEventListener('change', (event) => {
  const picked = window.onrecordLimited(event);
  if (picked) trigger('select', picked);
});
"""


def connect(triggers: Sequence[Any], fn: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
    """Connect events that are no API and show no progress but our own."""
    gr.on(triggers, fn, show_progress="hidden", api_visibility="private", **options)


def html(value: str, name: str, *, visible: bool = True) -> gr.HTML:
    """Return a part of the page that is our own HTML and reports what is picked in it."""
    return gr.HTML(
        value,
        elem_id=name,
        elem_classes="page",
        visible=visible,
        js_on_load=_REPORT_CLICKS,
        apply_default_css=False,
    )


def question_box() -> gr.Textbox:
    """Return the box that questions are typed into."""
    return gr.Textbox(
        elem_id="question",
        label="Your question",
        placeholder="Ask what the articles say …",
        show_label=False,
        container=False,
        autofocus=True,
        lines=1,
        max_lines=6,
        max_length=TYPED_LIMIT,
        scale=1,
    )


def theme() -> gr.themes.Base:
    """Return a theme with fonts of the reader's own system; Gradio's load theirs from outside."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
    return gr.themes.Base(font=sans, font_mono=mono)
