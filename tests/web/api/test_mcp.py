"""The tools for assistants, used by the library's own client: in memory, by HTTP and by a pipe."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import MissingExtraError
from index.build import ingest
from index.schema import open_archive
from tests import shipped
from web.admission import Admission
from web.api.app import api_application
from web.api.callers import Callers
from web.identity import AT_THIS_MACHINE, SCOPES
from web.mcp.server import tool_server
from web.mcp.tools import NAMED, TOOLS, cost_of

pytest.importorskip("mcp_types", reason="the extra 'mcp' is not installed")

ROOT = Path(__file__).parents[3]
TEXT = "The new pier cost $12 million.\n\nIt opened on Monday, the mayor said."
PIER = {"id": "pier/1", "text": TEXT, "publisher": "Gazette", "url": "https://gazette.example/p"}
COST = "The new pier cost $12 million."
ALTERED = "The new pier cost $15 million."
NAMES = [tool.name for tool in TOOLS]

Connect = Callable[..., Any]
"""Makes a client of the library, as a context manager, given the scopes of its key."""


def run(use: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(use())  # type: ignore[arg-type]


def over_http(api: Any, key: str = "", mode: str = "auto") -> Any:
    """Return the library's client of an API; nothing leaves this process."""
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    @asynccontextmanager
    async def connected() -> AsyncIterator[Any]:
        transport = httpx2.ASGITransport(api.client.app)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with (
            httpx2.AsyncClient(transport=transport, headers=headers) as http,
            Client(
                streamable_http_client("http://localhost/v1/mcp", http_client=http), mode=mode
            ) as client,
        ):
            yield client

    return connected()


@pytest.fixture(params=["memory", "http", "http of 2025"])
def connect(request: pytest.FixtureRequest, api: Any) -> Iterator[Connect]:
    """Return what connects a client, over each way in, to one who sits at this machine."""
    from mcp import Client

    api.call("POST", "/articles", {"articles": [PIER]})

    def connected() -> Any:
        if request.param == "memory":
            return Client(
                tool_server(lambda _: api.service, Admission(), lambda _: AT_THIS_MACHINE)
            )
        return over_http(api, mode="auto" if request.param == "http" else "legacy")

    return connected


def test_the_tools_say_what_they_take_and_how_quotes_are_used(connect: Connect) -> None:
    async def use() -> None:
        async with connect() as client:
            tools = (await client.list_tools()).tools
            assert "word for word" in client.instructions
        assert (
            [tool.name for tool in tools]
            == NAMES
            == ["ask", "search", "get_article", "check_quote"]
        )
        for tool in tools:
            assert tool.input_schema["additionalProperties"] is False
            assert "word" in tool.description
            assert tool.annotations.read_only_hint
        assert tools[0].input_schema["required"] == ["question"]

    run(use)


def test_each_tool_returns_the_json_of_the_api_and_its_quotes_in_words(
    api: Any, connect: Connect
) -> None:
    calls = {
        "ask": ({"question": "How much?"}, api.ask(question="How much?").json()),
        "search": (
            {"question": "How much?", "count": 3},
            api.call("GET", "/search?q=How much?").json(),
        ),
        "get_article": ({"article_id": "pier/1"}, api.call("GET", "/articles/pier/1").json()),
        "check_quote": ({"quote": COST}, api.call("POST", "/quote", {"quote": COST}).json()),
    }
    texts = {}

    async def use() -> None:
        async with connect() as client:
            for name, (arguments, expected) in calls.items():
                result = await client.call_tool(name, arguments)
                assert not result.is_error
                assert without_times(result.structured_content) == without_times(expected)
                texts[name] = result.content[0].text

    run(use)
    assert "Short answer: $12 million" in texts["ask"]
    assert "“The new pier will cost $12 million.”" in texts["ask"]
    assert "https://gazette.example/pier?a=1&b=2" in texts["ask"]
    assert texts["get_article"].endswith(TEXT)
    assert "https://gazette.example/p" in texts["get_article"]
    assert texts["check_quote"].startswith("This is word for word")
    assert f"“{COST}”" in texts["check_quote"]


def without_times(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "ms"}


def test_an_altered_quote_is_reported_as_altered(connect: Connect) -> None:
    async def use() -> None:
        async with connect() as client:
            near = await client.call_tool("check_quote", {"quote": ALTERED})
            none = await client.call_tool("check_quote", {"quote": "Nobody came to Oslo today."})
        assert near.structured_content["status"] == "near"
        assert "the wording was altered" in near.content[0].text
        assert "given: “$15”; written: “$12”" in near.content[0].text
        assert f"“{COST}”" in near.content[0].text
        assert none.structured_content["status"] == "none"
        assert "must not be shown as a quote" in none.content[0].text

    run(use)


