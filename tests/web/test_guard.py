from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse

from web.guard import BODY_LIMIT, LOOPBACK_NAMES, Guard

HOST = "127.0.0.1:7860"
PAGE = "<html><script>window.x = 1</script><script src=y></script></html>"


class Reply:
    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.seen: dict[str, str] | None = None  # the headers that reached the application

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            self.body += message.get("body", b"")


def request(
    path: str = "/",
    method: str = "GET",
    hosts: Iterable[str] | None = LOOPBACK_NAMES,
    body: bytes = b"",
    **headers: str,
) -> Reply:
    """Send one request through the guard to an application that answers with a page."""
    reply = Reply()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        reply.seen = {k.decode(): v.decode() for k, v in scope["headers"]}
        read = 0
        while (message := await receive())["type"] == "http.request":
            read += len(message["body"])
            if not message["more_body"]:
                break
        else:
            await PlainTextResponse(f"cut after {read}", 400)(scope, receive, send)
            return
        answer = HTMLResponse(PAGE, headers={"Access-Control-Allow-Origin": "*"})
        await answer(scope, receive, send)

    chunks = [body[i : i + 100_000] for i in range(0, len(body), 100_000)] or [b""]

    async def receive() -> Any:
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    given = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }
    asyncio.run(Guard(application, hosts)(scope, receive, reply.send))
    return reply


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/config",
        "/theme.css",
        "/favicon.ico",
        "/onrecord/page.css",
        "/assets/index-D6.js",
        "/static/js/iframeResizer.contentWindow.min.js",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/gradio_api/heartbeat/abc123",
    ],
)
def test_what_the_page_needs_passes(path: str) -> None:
    assert request(path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://evil.example/",
        "/gradio_api/info",
        "/gradio_api/call/ask",
        "/gradio_api/run/predict",
        "/gradio_api/api/predict",
        "/gradio_api/component_server",
        "/gradio_api/vibe-edit",
        "/gradio_api/runs",
        "/gradio_api/mcp/sse",
        "/gradio_api/deep_link",
        "/gradio_api/openapi.json",
        "/monitoring",
        "/login",
        "/docs",
        "/openapi.json",
        "/onrecord/../serve.py",
        "/onrecord/sub/page.css",
        "/assets/../../config",
        "/assets/%2e%2e/x",
        "//",
        "/.git/config",
    ],
)
def test_every_other_route_is_shut(path: str) -> None:
    reply = request(path)
    assert (reply.status, reply.seen) == (404, None)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://evil.example",
        "null",
        "http://127.0.0.1:7861",
        "http://localhost:7860",
        "http://127.0.0.1.evil.example:7860",
        "http://127.0.0.1:7860.evil.example",
        "http://evil.example/?http://127.0.0.1:7860",
        "127.0.0.1:7860",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_origin_is_refused_and_not_reflected(origin: str, method: str) -> None:
    reply = request("/config", method, origin=origin)
    assert (reply.status, reply.seen) == (403, None)
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_the_own_origin_passes_without_cross_origin_headers() -> None:
    reply = request("/gradio_api/queue/join", "POST", origin=f"http://{HOST}")
    assert reply.status == 200
    assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [
        ("cross-site", "navigate", 200),
        ("cross-site", "no-cors", 403),
        ("same-site", "cors", 403),
        ("same-origin", "cors", 200),
        ("none", "navigate", 200),
    ],
)
def test_other_sites_may_link_here_but_not_read(site: str, mode: str, status: int) -> None:
    assert request(sec_fetch_site=site, sec_fetch_mode=mode).status == status


def test_another_site_cannot_post_by_a_form() -> None:
    reply = request("/", "POST", sec_fetch_site="cross-site", sec_fetch_mode="navigate")
    assert reply.status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", ""]
)
def test_a_name_that_was_pointed_here_is_refused(host: str) -> None:
    assert request(host=host).status == 421


@pytest.mark.parametrize("host", ["localhost:9000", "LOCALHOST", "[::1]:7860", "127.0.0.1"])
def test_the_names_of_this_machine_pass(host: str) -> None:
    assert request(host=host).status == 200


def test_a_served_network_may_use_any_name() -> None:
    assert request(hosts=None, host="news.intranet:7860").status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PATCH", "OPTIONS", "BREW"])
def test_only_reading_and_asking(method: str) -> None:
    assert request(method=method).status == 405


@pytest.mark.parametrize("length", [str(BODY_LIMIT + 1), "9" * 30, "-1", "1e9", "x", "²"])
def test_a_large_body_is_refused_by_its_announced_length(length: str) -> None:
    assert request("/gradio_api/queue/join", "POST", content_length=length).status == 413


def test_a_body_without_a_length_is_cut() -> None:
    reply = request("/gradio_api/queue/join", "POST", body=b"x" * (BODY_LIMIT + 200_000))
    assert (reply.status, reply.body) == (400, b"cut after 1000000")


def test_forwarded_names_do_not_reach_the_application() -> None:
    reply = request(x_forwarded_host="evil.example", x_forwarded_proto="https", forwarded="host=x")
    assert reply.seen == {"host": HOST}


@pytest.mark.parametrize("path", ["/", "/config", "/nowhere"])
def test_every_response_has_the_headers(path: str) -> None:
    headers = request(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["/", "/sources", "/visitor", "/conversations/x.json", "/v1/ask", "/gradio_api/queue/data"],
)
def test_nothing_of_a_visitors_is_kept_by_browsers_and_proxies(path: str) -> None:
    assert request(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/onrecord/page.js", "/assets/x.js", "/embed/embed.js"])
def test_files_of_the_page_may_be_kept(path: str) -> None:
    assert "cache-control" not in request(path).headers


def test_scripts_of_the_page_carry_the_nonce_of_its_policy() -> None:
    first, second = request(), request()
    nonce = first.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
    assert first.body.decode() == PAGE.replace("<script", f'<script nonce="{nonce}"')
    assert first.headers["content-length"] == str(len(first.body))
    assert first.body != second.body
