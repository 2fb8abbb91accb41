"""What is known of a conversation that is kept: its name and dates, and its turns as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus.errors import ItemError
from qa.answer import Conversation, Turn


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation without what was said in it.

    Attributes:
        created: When it was begun (aware, UTC).
        updated: When the last turn was added, else when it was begun (aware, UTC).
        turns: How many there are.
    """

    id: str
    name: str
    created: datetime
    updated: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class TimedTurn:
    """A turn and when it was added (aware, UTC)."""

    time: datetime
    turn: Turn


@dataclass(frozen=True, slots=True)
class Reopened:
    """A conversation as it stands today.

    Attributes:
        turns: In the order in which they were added.
        left_out: An error for each turn that was damaged and is missing from `turns`.
    """

    summary: Summary
    turns: tuple[TimedTurn, ...]
    left_out: tuple[ItemError, ...] = ()

    @property
    def conversation(self) -> Conversation:
        """The turns as the assistant takes them."""
        return Conversation(tuple(timed.turn for timed in self.turns))
