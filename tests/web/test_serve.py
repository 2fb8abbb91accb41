from __future__ import annotations

import http.client
import json
import logging
import resource
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corpus.errors import SettingsError, StoreError, UsageError
from qa.settings import Settings
from web import serve
from web.page.chat import _PARTS

ROOT = Path(__file__).parents[2]


def test_the_address_and_questions_are_announced(server: Any) -> None:
    assert server.lines[0] == f"OnRecord is at http://{server.address}"
    assert "  How much is the <pier>?" in server.lines


def test_what_is_searched_is_told_by_the_page_of_sources_not_by_the_strip(double: Any) -> None:
    stats = double.AssistantDouble().stats()
    shows = SimpleNamespace(stats=lambda: stats, months=dict, newest=lambda _: [], errors=list)
    shows.sight = double.AssistantDouble().sight
    server = double.Server(double.AssistantDouble(), archive=shows)
    strip, *_ = server.event("opening", [], "load")
    assert "1 article" not in strip
    assert "2019" not in strip
    assert "1 article from 1 outlet, 2 April 2019" in server.get("/sources").body


def test_the_page_and_its_own_files_are_served(server: Any) -> None:
    page = server.get("/").body
    assert "OnRecord" in page
    for name in ("page.css", "page.js", "icon.svg"):
        reply = server.get(f"/onrecord/{name}")
        assert reply.status == 200
        assert "://" not in reply.body.replace("http://www.w3.org/2000/svg", "")


def test_the_settings_given_to_the_browser_keep_our_secrets(server: Any) -> None:
    config = server.get("/config").body
    assert str(ROOT) not in config
    assert sys.prefix not in config
    values = json.loads(config)
    assert values["analytics_enabled"] is False
    assert values["run_history"] is False
    assert values["footer_links"] == []
    assert all(d["api_visibility"] == "private" for d in values["dependencies"])


def asked(server: Any, question: str, session: str) -> dict[str, Any]:
    """Ask on the page; return what each part shows then."""
    outputs = server.event("ask", [question, None, None, None, None], session)
    return dict(zip(_PARTS, outputs, strict=True))


def test_a_question_goes_through_the_page(server: Any) -> None:
    shown = asked(server, "How much?", "one")
    assert shown["held"] is None  # the conversation stays on the server
    assert shown["now"] == ""
    assert "$12 million" in shown["talk"]
    assert "Lowhaven" in shown["source"]
    assert shown["box"]["__type__"] == "update"


@pytest.mark.parametrize(
    "typed", ["", " \t\n", "fail \ud800 \x00 \x1b[31m", "fail" + "x" * 900_000]
)
def test_a_question_that_fails_comes_back_with_a_hint(typed: str, server: Any) -> None:
    shown = asked(server, typed, "hint")
    assert '<p class="hint"' in shown["now"]
    assert shown["box"][:4].strip() == typed[:4].strip()


def test_tabs_have_conversations_of_their_own(server: Any) -> None:
    asked(server, "first of a?", "a")
    asked(server, "first of b?", "b")
    talk = asked(server, "second of a?", "a")["talk"]
    assert "first of a?" in talk
    assert "second of a?" in talk
    assert "first of b?" not in talk


def test_a_click_opens_the_source(server: Any) -> None:
    asked(server, "How much?", "click")
    assert '<mark class="selected">It will open' in clicked(server, "click")
    assert "can no longer be shown" in clicked(server, "never")


def clicked(server: Any, session: str) -> str:
    """Click the second quote of the first turn; return what the panel shows then."""
    outputs = server.event("show", [None, None, None], session, {"turn": 0, "cite": 1})
    return str(dict(zip(_PARTS, outputs, strict=True))["source"])


def test_the_guard_is_in_front(server: Any) -> None:
    assert server.get("/", Host="evil.example").status == 421
    assert server.get("/config", Origin="http://evil.example").status == 403
    upload = server.request("POST", "/gradio_api/upload", "x")
    assert upload.status == 404
    assert "content-security-policy" in upload.headers
    assert "server" not in upload.headers


FOREIGN = [-1, 10_000, 2**70, None, True, False, 1.0, "0", "ask", "", [], [0], {}, "opening"]


