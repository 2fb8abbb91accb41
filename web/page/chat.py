"""The chat page: kept conversations, the one that is open, the article behind the selected quote.

All three are our own escaped HTML (`web.page.shelf`, `web.page.markup`, `web.page.panel`). Gradio
carries the events and holds one conversation a browser tab in `gr.State`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from corpus.errors import OnRecordError
from index.chunk_index import NO_LIMITS, Limits
from qa.answer import Conversation
from qa.assistant import Trace
from qa.conversations.kept import Reopened
from qa.deadline import Deadline, TooLateError
from qa.messages.say import say
from web.admission import Admission, Refused
from web.identity import Visitor, known_visitor
from web.page import limits, markup, panel
from web.page.answering import TURNS_KEPT, Answering, unanswered
from web.page.asking import asked_for
from web.page.banner import banner
from web.page.blocks import Page
from web.page.components import connect, html, question_box, send_button
from web.page.judging import judge
from web.page.keeping import Keeping
from web.page.offers import Offers, See, Seen
from web.page.refresh import NOTHING_SHOWN, Refresh, Shown
from web.page.visit import localised
from web.sender import key_of
from web.workers import Steps, Workers

EVENTS_AT_ONCE = 128
"""Events of the page that Gradio has under way, most of them questions that wait: no threads."""
TABS_KEPT = 300
"""Conversations held in memory; the longest unused go first."""
_SUGGESTING_SECONDS = 5.0  # nobody has asked for it
_PARTS = (
    "held", "at", "last", "box", "send", "talk", "now", "further", "source", "shelf", "within",
    "limits", "shown",
)  # fmt: skip
NOBODY_ASKED = Conversation()
Changes = tuple[object, ...]


class ChatPage:
    """The page's layout and what its events do; one for all visitors, holding nothing of theirs."""

    def __init__(self, see: See, offers: Offers, admission: Admission | None = None) -> None:
        """Serve each visitor what `see` returns for them, if `admission` takes their questions."""
        self._see = see
        self._offers = offers
        self._admission = admission or Admission()
        self._reading = Workers(1, "reading")  # what waits for no question

    def blocks(self) -> gr.Blocks:
        """Return the page, its events connected."""
        with Page(
            title="OnRecord", analytics_enabled=False, fill_height=True, fill_width=True
        ) as page:
            parts = {"held": gr.State(Conversation()), "at": gr.State(None)}
            parts |= {"last": gr.State(None), "within": gr.State(NO_LIMITS)}
            parts |= {"shown": gr.State(NOTHING_SHOWN)}
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
        page.max_threads = EVENTS_AT_ONCE  # as Gradio calls it
        return page.queue()

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
            inputs=[parts[name] for name in ("box", "held", "at", "within", "shown")],
            outputs=outputs,
            trigger_mode="once",  # a second press while one is answered asks nothing
            concurrency_limit=None,  # who has to wait is up to the admission
        )
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
            inputs=[parts[name] for name in ("held", "within", "shown")],
            outputs=outputs,
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
        visitor = known_visitor(request)
        seen = self._seen(visitor)
        strip = banner(
            warning=self._offers.is_sample,
            adds=seen.adds is not None and visitor.may("write"),
            visitor=visitor.name,
            signs_out=self._offers.signs_out,
        )
        box = gr.Textbox(placeholder=say("box.placeholder"), label=say("box.label"))
        publisher = request.query_params.get("publisher")
        known = self._publishers(seen)
        within = limits.changed(NO_LIMITS, "publisher", publisher, known)
        fresh = {"box": box, "send": gr.Button(say("box.send"))}
        fresh |= {"within": within, "limits": limits.bar(within, known)}
        return (strip, *_changed(**self._fresh(visitor, seen) | fresh))

    def _seen(self, visitor: Visitor) -> Seen:
        return self._reading.call(self._see, visitor)

    def _fresh(self, visitor: Visitor, seen: Seen) -> dict[str, object]:
        """Return the parts that hold a conversation as they are without one."""
        sight = self._reading.call(lambda: seen.assistant.sight)
        return {
            "held": Conversation(),
            "at": None,
            "last": None,
            "talk": self._reading.call(self._refresh(visitor, seen).talk, NOBODY_ASKED),
            "now": "",
            "further": "",
            "source": panel.note(say("source.empty")),
            "shelf": self._listing(visitor, seen, None),
            "shown": Shown(sight),
        }

    def _keeping(self, visitor: Visitor, seen: Seen) -> Keeping | None:
        """Return the visitor's conversations; None where none are kept."""
        kept = self._offers.kept
        return Keeping(kept, visitor.user, seen.archive) if kept and visitor.is_known else None

    def _listing(self, visitor: Visitor, seen: Seen, at: str | None) -> str:
        keeping = self._keeping(visitor, seen)
        own = self._offers.shelf_of_nobody(visitor)
        return self._reading.call(keeping.listing, at) if keeping else own

    @localised
    def limit(self, within: Limits, event: gr.EventData, request: gr.Request) -> tuple[Limits, str]:
        """Change the limit that was picked."""
        picked = _data(event)
        known = self._publishers(self._seen(known_visitor(request)))
        within = limits.changed(within, picked.get("limit"), picked.get("value"), known)
        return within, limits.bar(within, known)

    def _publishers(self, seen: Seen) -> list[str]:
        return list(self._reading.call(seen.assistant.publishers))

    @localised
    async def ask(
        self,
        typed: str,
        held: Conversation,
        at: str | None,
        within: Limits,
        event: gr.EventData,
        request: gr.Request,
        shown: Shown = NOTHING_SHOWN,
    ) -> AsyncIterator[Changes]:
        """Answer what was typed or picked, showing each step, and add it to the conversation.

        No thread is held while it waits: of those who do there may be many.
        """
        asked = asked_for(typed, held, _data(event))
        session = request.session_hash or ""
        try:
            with self._admission.admit(key_of(request), session=session) as ticket:
                now = markup.working(asked.question, say("progress.looking"))
                yield _changed(box="", send=gr.Button(interactive=False), now=now, further="")
                visitor, seen, stale = await self._looked_up(request, held, within, shown)
                if stale:
                    held, within = stale["held"], stale["within"]
                    yield _changed(**stale)
                answering = Answering(seen.assistant, self._keeping(visitor, seen), self._offers)
                if asked.unlimited and within:
                    within = NO_LIMITS
                    bar = await self._reading.done(answering.bar, within)
                    yield _changed(within=within, limits=bar)
                steps = Steps()
                work = answering.work(asked, within, steps.report, ticket.deadline)
                future = steps.end_with(ticket.start(work))
                while (line := await steps.next(ticket.deadline.left)) is not None:
                    yield _changed(now=markup.working(asked.question, line))
                if isinstance(future.exception(), TooLateError):
                    raise ticket.late()
                yield _changed(
                    **await self._reading.done(answering.finished, asked, held, at, future)
                )
        except (TimeoutError, Refused) as late:
            why = str(late if isinstance(late, Refused) else ticket.late())
            *_, stale = await self._looked_up(request, held, within, shown)
            yield _changed(**stale | unanswered(asked, why))

    async def _looked_up(
        self, request: gr.Request, held: Conversation, within: Limits, shown: Shown
    ) -> tuple[Visitor, Seen, dict[str, Any]]:
        """Return who asks, what they are served, and what has to be taken off their page."""
        visitor = known_visitor(request)
        seen = await self._reading.done(self._see, visitor)
        stale = await self._reading.done(self._stale, visitor, seen, held, within, shown)
        return visitor, seen, stale

    def _refresh(self, visitor: Visitor, seen: Seen) -> Refresh:
        return Refresh(seen.assistant, self._offers, self._offers.note_to(visitor))

    def _stale(
        self, visitor: Visitor, seen: Seen, held: Conversation, within: Limits, shown: Shown
    ) -> dict[str, Any]:
        """Return what has to be taken off the page, or marked, before anything else is shown."""
        if shown.sight is None:
            return {}
        try:
            return self._refresh(visitor, seen).stale(held, within, shown)
        except OnRecordError:  # what is asked next meets it again, and says so
            return {}

    @localised
    def suggest(
        self, held: Conversation, last: Trace | None, within: Limits, request: gr.Request
    ) -> tuple[object, None]:
        """Return questions to go on with; where others wait, none that has to be tried first."""
        suggests = self._seen(known_visitor(request)).suggests
        if suggests is None or last is None or self._admission.is_stopping:
            return gr.skip(), None
        workers = self._admission.workers
        try:
            search, deadline = workers.idle, Deadline(_SUGGESTING_SECONDS)
            questions = workers.call(
                suggests.following, last, held, within, search=search, deadline=deadline
            )
        except OnRecordError:  # what is asked next meets it again
            questions = []
        return markup.further(questions), None

    @localised
    def manage(self, at: str | None, event: gr.EventData, request: gr.Request) -> Changes:
        """Open, rename or delete the conversation that was picked in the list."""
        visitor = known_visitor(request)
        seen = self._seen(visitor)
        keeping = self._keeping(visitor, seen)
        if keeping is None:
            return _changed()
        picked = _data(event)
        try:
            if reopened := self._reading.call(keeping.opened, picked):
                return self._opened(visitor, seen, reopened)
            deleted = self._reading.call(keeping.change, picked)
        except OnRecordError as error:
            return _changed(now=markup.hint(str(error)), shelf=self._listing(visitor, seen, at))
        if deleted and deleted == at:
            return _changed(**self._fresh(visitor, seen))
        return _changed(shelf=self._listing(visitor, seen, at))

    def _opened(self, visitor: Visitor, seen: Seen, reopened: Reopened) -> Changes:
        """Return the page with a kept conversation on it."""
        sight = self._reading.call(lambda: seen.assistant.sight)
        held = Conversation(reopened.conversation.turns[-TURNS_KEPT:])
        held = self._reading.call(seen.assistant.current, held)
        lost = len(reopened.left_out)
        damaged = say("shelf.damaged", turns=say("count.turns", count=lost))
        return _changed(
            held=held,
            at=reopened.summary.id,
            last=None,
            talk=markup.turns(held, judging=self._offers.judges is not None),
            now=markup.hint(damaged) if lost else "",
            further="",
            source=panel.note(say("source.empty")),
            shelf=self._listing(visitor, seen, reopened.summary.id),
            shown=Shown(sight),
        )

    @localised
    def show(
        self,
        held: Conversation,
        within: Limits,
        shown: Shown,
        event: gr.EventData,
        request: gr.Request,
    ) -> Changes:
        """Show the article of what was clicked, and take off the page what is there no more."""
        visitor = known_visitor(request)
        refresh = self._refresh(visitor, self._seen(visitor))
        return _changed(**self._reading.call(refresh.picked, held, within, shown, _data(event)))

    @localised
    def judge(self, held: Conversation, event: gr.EventData, request: gr.Request) -> object:
        """Keep what a reader says of an answer; return a hint where it cannot be kept."""
        if self._offers.judges is None:
            return gr.skip()
        try:
            seen = self._seen(known_visitor(request))
            held = self._reading.call(seen.assistant.current, held)
            judge(_data(event), held, self._offers.judges)
        except OnRecordError as error:
            return markup.hint(say("judge.unkept", error=error))
        return gr.skip()


def _changed(**new: object) -> Changes:
    """Return the event's outputs: what is new, and nothing for every other part."""
    return tuple(new.get(part, gr.skip()) for part in _PARTS)


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}
