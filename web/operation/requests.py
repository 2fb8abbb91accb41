"""One line in the log for each request: what for, how it ended and how long it took.

Nothing that a visitor chose is in it: a route is named by its template, and a user by a digest that
changes with every start.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.identity import Visitor
from web.operation.logs import REQUEST
from web.place import Place
from web.routes import route_of

log = logging.getLogger(__name__)

_KEY = secrets.token_bytes(16)
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"})


class Logged:
    """ASGI middleware around everything else that writes the line once a response has ended."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app = app
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and look at its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        REQUEST.set(secrets.token_hex(8))
        scope.setdefault("state", {})  # the same one within, where the visitor is noted
        status, began = 500, time.perf_counter()

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            method = scope["method"]
            route = route_of(self._place.without_path(scope["path"]))
            fields = {
                "event": "request",
                "method": method if method in _METHODS else "other",
                "route": route.template if route else "other",
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 1),
                "user": _digest(scope["state"].get("caller") or scope["state"].get("visitor")),
            }
            log.info("request", extra={"fields": fields})


def _digest(visitor: Visitor | None) -> str | None:
    """Return what tells users apart in the log, but cannot be looked up by trying names."""
    if visitor is None or not visitor.is_known:
        return None
    return hashlib.blake2b(visitor.user.encode(), key=_KEY, digest_size=6).hexdigest()