def test_what_is_not_on_record_is_said_to_be_none(connect: Connect) -> None:
    async def use() -> None:
        async with connect() as client:
            declined = await client.call_tool("ask", {"question": "who paid?"})
        assert declined.structured_content["status"] == "declined"
        assert declined.content[0].text.startswith("Not on record")

    run(use)


WRONG = [
    ("ask", {}, "E_FIELD", "question"),
    ("ask", {"question": 3}, "E_FIELD", "question"),
    ("ask", {"question": ""}, "E_EMPTY", "question"),
    ("ask", {"question": "?!"}, "E_EMPTY", "question"),
    ("ask", {"question": "x" * 4001}, "E_TOO_LONG", "question"),
    ("ask", {"question": "How much?", "top_k": 5}, "E_FIELD", "top_k"),
    ("ask", {"question": "How much?", "conversation": "abc"}, "E_FIELD", "conversation"),
    ("ask", {"question": "How much?", "since": "soon"}, "E_FIELD", "since"),
    ("ask", {"question": "How?", "since": "2019-02-01", "until": "2019-01-01"}, "E_FIELD", "since"),
    ("ask", {"question": "How much?", "publisher": "Nobody"}, "E_FIELD", "publisher"),
    ("ask", {"question": "How?", "history": [{"question": "x"}] * 51}, "E_FIELD", "history"),
    ("ask", {"question": "How?", "history": [{"question": "x"}] * 6}, "E_FIELD", "history"),
    ("ask", {"question": "break"}, "E_STORE", None),
    ("ask", {"question": "bug"}, "E_INTERNAL", None),
    ("search", {"question": "How much?", "count": 51}, "E_FIELD", "count"),
    ("search", {"question": "How much?", "count": "5"}, "E_FIELD", "count"),
    ("search", {"question": "x" * 4001}, "E_TOO_LONG", "question"),
    ("get_article", {}, "E_FIELD", "article_id"),
    ("get_article", {"article_id": "pier/1", "version": 0}, "E_FIELD", "version"),
    ("get_article", {"article_id": "pier/1", "version": 2}, "E_NOT_FOUND", None),
    ("get_article", {"article_id": "x" * 2001}, "E_FIELD", "article_id"),
    ("get_article", {"article_id": "../../etc/passwd"}, "E_NOT_FOUND", None),
    ("get_article", {"article_id": "' OR 1=1 --"}, "E_NOT_FOUND", None),
    ("get_article", {"article_id": "%"}, "E_NOT_FOUND", None),
    ("get_article", {"article_id": "pier/1\x00"}, "E_NOT_FOUND", None),
    ("get_article", {"article_id": "<script>alert(1)</script>"}, "E_NOT_FOUND", None),
    ("check_quote", {"quote": ""}, "E_FIELD", "quote"),
    ("check_quote", {"quote": "x" * 10_001}, "E_FIELD", "quote"),
]


def test_what_is_wrong_is_told_to_the_model_in_our_words(connect: Connect) -> None:
    async def use() -> None:
        async with connect() as client:
            for name, arguments, code, field in WRONG:
                result = await client.call_tool(name, arguments)
                error = result.structured_content["error"]
                assert result.is_error, arguments
                assert (error["code"], error["field"]) == (code, field), arguments
                assert result.content[0].text == f"{code}: {error['message']}"
                for secret in ("/secret", "Traceback", "web.mcp", ".py"):
                    assert secret not in result.model_dump_json()

    run(use)


def test_what_a_call_has_answered_first_is_charged(api: Any, connect: Connect) -> None:
    ask, search = NAMED["ask"], NAMED["search"]
    before = [{"question": "How much?"}, {"question": "Who?", "answer": "Nobody."}]
    given = {"question": "and when?", "history": before}
    assert [cost_of(ask, given), cost_of(ask, {}), cost_of(search, {"question": "x"})] == [2, 1, 1]

    async def use() -> None:
        async with connect() as client:
            assert not (await client.call_tool("ask", given)).is_error

    run(use)
    assert [asked["question"] for asked in api.assistant.given] == ["How much?", "and when?"]


NULLS: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": "How much?"} | dict.fromkeys(["history", "publisher", "since", "until"])),
    ("ask", {"question": "When?", "history": [{"question": "How much?", "answer": None}]}),
    ("search", {"question": "How much?", "count": None}),
    ("get_article", {"article_id": "pier/1", "version": None}),
]


