"""The addresses at which visitors sign in and out, and what they see there."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from corpus.strict_json import StrictJsonError, parse_json
from qa.markup import text
from qa.messages.say import say, speaking
from web.identity import visitor_of
from web.page.plain import plain_page
from web.page.visit import language_of
from web.place import Place
from web.sign_in.oidc import ANOTHERS, Provider, SignInError
from web.sign_in.ways import COOKIE, SignIn

_FLOW_SECONDS = 600
"""How long a visitor may be at the provider."""
_LONGEST_WAY = 2000
"""Characters: it is in a cookie, of which browsers keep no more than 4,096 bytes."""
_LARGEST_BODY = 10_000
# Where a visitor may go on after signing in: pages of ours, and nowhere else.
_WAY = re.compile(r"/(?:sources)?(?:\?[!-\[\]-~]*)?", re.ASCII)


def add_sign_in(app: Starlette, sign_in: SignIn, place: Place) -> None:
    """Serve who visits, signing in and out, and the exchange of what is handed over."""
    pages = _Pages(sign_in, place)
    flow = Middleware(
        SessionMiddleware,
        secret_key=secrets.token_hex(32),
        session_cookie=f"{COOKIE}_flow",
        max_age=_FLOW_SECONDS,
        path=f"{place.path}/",
        same_site="lax",
        https_only=place.scheme == "https",
    )
    routes = [
        Route("/visitor", pages.visitor),
        Route("/handed", pages.handed, methods=["POST"]),
    ]
    if sign_in.provider:
        routes += [
            Route("/sign-in", pages.begin, middleware=[flow]),
            Route("/signed-in", pages.back, middleware=[flow]),
            Route("/sign-out", pages.end, methods=["POST"]),
        ]
    app.router.routes.extend(routes)


@dataclass(frozen=True, slots=True)
class _Pages:
    sign_in: SignIn
    place: Place

    async def visitor(self, request: Request) -> Response:
        """Say who visits; where it is not known, that was refused before."""
        visitor = visitor_of(request)
        return JSONResponse({"name": visitor.name if visitor else ""})

    async def handed(self, request: Request) -> Response:
        """Exchange a token that an embedding page handed over for a session."""
        given = await _object(request)
        token, origin = given.get("token"), given.get("origin")
        if not isinstance(token, str) or not isinstance(origin, str):
            return JSONResponse({"error": "a token and its origin are needed"}, 422)
        session = self.sign_in.handover.session(token, origin)
        if session is None:
            return JSONResponse({"error": "this token is none, used or over"}, 401)
        return JSONResponse({"session": session}, headers={"Cache-Control": "no-store"})

    async def begin(self, request: Request) -> Response:
        """Send a visitor to the provider."""
        request.session.clear()
        request.session["to"] = _way(request.query_params.get("to", "/"))
        request.session["frame"] = "frame" in request.query_params
        request.session["again"] = "again" in request.query_params
        try:
            redirect: Response = await self._provider.redirect(request, self._address(request))
        except SignInError as error:
            return self._failed(request, error, framed=request.session["frame"])
        return redirect

    async def back(self, request: Request) -> Response:
        """Begin the session of a visitor who comes back from the provider."""
        to, framed = request.session.get("to", "/"), request.session.get("frame")
        try:
            visitor = await self._provider.visitor(request)
        except SignInError as error:
            if str(error) == ANOTHERS and not framed and (way := self._from_another_tab(request)):
                return RedirectResponse(self.place.path + way, 303)
            return self._failed(request, error, framed=bool(framed))
        request.session.clear()
        if visitor is None:
            return _said(request, say_key="sign_in.not_here", status=403)
        session = self.sign_in.sessions.issue(visitor)
        if framed:  # the frame gets no cookie of ours: it is told by the window it opened
            return _told(request, session)
        response = RedirectResponse(self.place.path + _way(to), 303)
        response.set_cookie(
            COOKIE,
            session,
            max_age=int(self.sign_in.seconds),
            path=f"{self.place.path}/",
            secure=self.place.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    def _from_another_tab(self, request: Request) -> str:
        """Return where to go on where two tabs signed in at the same time; "" for nowhere.

        The browser knows only of the sign-in that began last. Whoever is signed in by now may go
        on; the others begin once more, and who is not known to the provider learns it there.
        """
        if visitor_of(request):
            return "/"
        began = request.session
        if not began or began.get("again"):
            return ""
        return f"/sign-in?{urlencode({'to': _way(began.get('to')), 'again': ''})}"

    async def end(self, request: Request) -> Response:
        """End a visitor's session here; the one at the provider goes on."""
        self.sign_in.sessions.take(request.cookies.get(COOKIE, ""))
        response = _said(request, say_key="sign_in.signed_out", status=200)
        response.delete_cookie(COOKIE, path=f"{self.place.path}/")
        return response

    @property
    def _provider(self) -> Provider:
        if self.sign_in.provider is None:  # such a page is not served
            raise AssertionError
        return self.sign_in.provider

    def _address(self, request: Request) -> str:
        host = self.place.host or request.headers["host"]  # checked by the guard
        scheme = self.place.scheme or request.url.scheme
        return f"{scheme}://{host}{self.place.path}/signed-in"

    def _failed(self, request: Request, error: SignInError, *, framed: bool = False) -> Response:
        again = "./sign-in?frame=1" if framed else "./sign-in"
        reason = str(error)
        return _said(request, say_key="sign_in.failed", status=502, again=again, reason=reason)


def _way(to: object) -> str:
    """Return where to go on: a page of ours, else the first one."""
    known = isinstance(to, str) and len(to) <= _LONGEST_WAY and _WAY.fullmatch(to)
    return str(to) if known else "/"


def _said(
    request: Request, *, say_key: str, status: int, again: str = "./sign-in", **values: object
) -> HTMLResponse:
    with speaking(language_of(request.headers, request.cookies, request.query_params)):
        link = f'<p><a class="primary" href="{again}">{text(say("sign_in.button"))}</a></p>'
        body = f"<p>{text(say(say_key, **values))}</p>{link}"
        page = plain_page(say("sign_in.heading"), body, kind="signing-in")
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})


def _told(request: Request, session: str) -> HTMLResponse:
    """Return the page that tells the frame which opened this window its session."""
    with speaking(language_of(request.headers, request.cookies)):
        body = f'<p id="session" data-session="{text(session)}">{text(say("sign_in.done"))}</p>'
        script = '<script src="onrecord/signed_in.js" defer></script>'
        page = plain_page(say("sign_in.heading"), body, kind="signing-in", scripts=script)
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


async def _object(request: Request) -> dict[str, Any]:
    """Return the body's JSON object, {} where it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return {}
    body = await request.body()
    try:
        given = parse_json(body) if len(body) <= _LARGEST_BODY else None
    except StrictJsonError:
        given = None
    return given if isinstance(given, dict) else {}
