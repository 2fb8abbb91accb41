"""When an answer is of no use any more: looked at by every step that takes time.

A thread cannot be stopped from outside, so the steps of a question look themselves, between and
inside their loops. Whoever waits ends the deadline when they have left.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from corpus.errors import OnRecordError
from qa.messages.say import say

Item = TypeVar("Item")


class TooLateError(OnRecordError):
    """Nobody waits for the answer any more: it took too long, or whoever asked has left."""

    def __init__(self) -> None:
        super().__init__(say("refused.late"))


class Deadline:
    """The moment after which nobody waits; safe to use from several threads."""

    def __init__(
        self, seconds: float = math.inf, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin now and last so many seconds of the clock."""
        self._clock = clock
        self._at = clock() + seconds
        self._has_ended = False

    @property
    def left(self) -> float:
        """How many seconds are left; 0 or less for none."""
        return 0.0 if self._has_ended else self._at - self._clock()

    def end(self) -> None:
        """Let whatever looks from now on stop: whoever asked has left."""
        self._has_ended = True

    def look(self) -> None:
        """Go on, or raise TooLateError."""
        if self.left <= 0:
            raise TooLateError


def until(deadline: Deadline, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items; TooLateError before one for which it is too late."""
    for item in items:
        deadline.look()
        yield item


NO_DEADLINE = Deadline()
"""For whoever waits as long as it takes; never ended."""
