"""Requests that are too large or too slow, and streams of which one user has too many."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from web import connection, traffic
from web.admission import Admission
from web.identity import Visitor
from web.tabs import Tabs
from web.traffic import HEADER_LIMIT, PAGES, REQUESTS, STREAMS, Streams, Traffic


def scope_of(method: str, path: str, *headers: tuple[bytes, bytes], user: str = "ada") -> Scope:
    state = {"visitor": Visitor(user, frozenset())}
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [*headers], "state": state,
    }  # fmt: skip


async def never() -> Message:
    await asyncio.sleep(60)
    raise AssertionError


class Sent(list[Message]):
    """The messages of a response."""

    async def __call__(self, message: Message) -> None:
        self.append(message)

    @property
    def status(self) -> int:
        return int(self[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self[0]["headers"])


async def reads(_scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, then answer, as every application does."""
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    status = 200 if message["type"] == "http.request" else 400
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def passed(app: Any, scope: Scope, receive: Receive = never) -> Sent:
    sent = Sent()
    asyncio.run(app(scope, receive, sent))
    return sent


@pytest.mark.parametrize(("size", "status"), [(HEADER_LIMIT - 50, 200), (HEADER_LIMIT, 431)])
def test_headers_have_a_limit_also_where_they_come_in_one_piece(size: int, status: int) -> None:
    async def whole() -> Message:
        return {"type": "http.request", "body": b""}

    app = Traffic(reads, Admission())
    assert passed(app, scope_of("GET", "/", (b"cookie", b"x" * size)), whole).status == status
    long_address = scope_of("GET", "/") | {"query_string": b"q" * size}
    assert passed(app, long_address, whole).status == status


def test_a_body_that_comes_too_slowly_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "REQUEST_SECONDS", 0.1)

    async def dribble() -> Message:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    scope = scope_of("POST", "/v1/ask", (b"content-length", b"1000"))
    for receive in (never, dribble):
        sent = passed(Traffic(reads, Admission()), scope, receive)
        assert sent.status == 408
        assert sent.headers[b"connection"] == b"close"
        assert len(sent) == 2


def test_an_upload_has_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "REQUEST_SECONDS", 0.02)

    async def slow() -> Message:
        await asyncio.sleep(0.1)
        return {"type": "http.request", "body": b"x"}

    scope = scope_of("POST", "/v1/articles", (b"content-length", b"1"))
    assert passed(Traffic(reads, Admission()), scope, slow).status == 200


def test_a_response_that_does_not_begin_is_cut_and_what_comes_later_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traffic, "REQUEST_SECONDS", 0.05)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.2)
        await reads(scope, receive, send)

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    sent = passed(Traffic(slow, Admission()), scope_of("GET", "/"), gone)
    assert (sent.status, sent.headers[b"retry-after"], len(sent)) == (503, b"5", 2)


def test_a_response_that_has_begun_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "REQUEST_SECONDS", 0.05)

    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"end"})

    assert passed(Traffic(stream, Admission()), scope_of("GET", "/"))[-1]["body"] == b"end"


@pytest.mark.parametrize("path", ["/articles", "/v1/articles", "/v1/articles/pier"])
def test_a_stop_waits_for_articles_and_takes_no_more(path: str) -> None:
    admission = Admission()

    async def adds(_scope: Scope, _receive: Receive, send: Send) -> None:
        assert admission.is_underway
        await send({"type": "http.response.start", "status": 200, "headers": []})

    scope = scope_of("POST", path) | {"client": None}
    assert passed(Traffic(adds, admission), scope).status == 200
    assert not admission.is_underway
    admission.stop()
    sent = passed(Traffic(adds, admission), scope)
    assert (sent.status, sent.headers[b"retry-after"]) == (503, b"30")
    assert b"being stopped" in sent[1]["body"]


