"""Who comes in: what is shown to anybody, and where those go who have yet to sign in."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.markup import text
from qa.messages.say import say, speaking
from web.identity import visitor_of
from web.page.plain import plain_page
from web.page.visit import language_of
from web.place import Place
from web.routes import route_of

_PAGES = ("/", "/sources")


class Gate:
    """ASGI middleware that lets in only visitors who are known, behind `web.identity.Identified`.

    Args:
        app: What they come in to.
        place: Where visitors find us.
        provider: Whether they can sign in here, at an OpenID provider.
    """

    def __init__(self, app: ASGIApp, place: Place, *, provider: bool) -> None:
        self._app = app
        self._place = place
        self._provider = provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or tell the visitor how to come in."""
        if scope["type"] != "http" or _may_pass(Request(scope)):
            await self._app(scope, receive, send)
        else:
            await self._refusal(Request(scope))(scope, receive, send)

    def _refusal(self, request: Request) -> Response:
        path = request.scope["path"]
        if path in _PAGES and request.method == "GET" and self._provider:
            to = f"{path}?{request.url.query}" if request.url.query else path
            return RedirectResponse(f"{self._place.path}/sign-in?{urlencode({'to': to})}", 303)
        with speaking(language_of(request.headers, request.cookies, request.query_params)):
            return self._said(is_page=path in _PAGES)

    def _said(self, *, is_page: bool) -> Response:
        needed = say("sign_in.needed" if self._provider else "sign_in.by_proxy")
        if is_page:
            page = plain_page(say("sign_in.heading"), f"<p>{text(needed)}</p>", kind="signing-in")
            return HTMLResponse(page, 401, headers={"Cache-Control": "no-store"})
        error = {"code": "E_SIGN_IN", "message": needed, "field": None}
        button = say("sign_in.button" if self._provider else "sign_in.again")
        return JSONResponse({"error": error, "button": button}, 401)


def _may_pass(request: Request) -> bool:
    path = request.scope["path"]
    route = route_of(path)
    if visitor_of(request) is not None or (route and route.is_open):
        return True
    # In a frame the page itself finds out who visits, and shows how to sign in.
    framed = request.headers.get("sec-fetch-dest") == "iframe" or "frame" in request.query_params
    return path == "/" and framed
