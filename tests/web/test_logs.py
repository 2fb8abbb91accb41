"""What is logged, and above all what is not: secrets, questions and lines that others made up."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.archive import Archive
from corpus.errors import StoreError
from index.adding import Adding
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Turn
from qa.conversations.store import Conversations
from web.admission import Admission
from web.api.app import api_application
from web.api.callers import Callers
from web.api.service import Service
from web.application import Parts, application
from web.identity import AT_THIS_MACHINE
from web.keys import Keys
from web.operation.health import Health, Watch
from web.operation.logs import Format, logging_as, without_messages
from web.operation.metrics import Metrics, measured
from web.operation.requests import _digest
from web.owner import Owner
from web.page.offers import to_all

PLANTED = {
    "proxy secret": "zq01proxysecret",
    "sign-in secret": "zq02oidcsecret",
    "userinfo": "zq03userinfo",
    "key": "zq04apikey",
    "cookie": "zq05cookie",
    "session": "zq06session",
    "query": "zq07query",
    "proxy header": "zq08proxyheader",
    "question": "zq09question",
    "body token": "zq10bodytoken",
    "link password": "zq11linkpassword",
    "config": "zq12config",
}
FORMS: tuple[Format, ...] = ("text", "json")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as opened:
        yield opened


class Site:
    """Everything that is served, with an assistant that fails by quoting what it was asked."""

    def __init__(self, archive: Archive, kept: Any, double: Any, *, questions: bool) -> None:
        class Failing(double.AssistantDouble):  # type: ignore[misc]
            def ask(self, question: str, **_: Any) -> Any:
                if "fail" in question:
                    raise RuntimeError(f"invalid literal: {question!r}")
                return double.answered(question)

            def understand(self, question: str, *_: Any) -> Any:
                return Turn(question, question)

        metrics, admission = Metrics(archive), Admission(1000, rejected=lambda _: None)
        assistant: Any = measured(Failing(), metrics, log_questions=questions)  # type: ignore[arg-type]
        callers = Callers(Keys(archive.store))
        adding = Adding(archive.store, HashEmbedder())
        service = Service(assistant, archive, kept, adding, archive.store)
        parts = Parts(
            api=api_application(service, callers, admission=admission),
            watch=Watch(Health(archive, lambda: True), metrics, callers),
            admission=admission,
            log_requests=True,
        )
        self.owner = Owner()
        see = to_all(assistant, adds=adding)
        app = application(see, parts, own_machine=True, owner=self.owner)
        self.client = TestClient(
            app,
            "http://localhost",
            raise_server_exceptions=False,
            cookies={self.owner.cookie: self.owner.session},
        )

    def call(self, method: str, path: str, **sent: Any) -> str:
        reply = self.client.request(method, path, **sent)
        return f"{reply.status_code} {dict(reply.headers)} {reply.text}"


@pytest.fixture
def site(archive: Archive, double: Any) -> Iterator[Callable[..., Site]]:
    with Conversations(archive) as kept:
        yield lambda questions=False: Site(archive, kept, double, questions=questions)


def visit(site: Site) -> str:
    """Send every planted secret, to where it is taken and to where all goes wrong."""
    own = {
        "Authorization": f"Bearer {PLANTED['key']}",
        "Cookie": f"onrecord_session={PLANTED['cookie']}",
        "X-OnRecord-Session": PLANTED["session"],
        "X-OnRecord-Proxy-Secret": PLANTED["proxy header"],
    }
    quiet = {name: value for name, value in own.items() if name != "Authorization"}
    query = f"?api_key={PLANTED['query']}&session_hash={PLANTED['session']}"
    asked = {"question": f"fail {PLANTED['question']} {PLANTED['body token']}"}
    link = f"http://ada:{PLANTED['link password']}@127.0.0.1:9/?k={PLANTED['userinfo']}"
    said = [
        site.call("POST", "/v1/ask", json=asked, headers=own),
        site.call("POST", "/v1/search" + query, headers=quiet),
        site.call("GET", f"/{PLANTED['session']}{query}", headers=own),
        site.call("GET", f"/gradio_api/heartbeat/../{PLANTED['session']}", headers=own),
        site.call("GET", "/config", headers=own),
        site.call("GET", "/readyz", headers=quiet),
        site.call("GET", "/metrics", headers=quiet),
    ]
    # These may say to the one who sent it what was wrong with it, but not to the log.
    site.call("GET", f"/v1/conversations/{PLANTED['session']}", headers=quiet)
    site.call("POST", "/v1/ask", json=asked, headers=quiet)
    stream = {**quiet, "Accept": "text/event-stream"}
    site.call("POST", "/v1/ask", json=asked, headers=stream)
    site.call("POST", "/v1/ask", json={"token": PLANTED["body token"]}, headers=quiet)
    site.call("POST", "/articles", data={"kind": "link", "url": link}, headers=quiet)
    return "\n".join(said)


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_is_in_the_log_or_in_what_others_see(
    form: Format, site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_PROXY_SECRET", PLANTED["proxy secret"])
    monkeypatch.setenv("ONRECORD_OIDC_SECRET", PLANTED["sign-in secret"])
    monkeypatch.setenv("HTTPS_PROXY", f"http://ada:{PLANTED['userinfo']}@proxy.example")
    stream = io.StringIO()
    with logging_as(form, stream):
        said = visit(site())
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            logging.getLogger("web").error("failed", exc_info=KeyError(PLANTED["config"]))
    log = stream.getvalue()
    assert "RuntimeError" in log
    assert "in ask" in log  # the traceback is there
    assert {name: text for name, text in PLANTED.items() if text in log} == {}
    assert {name: text for name, text in PLANTED.items() if text in said} == {}
    if form == "json":
        lines = [json.loads(line) for line in log.splitlines()]
        assert sum(line["event"] == "request" for line in lines) == 12


def test_each_request_is_one_line_without_anything_of_anybodys(site: Callable[..., Site]) -> None:
    stream = io.StringIO()
    with logging_as("json", stream):
        site().call("GET", "/v1/articles/my-secret-article?x=1")
        site().call("BREW", "/nothing/here")
    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert first["route"] == "/v1/articles/{id}"
    assert (first["method"], first["status"], first["level"]) == ("GET", 404, "info")
    assert first["time"].endswith("+00:00")
    assert first["ms"] > 0
    assert len(first["user"]) == 12
    assert first["request"] != second["request"]
    assert (second["method"], second["route"], second["status"]) == ("other", "other", 404)
    assert "secret" not in stream.getvalue()


def test_text_has_no_line_for_a_request(site: Callable[..., Site]) -> None:
    stream = io.StringIO()
    with logging_as("text", stream):
        site().call("GET", "/healthz")
        site().call("GET", "/nothing")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("wished", "lines"), [(False, 0), (True, 1)])
def test_questions_are_logged_where_that_is_wished(
    form: Format, wished: bool, lines: int, site: Callable[..., Site]
) -> None:
    stream = io.StringIO()
    with logging_as(form, stream, questions=wished):
        site(wished).call("POST", "/v1/ask", json={"question": "How much\r\nis it \x1b[31m?"})
    log = stream.getvalue()
    assert log.count("How much") == lines
    assert "\x1b" not in log
    if wished and form == "json":
        line = json.loads(log.splitlines()[0])
        assert (line["event"], line["status"]) == ("question", "answered")
    if wished and form == "text":
        assert log == "asked (answered): How much\\r\\nis it \\x1b[31m?\n"


@pytest.mark.parametrize("form", FORMS)
def test_nobody_can_make_up_a_line(form: Format) -> None:
    stream = io.StringIO()
    with logging_as(form, stream):
        logging.getLogger("any").error("a\r\n{}\x1b[2J\u2028\x9b1m%s", "\n\x00")
    log = stream.getvalue()
    assert log.count("\n") == 1
    assert all(c.isprintable() for c in log[:-1])


def test_a_message_that_is_known_to_quote_nobody_is_kept() -> None:
    def text(error: BaseException) -> str:
        return without_messages(error).splitlines()[-1]

    assert text(StoreError("the store is gone")).endswith("StoreError: the store is gone")
    assert text(sqlite3.OperationalError("disk I/O error")).endswith("disk I/O error")
    assert text(FileNotFoundError(2, "No such file", "secret")).endswith("[Errno 2] No such file")
    assert text(ValueError("secret")).endswith("ValueError: (its message is not logged)")


def test_causes_and_groups_are_shown_without_what_they_say() -> None:
    try:
        try:
            raise ValueError("secret one")
        except ValueError as error:
            raise KeyError("secret two") from error
    except KeyError as error:
        whole = without_messages(ExceptionGroup("secret three", [error]))
    assert "secret" not in whole.replace('"secret', "")  # but in the lines of this very file
    assert whole.index("ValueError: (its") < whole.index("KeyError: (its")


def test_another_handler_still_has_the_whole(caplog: pytest.LogCaptureFixture) -> None:
    with logging_as("json", io.StringIO()):
        try:
            raise ValueError("whole")
        except ValueError:
            logging.getLogger("any").exception("failed")
    assert "ValueError: whole" in caplog.text


def test_everything_is_as_before_afterwards() -> None:
    root = logging.getLogger()
    before = list(root.handlers), logging.getLogger("uvicorn").level
    with logging_as("json", io.StringIO()):
        assert len(root.handlers) == len(before[0]) + 1
    assert (list(root.handlers), logging.getLogger("uvicorn").level) == before


def test_a_user_is_a_digest() -> None:
    digest = _digest(AT_THIS_MACHINE)
    assert digest == _digest(AT_THIS_MACHINE)
    assert AT_THIS_MACHINE.user not in str(digest)
