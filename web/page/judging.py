"""What readers say of answers, from the page into the feedback that makes question sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from qa.answer import Conversation
from qa.evaluation.sets.feedback import Verdict
from qa.render import to_json

_LONGEST_REASON = 2000  # characters, as the field on the page has it


class Judges(Protocol):
    """Keeps a judgement, as `qa.evaluation.sets.feedback.record_feedback` does of one store."""

    def __call__(
        self, verdict: Verdict, answer: Mapping[str, Any], /, *, why: str, history: Sequence[str]
    ) -> None:
        """Store it; OnRecordError says why it cannot be."""


def judge(picked: Mapping[str, Any], held: Conversation, record: Judges) -> bool:
    """Record the judgement that was picked; return whether there was one.

    Raises:
        OnRecordError: It cannot be kept.
    """
    verdict, turn, why = picked.get("judge"), picked.get("turn"), picked.get("why")
    if verdict not in ("good", "bad") or not isinstance(turn, int) or not isinstance(why, str):
        return False
    if not 0 <= turn < len(held.turns) or (answer := held.turns[turn].answer) is None:
        return False
    history = [earlier.question for earlier in held.before(turn).turns]
    record(verdict, to_json(answer), why=why.strip()[:_LONGEST_REASON], history=history)
    return True
