"""Open pages belong to whoever opened them: nobody else can ask in them or read their answers.

Gradio tells pages apart by a ``session_hash`` that it lets anybody use who knows it. Here each
belongs to the visitor and the page that used it first; a page proves itself by a secret that it
made up and sends with all its requests. Gradio holds what is open in some hundred pages of all
visitors together, so one visitor has some only, and opening more ends the oldest of their own.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.strict_json import StrictJsonError, parse_json
from web.admission import Admission
from web.identity import visitor_of
from web.sender import key_of

TAB_HEADER = "X-OnRecord-Tab"
"""Carries the secret of a page."""
MOST = 20_000
"""How many are known; far more than conversations are held of."""
OF_ONE_USER = 20
"""Of how many of one user's pages the conversation is held."""
_SESSION = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)
_HEARTBEAT = "/gradio_api/heartbeat/"
_JOIN = "/gradio_api/queue/join"
_DATA = "/gradio_api/queue/data"


class _Owner(NamedTuple):
    user: str
    secret: str
    key: str  # by which a user's own limits are counted; "" for none


class Tabs:
    """ASGI middleware that refuses what a page does in another's name.

    Args:
        app: Where to pages are let.
        admission: Tells by which key a user's own limits are counted.
        forget: Drops what is held of a page, by its session.
        events: The numbers of the page's events; to Gradio another one is an error of its own.
        most: How many pages are known.
    """

    def __init__(
        self,
        app: ASGIApp,
        admission: Admission,
        forget: Callable[[str], None],
        events: Collection[int],
        most: int = MOST,
    ) -> None:
        self._app = app
        self._admission = admission
        self._forget = forget
        self._events = frozenset(events)
        self._most = most
        self._owners: OrderedDict[str, _Owner] = OrderedDict()
        self._of_user: dict[str, OrderedDict[str, None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path == _JOIN:
            receive, body = await read_body(receive)
            named, event = _named_in(body)
            if named and not self._has(event):
                await PlainTextResponse("There is no such event.", 404)(scope, receive, send)
                return
        elif path == _DATA:
            named = Request(scope).query_params.get("session_hash", "")
        elif path.startswith(_HEARTBEAT):
            named = path.removeprefix(_HEARTBEAT)
        else:
            await self._app(scope, receive, send)
            return
        if not self._is_owner(Request(scope), named):
            refusal = PlainTextResponse("This page is not yours.", 403)
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            if path == _DATA:  # nobody reads any more what is answered there
                self._admission.has_left(named)

    def _has(self, event: object) -> bool:
        return type(event) is int and event in self._events

    def _is_owner(self, request: Request, session: str) -> bool:
        """Return whether the session is the sender's; one that nobody has used becomes it."""
        if not _SESSION.fullmatch(session):
            return False
        visitor = visitor_of(request)
        if visitor is None:
            return False
        key = self._admission.limited(key_of(request, visitor))
        sender = _Owner(visitor.user, request.headers.get(TAB_HEADER, ""), key)
        owner = self._owners.setdefault(session, sender)
        if owner != sender:
            return False
        self._owners.move_to_end(session)
        if len(self._owners) > self._most:
            self._close(next(iter(self._owners)))
        if key:
            self._count(key, session)
        return True

    def _count(self, key: str, session: str) -> None:
        """Note that a user has this page open; end their oldest where it is one too many."""
        pages = self._of_user.setdefault(key, OrderedDict())
        pages[session] = None
        pages.move_to_end(session)
        if len(pages) > OF_ONE_USER:
            oldest = next(iter(pages))
            self._close(oldest)
            self._forget(oldest)

    def _close(self, session: str) -> None:
        owner = self._owners.pop(session)
        pages = self._of_user.get(owner.key, OrderedDict())
        pages.pop(session, None)
        if not pages:
            self._of_user.pop(owner.key, None)


async def read_body(receive: Receive) -> tuple[Receive, bytes]:
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


def _named_in(body: bytes) -> tuple[str, object]:
    """Return the session and the event that a body names; "" for no session."""
    try:
        given = parse_json(body)
    except StrictJsonError:
        return "", None
    if not isinstance(given, dict):
        return "", None
    session = given.get("session_hash")
    return (session if isinstance(session, str) else ""), given.get("fn_index")
