"""A link that a person asked for -> the page behind it. One page: nothing in it is followed.

The request says what it is from, and carries no cookies, no referer and no password. It goes
straight to the site: proxies named in the environment are not used. TLS is always verified,
against the system's authorities, or those in ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` where set. At
most five redirects are followed, each checked like the link itself and none from https to http.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpcore2

from corpus.addresses import MAX_LINK, SAVE_IT, Link, parse_link
from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.loaders.decode import has_byte_order_mark
from corpus.loaders.files import check_not_binary
from corpus.loaders.html import load_html
from corpus.network import MAX_BYTES, CheckedBackend, Deadline, too_large
from corpus.unpack import ENCODINGS, unpacked

MAX_REDIRECTS = 5
MAX_SECONDS = 60.0

_HEADERS = {
    "User-Agent": "OnRecord/0.1 (+reads one page at a user's request)",
    "Accept": "text/html, application/xhtml+xml, */*;q=0.1",
    "Accept-Encoding": ", ".join(ENCODINGS),
    "Connection": "close",
}
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSWORD = re.compile(r"//[^/?#]*@")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_PAGES = ("text/html", "application/xhtml+xml", "")
_SHOWN = 100

_LATER = f"try again later, or {SAVE_IT}"
_LINK = "check the link and the network connection"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as its site sent it.

    Attributes:
        source: The link as the user gave it.
        url: The link that the page was found at, after redirects.
        content: The page's bytes, unpacked.
        content_type: In lower case and without parameters; empty where the site names none.
        charset: As the site names it, or None.
    """

    source: str
    url: str
    content: bytes
    content_type: str
    charset: str | None


def fetch(url: str, *, allowed: Collection[str] = (), seconds: float = MAX_SECONDS) -> Fetched:
    """Return the page behind a link.

    Args:
        url: The link.
        allowed: What the operator opens beyond the public web: a host of the intranet, on the
            usual ports, or ``host:port``.
        seconds: How long it may take altogether.

    Raises:
        ItemError: E_SCHEME, E_URL, E_FORBIDDEN_ADDRESS, E_REDIRECT (to what would be one of these,
            too), E_OFFLINE, E_TLS, E_TIMEOUT, E_HTTP, E_ENCODING or E_TOO_LARGE.
    """
    source = _shown(url)
    backend = CheckedBackend(Deadline(seconds), source=source, allowed=allowed)
    link = parse_link(url, source=source)
    for hop in range(MAX_REDIRECTS + 1):
        try:
            answer = _answer(link, backend, source)
        except ItemError as error:
            if hop and error.code == "E_FORBIDDEN_ADDRESS":
                raise _bad_redirect(f"elsewhere: {error.message}", source) from error
            raise
        if isinstance(answer, Fetched):
            return answer
        link = answer
    raise _bad_redirect(f"again and again, more than {MAX_REDIRECTS} times", source)


def _shown(url: str) -> str:
    """Return the link as messages show it: without password, and not pages long."""
    shown = _PASSWORD.sub("//", url.strip())
    return shown if len(shown) <= MAX_LINK else f"{shown[:_SHOWN]}…"


def _answer(link: Link, backend: CheckedBackend, source: str) -> Fetched | Link:
    """Ask once, and return the page or the link that the site sends on to."""
    url = httpcore2.URL(scheme=link.scheme, host=link.host, port=link.port, target=link.target)
    headers = [("Host", link.site), *_HEADERS.items()]
    try:
        with (
            httpcore2.HTTPConnection(url.origin, network_backend=backend) as connection,
            connection.stream("GET", url, headers=headers) as response,
        ):
            location = _header(response, b"location")
            if response.status in _REDIRECTS and location:
                return _next_link(link, location, source)
            if response.status != HTTPStatus.OK:
                raise _no_page(response.status, source)
            return _page(response, link, source)
    except (OSError, httpcore2.ProtocolError) as error:
        raise _translated(error, link.host, source) from error


def _page(response: httpcore2.Response, link: Link, source: str) -> Fetched:
    kind = _header(response, b"content-type")
    charset = _CHARSET.search(kind)
    return Fetched(
        source=source,
        url=str(link),
        content=_content(response, source),
        content_type=re.split("[;,]", kind)[0].strip().lower(),
        charset=charset[1].lower() if charset else None,
    )


