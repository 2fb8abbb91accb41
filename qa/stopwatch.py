"""How long each stage of an answer took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Stopwatch:
    """Wall-clock milliseconds per named stage."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time the block under this name."""
        start = perf_counter()
        yield
        self._stages[stage] = (perf_counter() - start) * 1000

    def milliseconds(self) -> dict[str, float]:
        """Return the stages so far, and "total" since the start."""
        return {**self._stages, "total": (perf_counter() - self._start) * 1000}
