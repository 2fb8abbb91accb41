"""The threads in which the page works, beside the event loop that serves it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Workers:
    """Few long-lived threads, because the archive keeps one connection a thread."""

    def __init__(self, count: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._begun = 0  # and not ended
        self._lock = Lock()

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
        return self.start(work, *given, **named).result()
