"""What became of a question, and, where it went wrong, at which step it was lost."""

from __future__ import annotations

from typing import Literal

from qa.evaluation.sets.questions import Query

Outcome = Literal[
    "right", "wrong quote", "wrongly declined", "declined", "wrongly answered", "failed"
]
Lost = Literal["not retrieved", "not ranked", "not picked", "wrongly declined", "wrongly answered"]


def gold_of(query: Query, article_id: str) -> list[str]:
    """Return the gold sentences of one article."""
    return [gold.sentence for gold in query.gold if gold.article_id == article_id]


def outcome_of(query: Query, status: str | None, *, first_is_right: bool) -> Outcome:
    """Return what became of a question.

    Args:
        query: What was asked.
        status: Of the answer; None if the question could not be asked.
        first_is_right: Whether the quote put first, as the answer or as the nearest, is right.
    """
    if status is None:
        return "failed"
    if status != "answered":
        return "wrongly declined" if query.answerable else "declined"
    if not query.answerable:
        return "wrongly answered"
    return "right" if first_is_right else "wrong quote"


def lost_at(
    outcome: Outcome, *, first_is_right: bool, evidence_is_right: bool, article_retrieved: bool
) -> Lost | None:
    """Return the first step behind which nothing right was left, or None if nothing was lost.

    Args:
        outcome: What became of the question.
        first_is_right: Whether the quote put first is right, so that only declining it was wrong.
        evidence_is_right: Whether any of the sentences kept is.
        article_retrieved: Whether any article that is known to answer is.
    """
    if outcome == "wrongly answered":
        return "wrongly answered"
    if outcome not in ("wrong quote", "wrongly declined"):
        return None
    if first_is_right:
        return "wrongly declined"
    if evidence_is_right:
        return "not picked"
    return "not ranked" if article_retrieved else "not retrieved"