def test_null_is_as_good_as_left_out(connect: Connect) -> None:
    async def use() -> None:
        async with connect() as client:
            for name, arguments in NULLS:
                assert not (await client.call_tool(name, arguments)).is_error, arguments
            needed = await client.call_tool("ask", {"question": None})
            unknown = await client.call_tool("search", {"question": "How much?", "top_k": None})
        assert needed.structured_content["error"]["field"] == "question"
        assert unknown.structured_content["error"]["field"] == "top_k"

    run(use)


def test_a_tool_that_there_is_not(connect: Connect) -> None:
    from mcp import MCPError

    async def use() -> None:
        async with connect() as client:
            with pytest.raises(MCPError, match="there is no tool 'remove'"):
                await client.call_tool("remove", {"article_id": "pier/1"})

    run(use)


@pytest.mark.parametrize(
    ("scope", "names"), [("ask", NAMES[:1]), ("read", NAMES[1:])], ids=["ask", "read"]
)
def test_a_key_is_for_the_tools_of_its_scopes(
    make_api: Callable[..., Any], scope: str, names: list[str]
) -> None:
    api = make_api(own_machine=False)
    _, key = api.keys.create("an assistant", [scope])
    arguments = {"ask": {"question": "How much?"}, "check_quote": {"quote": COST}}

    async def use() -> None:
        async with over_http(api, key) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == names
            for name, given in arguments.items():
                result = await client.call_tool(name, given)
                assert result.is_error == (name not in names)
                if result.is_error:
                    assert result.structured_content["error"]["code"] == "E_SCOPE"

    run(use)


@pytest.mark.parametrize("groups", [[], ["choir"], ["desk"]], ids=["none", "other", "theirs"])
def test_a_key_shows_an_assistant_only_what_its_groups_may_see(
    make_api: Callable[..., Any], groups: list[str]
) -> None:
    api = make_api(own_machine=False)
    secret = {"id": "secret", "text": "The mayor knew of it all.", "groups": ["desk"]}
    _, writer = api.keys.create("the desk", SCOPES, groups=["desk"])
    sent = {"Authorization": f"Bearer {writer}"}
    api.client.post("/v1/articles", json={"articles": [PIER, secret]}, headers=sent)
    _, key = api.keys.create("an assistant", ["read"], groups=groups)

    async def use() -> None:
        async with over_http(api, key) as client:
            read = await client.call_tool("get_article", {"article_id": "secret"})
            found = await client.call_tool("check_quote", {"quote": secret["text"]})
            unknown = await client.call_tool("get_article", {"article_id": "nothing"})
        sees = groups == ["desk"]
        assert ("knew of it" in read.model_dump_json()) == sees
        assert found.structured_content["status"] == ("exact" if sees else "none")
        assert sees or read.structured_content == unknown.structured_content

    run(use)


