"""What a page proposes to ask, of one assistant and its archive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.archive import Archive
from index.chunk_index import Limits
from qa.answer import Answer, Conversation
from qa.assistant import Assistant, Trace
from qa.deadline import NO_DEADLINE, Deadline
from qa.suggestions.following import following_questions
from qa.suggestions.opening import opening_questions


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Proposes questions that the assistant answers.

    Attributes:
        archive: The one that the assistant answers about.
    """

    assistant: Assistant
    archive: Archive

    def opening(self, stopped: Callable[[], bool] = lambda: False) -> list[str]:
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

        asked: Callable[[str], Answer] | None = ask if search else None
        return following_questions(trace, conversation, self.archive, self.assistant.floor, asked)
