"""The chat page: the conversation on the left, the article behind the selected quote on the right.

Conversation and sources are our own escaped HTML (`web.markup`). Gradio carries the events, keeps
one conversation a browser tab in `gr.State`, and runs questions off the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Protocol

import gradio as gr

from corpus.article import Article, Version
from corpus.errors import OnRecordError
from qa.answer import Answer, Conversation, Turn
from web import markup
from web.markup import Exchange

log = logging.getLogger(__name__)

QUESTIONS_AT_ONCE = 2
TURNS_KEPT = 50
"""Exchanges a tab keeps; older ones leave the page and are no context for follow-ups."""
TABS_KEPT = 100
"""Conversations held in memory; the longest unused go first."""
_TYPED_LIMIT = 20_000  # characters the box takes; the assistant says what is too long
_FAILED = "Something went wrong on this side, so this question has no answer. Please try again."
_REPORT_CLICKS = """
element.addEventListener('click', (event) => {
  const picked = window.onrecordPicked(event);
  if (picked?.ask !== undefined) trigger('submit', picked);
  else if (picked) trigger('select', picked);
});
"""

Kept = tuple[Exchange, ...]


class Assists(Protocol):
    """What the page needs of `qa.assistant.Assistant`."""

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation = ...,
        progress: Callable[[str], None] | None = ...,
    ) -> Answer:
        """Answer one question."""

    def source(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return a stored version and its article."""


class ChatPage:
    """The page's layout and what its events do; one for all visitors, holding none of theirs."""

    def __init__(self, assistant: Assists, examples: Sequence[str] = (), collection: str = ""):
        """Serve `assistant`; `collection` says in words what is searched."""
        self._assistant = assistant
        self._examples = examples
        self._collection = collection
        # Few long-lived threads, because the archive keeps one connection a thread.
        self._pool = ThreadPoolExecutor(QUESTIONS_AT_ONCE, thread_name_prefix="assistant")

    def blocks(self) -> gr.Blocks:
        """Return the page."""
        with gr.Blocks(
            title="OnRecord", analytics_enabled=False, fill_height=True, fill_width=True
        ) as page:
            kept = gr.State(())
            gr.HTML(markup.banner(self._collection), elem_id="banner", js_on_load=None)
            with gr.Row(elem_id="desk"):
                with gr.Column(elem_id="left"):
                    with gr.Column(elem_id="record"):
                        talk = _html(markup.welcome(self._examples), "talk")
                        now = _html("", "now")
                    with gr.Row(elem_id="composer"):
                        box = _question_box()
                        send = gr.Button("Ask", variant="primary", elem_id="send", scale=0)
                source = _html(markup.no_source(), "source")
            gr.on(
                [box.submit, send.click, talk.submit],
                self.ask,
                [box, kept],
                [kept, box, send, talk, now, source],
                show_progress="hidden",
                trigger_mode="once",
                concurrency_limit=QUESTIONS_AT_ONCE,
                api_visibility="private",
            )
            gr.on(
                [talk.select, source.select],
                self.show,
                [kept],
                [source],
                show_progress="hidden",
                trigger_mode="always_last",
                api_visibility="private",
            )
        page.state_session_capacity = TABS_KEPT
        return page

    def ask(self, typed: str, kept: Kept, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Answer what was typed or picked, showing each step; one exchange more at the end."""
        picked = _data(event).get("ask")
        question = picked if isinstance(picked, str) else typed
        cleared = gr.skip() if isinstance(picked, str) else ""
        idle, busy = gr.Button(interactive=True), gr.Button(interactive=False)
        skip = gr.skip()
        yield skip, cleared, busy, skip, markup.working(question, ["Looking"]), skip
        done = Exchange(question, hint=_FAILED)
        for step in self._steps(question, kept):
            if isinstance(step, Exchange):
                done = step
                continue
            yield skip, skip, skip, skip, markup.working(question, [step]), skip
        kept = (*kept, done)[-TURNS_KEPT:]
        panel = self._panel(kept, len(kept) - 1, 0) if done.answer else skip
        yield kept, skip, idle, markup.exchanges(kept), "", panel

    def show(self, kept: Kept, event: gr.EventData) -> str:
        """Return the source panel for the citation that was clicked."""
        data = _data(event)
        return self._panel(kept, data.get("turn"), data.get("cite"))

    def _steps(self, question: str, kept: Kept) -> Iterator[str | Exchange]:
        """Yield what is being done, line by line, and last the exchange that came of it."""
        lines: SimpleQueue[str | None] = SimpleQueue()
        turns = (Turn(e.question, e.answer.standalone, e.answer) for e in kept if e.answer)
        conversation = Conversation(tuple(turns))
        future = self._pool.submit(
            self._assistant.ask, question, conversation=conversation, progress=lines.put
        )
        future.add_done_callback(lambda _: lines.put(None))
        while (line := lines.get()) is not None:
            yield line
        yield _exchange(question, future)

    def _panel(self, kept: Kept, turn: object, position: object) -> str:
        answer = kept[turn].answer if isinstance(turn, int) and 0 <= turn < len(kept) else None
        if answer is None or not isinstance(position, int):
            return markup.gone()
        citations = markup.shown(answer)
        if not 0 <= position < len(citations):
            return markup.no_source() if not citations else markup.gone()
        citation = citations[position]
        found = self._pool.submit(
            self._assistant.source, citation.article_id, citation.version
        ).result()
        return markup.source(turn, position, answer, *found) if found else markup.gone()


def _exchange(question: str, future: Future[Answer]) -> Exchange:
    try:
        return Exchange(question, future.result())
    except OnRecordError as error:  # its text is meant for the user
        return Exchange(question, hint=str(error))
    except Exception:
        log.exception("a question failed")
        return Exchange(question, hint=_FAILED)


def _html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=_REPORT_CLICKS, apply_default_css=False)


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label="Your question",
        placeholder="Ask what the articles say …",
        show_label=False,
        container=False,
        autofocus=True,
        lines=1,
        max_lines=6,
        max_length=_TYPED_LIMIT,
        scale=1,
    )


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}


def theme() -> gr.themes.Base:
    """Return a theme with fonts of the reader's own system; Gradio's own load theirs from outside."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
    return gr.themes.Base(font=sans, font_mono=mono)
