"""Open pages belong to whoever opened them: nobody else can ask in them or read their answers.

Gradio tells pages apart by a ``session_hash`` that it lets anybody use who knows it. Here each
belongs to the visitor and the page that used it first; a page proves itself by a secret that it
made up and sends with all its requests.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.strict_json import StrictJsonError, parse_json
from web.identity import visitor_of

TAB_HEADER = "X-OnRecord-Tab"
"""Carries the secret of a page."""
MOST = 20_000
"""How many are known; far more than conversations are held of."""
_SESSION = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)
_HEARTBEAT = "/gradio_api/heartbeat/"
_JOIN = "/gradio_api/queue/join"
_DATA = "/gradio_api/queue/data"


class _Owner(NamedTuple):
    user: str
    secret: str


class Tabs:
    """ASGI middleware that refuses what a page does in another's name."""

    def __init__(self, app: ASGIApp, most: int = MOST) -> None:
        self._app = app
        self._most = most
        self._owners: OrderedDict[str, _Owner] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path == _JOIN:
            receive, body = await _read(receive)
            named = _session_in(body)
        elif path == _DATA:
            named = Request(scope).query_params.get("session_hash", "")
        elif path.startswith(_HEARTBEAT):
            named = path.removeprefix(_HEARTBEAT)
        else:
            await self._app(scope, receive, send)
            return
        if self._is_owner(Request(scope), named):
            await self._app(scope, receive, send)
        else:
            refusal = PlainTextResponse("This page is not yours.", 403)
            await refusal(scope, receive, send)

    def _is_owner(self, request: Request, session: str) -> bool:
        """Return whether the session is the sender's; one that nobody has used becomes it."""
        if not _SESSION.fullmatch(session):
            return False
        visitor = visitor_of(request)
        if visitor is None:
            return False
        sender = _Owner(visitor.user, request.headers.get(TAB_HEADER, ""))
        owner = self._owners.setdefault(session, sender)
        self._owners.move_to_end(session)
        if len(self._owners) > self._most:
            self._owners.popitem(last=False)
        return owner == sender


async def _read(receive: Receive) -> tuple[Receive, bytes]:
    """Read a body; return it, and what gives it once more to the application."""
    messages: list[Message] = []
    body = b""
    while True:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            break

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again, body


def _session_in(body: bytes) -> str:
    try:
        given = parse_json(body)
    except StrictJsonError:
        return ""
    session = given.get("session_hash") if isinstance(given, dict) else None
    return session if isinstance(session, str) else ""
