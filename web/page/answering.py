"""What a question does on the page: from what was asked to what every part shows then."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

import gradio as gr

from corpus.errors import OnRecordError
from index.chunk_index import Limits
from qa.answer import Conversation, Turn
from qa.assistant import Trace
from qa.deadline import Deadline
from qa.messages.say import say
from web.page import limits, markup, panel
from web.page.asking import Asked
from web.page.keeping import Keeping
from web.page.offers import Assists, Offers
from web.page.refresh import Shown
from web.page.source import source_of

log = logging.getLogger(__name__)

TURNS_KEPT = 50
"""Turns a tab keeps; older ones leave the page and are no context for follow-ups."""


class Answering:
    """Looks up, answers and shows; none of it in the event loop."""

    def __init__(self, assistant: Assists, keeping: Keeping | None, offers: Offers) -> None:
        """Answer one visitor.

        Args:
            assistant: Answers from what they may see.
            keeping: Their conversations; None where none are kept.
            offers: What is offered beside answers.
        """
        self._assistant = assistant
        self._keeping = keeping
        self._offers = offers

    def bar(self, within: Limits) -> str:
        """Return the line that says what is searched, and changes it."""
        return limits.bar(within, list(self._assistant.publishers()))

    def work(
        self, asked: Asked, within: Limits, report: Callable[[str], None], deadline: Deadline
    ) -> Callable[[], Trace]:
        """Return what answers, to be done by a worker."""
        return lambda: self._assistant.trace(
            asked.question,
            conversation=asked.before,
            without=asked.without,
            limits=within,
            everything=asked.everything,
            progress=report,
            deadline=deadline,
        )

    def finished(
        self, asked: Asked, held: Conversation, at: str | None, future: Future[Trace]
    ) -> dict[str, object]:
        """Return what each part of the page shows after a question; keep the turn."""
        try:
            trace = future.result()
        except OnRecordError as error:  # its text is meant for the user
            return unanswered(asked, str(error))
        except Exception:
            log.exception("a question failed")
            return unanswered(asked, say("refused.failed"))
        turn = Turn(
            asked.question,
            trace.answer.standalone,
            trace.answer,
            without=asked.without,
            everything=asked.everything,
        )
        held = self._with_turn(held, turn)
        kept = self._kept(at, held.turns[-1])
        shown = self._shown(held)
        shown |= {"last": replace(trace, hits=()), "send": gr.Button(interactive=True)}
        return shown | {"now": "", "further": ""} | kept

    def _with_turn(self, held: Conversation, turn: Turn) -> Conversation:
        """Return the conversation with a turn that nobody has seen yet, as it stands now."""
        held = self._assistant.current(Conversation((*held.turns, turn)[-TURNS_KEPT:]))
        *before, turn = held.turns
        if turn.answer and turn.answer.withdrawn:
            turn = replace(turn, answer=replace(turn.answer, withdrawn=()))
        return Conversation((*before, turn))

    def _shown(self, held: Conversation) -> dict[str, object]:
        """Return the conversation and the last answer's first source, checked at last."""
        sight = self._assistant.sight
        held = self._assistant.current(held)
        last = held.turns[-1].answer
        opened = {"turn": len(held.turns) - 1, "cite": 0} if last and last.citations else None
        source = panel.note(say("source.declined" if last and last.nearest else "source.empty"))
        if opened:
            source = source_of(opened, held, self._assistant)
        talk = markup.turns(held, judging=self._offers.judges is not None)
        shown = Shown(sight, opened)
        return {"held": held, "talk": talk, "source": source, "shown": shown}

    def _kept(self, at: str | None, turn: Turn) -> dict[str, object]:
        """Keep a turn; return what that changes on the page."""
        if self._keeping is None or self._keeping.readonly:
            return {}
        try:
            kept = self._keeping.keep(at, turn)
        except OnRecordError as error:
            return {"now": markup.hint(say("shelf.unkept", error=error))}
        # The list is long and stays as it is while one conversation goes on.
        return {} if kept == at else {"at": kept, "shelf": self._keeping.listing(kept)}


def unanswered(asked: Asked, why: str) -> dict[str, object]:
    """Return what each part of the page shows where there is no answer: the question stays."""
    again = asked.question.encode("utf-8", "replace").decode()  # half characters cannot be sent
    return {"box": again, "send": gr.Button(interactive=True), "now": markup.hint(why)}