class Open:
    """An application whose responses go on until `end` is set."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.begun = 0

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.begun += 1
        await self.end.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})


PAGE = ("GET", "/gradio_api/queue/data")
EVENTS = ("POST", "/v1/ask", (b"accept", b"text/event-stream"))


@pytest.mark.parametrize("stream", [PAGE, EVENTS], ids=["page", "api"])
def test_a_user_has_four_streams_and_others_have_theirs(
    stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "_STREAM_WAIT", 0.2)

    async def opened() -> list[int]:
        app, replies = Open(), [Sent() for _ in range(STREAMS + 3)]
        streams = Streams(app, Admission(10))
        users = ["ada"] * (STREAMS + 1) + ["bob", "bob"]
        each = [
            asyncio.create_task(streams(scope_of(*stream, user=user), never, reply))
            for user, reply in zip(users, replies, strict=True)
        ]
        await asyncio.wait([each[STREAMS]])
        assert app.begun == STREAMS + 2
        app.end.set()
        await asyncio.gather(*each)
        return [reply.status for reply in replies]

    assert asyncio.run(opened()) == [200] * STREAMS + [429] + [200] * 2


def test_a_stream_that_waits_has_the_place_of_one_that_ends() -> None:
    async def opened() -> list[int]:
        app, replies = Open(), [Sent() for _ in range(2 * STREAMS)]
        streams = Streams(app, Admission(10))
        each = [asyncio.create_task(streams(scope_of(*PAGE), never, reply)) for reply in replies]
        await asyncio.sleep(0.05)
        assert app.begun == STREAMS
        app.end.set()
        await asyncio.gather(*each)
        assert not streams._open
        assert not streams._waiting
        return [reply.status for reply in replies]

    assert asyncio.run(opened()) == [200] * 2 * STREAMS


@pytest.mark.parametrize(
    ("per_minute", "scope"),
    [
        (0, scope_of(*PAGE)),
        (10, scope_of(*PAGE, user="local")),
        (10, scope_of("GET", "/onrecord/page.js")),
    ],
    ids=["no limits", "this machine", "no work"],
)
def test_what_streams_are_not_counted(per_minute: int, scope: Scope) -> None:
    async def opened() -> int:
        app = Open()
        streams = Streams(app, Admission(per_minute))
        each = [asyncio.create_task(streams(scope, never, Sent())) for _ in range(20)]
        await asyncio.sleep(0.05)
        app.end.set()
        await asyncio.gather(*each)
        return app.begun

    assert asyncio.run(opened()) == 20


def test_open_pages_of_a_user_are_counted_beside_the_streams_and_have_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traffic, "_STREAM_WAIT", 0.2)
    pages = [("GET", f"/gradio_api/heartbeat/x{number}") for number in range(PAGES + 1)]

    async def opened() -> list[int]:
        app, replies = Open(), [Sent() for _ in range(PAGES + 3)]
        streams = Streams(app, Admission(10))
        scopes = [scope_of(*page) for page in pages]
        scopes += [scope_of(*PAGE), scope_of(*pages[0], user="bob")]
        each = [
            asyncio.create_task(streams(scope, never, reply))
            for scope, reply in zip(scopes, replies, strict=True)
        ]
        await asyncio.wait([each[PAGES]])
        assert app.begun == PAGES + 2
        app.end.set()
        await asyncio.gather(*each)
        return [reply.status for reply in replies]

    assert asyncio.run(opened()) == [200] * PAGES + [429] + [200] * 2


@pytest.mark.parametrize(
    "path", ["/v1/quote", "/v1/ask", "/sources", "/conversations/x.json", "/gradio_api/queue/join"]
)
def test_a_user_takes_a_few_of_the_threads_only(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "_STREAM_WAIT", 0.2)

    async def opened() -> list[int]:
        app, replies = Open(), [Sent() for _ in range(40)]
        streams = Streams(app, Admission(10))
        users = ["ada"] * 39 + ["bob"]
        each = [
            asyncio.create_task(streams(scope_of("POST", path, user=user), never, reply))
            for user, reply in zip(users, replies, strict=True)
        ]
        await asyncio.wait(each[REQUESTS:-1])
        assert app.begun == REQUESTS + 1
        app.end.set()
        await asyncio.gather(*each)
        return [reply.status for reply in replies]

    assert asyncio.run(opened()) == [200] * REQUESTS + [429] * (39 - REQUESTS) + [200]


def test_keys_of_the_api_are_users_of_their_own() -> None:
    streams = Streams(reads, Admission(10))
    keys = {
        streams._key(scope_of("POST", "/v1/ask", (b"authorization", key)))
        for key in (b"Bearer or_1", b"Bearer or_2")
    }
    assert len(keys) == 2
    written = (b"bearer or_1", b"BEARER or_1", b"Bearer   or_1", b"Bearer or_1 ")
    same = {streams._key(scope_of("POST", "/v1/ask", (b"authorization", each))) for each in written}
    assert len(same) == 1
    assert same < keys
    passwords = scope_of("POST", "/v1/ask", (b"authorization", b"Basic " + b"x" * 9))
    assert streams._key(passwords) == streams._key(scope_of("POST", "/v1/ask"))
    made_up = scope_of(*PAGE, (b"authorization", b"Bearer made up"))
    assert streams._key(made_up) == streams._key(scope_of(*PAGE))


@pytest.fixture
def connect(server: Any) -> Iterator[Callable[[], socket.socket]]:
    host, port = server.address.split(":")
    made: list[socket.socket] = []

    def opened() -> socket.socket:
        made.append(socket.create_connection((host, int(port)), timeout=120))
        return made[-1]

    yield opened
    for each in made:
        each.close()


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_a_connection_without_a_request_is_closed(
    begun: bytes, connect: Callable[[], socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEADER_SECONDS", 0.2)
    opened = connect()
    opened.sendall(begun)
    assert opened.recv(100) == b""


def test_a_second_request_that_comes_too_slowly_is_closed(
    connect: Callable[[], socket.socket], server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEADER_SECONDS", 3.0)
    opened = connect()
    request = f"GET /healthz HTTP/1.1\r\nHost: {server.address}\r\n"
    opened.sendall(f"{request}\r\n{request}".encode())
    received = b""
    while chunk := opened.recv(1000):
        received += chunk
    assert received.count(b"HTTP/1.1 ") == 1


def test_endless_headers_are_refused(connect: Callable[[], socket.socket]) -> None:
    opened = connect()
    opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"x" * 70_000)
    assert opened.recv(100).split(b"\r\n")[0].split()[1] in (b"400", b"431")


SMUGGLED = b"0\r\n\r\nGET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("version", "lengths"),
    [
        (b"1.1", [b"Content-Length: 5", b"Transfer-Encoding: chunked"]),
        (b"1.1", [b"Transfer-Encoding: chunked", b"Content-Length: 5"]),
        (b"1.1", [b"transfer-encoding: CHUNKED", b"content-length: 0"]),
        (b"1.0", [b"Transfer-Encoding: chunked"]),
        (b"1.1", [b"Content-Length: 5", b"Content-Length: 6"]),
        (b"1.1", [b"Content-Length: 5, 6"]),
        (b"1.1", [b"Content-Length: +5"]),
        (b"1.1", [b"Content-Length: -5"]),
        (b"1.1", [b"Content-Length: 0x5"]),
        (b"1.1", [b"Content-Length: 5 5"]),
        (b"1.1", [b"Content-Length:"]),
        (b"1.1", [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"]),
        (b"1.1", [b"Transfer-Encoding: chunked, identity"]),
        (b"1.1", [b"Transfer-Encoding: xchunked"]),
        (b"1.1", [b"Transfer-Encoding : chunked"]),
    ],
)
@pytest.mark.parametrize("path", [b"/v1/ask", b"/articles", b"/healthz"])
def test_a_request_that_may_end_in_two_places_is_refused_and_cut(
    connect: Callable[[], socket.socket],
    server: Any,
    path: bytes,
    version: bytes,
    lengths: list[bytes],
) -> None:
    opened = connect()
    head = [b"POST " + path + b" HTTP/" + version, b"Host: " + server.address.encode(), *lengths]
    opened.sendall(b"\r\n".join(head) + b"\r\n\r\n" + SMUGGLED)
    received = b""
    while chunk := opened.recv(1000):
        received += chunk
    assert received.count(b"HTTP/1.1 ") == 1
    assert received.split(b" ")[1] in (b"400", b"501")


@pytest.mark.parametrize("session", ["mine", "another"])
def test_a_page_that_reads_no_more_is_worked_for_no_more(session: str) -> None:
    admission = Admission()

    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    tabs = Tabs(stream, admission, forget=lambda _: None, events=())
    scope = scope_of("GET", "/gradio_api/queue/data") | {
        "query_string": f"session_hash={session}".encode(),
        "client": None,
    }
    with admission.admit("", session="mine") as ticket:
        assert passed(tabs, scope).status == 200
        assert (ticket.deadline.left <= 0) is (session == "mine")
