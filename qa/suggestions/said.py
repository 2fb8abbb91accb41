"""What was asked and shown so far, so that it is not proposed again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.answer import Conversation
from qa.resolve.resolve import last_whole


@dataclass(frozen=True, slots=True)
class Said:
    """What was asked and shown so far.

    Attributes:
        question: The last one that stands by itself.
        quotes: Every quote shown.
        read: Every quote with what was shown around it, as one text.
        asked: Every question, as typed and as understood, without capitals and marks.
        about: The questions asked about the last answer.
    """

    question: str
    quotes: frozenset[str]
    read: str
    asked: frozenset[str]
    about: tuple[str, ...]

    def repeats(self, question: str) -> bool:
        """Return whether the question was asked."""
        return _plain(question) in self.asked


def said_in(conversation: Conversation) -> Said:
    """Return what was asked and shown in a conversation that has a turn."""
    turns = conversation.turns
    answers = [turn.answer for turn in turns if turn.answer]
    cited = [citation for answer in answers for citation in (*answer.citations, *answer.nearest)]
    question = last_whole(conversation)
    return Said(
        question,
        frozenset(citation.quote for citation in cited),
        "\n".join(f"{citation.context or ''}\n{citation.quote}" for citation in cited),
        frozenset(_plain(text) for turn in turns for text in (turn.question, turn.standalone)),
        tuple(t.question for t in turns if t.standalone.startswith(f"{question} ")),
    )


def _plain(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))
