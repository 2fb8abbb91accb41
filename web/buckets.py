"""How often one user may ask: a few questions at once, and then one at each interval."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

_MOST_REMEMBERED = 10_000
"""Users; the one who has not asked for the longest time is forgotten first."""


class Buckets:
    """One token bucket a user, kept as the time at which it will be full (GCRA, ITU-T I.371).

    Not safe to use from several threads; `web.admission` takes turns.
    """

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float]) -> None:
        """Allow `burst` questions at once and then `per_minute`; `clock` counts seconds."""
        self._interval = 60 / per_minute
        self._burst = burst
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def seconds_until(self, user: str, count: int = 1) -> float:
        """Return how long this user has to wait for so many; 0 or less for not at all.

        More than fit into a full bucket wait until it is full.
        """
        now = self._clock()
        slack = (self._burst - min(count, self._burst)) * self._interval
        return max(self._full_at.get(user, now), now) - now - slack

    def take(self, user: str, count: int = 1) -> None:
        """Count so many questions of this user's; beyond what is there they are owed."""
        now = self._clock()
        self._full_at[user] = max(self._full_at.pop(user, now), now) + count * self._interval
        oldest = next(iter(self._full_at))
        if self._full_at[oldest] <= now or len(self._full_at) > _MOST_REMEMBERED:
            del self._full_at[oldest]  # is full by now, or has to go
