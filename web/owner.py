"""Whoever sits at the machine that serves nobody else: known by a token, not by where from.

A proxy on this machine that adds no header is, to us, a browser on this machine: who comes in
through it must not be taken for the owner. So the server makes up a token with each start, and says
it where only the owner looks: in the terminal. Whoever opens the address with it gets a cookie in
its place at once, and the token is gone from the address.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.markup import text
from qa.messages.say import say, speaking
from web.identity import ANYBODY, AT_THIS_MACHINE, PASSING_BY, Visitor
from web.page.plain import plain_page
from web.page.visit import language_of
from web.place import HERE, Place
from web.sign_in.tickets import Tickets

TOKEN = "token"  # noqa: S105 - the parameter's name
"""Carries the token in the address that the terminal shows."""
_OPEN_SECONDS = 120.0
"""How long the browser that we start may take to come."""


def _made_up() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Owner:
    """What proves that a request is the owner's; another start makes up others.

    Attributes:
        port: The server's; browsers send a cookie to all ports of a machine, so its name has it.
        place: Where the page is found.
        token: Good as often as it is used, until the server ends.
        session: What the cookie holds.
    """

    port: int = 0
    place: Place = HERE
    token: str = field(default_factory=_made_up, repr=False)
    session: str = field(default_factory=_made_up, repr=False)
    _openings: Tickets[bool] = field(default_factory=lambda: Tickets(_OPEN_SECONDS), repr=False)

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return f"onrecord_owner_{self.port}"

    def address(self, page: str) -> str:
        """Return the address that gives the owner's rights, of the page at `page`."""
        return f"{page}/?{TOKEN}={self.token}"

    def opening(self, page: str) -> str:
        """Return the same for a browser that we start: good once, as others see what is started."""
        return f"{page}/?{TOKEN}={self._openings.issue(True)}"

    def identify(self, request: HTTPConnection) -> Visitor:
        """Return who visits."""
        if self._is_known(request):
            return AT_THIS_MACHINE
        return ANYBODY if request.state.via_proxy else PASSING_BY

    def _is_known(self, request: HTTPConnection) -> bool:
        return _same(request.cookies.get(self.cookie, ""), self.session)

    def let_in(self, request: Request) -> Response:
        """Exchange the token in an address for the cookie, or say how to get the right one."""
        if self._is_known(request):
            return self._on(request)
        given = request.query_params.get(TOKEN, "")
        if _in_a_frame(request) or not (_same(given, self.token) or self._openings.take(given)):
            return self._refusal(request)
        response = self._on(request)
        response.set_cookie(
            self.cookie,
            self.session,
            path=f"{self.place.path}/",
            httponly=True,
            samesite="strict",
        )
        return response

    def _on(self, request: Request) -> Response:
        """Lead to the same page without the token."""
        rest = [(k, v) for k, v in parse_qsl(request.url.query, True) if k != TOKEN]
        query = f"?{urlencode(rest)}" if rest else ""
        return RedirectResponse(f"{self.place.path}/{query}", 303)

    def _refusal(self, request: Request) -> Response:
        with speaking(language_of(request.headers, request.cookies, request.query_params)):
            link = f'<p><a class="primary" href="./">{text(say("owner.without"))}</a></p>'
            body = f"<p>{text(say('owner.wrong'))}</p>{link}"
            return HTMLResponse(plain_page(say("owner.heading"), body, kind="signing-in"), 403)


class OwnersDoor:
    """ASGI middleware that takes the token out of the address of whoever brings it."""

    def __init__(self, app: ASGIApp, owner: Owner) -> None:
        self._app = app
        self._owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer what brings a token."""
        if scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET":
            request = Request(scope)
            if TOKEN in request.query_params:
                await self._owner.let_in(request)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _in_a_frame(request: Request) -> bool:
    """Return whether a page, of ours or of others, shows this in a part of itself."""
    return request.headers.get("sec-fetch-dest", "document") != "document"


def _same(given: str, secret: str) -> bool:
    """Compare in a time that says nothing of the secret."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())