def _header(response: httpcore2.Response, name: bytes) -> str:
    """Return a header's value, or an empty string; repeated ones are joined with commas."""
    values = [value for key, value in response.headers if key.lower() == name]
    return b",".join(values).decode("utf-8", "replace").strip()


def _next_link(link: Link, location: str, source: str) -> Link:
    try:
        following = parse_link(urljoin(str(link), location), source=source)
    except ItemError as error:
        raise _bad_redirect(f"to {location[:_SHOWN]!r}: {error.message}", source) from error
    except ValueError as error:
        raise _bad_redirect(f"to {location[:_SHOWN]!r}, which is no link", source) from error
    if link.scheme == "https" and following.scheme == "http":
        raise _bad_redirect(f"from a secure link to an open one, {following}", source)
    return following


def _content(response: httpcore2.Response, source: str) -> bytes:
    encodings = [name.strip().lower() for name in _header(response, b"content-encoding").split(",")]
    encodings = [name.removeprefix("x-") for name in encodings if name not in ("", "identity")]
    if len(encodings) > 1 or not set(encodings) <= set(ENCODINGS):
        raise _bad_encoding(f"the page is packed as {', '.join(encodings)[:_SHOWN]}", source)
    content = bytearray()
    pieces = filter(None, response.iter_stream())
    try:
        for piece in unpacked(pieces, "".join(encodings)):
            content += piece
            if len(content) > MAX_BYTES:
                raise too_large(source)
    except ValueError as error:
        message = f"what the site sent cannot be unpacked as {encodings[0]}: {error}"
        raise _bad_encoding(message, source) from error
    return bytes(content)


def _no_page(status: int, source: str) -> ItemError:
    try:
        reason = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        reason = str(status)
    gone = status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
    is_busy = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    hint = "check the link" if gone else _LATER if is_busy else SAVE_IT
    return ItemError("E_HTTP", f"the site answered: {reason}", source=source, hint=hint)


def _bad_redirect(where: str, source: str) -> ItemError:
    hint = "open the link in a browser and copy the one that it ends at"
    return ItemError("E_REDIRECT", f"the site sends on {where}", source=source, hint=hint)


def _bad_encoding(message: str, source: str) -> ItemError:
    return ItemError("E_ENCODING", message, source=source, hint=SAVE_IT)


def _translated(error: Exception, host: str, source: str) -> ItemError:
    """Return what a failed connection means to the user."""
    code, message, hint = "E_OFFLINE", f"{host} cannot be reached", _LINK
    if isinstance(error, ssl.SSLCertVerificationError):
        code, hint = "E_TLS", SAVE_IT
        message = f"{host} cannot prove its name: {error.verify_message}"
    elif isinstance(error, ssl.SSLError):
        code, hint = "E_TLS", SAVE_IT
        message = f"no secure connection with {host}: {error.reason or error}"
    elif isinstance(error, TimeoutError):
        code, message, hint = "E_TIMEOUT", f"{host} did not answer in full in time", _LATER
    elif isinstance(error, socket.gaierror):
        message = f"no site {host} was found"
    elif isinstance(error, ConnectionRefusedError):
        message = f"{host} refused the connection"
    elif isinstance(error, ConnectionError | httpcore2.ProtocolError):
        code, message, hint = "E_HTTP", f"{host} broke off, or did not answer as sites do", _LATER
    elif isinstance(error, OSError) and error.strerror:
        message += f": {error.strerror}"
    return ItemError(code, message, source=source, hint=hint)


def article_from(page: Fetched) -> RawArticle:
    """Return the article of a fetched page, under the address that it is found at.

    The page may name another address as its own, but only on its own site: what was read at one
    site is not quoted as another's.

    Raises:
        ItemError: E_UNSUPPORTED or E_BINARY for what is no page, and as `load_html`.
    """
    if page.content_type not in _PAGES:
        message = f"{page.content_type[:_SHOWN]}, not a web page"
        raise ItemError("E_UNSUPPORTED", message, source=page.source, hint="save its text as .txt")
    if not has_byte_order_mark(page.content):
        check_not_binary(page.content, source=page.source)
    (item,) = load_html(page.content, source=page.source, key=page.url, charset=page.charset)
    if isinstance(item, ItemError):
        raise item
    if item.url and _is_same_site(item.url, page.url):
        return item
    return replace(item, url=page.url)


def _is_same_site(one: str, other: str) -> bool:
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other)]
    shorter, longer = sorted(hosts, key=len)
    return longer == shorter or longer.endswith(f".{shorter}")
