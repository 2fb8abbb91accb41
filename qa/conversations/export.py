"""A conversation to hand on: Markdown to read, JSON with what is needed to check every quote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from corpus.counts import counted
from qa.conversations.kept import Reopened, Summary, TimedTurn
from qa.proof import proof
from qa.render import marked_down, to_json, to_markdown


def summary_json(summary: Summary) -> dict[str, Any]:
    """Return a conversation without its turns, ready for `json.dumps`."""
    return {
        "id": summary.id,
        "name": summary.name,
        "created": summary.created.isoformat(),
        "updated": summary.updated.isoformat(),
        "questions": summary.turns,
    }


def conversation_json(reopened: Reopened, *, proofs: bool = False) -> dict[str, Any]:
    """Return a conversation with its turns, ready for `json.dumps`.

    A turn's `answer` is as the contract has it; with `proofs` its `proof` is as `onrecord ask
    --proof` writes it. Both are null where a question was not answered.
    """
    turns = [_turn_json(timed, proofs=proofs) for timed in reopened.turns]
    return {**summary_json(reopened.summary), "turns": turns}


def _turn_json(timed: TimedTurn, *, proofs: bool) -> dict[str, Any]:
    turn = timed.turn
    record: dict[str, Any] = {
        "question": turn.question,
        "time": timed.time.isoformat(),
        "answer": to_json(turn.answer) if turn.answer else None,
    }
    if proofs:
        record["proof"] = proof(turn.answer) if turn.answer else None
    return record


def conversation_markdown(reopened: Reopened) -> str:
    """Return a conversation as CommonMark; text of articles and users is escaped."""
    return "\n\n".join(_blocks(reopened)) + "\n"


def _blocks(reopened: Reopened) -> Iterator[str]:
    summary = reopened.summary
    yield f"# {marked_down(summary.name)}"
    yield f"*Begun {_shown(summary.created)}; {counted(summary.turns, 'question')}.*"
    for timed in reopened.turns:
        yield f"## {marked_down(timed.turn.question)}"
        yield f"*Asked {_shown(timed.time)}*"
        answer = timed.turn.answer
        yield to_markdown(answer).rstrip("\n") if answer else "*Not answered.*"
    if reopened.left_out:
        damaged = counted(len(reopened.left_out), "damaged turn")
        yield f"*Left out: {damaged}.*"


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
