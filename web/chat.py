"""The chat page: kept conversations, the one that is open, the article behind the selected quote.

All three are our own escaped HTML (`web.shelf`, `web.markup`, `web.panel`). Gradio carries the
events, holds one conversation a browser tab in `gr.State`, and runs questions off the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from queue import SimpleQueue
from typing import Any

import gradio as gr

from corpus.errors import OnRecordError
from index.chunk_index import NO_LIMITS, Limits
from qa.answer import Conversation, Turn
from qa.assistant import Trace
from qa.conversations.kept import Reopened
from qa.limits import stated_limits
from qa.messages.say import say
from web import limits, markup, panel
from web.asking import Asked, asked_for
from web.banner import banner, welcome
from web.components import connect, html, question_box, send_button
from web.identity import Visitor, known_visitor
from web.judging import judge
from web.keeping import Keeping
from web.offers import Assists, Offers
from web.source import citation_source, source_of
from web.visit import localised
from web.workers import Workers

log = logging.getLogger(__name__)

QUESTIONS_AT_ONCE = 2
TURNS_KEPT = 50
"""Turns a tab keeps; older ones leave the page and are no context for follow-ups."""
TABS_KEPT = 100
"""Conversations held in memory; the longest unused go first."""
NEWEST_SHOWN = 4
_PARTS = (
    "held", "at", "last", "box", "send", "talk", "now", "further", "source", "shelf", "within",
    "limits",
)  # fmt: skip
Changes = tuple[object, ...]


class ChatPage:
    """The page's layout and what its events do; one for all visitors, holding nothing of theirs."""

    def __init__(self, assistant: Assists, offers: Offers) -> None:
        """Serve `assistant` with what is offered beside it."""
        self._assistant = assistant
        self._offers = offers
        self._asking = Workers(QUESTIONS_AT_ONCE, "asking")
        self._reading = Workers(1, "reading")  # what waits for no question

    def blocks(self) -> gr.Blocks:
        """Return the page, its events connected."""
        with gr.Blocks(
            title="OnRecord", analytics_enabled=False, fill_height=True, fill_width=True
        ) as page:
            parts = {"held": gr.State(Conversation()), "at": gr.State(None)}
            parts |= {"last": gr.State(None), "within": gr.State(NO_LIMITS)}
            strip = html("", "banner")
            with gr.Row(elem_id="desk"):
                parts["shelf"] = html("", "shelf", visible=self._offers.kept is not None)
                with gr.Column(elem_id="left"):
                    with gr.Column(elem_id="record"):
                        parts["talk"] = html("", "talk")
                        parts["now"] = html("", "now")
                        parts["further"] = html("", "further")
                    parts["limits"] = html("", "limits")
                    with gr.Row(elem_id="composer"):
                        parts["box"] = question_box()
                        parts["send"] = send_button()
                parts["source"] = html("", "source")
            self._connect(page, strip, parts)
        page.state_session_capacity = TABS_KEPT
        return page

    def _connect(self, page: gr.Blocks, strip: gr.HTML, parts: dict[str, Any]) -> None:
        outputs = [parts[name] for name in _PARTS]
        talk, source, shelf = parts["talk"], parts["source"], parts["shelf"]
        page.load(  # what is there, and in which language, depends on when and who
            self.opening,
            outputs=[strip, *outputs],
            show_progress="hidden",
            api_visibility="private",
        )
        answered = connect(
            [parts["box"].submit, parts["send"].click, talk.submit, parts["further"].submit],
            self.ask,
            inputs=[parts[name] for name in ("box", "held", "at", "within")],
            outputs=outputs,
            trigger_mode="once",  # a second press while one is answered asks nothing
            concurrency_limit=QUESTIONS_AT_ONCE,
        )
        if self._offers.suggests:
            answered.then(
                self.suggest,
                inputs=[parts[name] for name in ("held", "last", "within")],
                outputs=[parts["further"], parts["last"]],
                show_progress="hidden",
                api_visibility="private",
            )
        connect(
            [talk.select, source.select],
            self.show,
            inputs=[parts["held"]],
            outputs=[source],
            trigger_mode="always_last",
        )
        connect([talk.like], self.judge, inputs=[parts["held"]], outputs=[parts["now"]])
        connect([shelf.select], self.manage, inputs=[parts["at"]], outputs=outputs)
        within = parts["within"]
        bar = parts["limits"]
        connect([bar.select], self.limit, inputs=[within], outputs=[within, bar])

    @localised
    def opening(self, request: gr.Request) -> tuple[object, ...]:
        """Return the strip at the top, and the page as it is at first."""
        stats = self._reading.call(self._assistant.stats)
        visitor = known_visitor(request)
        strip = banner(
            markup.collection(stats),
            self._warning(),
            adds=self._offers.adds and visitor.may("write"),
            visitor=visitor.name,
            signs_out=self._offers.signs_out,
        )
        box = gr.Textbox(placeholder=say("box.placeholder"), label=say("box.label"))
        publisher = request.query_params.get("publisher")
        within = limits.changed(NO_LIMITS, "publisher", publisher, self._publishers())
        fresh = {"box": box, "send": gr.Button(say("box.send"))}
        fresh |= {"within": within, "limits": self._bar(within)}
        return (strip, *_changed(**self._fresh(visitor) | fresh))

    def _warning(self) -> str:
        return say("banner.sample") if self._offers.is_sample else ""

    def _fresh(self, visitor: Visitor) -> dict[str, object]:
        """Return the parts that hold a conversation as they are without one."""
        newest = self._reading.call(self._assistant.newest, NEWEST_SHOWN)
        return {
            "held": Conversation(),
            "at": None,
            "last": None,
            "talk": welcome(self._offers.examples(), newest),
            "now": "",
            "further": "",
            "source": panel.note(say("source.empty")),
            "shelf": self._listing(visitor, None),
        }

    def _keeping(self, visitor: Visitor) -> Keeping | None:
        """Return the visitor's conversations; None where none are kept."""
        kept = self._offers.kept
        return Keeping(kept, visitor.user) if kept and visitor.is_known else None

    def _listing(self, visitor: Visitor, at: str | None) -> str:
        keeping = self._keeping(visitor)
        return self._reading.call(keeping.listing, at) if keeping else ""

    @localised
    def limit(
        self, within: Limits, event: gr.EventData, _request: gr.Request
    ) -> tuple[Limits, str]:
        """Change the limit that was picked."""
        picked = _data(event)
        known = self._publishers()
        within = limits.changed(within, picked.get("limit"), picked.get("value"), known)
        return within, limits.bar(within, known)

    def _bar(self, within: Limits) -> str:
        return limits.bar(within, self._publishers())

    def _publishers(self) -> list[str]:
        return list(self._reading.call(self._assistant.publishers))

    def _stated(self, question: str) -> Limits:
        """Return the limits that a question states; "last week" counts from the newest article."""
        try:
            newest = self._reading.call(lambda: self._assistant.newest_date) or date.today()
            return stated_limits(question, self._publishers(), newest)
        except OnRecordError:  # asking meets it again, and says so
            return NO_LIMITS

    @localised
    def ask(
        self,
        typed: str,
        held: Conversation,
        at: str | None,
        within: Limits,
        event: gr.EventData,
        request: gr.Request,
    ) -> Iterator[Changes]:
        """Answer what was typed or picked, showing each step, and add it to the conversation."""
        asked = asked_for(typed, held, _data(event))
        now = markup.working(asked.question, say("progress.looking"))
        yield _changed(box="", send=gr.Button(interactive=False), now=now, further="")
        if stated := self._stated(asked.question):
            within = limits.joined(within, stated)
            yield _changed(within=within, limits=self._bar(within))
        lines: SimpleQueue[str | None] = SimpleQueue()
        future = self._asking.start(
            self._assistant.trace,
            asked.question,
            conversation=asked.before,
            without=asked.without,
            limits=within,
            progress=lines.put,
        )
        future.add_done_callback(lambda _: lines.put(None))
        while (line := lines.get()) is not None:
            yield _changed(now=markup.working(asked.question, line))
        yield self._finished(known_visitor(request), asked, held, at, future)

    def _finished(
        self,
        visitor: Visitor,
        asked: Asked,
        held: Conversation,
        at: str | None,
        future: Future[Trace],
    ) -> Changes:
        idle = gr.Button(interactive=True)
        question = asked.question
        again = question.encode("utf-8", "replace").decode()  # half characters cannot be sent back
        try:
            trace = future.result()
        except OnRecordError as error:  # its text is meant for the user
            return _changed(box=again, send=idle, now=markup.hint(str(error)))
        except Exception:
            log.exception("a question failed")
            return _changed(box=again, send=idle, now=markup.hint(say("refused.failed")))
        answer = trace.answer
        turn = Turn(question, answer.standalone, answer, without=asked.without)
        held = Conversation((*held.turns, turn)[-TURNS_KEPT:])
        source = panel.note(say("source.declined" if answer.nearest else "source.empty"))
        if answer.citations:
            source = self._reading.call(
                citation_source, held, len(held.turns) - 1, 0, self._assistant.source
            )
        shown = {"held": held, "last": replace(trace, hits=()), "send": idle, "source": source}
        shown |= {"talk": self._turns(held), "now": "", "further": ""}
        return _changed(**shown | self._kept(visitor, at, turn))

    def _turns(self, held: Conversation) -> str:
        return markup.turns(held, judging=self._offers.judges is not None)

    def _kept(self, visitor: Visitor, at: str | None, turn: Turn) -> dict[str, object]:
        """Keep a turn; return what that changes on the page."""
        keeping = self._keeping(visitor)
        if keeping is None or keeping.readonly:
            return {}
        try:
            kept = self._reading.call(keeping.keep, at, turn)
        except OnRecordError as error:
            return {"now": markup.hint(say("shelf.unkept", error=error))}
        # The list is long and stays as it is while one conversation goes on.
        return {} if kept == at else {"at": kept, "shelf": self._listing(visitor, kept)}

    @localised
    def suggest(
        self, held: Conversation, last: Trace | None, within: Limits, _request: gr.Request
    ) -> tuple[object, None]:
        """Return questions to go on with; where others wait, none that has to be tried first."""
        if self._offers.suggests is None or last is None:
            return gr.skip(), None
        try:
            questions = self._asking.call(
                self._offers.suggests.following, last, held, within, search=self._asking.idle
            )
        except OnRecordError:  # what is asked next meets it again
            questions = []
        return markup.further(questions), None

    @localised
    def manage(self, at: str | None, event: gr.EventData, request: gr.Request) -> Changes:
        """Open, rename or delete the conversation that was picked in the list."""
        visitor = known_visitor(request)
        keeping = self._keeping(visitor)
        if keeping is None:
            return _changed()
        picked = _data(event)
        try:
            if reopened := self._reading.call(keeping.opened, picked):
                return self._opened(visitor, reopened)
            deleted = self._reading.call(keeping.change, picked)
        except OnRecordError as error:
            return _changed(now=markup.hint(str(error)), shelf=self._listing(visitor, at))
        if deleted and deleted == at:
            return _changed(**self._fresh(visitor))
        return _changed(shelf=self._listing(visitor, at))

    def _opened(self, visitor: Visitor, reopened: Reopened) -> Changes:
        """Return the page with a kept conversation on it."""
        held = Conversation(reopened.conversation.turns[-TURNS_KEPT:])
        lost = len(reopened.left_out)
        damaged = say("shelf.damaged", turns=say("count.turns", count=lost))
        return _changed(
            held=held,
            at=reopened.summary.id,
            last=None,
            talk=self._turns(held),
            now=markup.hint(damaged) if lost else "",
            further="",
            source=panel.note(say("source.empty")),
            shelf=self._listing(visitor, reopened.summary.id),
        )

    @localised
    def show(self, held: Conversation, event: gr.EventData, _request: gr.Request) -> str:
        """Return the source panel for the citation that was clicked."""
        return self._reading.call(source_of, _data(event), held, self._assistant.source)

    @localised
    def judge(self, held: Conversation, event: gr.EventData, _request: gr.Request) -> object:
        """Keep what a reader says of an answer; return a hint where it cannot be kept."""
        if self._offers.judges is None:
            return gr.skip()
        try:
            judge(_data(event), held, self._offers.judges)
        except OnRecordError as error:
            return markup.hint(say("judge.unkept", error=error))
        return gr.skip()


def _changed(**new: object) -> Changes:
    """Return the event's outputs: what is new, and nothing for every other part."""
    return tuple(new.get(part, gr.skip()) for part in _PARTS)


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}
