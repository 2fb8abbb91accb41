"""One writer at a time: an advisory lock that dies with its holder."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.errors import StoreError, StoreLockedError

_PAUSE = 0.05


class WriterLock:
    """The lock of one store, re-entrant within a thread.

    The kernel releases it when its holder dies, so a stale lock is taken over without asking; the
    process id inside the file is for messages only. The file itself is never deleted: deleting it
    would let two processes lock two different files of the same name.
    """

    def __init__(self, path: Path, wait: float) -> None:
        self._path = path
        self._wait = wait
        self._threads = threading.RLock()
        self._depth = 0
        self._descriptor: int | None = None

    @contextmanager
    def held(self, wait: float | None = None) -> Iterator[None]:
        """Hold the lock; StoreLockedError once `wait` seconds have passed without getting it."""
        wait = self._wait if wait is None else wait
        deadline = time.monotonic() + wait
        if not self._threads.acquire(timeout=min(wait, threading.TIMEOUT_MAX)):
            raise StoreLockedError(self._message(os.getpid(), wait))
        try:
            if self._depth == 0:
                self._descriptor = self._acquire(deadline, wait)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._release()
        finally:
            self._threads.release()

    def other_holder(self) -> int | None:
        """Return the id of another process that holds it (0 where that is not known), else None."""
        with suppress(OSError), self._path.open("rb") as file:
            if not _try_lock(file.fileno(), fcntl.LOCK_SH):
                holder = _holder(file.fileno()) or 0
                return None if holder == os.getpid() else holder
        return None

    @contextmanager
    def let_go(self) -> Iterator[None]:
        """Let others write within, and hold the lock again afterwards; only for its holder.

        Raises:
            StoreLockedError: Somebody else kept it for too long.
        """
        depth = self._depth
        self._release()
        self._depth = 0
        for _ in range(depth):
            self._threads.release()
        try:
            yield
        finally:
            for _ in range(depth):
                self._threads.acquire()
            self._depth = depth
            self._descriptor = self._acquire(time.monotonic() + self._wait, self._wait)

    def _release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:  # else somebody else has it
            os.close(descriptor)

    def _acquire(self, deadline: float, wait: float) -> int:
        descriptor = self._open()
        try:
            while not _try_lock(descriptor):
                if time.monotonic() >= deadline:
                    raise StoreLockedError(self._message(_holder(descriptor), wait))
                time.sleep(_PAUSE)
            # The process id is a courtesy: a full disk must not keep anybody from removing.
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _open(self) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"cannot write to the store {self._path.parent}: {error}") from error
        with suppress(OSError):
            os.fchmod(descriptor, 0o600)
        return descriptor

    def _message(self, holder: int | None, wait: float) -> str:
        who = f"process {holder}" if holder else "another process"
        return (
            f"the store {self._path.parent} is being written by {who};"
            f" waited {wait:g} seconds (--wait SECONDS waits longer)"
        )


def _try_lock(descriptor: int, how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0)
    return int(text) if text.isdigit() else None
