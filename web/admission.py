"""Who may ask just now: every question, from the page and the API, passes here or is refused.

A refusal comes at once and says when to try again: better than a wait that ends in nothing.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from enum import StrEnum
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from corpus.errors import OnRecordError
from qa.conversations.store import LOCAL_USER
from qa.deadline import Deadline, TooLateError
from qa.messages.say import say
from web.buckets import Buckets
from web.sender import ADDRESS
from web.workers import Workers

ASKED_AT_ONCE = 2
"""Questions that are worked on at the same time."""
ANSWER_SECONDS = 28.0
"""After which nobody waits for an answer: shortly before its request is cut (`web.traffic`)."""
COSTLY_AT_ONCE = 1
"""Questions that cost as much as several: beside the others, and giving way to them."""
_GIVES_WAY = 0.01  # seconds after which a costly one looks again whether others are at work
QUEUE = 64
"""Questions that wait or are worked on, of all users."""
LONGEST_WAIT = 6.2
"""Seconds that a question may be expected to wait; with its own time that is below 8."""
EACH_AT_ONCE = 2
"""Questions of one user that wait or are worked on."""
BURST = 5
_RETRY_SECONDS = 5
LONGEST_RETRY = 60
"""Seconds after which whoever found no place is told to ask again, at most."""
RESTART_SECONDS = 30
"""After which a stopped server may be there again."""
_FIRST_GUESS = 0.28  # seconds an answer takes while others wait, before there was one
_CROWDED = 1.3  # times as long as alone: two at once, and the server takes what waits meanwhile
_WEIGHT = 0.05  # of the newest answer in the average; more lets too many in when it happens to dip

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Cause(StrEnum):
    """Why a question is refused."""

    RATE = "rate"
    RUNNING = "running"
    QUEUE = "queue"
    WAIT = "wait"
    LATE = "late"
    STOPPING = "stopping"

    @property
    def is_users_own(self) -> bool:
        """Whether the user asked too much, and others may go on."""
        return self in (Cause.RATE, Cause.RUNNING)


class Refused(OnRecordError):  # noqa: N818 - no error of the program's
    """A question is not taken now; `seconds` says when to try again."""

    def __init__(self, cause: Cause, seconds: int) -> None:
        super().__init__(say(f"busy.{cause}", count=seconds))
        self.cause = cause
        self.seconds = seconds


class Admission:
    """Takes questions, or refuses them; safe to use from several threads."""

    def __init__(
        self,
        per_minute: int = 0,
        *,
        by_address: bool = True,
        clock: Callable[[], float] = time.monotonic,
        rejected: Callable[[Cause], None] = lambda _: None,
    ) -> None:
        """Begin with nothing to do.

        Args:
            per_minute: Questions a minute of one user's; 0 for no limit on any one user.
            by_address: Whether users of whom no more is known are told apart by their address;
                not where all of them come from a proxy's.
            clock: Counts seconds.
            rejected: Told of each refusal.
        """
        self.workers = Workers(ASKED_AT_ONCE, "asking")
        self.costly = Workers(COSTLY_AT_ONCE, "costly")
        self.is_stopping = False
        self._buckets = Buckets(per_minute, BURST, clock) if per_minute else None
        self._by_address = by_address
        self._clock = clock
        self._rejected = rejected
        self._users: Counter[str] = Counter()
        self._sessions: defaultdict[str, set[Deadline]] = defaultdict(set)
        self._admitted = self._running = self._underway = 0
        self._costs = 0  # of those that cost as much as several
        self._ordinary = 0  # how many do not
        self._average = _FIRST_GUESS
        self._back_at = -math.inf  # when whoever found no place last was told to ask again
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        return self._admitted - self._running

    @property
    def has_ordinary(self) -> bool:
        """Whether questions that cost no more than one wait or are worked on."""
        return self._ordinary > 0

    @property
    def running(self) -> int:
        """How many questions are worked on."""
        return self._running

    @property
    def is_underway(self) -> bool:
        """Whether anything is being done that a stop has to wait for."""
        return self._underway > 0

    @property
    def is_at_work(self) -> bool:
        """Whether a thread is at work, though nobody may wait for it any more."""
        return self.is_underway or self._running > 0

    def limited(self, key: str) -> str:
        """Return by which key a user's own limits are counted; "" for none."""
        if self._buckets is None or key == LOCAL_USER:
            return ""
        return "" if key.startswith(ADDRESS) and not self._by_address else key

    def stop(self) -> None:
        """Refuse whatever comes from now on; takes no lock, for it is called by a signal."""
        self.is_stopping = True

    def refuse(self, cause: Cause, seconds: float = _RETRY_SECONDS) -> Refused:
        """Count a refusal and return it, to be raised."""
        self._rejected(cause)
        return Refused(cause, max(1, math.ceil(seconds)))

    def admit(self, key: str, cost: int = 1, session: str = "") -> Ticket:
        """Take a question of the user that `key_of` names; Refused where it has to wait.

        Args:
            key: Whose it is.
            cost: As how many questions it counts: those of its history are answered first.
            session: Of the page that waits for it, if one does; see `has_left`.
        """
        user = self.limited(key)
        with self._lock:
            cause, seconds = self._objection(user, cost)
            if cause is None:
                self._count(user, 1, cost)
                if user and self._buckets:
                    self._buckets.take(user, cost)
        if cause is not None:
            raise self.refuse(cause, seconds)
        return Ticket(self, user, cost, session)

    def has_left(self, session: str) -> None:
        """Stop what is worked on for a page that is there no more."""
        with self._lock:
            waiting = self._sessions.pop(session, set())
        for deadline in waiting:
            deadline.end()

    def _objection(self, user: str, cost: int) -> tuple[Cause | None, float]:
        if self.is_stopping:
            return Cause.STOPPING, RESTART_SECONDS
        # One that costs as much as several takes all the places that its user has.
        taken = self._users[user] if user else 0
        if taken and taken + cost > EACH_AT_ONCE:
            return Cause.RUNNING, _RETRY_SECONDS
        if user and self._buckets and (seconds := self._buckets.seconds_until(user, cost)) > 0:
            return Cause.RATE, seconds
        if self._admitted >= QUEUE:
            return Cause.QUEUE, self._seconds_until_a_place()
        wait = self._average * max(self._ordinary + 1 - ASKED_AT_ONCE, 0) / ASKED_AT_ONCE
        if cost > 1:  # it waits for all that are like it as well
            wait += self._average * self._costs
        is_late = wait > 0 and wait + cost * self._average > ANSWER_SECONDS
        if wait > LONGEST_WAIT or is_late:
            return Cause.WAIT, self._seconds_until_a_place()
        return None, 0

    def _seconds_until_a_place(self) -> float:
        """Return when to ask again: one after the other, as fast as questions are answered.

        Told the same time, all of them would come back at once, to be refused once more.
        """
        now = self._clock()
        next_one = max(self._back_at + self._average / ASKED_AT_ONCE, now + _RETRY_SECONDS)
        self._back_at = min(next_one, now + LONGEST_RETRY)
        return self._back_at - now

    def _count(self, user: str, by: int, cost: int) -> None:
        self._admitted += by
        if cost > 1:
            self._costs += by * cost
        else:
            self._ordinary += by
        self._users[user] += by * cost
        if not self._users[user]:
            del self._users[user]

    def _left(self, ticket: Ticket) -> None:
        with self._lock:
            self._count(ticket.user, -1, ticket.cost)

    def _waits(self, session: str, deadline: Deadline) -> None:
        with self._lock:
            self._sessions[session].add(deadline)

    def _waits_no_more(self, session: str, deadline: Deadline) -> None:
        with self._lock:
            self._sessions[session].discard(deadline)
            if not self._sessions[session]:
                del self._sessions[session]

    @contextmanager
    def _timed(self, cost: int) -> Iterator[None]:
        """Count what a worker is at, and how long it takes, or would where others wait."""
        began = self._clock()
        least = 0.0
        with self._lock:
            self._running += 1
            longer = 1.0 if self._admitted > ASKED_AT_ONCE else _CROWDED
        try:
            yield
        except TooLateError:
            least = self._average  # it was broken off, so it says nothing for less
            raise
        finally:
            with self._lock:
                self._running -= 1
                seconds = max((self._clock() - began) * longer / cost, least)
                self._average += _WEIGHT * (seconds - self._average)

    @contextmanager
    def underway(self) -> Iterator[None]:
        """Let a stop wait for what is done within."""
        with self._lock:
            self._underway += 1
        try:
            yield
        finally:
            with self._lock:
                self._underway -= 1


