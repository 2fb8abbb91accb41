"""The chat page: kept conversations, the one that is open, the article behind the selected quote.

All three are our own escaped HTML (`web.shelf`, `web.markup`, `web.panel`). Gradio carries the
events, holds one conversation a browser tab in `gr.State`, and runs questions off the event loop.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from queue import SimpleQueue
from typing import Any, Protocol
from urllib.parse import unquote

import gradio as gr

from corpus.article import Article, Span, Version
from corpus.catalogue import Stats
from corpus.counts import counted
from corpus.errors import OnRecordError
from index.chunk_index import NO_LIMITS, Limits
from qa.answer import Answer, Conversation, Turn
from qa.conversations.kept import Reopened
from qa.conversations.store import LOCAL_USER
from qa.limits import stated_limits
from web import limits, markup, panel
from web.components import TYPED_LIMIT, connect, html, question_box
from web.shelf import Keeps, shelf

log = logging.getLogger(__name__)

QUESTIONS_AT_ONCE = 2
TURNS_KEPT = 50
"""Turns a tab keeps; older ones leave the page and are no context for follow-ups."""
TABS_KEPT = 100
"""Conversations held in memory; the longest unused go first."""
_FAILED = "Something went wrong here, so this question has no answer. Please try again."
_EMPTY = "The article behind an answer opens here, with the quoted sentence marked."
_DECLINED = "No article answers this. The nearest sentences can be opened to see where they stand."
_GONE = "This source is no longer at hand. Please ask the question again."
_NO_PLACE = "The sentence of this link is not, or no longer, in the collection."
# Figures of a length that fits the store's own.
_PLACE = re.compile(
    r"(?P<article>[^.]{1,2000})\.(?P<version>\d{1,9})\.(?P<start>\d{1,12})\.(?P<end>\d{1,12})",
    re.ASCII,
)
_UNKEPT = "This answer is not kept: {error}"
_DAMAGED = "Left out, because the store's record of it is damaged: {count}."
_PARTS = ("held", "at", "box", "send", "talk", "now", "source", "shelf", "within", "limits")
Changes = tuple[object, ...]


class Assists(Protocol):
    """What the page needs of `qa.assistant.Assistant`."""

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation,
        without: Collection[str],
        limits: Limits,
        progress: Callable[[str], None],
    ) -> Answer:
        """Answer one question; OnRecordError says why not, in words for the user."""

    def source(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return a stored version and its article."""

    def stats(self) -> Stats:
        """Return how much is searched."""

    def publishers(self) -> dict[str, int]:
        """Return the outlets' names and how many articles each has, most first."""


