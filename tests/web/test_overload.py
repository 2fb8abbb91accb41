"""More questions than can be answered: words for the page, codes for the API, peace for others."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from corpus.archive import Archive
from index.adding import Adding
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Turn
from qa.conversations.store import Conversations
from web.admission import BURST, QUEUE, Admission, Cause
from web.api.app import api_application
from web.api.callers import Callers
from web.api.service import Service
from web.keys import Keys
from web.operation.health import Health, Watch
from web.operation.metrics import Metrics
from web.page.chat import _PARTS


@pytest.fixture
def archive(tmp_path: Any) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as opened:
        yield opened


class Busy:
    """A page and an API at which every question takes until `release` is set."""

    def __init__(self, double: Any, archive: Archive, kept: Any, per_minute: int = 0) -> None:
        self.release = threading.Event()
        busy = self

        class Slow(double.AssistantDouble):  # type: ignore[misc]
            def ask(self, question: str, *, progress: Any = print, **_: Any) -> Any:
                if question.startswith("slow"):
                    busy.release.wait()
                progress("searching 1 article")
                return double.answered(question)

            def understand(self, question: str, *_: Any) -> Any:
                return Turn(question, question)

        self.until = double.until
        self.keys = Keys(archive.store)
        self.metrics = Metrics(archive)
        # Its clock stands still: what is asked comes at one moment, however slow the machine is.
        self.admission = Admission(per_minute, rejected=self.metrics.rejected, clock=lambda: 0.0)
        self.metrics.watch(self.admission)
        callers = Callers(self.keys)
        assistant = Slow()
        adding = Adding(archive.store, HashEmbedder())
        service = Service(assistant, archive, kept, adding, archive.store)
        self.server = double.Server(
            assistant,
            api=api_application(service, callers, admission=self.admission),
            watch=Watch(Health(archive, lambda: True), self.metrics, callers),
            admission=self.admission,
        )

    def ask(self, question: str, key: str = "", **headers: str) -> Any:
        if key:
            headers["Authorization"] = f"Bearer {key}"
        headers["Content-Type"] = "application/json"
        return self.server.request("POST", "/v1/ask", json.dumps({"question": question}), **headers)

    @property
    def is_full(self) -> bool:
        return self.admission.waiting + self.admission.running == QUEUE

    def fill(self) -> list[threading.Thread]:
        """Ask as many questions as may wait; return who waits for the answers."""
        threads = [threading.Thread(target=self.ask, args=("slow?",)) for _ in range(QUEUE)]
        for thread in threads:
            thread.start()
        self.until(lambda: self.is_full)
        return threads


@pytest.fixture
def busy(double: Any, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Make a server that can be kept busy; what waits for it is let go in the end."""
    monkeypatch.setattr("web.admission._FIRST_GUESS", 0.0)
    made: list[Busy] = []
    with Conversations(archive) as kept:

        def make(per_minute: int = 0) -> Busy:
            made.append(Busy(double, archive, kept, per_minute))
            return made[-1]

        yield make
        for each in made:
            each.release.set()
            double.until(lambda each=each: not each.admission.is_at_work)


def test_the_page_says_so_at_once_and_keeps_the_question(busy: Callable[..., Busy]) -> None:
    served = busy()
    waiting = served.fill()
    shown = served.server.event("ask", ["How much?", None, None, None, None], "another")
    assert served.is_full  # before any of the others was answered
    parts = dict(zip(_PARTS, shown, strict=True))
    assert "Many people are asking just now. Try again in 5 seconds." in parts["now"]
    assert parts["box"] == "How much?"
    assert parts["send"]["interactive"] is True
    served.release.set()
    for thread in waiting:
        thread.join()
    parts = dict(
        zip(_PARTS, served.server.event("ask", ["How?", None, None, None, None], "x"), strict=True)
    )
    assert "$12 million" in parts["talk"]


def test_the_api_says_so_in_the_form_of_its_errors(busy: Callable[..., Busy]) -> None:
    served = busy()
    waiting = served.fill()
    for accept in ("*/*", "text/event-stream"):
        reply = served.ask("one more?", Accept=accept)
        assert (reply.status, reply.headers["retry-after"]) == (503, "5")
        assert json.loads(reply.body)["error"]["code"] == "E_BUSY"
    completion = {"messages": [{"role": "user", "content": "one more?"}]}
    body, kind = json.dumps(completion), {"Content-Type": "application/json"}
    assert served.server.request("POST", "/v1/chat/completions", body, **kind).status == 503
    assert served.server.get("/v1/search?q=one+more").status == 503
    figures = served.server.get("/metrics").body
    assert 'onrecord_rejected_questions_total{cause="queue"} 4.0' in figures
    assert f"onrecord_questions_waiting {QUEUE - 2}.0" in figures
    assert "onrecord_questions_running 2.0" in figures
    served.release.set()
    for thread in waiting:
        thread.join()


def test_a_queue_full_of_the_pages_questions_delays_nothing_else(busy: Callable[..., Busy]) -> None:
    served = busy()
    threads = [
        threading.Thread(
            target=served.server.event, args=("ask", ["slow?", *[None] * 4], f"tab{number}")
        )
        for number in range(QUEUE)
    ]
    for thread in threads:
        thread.start()
    served.until(lambda: served.is_full)
    assert served.server.get("/healthz").body == "alive"
    assert "OnRecord" in served.server.event("opening", [], "another")[0]
    assert served.is_full
    served.release.set()
    for thread in threads:
        thread.join()


def test_b72_a_thousand_parallel_requests_of_one_user_leave_others_alone(
    busy: Callable[..., Busy],
) -> None:
    served = busy(10)
    _, greedy = served.keys.create("greedy", ["ask"])
    _, other = served.keys.create("other", ["ask"])
    statuses: Counter[tuple[int, bool]] = Counter()

    def flood() -> None:
        reply = served.ask("slow?", greedy)
        statuses[reply.status, "retry-after" in reply.headers] += 1

    with ThreadPoolExecutor(100) as pool:
        flooding = [pool.submit(flood) for _ in range(1000)]
        for _ in range(5):
            # One of the two workers may be the flooding user's, and so may the other.
            served.release.set()
            assert served.ask("How much?", other).status == 200
        for each in flooding:
            each.result()
    assert statuses.total() == 1000
    assert set(statuses) == {(200, False), (429, True)}
    assert statuses[200, False] <= BURST


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_is_counted_by_its_name(archive: Archive, cause: Cause) -> None:
    metrics = Metrics(archive)
    metrics.rejected(cause)
    assert f'onrecord_rejected_questions_total{{cause="{cause}"}} 1.0' in metrics.text().decode()
