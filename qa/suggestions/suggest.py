"""What a page proposes to ask, of one assistant and its archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus.archive import Archive
from index.chunk_index import Limits
from qa.answer import Answer, Conversation
from qa.assistant import Assistant, Trace
from qa.current import current_evidence
from qa.deadline import NO_DEADLINE, Deadline
from qa.suggestions.following import following_questions
from qa.suggestions.opening import Opening, opening_questions


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Proposes questions that the assistant answers.

    Attributes:
        archive: The one that the assistant answers about.
    """

    assistant: Assistant
    archive: Archive

    def opening(self, stopped: Callable[[], bool] = lambda: False) -> list[Opening]:
        """Return questions about the newest articles; takes seconds, see `opening_questions`.

        Args:
            stopped: Asked before each question that is tried; True ends the search there.

        Raises:
            InterruptedError: It was stopped.
        """

        def ask(question: str) -> Answer:
            if stopped():
                raise InterruptedError
            return self.assistant.ask(question)

        return opening_questions(self.archive, ask)

    def following(
        self,
        trace: Trace,
        conversation: Conversation,
        limits: Limits,
        *,
        search: bool,
        deadline: Deadline = NO_DEADLINE,
    ) -> list[str]:
        """Return questions to go on with after the last answer of a conversation.

        Args:
            trace: That answer with its evidence.
            conversation: The turns so far.
            limits: What it was limited to.
            search: Whether a question may be asked to find out, which takes as long as any.
            deadline: When nobody waits for them any more.

        Raises:
            TooLateError: Nobody waits any more.
        """

        def ask(question: str) -> Answer:
            return self.assistant.ask(
                question, conversation=conversation, limits=limits, deadline=deadline
            )

        sight, conversation = self.archive.sight, self.assistant.current(conversation)
        trace = self._as_it_stands(trace, conversation)
        asked: Callable[[str], Answer] | None = ask if search else None
        floor = self.assistant.floor
        questions = following_questions(trace, conversation, self.archive, floor, asked)
        # What they were made of may be gone meanwhile.
        return questions if self.archive.sight == sight else []

    def _as_it_stands(self, trace: Trace, conversation: Conversation) -> Trace:
        """Return the trace of a conversation's last answer without what is there no more."""
        answer = conversation.turns[-1].answer if conversation.turns else None
        if answer is None or answer is trace.answer:
            return trace
        evidence = current_evidence(trace.evidence, self.archive)
        return replace(trace, answer=answer, evidence=evidence)
