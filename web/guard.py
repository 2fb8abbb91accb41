"""What may pass to the page: own hosts, own origin, known routes, small bodies, safe headers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.place import HERE, Place
from web.routes import API, WIDGET, route_of

BODY_LIMIT = 1_000_000
"""Bytes of a request's body; a question has at most a few thousand."""
UPLOAD_LIMIT = 20_000_000
"""Bytes of an article that is added."""
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
# A frame opens them in a window, which has to tell it how that went.
_OPENED_BY_FRAMES = ("/sign-in", "/signed-in")
_METHODS = ("GET", "HEAD", "POST")
_API_METHODS = (*_METHODS, "PATCH", "DELETE")
# The same for everybody, and nobody's: browsers and proxies may keep these as they see fit.
_ASSETS = ("/onrecord/", "/assets/", "/static/", "/embed/", "/theme.css", "/favicon.ico")
_BY_PROXIES = (b"x-forwarded-", b"forwarded", b"via")
_DROPPED = (b"x-forwarded-", b"forwarded", b"x-gradio-")
# What Gradio's page says of Gradio where a link to it is shown; the name and the icon are ours.
_FOREIGN = re.compile(
    rb"""\s*<(?:meta\s+(?:property|name)=["'](?:og|twitter):[^>]*|link\s+rel=["']manifest["'][^>]*)>"""
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Relaxed for Gradio: it compiles component templates ('unsafe-eval') and writes style attributes
# ('unsafe-inline' for styles). Scripts in the page's markup stay shut: those of Gradio's own page
# carry the nonce, and nothing else may.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)


class Guard:
    """ASGI middleware around the whole application.

    Args:
        app: The application to guard.
        hosts: Names (without port) that a request may be addressed to; None for any. Where only
            this machine is served, another name means a page that had its own name point here.
        place: Where visitors find the page; its name counts among `hosts`.
        embedders: Origins ("https://intranet.example") whose pages may show ours in a frame.
        head: HTML that goes into the page's ``head`` before all else, which Gradio's own way of
            adding to it does not: that comes when its scripts are at work already.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Iterable[str] | None = LOOPBACK_NAMES,
        place: Place = HERE,
        embedders: Iterable[str] = (),
        head: str = "",
    ) -> None:
        self._app = app
        self._head = head.encode()
        self._policy = _POLICY.replace("{ancestors}", " ".join(("'self'", *embedders)))
        self._place = place
        own = {_name(place.host)} if place.host else set()
        self._hosts = None if hosts is None else frozenset(hosts) | own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        if self._place.path and scope["path"] == self._place.path:
            # Without the last slash, the page's own links would lead beside it.
            await RedirectResponse(f"{self._place.path}/", 308)(scope, receive, send)
            return
        scope = self._as_ours(scope)
        nonce = secrets.token_urlsafe(16)
        policy = self._policy.replace("{nonce}", nonce)
        outgoing = _Outgoing(send, nonce, policy, scope["path"], self._head)
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, outgoing)
            return
        kept = [(k, v) for k, v in scope["headers"] if not k.startswith(_DROPPED)]
        via_proxy = any(k.startswith(_BY_PROXIES) for k, _ in scope["headers"])
        scope.setdefault("state", {})["via_proxy"] = via_proxy
        await self._app({**scope, "headers": kept}, _limited(receive, _limit(scope)), outgoing)

    def _as_ours(self, scope: Scope) -> Scope:
        """Return the request as it would be without a proxy before us."""
        path = self._place.without_path(scope["path"])
        ours = {**scope, "path": path, "raw_path": quote(path).encode(), "root_path": ""}
        return ours | ({"scheme": self._place.scheme} if self._place.scheme else {})

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if _ends_in_two_places(headers, scope):
            close = {"Connection": "close"}  # what follows may be meant as another request
            return PlainTextResponse("It is not clear where the request ends.", 400, close)
        host = headers.get("host", "")
        if self._hosts is not None and _name(host) not in self._hosts:
            return PlainTextResponse("This address is not served here.", 421)
        if scope["path"] != WIDGET and not _is_own(headers, self._origins(host), scope["method"]):
            return PlainTextResponse("Requests from other sites are refused.", 403)
        if route_of(scope["path"]) is None:
            return PlainTextResponse("There is no such page.", 404)
        if scope["method"] not in (_API_METHODS if _is_api(scope) else _METHODS):
            return PlainTextResponse("This method is not allowed.", 405)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _limit(scope):
            return PlainTextResponse("The request is too large.", 413)
        return None

    def _origins(self, host: str) -> set[str]:
        """Return which origins are ours, where a request is addressed to `host`.

        Where visitors come by https, a page that came without is not ours.
        """
        place = self._place
        own = {f"{place.scheme}://{place.host}"} if place.host else set()
        if host.lower() != place.host:
            own |= {f"http://{host}".lower(), f"https://{host}".lower()}
        return own


def _name(host: str) -> str:
    """Return a host without its port, in lower case."""
    return re.sub(r":\d+$", "", host).lower()


def _is_own(headers: Headers, origins: Collection[str], method: str) -> bool:
    """Return whether the request comes from our own page, or is a visitor opening it."""
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in origins:
        return False
    is_visit = headers.get("sec-fetch-mode") == "navigate" and method == "GET"
    return is_visit or headers.get("sec-fetch-site") not in ("cross-site", "same-site")


def _ends_in_two_places(headers: Headers, scope: Scope) -> bool:
    """Return whether a proxy before us may have read another end than we do.

    A body that is sent in chunks has no length beside them, and none is in HTTP/1.0 (RFC 9112,
    section 6.3). Lengths that contradict each other, and other codings, do not get this far.
    """
    if "transfer-encoding" not in headers:
        return False
    return "content-length" in headers or scope.get("http_version") == "1.0"


def _limit(scope: Scope) -> int:
    """Return how many bytes the body may have; around a file stands a little more."""
    takes_articles = scope["path"] in ("/articles", f"{API}/articles")
    return UPLOAD_LIMIT + BODY_LIMIT if takes_articles else BODY_LIMIT


def _is_api(scope: Scope) -> bool:
    return str(scope["path"]).startswith(f"{API}/")


def _limited(receive: Receive, limit: int) -> Receive:
    """Count a body that came without its length, and end the request where it is too long."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > limit else message

    return limited


class _Outgoing:
    """Adds the headers to every response, and the nonce to the scripts of Gradio's page."""

    def __init__(self, send: Send, nonce: str, policy: str, path: str, head: bytes) -> None:
        self._send = send
        self._nonce = nonce
        self._policy = policy
        self._head = b"<head>" + head
        self._is_page = path == "/"
        self._path = path
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._secure(headers)
            if self._is_page and headers.get("content-type", "").startswith("text/html"):
                self._start = message  # held back: the body's length is about to change
                return
        elif self._start is not None:
            await self._with_nonce(message)
            return
        await self._send(message)

    def _secure(self, headers: MutableHeaders) -> None:
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]
        headers.update(_HEADERS)
        headers["Content-Security-Policy"] = self._policy
        if not self._path.startswith(_ASSETS):
            # Else the next at a shared computer goes back to it, and a proxy may give it to others.
            headers["Cache-Control"] = "no-store"
        if self._path == WIDGET:
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if self._path in _OPENED_BY_FRAMES:
            headers["Cross-Origin-Opener-Policy"] = "unsafe-none"

    async def _with_nonce(self, message: Message) -> None:
        self._body += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        mark = f'<script nonce="{self._nonce}"'.encode()
        body = _FOREIGN.sub(b"", self._body).replace(b"<head>", self._head, 1)
        body = body.replace(b"<script", mark)
        if self._body:  # none for HEAD, whose length stays the page's
            MutableHeaders(scope=self._start)["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
        self._start = None
