"""Secrets that stand for something for a while: sessions, and what is handed over once."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Meant = TypeVar("Meant")

MOST = 20_000
"""How many are known at a time; the oldest go first."""


class Tickets(Generic[Meant]):
    """Secrets and what each stands for, in memory: a restart ends them all.

    Only digests are held, so that how long a look-up takes says nothing of a secret.
    """

    def __init__(
        self, seconds: float, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Let each stand for `seconds`."""
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, Meant]] = OrderedDict()
        self._lock = Lock()

    def issue(self, meant: Meant) -> str:
        """Return a new secret that stands for this."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._known[_digest(secret)] = now + self._seconds, meant
            while len(self._known) > self._most or self._first_ends() <= now:
                self._known.popitem(last=False)
        return secret

    def _first_ends(self) -> float:
        return next(iter(self._known.values()))[0]

    def meant(self, secret: str) -> Meant | None:
        """Return what a secret stands for; None where it is none, or over."""
        with self._lock:
            ends, meant = self._known.get(_digest(secret), (0.0, None))
        return meant if ends > self._clock() else None

    def take(self, secret: str) -> Meant | None:
        """Return what a secret stands for, which it then does no more."""
        with self._lock:
            ends, meant = self._known.pop(_digest(secret), (0.0, None))
        return meant if ends > self._clock() else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
