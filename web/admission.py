"""Who may ask just now: every question, from the page and the API, passes here or is refused.

A refusal comes at once and says when to try again: better than a wait that ends in nothing.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from corpus.errors import OnRecordError
from qa.conversations.store import LOCAL_USER
from qa.messages.say import say
from web.buckets import Buckets
from web.identity import Visitor, visitor_of
from web.workers import Workers

ASKED_AT_ONCE = 2
"""Questions that are worked on at the same time."""
ANSWER_SECONDS = 28.0
"""After which nobody waits for an answer: shortly before its request is cut (`web.traffic`)."""
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
_ADDRESS = "address "

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
        self.is_stopping = False
        self._buckets = Buckets(per_minute, BURST, clock) if per_minute else None
        self._by_address = by_address
        self._clock = clock
        self._rejected = rejected
        self._users: Counter[str] = Counter()
        self._admitted = self._running = self._underway = 0
        self._average = _FIRST_GUESS
        self._back_at = -math.inf  # when whoever found no place last was told to ask again
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        return self._admitted - self._running

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
        return "" if key.startswith(_ADDRESS) and not self._by_address else key

    def stop(self) -> None:
        """Refuse whatever comes from now on; takes no lock, for it is called by a signal."""
        self.is_stopping = True

    def refuse(self, cause: Cause, seconds: float = _RETRY_SECONDS) -> Refused:
        """Count a refusal and return it, to be raised."""
        self._rejected(cause)
        return Refused(cause, max(1, math.ceil(seconds)))

    def admit(self, key: str) -> Ticket:
        """Take a question of the user that `key_of` names; Refused where it has to wait."""
        user = self.limited(key)
        with self._lock:
            cause, seconds = self._objection(user)
            if cause is None:
                self._count(user, 1)
                if user and self._buckets:
                    self._buckets.take(user)
        if cause is not None:
            raise self.refuse(cause, seconds)
        return Ticket(self, user)

    def _objection(self, user: str) -> tuple[Cause | None, float]:
        if self.is_stopping:
            return Cause.STOPPING, RESTART_SECONDS
        if user and self._users[user] >= EACH_AT_ONCE:
            return Cause.RUNNING, _RETRY_SECONDS
        if user and self._buckets and (seconds := self._buckets.seconds_until(user)) > 0:
            return Cause.RATE, seconds
        if self._admitted >= QUEUE:
            return Cause.QUEUE, self._seconds_until_a_place()
        ahead = max(self._admitted + 1 - ASKED_AT_ONCE, 0)
        if ahead * self._average / ASKED_AT_ONCE > LONGEST_WAIT:
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

    def _count(self, user: str, by: int) -> None:
        self._admitted += by
        self._users[user] += by
        if not self._users[user]:
            del self._users[user]

    def _left(self, user: str) -> None:
        with self._lock:
            self._count(user, -1)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Count what a worker is at, and how long it takes, or would where others wait."""
        began = self._clock()
        with self._lock:
            self._running += 1
            longer = 1.0 if self._admitted > ASKED_AT_ONCE else _CROWDED
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                seconds = (self._clock() - began) * longer
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


class Ticket:
    """A question's place among those that wait or are worked on, left when it is answered.

    A context manager; a stop waits for its end, so that the answer is delivered too.
    """

    def __init__(self, admission: Admission, user: str) -> None:
        self._admission = admission
        self._user = user
        self._future: Future[Any] | None = None
        self._underway = admission.underway()

    def start(
        self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Future[Result]:
        """Begin the work, once, when a worker is free."""

        def timed() -> Result:
            with self._admission._timed():
                return work(*given, **named)

        future = self._admission.workers.start(timed)
        future.add_done_callback(lambda _: self._admission._left(self._user))
        self._future = future
        return future

    def __enter__(self) -> Ticket:
        self._underway.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._underway.__exit__(None, None, None)
        if self._future is None:
            self._admission._left(self._user)
        else:
            self._future.cancel()  # where nobody waits for it any more and it has not begun


def key_of(request: Any, caller: Visitor | None = None) -> str:  # noqa: ANN401 - as `visitor_of`
    """Return by what the sender of a request is told from others; "" where by nothing.

    Whose name is not known is known by the address that the connection comes from: what a header
    says of it can be made up. One visitor has a whole /64 network of IPv6 addresses.
    """
    if request is None:
        return ""
    visitor = caller or visitor_of(request)
    if visitor and visitor.is_known:
        return visitor.user
    try:
        address = ip_address(request.client.host)
    except (AttributeError, ValueError):  # a socket file has no address
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return f"{_ADDRESS}{address.ipv4_mapped}"
        return f"{_ADDRESS}{IPv6Address(int(address) >> 64 << 64)}/64"
    return f"{_ADDRESS}{address}"
