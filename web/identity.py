"""Who visits: told by what a request brings, and kept with it on its way through the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.conversations.store import LOCAL_USER

SCOPES = {
    "ask": "ask, keep conversations and judge answers",
    "read": "read and search articles, and check quotes",
    "write": "add and remove articles",
    "metrics": "read the server's figures and what ails it",
    "embed": "sign in visitors of a page of yours, as whoever you say they are",
}
"""What a visitor may be allowed to do, and in words what that is."""


class Role(StrEnum):
    """What someone who signed in is here."""

    READER = "reader"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    @property
    def scopes(self) -> frozenset[str]:
        """What this role may do, some of `SCOPES`."""
        return _SCOPES_OF[self]


_SCOPES_OF = {
    Role.READER: frozenset({"ask", "read"}),
    Role.EDITOR: frozenset({"ask", "read", "write"}),
    Role.ADMINISTRATOR: frozenset(SCOPES),
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks for something.

    Attributes:
        user: Whose conversations are meant; "" for anybody, who cannot be told from others.
        scopes: What may be done, some of `SCOPES`.
        groups: The groups whose articles are seen beside those for everybody; None for all.
        name: To be shown.
        is_here: Whether the request reached a server that listens to this machine alone.
    """

    user: str
    scopes: frozenset[str]
    groups: frozenset[str] | None = frozenset()
    name: str = ""
    is_here: bool = False

    @property
    def is_known(self) -> bool:
        """Whether this is somebody who can be told from others."""
        return bool(self.user)

    def may(self, scope: str) -> bool:
        """Return whether this may be done."""
        return scope in self.scopes


AT_THIS_MACHINE = Visitor(LOCAL_USER, frozenset(SCOPES), groups=None, is_here=True)
"""Whoever sits at the machine that serves nobody else, and has proved it (`web.owner`)."""
PASSING_BY = Visitor("", Role.READER.scopes, is_here=True)
"""Whoever reaches such a server without that proof, which may be through a proxy on the machine."""
ANYBODY = Visitor("", Role.READER.scopes)
"""Whoever reaches a server where nobody signs in."""

Identify = Callable[[HTTPConnection], Visitor | None]
"""Returns who visits, or None where that has to be known and is not."""


class Identified:
    """ASGI middleware that notes who visits, for `visitor_of`."""

    def __init__(self, app: ASGIApp, identify: Identify) -> None:
        self._app = app
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note who visits and pass the request on."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["visitor"] = self._identify(HTTPConnection(scope))
        await self._app(scope, receive, send)


def visitor_of(request: Any) -> Visitor | None:  # noqa: ANN401 - Starlette's or Gradio's
    """Return who sent a request, or None where that is not known."""
    return cast(Visitor | None, request.state.visitor)


def known_visitor(request: Any) -> Visitor:  # noqa: ANN401 - Starlette's or Gradio's
    """Return who sent a request that got past the gate; LookupError where it did not."""
    visitor = visitor_of(request)
    if visitor is None:
        raise LookupError("nobody is known to have sent this")
    return visitor