class _GivingWay(Deadline):
    """A costly question's: at each look it waits while others are at work."""

    def __init__(self, admission: Admission) -> None:
        super().__init__(ANSWER_SECONDS)
        self._admission = admission

    def look(self) -> None:
        """Go on when nobody else wants to, or raise TooLateError."""
        while self._admission.has_ordinary and self.left > 0:
            time.sleep(_GIVES_WAY)
        super().look()


class Ticket:
    """A question's place among those that wait or are worked on, left when it is answered.

    A context manager; a stop waits for its end, so that the answer is delivered too. Left early,
    as by whoever does not wait any more, it ends the work.

    Attributes:
        user: Whose limits count it; "" for nobody's.
        cost: As how many questions it counts.
        deadline: When nobody waits for the answer any more; the work has to look at it.
    """

    def __init__(self, admission: Admission, user: str, cost: int = 1, session: str = "") -> None:
        self.user = user
        self.cost = cost
        self.deadline = _GivingWay(admission) if cost > 1 else Deadline(ANSWER_SECONDS)
        self._admission = admission
        self._session = session
        self._future: Future[Any] | None = None
        self._is_late = False
        self._underway = admission.underway()

    def start(
        self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Future[Result]:
        """Begin the work, once, when a worker is free."""

        def timed() -> Result:
            with self._admission._timed(self.cost):
                self.deadline.look()
                return work(*given, **named)

        workers = self._admission.workers if self.cost == 1 else self._admission.costly
        future = workers.start(timed)
        future.add_done_callback(lambda _: self._admission._left(self))
        self._future = future
        return future

    def late(self) -> Refused:
        """Return the refusal of an answer that came too late, to be raised; it counts once."""
        if self._is_late:
            return Refused(Cause.LATE, _RETRY_SECONDS)
        self._is_late = True
        return self._admission.refuse(Cause.LATE)

    def __enter__(self) -> Ticket:
        self._underway.__enter__()
        if self._session:
            self._admission._waits(self._session, self.deadline)
        return self

    def __exit__(self, *_: object) -> None:
        self._underway.__exit__(None, None, None)
        if self._session:
            self._admission._waits_no_more(self._session, self.deadline)
        self.deadline.end()
        if self._future is None:
            self._admission._left(self)
        else:
            self._future.cancel()  # where nobody waits for it any more and it has not begun
