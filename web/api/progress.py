"""Server-sent events: what is being done, then the answer, which is verified as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any

from corpus.errors import OnRecordError
from web.api.errors import from_ours
from web.workers import Workers

_SILENCE_SECONDS = 10.0
"""After which a comment keeps the connection from being taken for dead."""

Work = Callable[[Callable[[str], None]], dict[str, Any]]


def events(work: Work, workers: Workers) -> Iterator[str]:
    """Yield "progress" events with a "step", then one "answer" or one "error".

    Args:
        work: Told where to report steps; returns the answer.
        workers: Where it is done.
    """
    steps: SimpleQueue[str | None] = SimpleQueue()
    future = workers.start(work, steps.put)
    future.add_done_callback(lambda _: steps.put(None))
    while True:
        try:
            step = steps.get(timeout=_SILENCE_SECONDS)
        except Empty:
            yield ": still at work\n\n"
            continue
        if step is None:
            break
        yield _event("progress", {"step": step})
    try:
        yield _event("answer", future.result())
    except OnRecordError as error:
        yield _event("error", json.loads(bytes(from_ours(error).body)))


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