class ChatPage:
    """The page's layout and what its events do; one for all visitors, holding nothing of theirs."""

    def __init__(
        self,
        assistant: Assists,
        examples: Sequence[str] = (),
        warning: str = "",
        kept: Keeps | None = None,
    ) -> None:
        """Serve `assistant`.

        Args:
            assistant: Answers the questions.
            examples: Questions to try, offered at the start.
            warning: Shown at the top, about the collection.
            kept: Keeps the conversations; None where none are kept.
        """
        self._assistant = assistant
        self._examples = examples
        self._warning = warning
        self._kept = kept
        # Few long-lived threads, because the archive keeps one connection a thread.
        self._pool = ThreadPoolExecutor(QUESTIONS_AT_ONCE, thread_name_prefix="assistant")

    def blocks(self) -> gr.Blocks:
        """Return the page, its events connected."""
        with gr.Blocks(
            title="OnRecord", analytics_enabled=False, fill_height=True, fill_width=True
        ) as page:
            held, at, within = gr.State(Conversation()), gr.State(None), gr.State(NO_LIMITS)
            banner = html(self.banner(), "banner")
            with gr.Row(elem_id="desk"):
                kept = html("", "shelf", visible=self._kept is not None)
                with gr.Column(elem_id="left"):
                    with gr.Column(elem_id="record"):
                        talk = html(markup.welcome(self._examples), "talk")
                        now = html("", "now")
                    bar = html("", "limits")
                    with gr.Row(elem_id="composer"):
                        box = question_box()
                        send = gr.Button("Ask", variant="primary", elem_id="send", scale=0)
                source = html(panel.note(_EMPTY), "source")
            page.load(  # since the start the collection may have grown, and more been asked
                self.opening,
                outputs=[banner, kept, bar],
                show_progress="hidden",
                api_visibility="private",
            )
            parts = {"held": held, "at": at, "box": box, "send": send}
            parts |= {"talk": talk, "now": now, "source": source, "shelf": kept}
            parts |= {"within": within, "limits": bar}
            outputs = [parts[name] for name in _PARTS]
            connect(
                [box.submit, send.click, talk.submit],
                self.ask,
                inputs=[box, held, at, within],
                outputs=outputs,
                trigger_mode="once",  # a second press while one is answered asks nothing
                concurrency_limit=QUESTIONS_AT_ONCE,
            )
            connect(
                [talk.select, source.select],
                self.show,
                inputs=[held],
                outputs=[source],
                trigger_mode="always_last",
            )
            connect([kept.select], self.manage, inputs=[at], outputs=outputs, trigger_mode="once")
            connect([bar.select], self.limit, inputs=[within], outputs=[within, bar])
        page.state_session_capacity = TABS_KEPT
        return page

    def opening(self) -> tuple[str, str, str]:
        """Return the strip at the top, the list of conversations and the limits, as they are."""
        return self.banner(), self.shelf(None), self._bar(NO_LIMITS)

    def limit(self, within: Limits, event: gr.EventData) -> tuple[Limits, str]:
        """Change the limit that was picked."""
        picked = _data(event)
        known = self._publishers()
        within = limits.changed(within, picked.get("limit"), picked.get("value"), known)
        return within, limits.bar(within, known)

    def _bar(self, within: Limits) -> str:
        return limits.bar(within, self._publishers())

    def _publishers(self) -> list[str]:
        return list(self._pool.submit(self._assistant.publishers).result())

    def _stated(self, question: str) -> Limits:
        """Return the limits that a question states; "last week" counts from the newest article."""
        try:
            newest = self._pool.submit(self._assistant.stats).result().newest
            return stated_limits(question, self._publishers(), newest or date.today())
        except OnRecordError:  # asking meets it again, and says so
            return NO_LIMITS

    def banner(self) -> str:
        """Return the strip at the top, with what is searched now."""
        stats = self._pool.submit(self._assistant.stats).result()
        return markup.banner(markup.collection(stats), self._warning)

    def shelf(self, at: str | None) -> str:
        """Return the list of kept conversations, `at` the id of the open one."""
        return self._pool.submit(self._shelf, at).result() if self._kept else ""

    def _shelf(self, at: str | None) -> str:
        """Return the list; run it in the pool, as the store has a connection a thread."""
        if self._kept is None:
            return ""
        try:
            return shelf(self._kept.listed(LOCAL_USER), at, readonly=self._kept.readonly)
        except OnRecordError as error:
            return markup.hint(str(error))

    def ask(
        self, typed: str, held: Conversation, at: str | None, within: Limits, event: gr.EventData
    ) -> Iterator[Changes]:
        """Answer what was typed or picked, showing each step, and add it to the conversation."""
        asked = _asked(typed, held, _data(event))
        question = asked.question
        now = markup.working(question, "looking")
        yield _changed(box="", send=gr.Button(interactive=False), now=now)
        if stated := self._stated(question):
            within = limits.joined(within, stated)
            yield _changed(within=within, limits=self._bar(within))
        lines: SimpleQueue[str | None] = SimpleQueue()
        future = self._pool.submit(
            self._assistant.ask,
            question,
            conversation=asked.before,
            without=asked.without,
            limits=within,
            progress=lines.put,
        )
        future.add_done_callback(lambda _: lines.put(None))
        while (line := lines.get()) is not None:
            yield _changed(now=markup.working(question, line))
        yield self._finished(asked, held, at, future)

    def _finished(
        self, asked: _Asked, held: Conversation, at: str | None, future: Future[Answer]
    ) -> Changes:
        idle = gr.Button(interactive=True)
        question = asked.question
        again = question.encode("utf-8", "replace").decode()  # half characters cannot be sent back
        try:
            answer = future.result()
        except OnRecordError as error:  # its text is meant for the user
            return _changed(box=again, send=idle, now=markup.hint(str(error)))
        except Exception:
            log.exception("a question failed")
            return _changed(box=again, send=idle, now=markup.hint(_FAILED))
        turn = Turn(question, answer.standalone, answer, without=asked.without)
        held = Conversation((*held.turns, turn)[-TURNS_KEPT:])
        source = panel.note(_DECLINED if answer.nearest else _EMPTY)
        if answer.citations:
            source = self._source(held, len(held.turns) - 1, 0)
        shown = _changed(held=held, send=idle, talk=markup.turns(held), now="", source=source)
        return self._with_kept(shown, at, turn)

    def _with_kept(self, shown: Changes, at: str | None, turn: Turn) -> Changes:
        """Keep a turn; return what its answer changes, with the list as it is then."""
        if self._kept is None or self._kept.readonly:
            return shown
        parts = dict(zip(_PARTS, shown, strict=True))
        try:
            at = self._pool.submit(self._keep, at, turn).result()
        except OnRecordError as error:
            return _changed(**parts | {"now": markup.hint(_UNKEPT.format(error=error))})
        return _changed(**parts | {"at": at, "shelf": self.shelf(at)})

    def _keep(self, at: str | None, turn: Turn) -> str:
        """Add a turn to the conversation `at`, or to a new one; return its id."""
        assert self._kept is not None  # noqa: S101  # only called where there is one
        at = at or self._kept.start(LOCAL_USER, turn.question)
        self._kept.append(LOCAL_USER, at, turn)
        return at

    def manage(self, at: str | None, event: gr.EventData) -> Changes:
        """Open, rename or delete the conversation that was picked in the list."""
        picked = _data(event)
        try:
            return self._pool.submit(self._managed, at, picked).result()
        except OnRecordError as error:
            return _changed(now=markup.hint(str(error)), shelf=self.shelf(at))

    def _managed(self, at: str | None, picked: dict[str, Any]) -> Changes:
        opened, renamed, deleted = (picked.get(kind) for kind in ("open", "rename", "delete"))
        if self._kept is None:
            return _changed()
        if isinstance(opened, str):
            return self._opened(self._kept.open(LOCAL_USER, opened))
        if isinstance(renamed, str) and isinstance(name := picked.get("name"), str):
            self._kept.rename(LOCAL_USER, renamed, name)
        if isinstance(deleted, str):
            self._kept.delete(LOCAL_USER, deleted)
            if deleted == at:
                return self._emptied()
        return _changed(shelf=self._shelf(at))

    def _opened(self, reopened: Reopened) -> Changes:
        """Return the page with a kept conversation on it."""
        held = Conversation(reopened.conversation.turns[-TURNS_KEPT:])
        lost = len(reopened.left_out)
        return _changed(
            held=held,
            at=reopened.summary.id,
            talk=markup.turns(held),
            now=markup.hint(_DAMAGED.format(count=counted(lost, "turn"))) if lost else "",
            source=panel.note(_EMPTY),
            shelf=self._shelf(reopened.summary.id),
        )

    def _emptied(self) -> Changes:
        """Return the page as it is at first."""
        return (
            Conversation(), None, "", gr.skip(), markup.welcome(self._examples), "",
            panel.note(_EMPTY), self._shelf(None), gr.skip(), gr.skip(),
        )  # fmt: skip

    def show(self, held: Conversation, event: gr.EventData) -> str:
        """Return the source panel for the citation that was clicked."""
        picked = _data(event)
        if isinstance(place := picked.get("at"), str):
            return self._passage(place)
        return self._source(held, picked.get("turn"), picked.get("cite"))

    def _passage(self, place: str) -> str:
        """Return the panel of a linked sentence, ``ARTICLE.VERSION.START.END`` in the address."""
        match = _PLACE.fullmatch(place)
        if match is None:
            return panel.note(_NO_PLACE)
        number, start, end = (int(match[part]) for part in ("version", "start", "end"))
        find = self._assistant.source
        found = self._pool.submit(find, unquote(match["article"]), number).result()
        if found is None or not start < end <= len(found[1].text):
            return panel.note(_NO_PLACE)
        return panel.passage(*found, Span(start, end))

    def _source(self, held: Conversation, turn: object, cited: object) -> str:
        """Return the panel of one citation; which one is the browser's word, so it is checked."""
        if not (isinstance(turn, int) and 0 <= turn < len(held.turns)):
            return panel.note(_GONE)
        answer = held.turns[turn].answer
        if not (answer and isinstance(cited, int) and 0 <= cited < len(panel.shown(answer))):
            return panel.note(_GONE)
        citation = panel.shown(answer)[cited]
        find = self._assistant.source
        found = self._pool.submit(find, citation.article_id, citation.version).result()
        return panel.source(turn, cited, answer, *found) if found else panel.note(_GONE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way; `before` is what it follows on, `without` what is not carried."""

    question: str
    before: Conversation
    without: tuple[str, ...] = ()


def _asked(typed: str, held: Conversation, picked: dict[str, Any]) -> _Asked:
    """Return what was picked on the page, else what was typed.

    Picked is a question, or a term of an earlier turn, which is then asked again without it.
    """
    turn, term, question = picked.get("turn"), picked.get("drop"), picked.get("ask")
    if isinstance(term, str) and isinstance(turn, int) and 0 <= turn < len(held.turns):
        again = held.turns[turn]
        return _Asked(again.question, held.before(turn), (*again.without, term[:TYPED_LIMIT]))
    return _Asked((question if isinstance(question, str) else typed)[:TYPED_LIMIT], held)


def _changed(**new: object) -> Changes:
    """Return the event's outputs: what is new, and nothing for every other part."""
    return tuple(new.get(part, gr.skip()) for part in _PARTS)


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}
