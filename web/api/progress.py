"""Answers awaited without holding a thread, and server-sent events of what is being done."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, ParamSpec, TypeVar

from corpus.errors import OnRecordError
from web.admission import ANSWER_SECONDS, Admission, Cause
from web.api.errors import error_json, from_ours
from web.workers import Steps

log = logging.getLogger(__name__)

_SILENCE_SECONDS = 10.0
"""After which a comment keeps the connection from being taken for dead."""

Given = ParamSpec("Given")
Result = TypeVar("Result")
Work = Callable[[Callable[[str], None]], dict[str, Any]]


async def answered(
    admission: Admission,
    key: str,
    work: Callable[Given, Result],
    *given: Given.args,
    **named: Given.kwargs,
) -> Result:
    """Return what some work returns, in its turn; Refused where it would take too long."""
    with admission.admit(key) as ticket:
        future = asyncio.wrap_future(ticket.start(work, *given, **named))
        done, _ = await asyncio.wait([future], timeout=ANSWER_SECONDS)
        if not done:
            raise admission.refuse(Cause.LATE)
        return future.result()


async def events(admission: Admission, key: str, work: Work) -> AsyncIterator[str]:
    """Return the stream of "progress" events with a "step", then one "answer" or one "error".

    Args:
        admission: Where it is done; Refused before there is a stream.
        key: Whose question it is.
        work: Told where to report steps; returns the answer.
    """
    stream = _events(admission, key, work)
    await anext(stream)
    return stream


async def _events(admission: Admission, key: str, work: Work) -> AsyncIterator[str]:
    steps = Steps()
    late = time.monotonic() + ANSWER_SECONDS
    with admission.admit(key) as ticket:
        future = steps.end_with(ticket.start(work, steps.report))
        yield ""  # taken
        try:
            async for text in _progress(steps, late):
                yield text
            if not future.done():
                raise admission.refuse(Cause.LATE)
            yield _event("answer", future.result())
        except OnRecordError as error:
            yield _event("error", json.loads(bytes(from_ours(error).body)))
        except Exception:
            log.exception("a call failed")
            yield _event("error", error_json("E_INTERNAL", "something went wrong here"))


async def _progress(steps: Steps, late: float) -> AsyncIterator[str]:
    """Yield an event for each step, up to the last one or to the time `late` (monotonic)."""
    while (left := late - time.monotonic()) > 0:
        try:
            step = await steps.next(min(left, _SILENCE_SECONDS))
        except TimeoutError:
            yield ": still at work\n\n"
            continue
        if step is None:
            return
        yield _event("progress", {"step": step})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
