from __future__ import annotations

import http.client
import json
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from corpus.article import Article, Span, Version, sha256_of
from corpus.catalogue import Stats
from corpus.errors import QuestionError
from index.chunk_index import Limits
from index.schema import open_archive
from qa.answer import Answer, Citation, Conversation, Statement
from qa.assistant import Trace
from qa.conversations.store import Conversations
from qa.deadline import NO_DEADLINE, Deadline
from web import serve
from web.application import Parts
from web.page.offers import to_all
from web.place import HERE, Place


def pytest_configure(config: pytest.Config) -> None:
    # Gradio makes event loops that it never closes (gradio.utils.safe_get_lock)
    config.addinivalue_line("filterwarnings", "ignore:unclosed event loop:ResourceWarning")
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket.* family=1,:ResourceWarning")


PATIENCE = 120  # seconds that are waited for what comes at once, unless the machine is busy

TEXT = (
    "LOWHAVEN - The council met on Monday.\n\nThe new pier will cost $12 million. "
    "It will open in May 2021, the mayor said.\nNobody voted against it."
)
ARTICLE = Article("pier", "https://gazette.example/pier?a=1&b=2", "Lowhaven Gazette")
VERSION = Version(
    id=1,
    article_id="pier",
    number=2,
    title="Pier <approved>",
    authors=("Ada Bell",),
    published=date(2019, 4, 2),
    fetched=datetime(2020, 1, 1, tzinfo=UTC),
    language="en",
    text=TEXT,
    sha256=sha256_of(TEXT),
)
COST = "The new pier will cost $12 million."
OPENING = "It will open in May 2021, the mayor said."


def cite(quote: str, context: str | None = None, short: str | None = None) -> Citation:
    span = Span(TEXT.index(quote), TEXT.index(quote) + len(quote))
    return Citation(
        article_id="pier",
        version=2,
        sha256=VERSION.sha256,
        span=span,
        quote=quote,
        sentence=span,
        title=VERSION.title,
        publisher=ARTICLE.publisher,
        url=ARTICLE.url,
        published=VERSION.published,
        context=context,
        short=short,
        dates=("May 2021",) if "May 2021" in quote else (),
    )


def answered(question: str, short: str | None = "$12 million") -> Answer:
    citations = (cite(COST, short=short), cite(OPENING, f"{COST} {OPENING}"))
    statements = tuple(Statement(c.quote, (c,)) for c in citations)
    return Answer(question, question, "answered", statements, short)


def declined(question: str) -> Answer:
    return Answer(question, question, "declined", nearest=(cite(COST),), searched="1 article")


