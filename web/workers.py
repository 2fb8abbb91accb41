"""The threads in which the page works, beside the event loop that serves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from threading import Lock, local
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Workers:
    """Few long-lived threads, because the archive keeps one connection a thread."""

    def __init__(self, count: int, name: str) -> None:
        self._here = local()
        self._pool = ThreadPoolExecutor(count, name, initializer=self._mark)
        self._begun = 0  # and not ended
        self._lock = Lock()

    def _mark(self) -> None:
        self._here.is_worker = True

    @property
    def idle(self) -> bool:
        """Whether nothing is being done or waits."""
        return self._begun == 0

    def start(
        self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Future[Result]:
        """Begin some work in the caller's context (the language it speaks)."""
        context = copy_context()
        self._changed(1)
        future = self._pool.submit(lambda: context.run(work, *given, **named))
        future.add_done_callback(lambda _: self._changed(-1))
        return future

    def _changed(self, by: int) -> None:
        with self._lock:
            self._begun += by

    def call(
        self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Result:
        """Do some work and return what it returns, or raise what it raises."""
        if getattr(self._here, "is_worker", False):  # it would wait for itself
            return work(*given, **named)
        return self.start(work, *given, **named).result()

    async def done(
        self, work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Result:
        """Do the same as `call`, while the event loop goes on."""
        return await asyncio.wrap_future(self.start(work, *given, **named))


class Steps:
    """What is reported in a worker's thread, awaited in the event loop that made this."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reported: asyncio.Queue[str | None] = asyncio.Queue()

    def report(self, step: str | None) -> None:
        """Report a step, from any thread."""
        with suppress(RuntimeError):  # the loop has ended, and with it who waited
            self._loop.call_soon_threadsafe(self._reported.put_nowait, step)

    def end_with(self, future: Future[Result]) -> Future[Result]:
        """Let the steps end when some work is done; return it."""
        future.add_done_callback(lambda _: self.report(None))
        return future

    async def next(self, seconds: float) -> str | None:
        """Return the next step, or None at the end; TimeoutError after so many seconds."""
        async with asyncio.timeout(seconds):
            return await self._reported.get()
