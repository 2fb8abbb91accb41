"""How long and how large a request may be, and how many streams one user may keep open.

Stands behind the guard, so that its own responses have the guard's headers.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import nullcontext

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.messages.say import speaking
from web.admission import RESTART_SECONDS, Admission, Cause
from web.api.callers import bearer_of
from web.api.errors import error_json
from web.page.visit import language_of
from web.routes import API
from web.sender import key_of

HEADER_LIMIT = 16_000
"""Bytes of a request's address and headers."""
REQUEST_SECONDS = 30.0
"""From a request's beginning until its body is there, and until its response begins."""
UPLOAD_SECONDS = 300.0
"""The same where articles are added, which are large and take their time."""
STREAMS = 4
"""Streams of answers that one user may have open."""
PAGES = 40
"""Pages that one user may have open: each holds a connection, and with it a descriptor."""
REQUESTS = 6
"""Other requests of one user that are worked on, each by one of forty threads: as many as a browser
makes."""
_STREAM_WAIT = 5.0  # seconds a stream waits for a place: a browser opens all its tabs at once
_STREAM_LOOK = 0.1
_PAGE_STREAM = "/gradio_api/queue/data"
_PAGE = "/gradio_api/heartbeat/"
_WORK = (f"{API}/", "/articles", "/conversations/", "/sources", "/gradio_api/queue/join")
_UPLOADS = ("/articles", f"{API}/articles")


class Traffic:
    """ASGI middleware that ends what is too large or too slow, and adds nothing during a stop."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        if size + sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_LIMIT:
            await PlainTextResponse("The headers are too large.", 431)(scope, receive, send)
            return
        changes = _changes_articles(scope)
        if changes and self._admission.is_stopping:
            await _stopping(scope, self._admission)(scope, receive, send)
            return
        with self._admission.underway() if changes else nullcontext():
            seconds = UPLOAD_SECONDS if changes else REQUEST_SECONDS
            await _Exchange(scope, receive, send, seconds).run(self._app)


def _changes_articles(scope: Scope) -> bool:
    return scope["method"] in ("POST", "DELETE") and scope["path"].startswith(_UPLOADS)


def _stopping(scope: Scope, admission: Admission) -> Response:
    headers = Headers(scope=scope)
    with speaking(language_of(headers, Request(scope).cookies)):
        refusal = admission.refuse(Cause.STOPPING, RESTART_SECONDS)
    in_api = scope["path"].startswith(API)
    said = error_json("E_BUSY", str(refusal)) if in_api else {"error": str(refusal)}
    return JSONResponse(said, 503, headers={"Retry-After": str(refusal.seconds)})


class _Exchange:
    """One request and its response, which end in time."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._late = time.monotonic() + seconds
        self._has_body = not _has_body(scope)  # in whole
        self._has_begun = False  # the response
        self._is_cut = False

    async def run(self, app: ASGIApp) -> None:
        """Let the application answer; where it does not begin in time, answer 503."""
        cut: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        timer = loop.call_later(
            self._late - time.monotonic(),
            lambda: cut.append(loop.create_task(self._cut(503, "This takes too long."))),
        )
        try:
            await app(self._scope, self._read, self._answer)
        finally:
            timer.cancel()

    async def _read(self) -> Message:
        if self._has_body or self._is_cut:
            return await self._receive()
        try:
            async with asyncio.timeout(self._late - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            await self._cut(408, "The request came too slowly.")
            return {"type": "http.disconnect"}
        self._has_body = message["type"] == "http.request" and not message.get("more_body")
        return message

    async def _answer(self, message: Message) -> None:
        if not self._is_cut:  # else somebody was answered in its place
            self._has_begun = True
            await self._send(message)

    async def _cut(self, status: int, why: str) -> None:
        if self._has_begun or self._is_cut:
            return
        self._is_cut = True
        status = status if self._has_body else 408
        headers = {"Connection": "close", "Retry-After": "5"}
        response = PlainTextResponse(why, status, headers=headers)
        await response(self._scope, self._receive, self._send)


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


class Streams:
    """ASGI middleware that lets one user have a few streams and requests at once, and some pages.

    One more waits a little for another to end, then it is refused.
    """

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission
        self._open: Counter[tuple[str, int]] = Counter()
        self._waiting: Counter[tuple[str, int]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        most = _most(scope) if scope["type"] == "http" else 0
        user = self._key(scope) if most else ""
        if not user:
            await self._app(scope, receive, send)
            return
        key = user, most
        if not await self._has_place(key):
            await self._refusal()(scope, receive, send)
            return
        self._open[key] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            _less(self._open, key)

    async def _has_place(self, key: tuple[str, int]) -> bool:
        """Return whether there is a place for another stream, now or in a little while."""
        _, most = key
        if self._open[key] < most:
            return True
        if self._waiting[key] >= STREAMS:
            return False
        self._waiting[key] += 1
        try:
            async with asyncio.timeout(_STREAM_WAIT):
                while self._open[key] >= most:
                    await asyncio.sleep(_STREAM_LOOK)
        except TimeoutError:
            return False
        finally:
            _less(self._waiting, key)
        return True

    def _key(self, scope: Scope) -> str:
        """Return whose stream it is; the API refuses a key that is made up, the page reads none."""
        in_api = str(scope["path"]).startswith(API)
        given = bearer_of(Request(scope)) if in_api else None
        return self._admission.limited(f"key {given}" if given else key_of(Request(scope)))

    def _refusal(self) -> Response:
        refusal = self._admission.refuse(Cause.RUNNING)
        said = error_json("E_LIMIT", str(refusal))
        return JSONResponse(said, 429, headers={"Retry-After": str(refusal.seconds)})


def _less(counter: Counter[tuple[str, int]], key: tuple[str, int]) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]


def _most(scope: Scope) -> int:
    """Return how many like this one user may have; 0 for what costs next to nothing."""
    path = str(scope["path"])
    if path.startswith(_PAGE):
        return PAGES
    is_events = "text/event-stream" in Headers(scope=scope).get("accept", "")
    if path.startswith(_PAGE_STREAM) or (path == f"{API}/ask" and is_events):
        return STREAMS
    return REQUESTS if path.startswith(_WORK) else 0