@dataclass
class AssistantDouble:
    """Answers by the first word of the question; remembers the conversations it was given."""

    given: list[Conversation] = field(default_factory=list)
    left_out: list[tuple[str, ...]] = field(default_factory=list)
    within: list[Limits] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    widened: list[bool] = field(default_factory=list)

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation,
        without: Collection[str],
        limits: Limits,
        everything: bool = False,
        progress: Callable[[str], None],
        deadline: Deadline = NO_DEADLINE,
    ) -> Answer:
        self.deadlines.append(deadline)
        self.given.append(conversation)
        self.left_out.append(tuple(without))
        self.within.append(limits)
        self.widened.append(everything)
        if not question.strip():
            raise QuestionError("empty", "Please ask a question in words.")
        if question.startswith("fail"):
            raise RuntimeError("/secret/path")
        progress("searching 1 article")
        progress("checking quotes")
        return declined(question) if question.startswith("who") else answered(question)

    def trace(self, question: str, **rest: Any) -> Trace:
        return Trace(self.ask(question, **rest), (), ())

    def seen_by(self, _archive: Any) -> AssistantDouble:
        return self

    sight = (0, None)

    def current(self, conversation: Conversation) -> Conversation:
        return conversation

    def standing(self, answer: Answer, _before: Conversation) -> Answer:
        return answer

    def source(self, article_id: str, version: int, sha256: str) -> tuple[Article, Version] | None:
        return self.numbered(article_id, version) if VERSION.sha256.startswith(sha256) else None

    def numbered(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        return (ARTICLE, VERSION) if (article_id, version) == ("pier", 2) else None

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        return [(ARTICLE, VERSION)][:count]

    def publishers(self) -> dict[str, int]:
        return {"Lowhaven Gazette": 1, "The <Post>": 1}

    def stats(self) -> Stats:
        return Stats(1, 1, 4, 1, 1, date(2019, 4, 2), date(2019, 4, 2), bytes=9, refused=0)


@pytest.fixture
def assistant() -> AssistantDouble:
    return AssistantDouble()


@pytest.fixture(scope="session")
def double() -> ModuleType:
    """This module's hand-made articles and answers."""
    return sys.modules[__name__]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    with open_archive(tmp_path / "store", create=True) as archive, Conversations(archive) as opened:
        yield opened


def until(holds: Callable[[], Any]) -> None:
    """Wait for what another thread, or a page, is about to do."""
    late = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < late
        time.sleep(0.02)


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


OWNERS: dict[str, str] = {}
"""By the address of each server, the cookie of whoever sits at its machine."""


class Server:
    """A page served on a free port by a thread of this process."""

    def __init__(
        self,
        assistant: Any,
        kept: Any = None,
        *,
        place: Place = HERE,
        listener: Any = None,
        archive: Any = None,
        suggests: Any = None,
        adds: Any = None,
        open_browser: bool = False,
        **parts: Any,
    ) -> None:
        self.lines: list[str] = []
        self.sent: dict[str, str] = {}  # with every request
        self.token = ""  # of whoever sits at this machine
        self.listener = listener or serve.listen("127.0.0.1", 0)
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        ready = threading.Event()

        def announce(line: str) -> None:
            self.lines.append(line)
            if line.startswith("Ctrl-C"):  # the last one
                ready.set()

        def run() -> None:
            served = Parts(examples=lambda: ["How much is the <pier>?"], kept=kept, **parts)
            see = to_all(assistant, archive, suggests, adds)
            shown = {"announce": announce, "open_browser": open_browser}
            serve.run(see, self.listener, served, place, **shown)

        threading.Thread(target=run, daemon=True).start()
        assert ready.wait(PATIENCE)
        self._come_in()

    def _come_in(self) -> None:
        """Have the rights of whoever sits at this machine, as a browser gets them."""
        shown = re.search(r"/\?token=(\S+)", "\n".join(self.lines))
        if shown is None:
            return
        self.token = shown[1]
        cookie = self.get(f"/?token={self.token}").headers["set-cookie"].partition(";")[0]
        self.sent["Cookie"] = OWNERS[self.address] = cookie

    def sending(self, **headers: str) -> Server:
        """Return the same server, as it is spoken to with these headers."""
        other = copy(self)
        other.sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return other

    def get(self, path: str, **headers: str) -> Reply:
        return self.request("GET", path, **headers)

    def request(self, method: str, path: str, body: str = "", **headers: str) -> Reply:
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        with closing(connection):
            connection.request(method, path, body.encode(), self.sent | headers)
            reply = connection.getresponse()
            return Reply(reply.status, dict(reply.getheaders()), reply.read().decode())

    def join(self, name: str, data: list[Any], session: str, event: Any = None) -> Reply:
        """Call a method of the page without waiting for what it returns."""
        config = json.loads(self.get("/config").body)
        (function,) = [d["id"] for d in config["dependencies"] if d["api_name"] == name]
        join = {"data": data, "fn_index": function, "session_hash": session, "event_data": event}
        own = {"Content-Type": "application/json", "Origin": f"http://{self.address}"}
        return self.request("POST", "/gradio_api/queue/join", json.dumps(join), **own)

    def event(self, name: str, data: list[Any], session: str, event: Any = None) -> list[Any]:
        """Call a method of the page as it does itself; return the last value of each output."""
        self.join(name, data, session, event)
        stream = self.get(f"/gradio_api/queue/data?session_hash={session}").body
        messages = [json.loads(line.removeprefix("data: ")) for line in stream.split("\n") if line]
        (done,) = [m for m in messages if m["msg"] == "process_completed"]
        assert done["success"], done
        return list(done["output"]["data"])


@pytest.fixture(scope="session")
def server() -> Server:
    """A page served by this process, answering by `AssistantDouble`."""
    return Server(AssistantDouble())


class Tab:
    """One page in a browser, with what it asked of other hosts and what it complained about."""

    def __init__(
        self, browser: Any, address: str, width: int, height: int, path: str, **context: Any
    ) -> None:
        viewport = {"width": width, "height": height}
        self.page = browser.new_context(viewport=viewport, **context).new_page()
        self.page.set_default_timeout(1000 * PATIENCE)
        if cookie := OWNERS.get(address):
            name, _, value = cookie.partition("=")
            known = {"name": name, "value": value, "url": f"http://{address}", "sameSite": "Strict"}
            self.page.context.add_cookies([known])
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        own = (f"http://{address}/", "data:", "blob:")
        self.page.on("request", lambda r: r.url.startswith(own) or self.foreign.append(r.url))
        self.page.on("console", lambda m: m.type == "error" and self._complain(m.text))
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.goto(f"http://{address}/{path}")
        self.page.wait_for_selector("#announcer" if not path else "main", state="attached")

    def ask(self, question: str) -> None:
        turns = self.page.locator("#talk .turn").count()
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        self.page.wait_for_selector(f"#talk .turn:nth-of-type({turns + 1})")

    def until(self, holds: str) -> None:
        """Wait for what is true of the page; playwright would wait by `eval` within its policy."""
        until(lambda: self.page.evaluate(holds))

    def _complain(self, said: str) -> None:
        # What is under way is cut where a page is left or loaded again, which Gradio remarks.
        if not said.startswith("AbortError") and "Connection errored out" not in said:
            self.complaints.append(said)

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.page.context.close()
        if kind is None:
            assert self.foreign == []
            assert self.complaints == []


@pytest.fixture(scope="module")  # playwright's event loop must be gone when others begin theirs
def chromium() -> Iterator[Any]:
    """Chromium; skips the test where playwright or the browser is missing."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium here")
    with playwright.sync_playwright() as started:
        # as root, as in a container, Chromium starts without its sandbox only
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_tab(chromium: Any) -> Callable[..., Tab]:
    """Open a page of a server in Chromium, as a context manager."""

    def opened(
        address: str, width: int = 1360, height: int = 860, path: str = "", **context: Any
    ) -> Tab:
        return Tab(chromium, address, width, height, path, **context)

    return opened
