"""A stop takes nothing more, finishes what was begun, and a second signal ends at once."""

from __future__ import annotations

import http.client
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LOOP = ROOT / "tests" / "bench" / "stop_loop.py"
SERVE = """
import threading
from types import SimpleNamespace
from corpus.catalogue import Stats
from web.admission import Admission
from web.application import Parts
from web.page.offers import to_all
from web import serve
from web.serve import listen, run
serve.STOP_SECONDS = float("inf")
admission = Admission()
if BUSY:
    admission.admit("").start(threading.Event().wait)
waited_for = admission.underway()
if WAITED_FOR:
    waited_for.__enter__()
assistant = SimpleNamespace(stats=lambda: Stats(1, 1, 1, 1, 1, None, None, 1, 0))
listener = listen("127.0.0.1", 0)
parts = Parts(admission=admission)
run(to_all(assistant), listener, parts, announce=lambda line: print(line, flush=True))
"""


def test_what_was_begun_is_finished_and_the_store_is_whole(tmp_path: Path) -> None:
    bench = runpy.run_path(str(LOOP))
    for faults, figures in bench["loop"](tmp_path, stops=2, longest=1.5, timed=False):
        assert faults == []
        assert "ended after" in figures


def test_the_loop_notices_what_is_not_answered_and_not_stored(
    tmp_path: Path, archive_at: Callable[[Path], None]
) -> None:
    archive_at(tmp_path / "store")
    (tmp_path / "begun").write_text("q1\nq2\n")
    clients: Any = type("Clients", (), {"answered": {"q1"}, "added": {"a1"}})
    assert runpy.run_path(str(LOOP))["lost"](tmp_path, clients) == [
        "q2 was begun and not answered", "a1 is not stored",
    ]  # fmt: skip


@pytest.fixture
def archive_at() -> Callable[[Path], None]:
    from index.schema import open_archive

    def made(store: Path) -> None:
        with open_archive(store, create=True):
            pass

    return made


class Served:
    """A server in a process of its own, whose first stop waits for ever."""

    def __init__(self, busy: bool = False, waited_for: bool = False) -> None:
        main = SERVE.replace("BUSY", str(busy)).replace("WAITED_FOR", str(waited_for))
        self.process = subprocess.Popen(
            [sys.executable, "-c", main], stdout=-1, stderr=-1, text=True, cwd=ROOT
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().rpartition("//")[2].strip()

    def ended(self, sent: signal.Signals) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(sent)
        self.process.communicate(timeout=120)
        return self.process.returncode

    def refusal(self) -> tuple[int, str | None]:
        """Wait until articles are refused; return with which code and until when."""
        for _ in range(1000):
            with closing(http.client.HTTPConnection(self.address)) as client:
                client.request("POST", "/v1/articles", "{}", {"Content-Type": "application/json"})
                reply = client.getresponse()
                if reply.status != 404:
                    return reply.status, reply.headers["retry-after"]
            time.sleep(0.05)
        raise AssertionError("the signal was not noticed")

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, -signal.SIGINT)])
def test_an_open_page_does_not_hold_up_a_stop(sent: signal.Signals, code: int) -> None:
    with Served() as served, closing(http.client.HTTPConnection(served.address)) as page:
        page.request("GET", "/gradio_api/heartbeat/open")
        page.getresponse().read(10)
        assert served.ended(sent) == code


def test_a_second_signal_ends_at_once() -> None:
    with Served(busy=True, waited_for=True) as served:
        served.process.send_signal(signal.SIGTERM)
        assert served.refusal() == (503, "30")
        assert served.ended(signal.SIGTERM) == 0


def test_work_that_nobody_waits_for_does_not_delay_a_stop() -> None:
    with Served(busy=True) as served:
        assert served.ended(signal.SIGTERM) == 0


def test_while_something_is_under_way_it_says_that_it_stops() -> None:
    with Served(waited_for=True) as served:
        served.process.send_signal(signal.SIGTERM)
        assert served.refusal() == (503, "30")
        assert served.process.poll() is None