@pytest.mark.parametrize("event", FOREIGN, ids=repr)
def test_an_event_that_the_page_has_not_is_not_there(server: Any, event: Any) -> None:
    own = {"Content-Type": "application/json", "Origin": f"http://{server.address}"}
    body = {"data": [], "session_hash": f"foreign{abs(hash(repr(event)))}"}
    for named in ({"fn_index": event}, {"fn_index": event, "api_name": "ask"}, {"api_name": "ask"}):
        reply = server.request("POST", "/gradio_api/queue/join", json.dumps(body | named), **own)
        assert (reply.status, reply.body) == (404, "There is no such event.")


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=rf"127.0.0.1:{port}: port {port} is in use") as error:
            serve.listen("127.0.0.1", port)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("192.0.2.1", 0, "this machine does not have that address"),
        ("no such host", 7860, "this is not an address"),
        ("x" * 300, 7860, "this is not an address"),
        ("\0", 7860, "this is not an address"),
        ("127.0.0.1", 70000, "a port is a number from 1 to 65535"),
        ("127.0.0.1", -1, "a port is a number from 1 to 65535"),
    ],
)
def test_an_address_that_cannot_be_served(host: str, port: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        serve.listen(host, port)


def test_others_are_let_in_by_name_or_knowingly_only(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"0\.0\.0\.0 can be reached .* --insecure"):
        serve.serve(tmp_path, Settings(), host="0.0.0.0", port=0)
    open_to_all: dict[str, Any] = {"host": "0.0.0.0", "port": 0, "insecure": True}
    with pytest.raises(UsageError, match=r"--name intranet\.example"):
        serve.serve(tmp_path, Settings(), **open_to_all)
    with pytest.raises(UsageError, match="'http://x' is no name of a host"):
        serve.serve(tmp_path, Settings(), **open_to_all, names=["http://x"])
    for named in ({"names": ["intranet.example"]}, {"root_path": "https://intranet.example"}):
        with pytest.raises(StoreError):  # knowingly, and by name: it gets as far as the store
            serve.serve(tmp_path / "none", Settings(), **open_to_all, **named)
    signed = Settings.model_validate({"sign_in": {"by": "proxy"}})
    with pytest.raises(SettingsError, match="ONRECORD_PROXY_SECRET"):
        serve.serve(tmp_path, signed, host="0.0.0.0", port=0)


def test_ipv6_is_written_in_brackets() -> None:
    try:
        listener = serve.listen("::1", 0)
    except UsageError:
        pytest.skip("no IPv6 here")
    with listener:
        assert serve.address(listener).startswith("http://[::1]:")


SERVE_A_DOUBLE = """
from types import SimpleNamespace
from corpus.catalogue import Stats
from web.serve import listen, run
assistant = SimpleNamespace(stats=lambda: Stats(1, 1, 1, 1, 1, None, None, 1, 0))
run(assistant, listen("127.0.0.1", 0), announce=lambda line: print(line, flush=True))
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_stops_it(sent: signal.Signals, code: int) -> None:
    main = f"try:{SERVE_A_DOUBLE}except KeyboardInterrupt: raise SystemExit(130)"
    main = main.replace("\n", "\n    ").replace("    except", "except")
    with subprocess.Popen(
        [sys.executable, "-c", main], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert b"OnRecord is at" in process.stdout.readline()
        process.send_signal(sent)
        _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (code, b"")


def test_a_browser_that_closes_in_the_middle_leaves_nothing_behind(double: Any) -> None:
    """The answer on its way is finished or dropped, and everybody else is answered."""
    release = threading.Event()

    class Slow(double.AssistantDouble):  # type: ignore[misc, name-defined]
        def ask(self, question: str, **rest: Any) -> Any:
            if question == "slow?":
                release.wait()
            return super().ask(question, **rest)

    server = double.Server(Slow())
    for number in range(4):  # more than are answered at once
        with closing(http.client.HTTPConnection(server.address, timeout=120)) as connection:
            server.join("ask", ["slow?", None, None, None, None], f"gone{number}")
            connection.request("GET", f"/gradio_api/queue/data?session_hash=gone{number}")
            connection.getresponse().read(20)
    release.set()
    talk = asked(server, "How much?", "stays")["talk"]
    assert "How much?" in talk
    assert "slow?" not in talk


@pytest.mark.parametrize(
    ("limits", "soft"),
    [
        ((1024, 524_288), 65_536),
        ((1024, 4096), 4096),
        ((1024, resource.RLIM_INFINITY), 65_536),
        ((100_000, 524_288), None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None),
    ],
)
def test_as_many_descriptors_are_allowed_as_may_be(
    limits: tuple[int, int], soft: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: asked_for.append(wanted))
    serve._allow_descriptors()
    assert asked_for == ([] if soft is None else [(soft, limits[1])])


def test_that_descriptors_are_spent_is_logged_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("web.serve.time.monotonic", lambda: now)
    seldom = serve._Seldom("socket.accept() out")
    spent, other = (
        logging.makeLogRecord({"msg": said}) for said in ("socket.accept() out of it", "other")
    )
    assert [seldom.filter(each) for each in (spent, spent, other)] == [True, False, True]
    now = 161.0
    assert seldom.filter(spent)