def message(method: str = "tools/list", **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


ACCEPTS = {"accept": "application/json, text/event-stream"}


def test_without_a_key_nothing_is_answered_on_a_network(make_api: Callable[..., Any]) -> None:
    api = make_api(own_machine=False)
    refused = api.call("POST", "/mcp", message(), **ACCEPTS)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.json()["error"]["code"] == "E_KEY"
    useless = api.with_key(*(SCOPES.keys() - {"ask", "read"}))
    assert useless.call("POST", "/mcp", message(), **ACCEPTS).status_code == 403
    caller = api.with_key("read")
    assert caller.call("POST", "/mcp", message(), **ACCEPTS).status_code == 200
    (key, *_) = [key for key in api.keys.listed() if key.scopes == {"read"}]
    api.keys.revoke(key.id)
    assert caller.call("POST", "/mcp", message(), **ACCEPTS).status_code == 401


def test_the_guard_stands_before_it(api: Any) -> None:
    for headers in ({"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}):
        assert api.call("POST", "/mcp", message(), **ACCEPTS, **headers).status_code == 403
    assert api.call("POST", "/mcp", message(x="x" * 1_000_001), **ACCEPTS).status_code == 413
    for method in ("GET", "DELETE", "PATCH", "PUT", "OPTIONS"):
        assert api.call(method, "/mcp").status_code == 405
    assert api.call("POST", "/mcp/more", message(), **ACCEPTS).status_code == 404


def test_what_is_no_message_is_refused_without_a_traceback(api: Any) -> None:
    post = api.client.post
    hostile = json.dumps(
        message("tools/call", name="get_article", arguments={"article_id": "a\ud800"})
    )
    for body in ("", "{", "[]", "null", '"x"', "[" * 100_000, '{"jsonrpc": "2.0"}', hostile):
        for version in ("2025-06-18", "2026-07-28", "1.0"):
            headers = ACCEPTS | {"content-type": "application/json"}
            reply = post(
                "/v1/mcp", content=body, headers=headers | {"mcp-protocol-version": version}
            )
            told = reply.json()
            assert reply.status_code < 500, (body[:20], version)
            assert "error" in told or told["result"]["isError"]
            assert "Traceback" not in reply.text
    form = post("/v1/mcp", content="a=b", headers=ACCEPTS | {"content-type": "text/plain"})
    assert form.status_code == 400


def test_the_page_served_with_it_answers_many_at_once(api: Any, double: Any) -> None:
    from mcp import Client

    api.call("POST", "/articles", {"articles": [PIER]})
    server = double.Server(
        double.AssistantDouble(), api=api_application(api.service, Callers(api.keys))
    )

    async def one(number: int) -> None:
        async with Client(f"http://{server.address}/v1/mcp") as client:
            result = await client.call_tool("ask", {"question": f"How much, {number}?"})
            assert result.structured_content["question"] == f"How much, {number}?"

    async def use() -> None:
        await asyncio.gather(*map(one, range(20)))

    run(use)
    assert server.get("/").status == 200
    assert server.request("POST", "/v1/mcp", "{}", Host="evil.example").status == 421


def test_without_the_extra_there_is_nothing_at_its_address(
    make_api: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.mcp.server.find_spec", lambda _: None)
    monkeypatch.setattr("web.mcp.http.is_installed", lambda: False)
    api = make_api()
    assert api.call("POST", "/mcp", message(), **ACCEPTS).status_code == 404
    with pytest.raises(MissingExtraError, match=r"pip install 'onrecord\[mcp\]'"):
        tool_server(lambda _: api.service, Admission(), lambda _: AT_THIS_MACHINE)


# By a pipe, as an assistant on this machine starts it; with the real model


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "in.jsonl").write_text(json.dumps(PIER))
    with open_archive(folder / "store", create=True) as archive:
        ingest([str(folder / "in.jsonl")], archive, shipped.embedder())
    return folder / "store"


ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


def test_an_assistant_starts_it_and_uses_every_tool(store: Path) -> None:
    from mcp import Client, StdioServerParameters

    command = StdioServerParameters(
        command=sys.executable, args=["-m", "app", "mcp", "--store", str(store)], env=ENVIRONMENT
    )

    async def use() -> None:
        async with Client(command) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == NAMES
            asked = await client.call_tool("ask", {"question": "How much did the new pier cost?"})
            assert asked.structured_content["answer"] == "$12 million"
            (statement, *_) = asked.structured_content["statements"]
            citation = statement["citations"][0]
            found = await client.call_tool("search", {"question": "What did the new pier cost?"})
            assert found.structured_content["sentences"][0]["quote"] == citation["quote"] == COST
            assert f"“{COST}”" in found.content[0].text
            read = await client.call_tool("get_article", {"article_id": citation["article_id"]})
            text = read.structured_content["text"]
            assert text[citation["start"] : citation["end"]] == COST
            near = await client.call_tool("check_quote", {"quote": ALTERED})
            assert near.structured_content["status"] == "near"
            wrong = await client.call_tool("ask", {"question": "x" * 4001})
            assert wrong.is_error

    run(use)


def started(store: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "mcp", "--store", str(store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )


INITIALIZE = message(
    "initialize",
    protocolVersion="2025-06-18",
    capabilities={},
    clientInfo={"name": "x", "version": "1"},
)


def test_nothing_but_the_protocol_is_on_stdout_and_the_end_of_stdin_ends_it(store: Path) -> None:
    with started(store) as process:
        sent = f"{json.dumps(INITIALIZE)}\nno message\n"
        out, errors = process.communicate(sent.encode(), timeout=120)
    assert process.returncode == 0, errors
    replies = [json.loads(line) for line in out.splitlines()]
    assert replies[0]["result"]["serverInfo"]["name"] == "onrecord"
    assert all(reply["jsonrpc"] == "2.0" for reply in replies)
    assert b"Traceback" not in errors


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_though_stdin_is_open(store: Path, sent: signal.Signals) -> None:
    with started(store) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{json.dumps(INITIALIZE)}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(sent)
        assert process.wait(120) == 130
