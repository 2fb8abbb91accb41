"""Answers awaited without holding a thread, and server-sent events of what is being done."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from starlette.requests import Request

from corpus.errors import OnRecordError
from qa.deadline import Deadline, TooLateError
from web.admission import ANSWER_SECONDS, Admission, Cause, Refused
from web.api.errors import error_json, from_ours
from web.workers import Steps

log = logging.getLogger(__name__)

_SILENCE_SECONDS = 10.0
"""After which a comment keeps the connection from being taken for dead."""

Result = TypeVar("Result")
Work = Callable[[Callable[[str], None], Deadline], dict[str, Any]]


async def answered(
    admission: Admission,
    key: str,
    work: Callable[[Deadline], Result],
    *,
    cost: int = 1,
    request: Request | None = None,
) -> Result:
    """Return what some work returns, in its turn; Refused where it would take too long.

    Args:
        admission: Where it is done.
        key: Whose question it is.
        work: Told when nobody waits for it any more.
        cost: As how many questions it counts.
        request: Of whoever waits, its body read; the work ends when they leave.
    """
    with admission.admit(key, cost) as ticket:
        future = asyncio.wrap_future(ticket.start(work, ticket.deadline))
        left = asyncio.ensure_future(_has_left(request))
        either: tuple[asyncio.Future[Any], ...] = (future, left)
        try:
            await asyncio.wait(either, timeout=ANSWER_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()  # where it is not done
        if not future.done():  # nobody is told where they have left
            raise Refused(Cause.LATE, 1) if left.done() else ticket.late()
        try:
            return future.result()
        except TooLateError as error:
            raise ticket.late() from error


async def _has_left(request: Request | None) -> None:
    """Return when whoever sent the request waits no more."""
    if request is None:
        await asyncio.Event().wait()
        return
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def events(admission: Admission, key: str, work: Work, cost: int = 1) -> AsyncIterator[str]:
    """Return the stream of "progress" events with a "step", then one "answer" or one "error".

    Args:
        admission: Where it is done; Refused before there is a stream.
        key: Whose question it is.
        work: Told where to report steps, and when nobody waits any more; returns the answer.
        cost: As how many questions it counts.
    """
    stream = _events(admission, key, work, cost)
    await anext(stream)
    return stream


async def _events(admission: Admission, key: str, work: Work, cost: int) -> AsyncIterator[str]:
    steps = Steps()
    late = time.monotonic() + ANSWER_SECONDS
    with admission.admit(key, cost) as ticket:
        future = steps.end_with(ticket.start(work, steps.report, ticket.deadline))
        yield ""  # taken
        try:
            async for text in _progress(steps, late):
                yield text
            if not future.done():
                raise TooLateError
            yield _event("answer", future.result())
        except TooLateError:
            yield _event("error", json.loads(bytes(from_ours(ticket.late()).body)))
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
