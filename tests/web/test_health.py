"""What those who watch the server are told."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from starlette.testclient import TestClient

from corpus.archive import Archive
from corpus.errors import QuestionError
from index.schema import open_archive
from web.api.callers import Callers
from web.application import Parts, application
from web.keys import Keys
from web.operation import health
from web.operation.health import Health, Watch
from web.operation.metrics import Metrics, measured
from web.owner import Owner
from web.page.offers import to_all


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as opened:
        yield opened


class Watched:
    """A served page that is watched."""

    def __init__(self, archive: Archive, assistant: Any, *, own_machine: bool) -> None:
        self.warm = threading.Event()
        self.keys = Keys(archive.store)
        self.metrics = Metrics(archive)
        callers = Callers(self.keys)
        watch = Watch(Health(archive, self.warm.is_set), self.metrics, callers)
        owner = Owner()
        parts = Parts(watch=watch)
        app = application(to_all(assistant), parts, own_machine=own_machine, owner=owner)
        cookies = {owner.cookie: owner.session}
        self.client = TestClient(app, base_url="http://localhost", cookies=cookies)

    def get(self, path: str, key: str = "") -> Any:
        return self.client.get(path, headers={"Authorization": f"Bearer {key}"} if key else {})


def test_it_is_alive_and_then_ready(archive: Archive, assistant: Any) -> None:
    watched = Watched(archive, assistant, own_machine=True)
    assert watched.get("/healthz").status_code == 200
    starting = watched.get("/readyz")
    assert (starting.status_code, starting.json()) == (
        503,
        {"ready": False, "reasons": ["starting"]},
    )
    watched.warm.set()
    ready = watched.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})


def test_a_full_disk_and_a_lost_store_are_reasons(
    archive: Archive, assistant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(archive, assistant, own_machine=True)
    watched.warm.set()
    monkeypatch.setattr(health, "LEAST_FREE", 10**18)
    assert watched.get("/readyz").json()["reasons"] == ["disk"]
    monkeypatch.undo()
    archive.path.write_bytes(b"damaged" * 5000)
    assert watched.get("/readyz").json()["reasons"] == ["store"]
    assert watched.get("/metrics").status_code == 200


def test_on_a_network_details_are_for_keys_of_that_scope(archive: Archive, assistant: Any) -> None:
    watched = Watched(archive, assistant, own_machine=False)
    assert watched.get("/readyz").json() == {"ready": False}
    assert watched.get("/metrics").status_code == 401
    _, other = watched.keys.create("a", ["read"])
    assert watched.get("/metrics", other).status_code == 401
    _, key = watched.keys.create("prometheus", ["metrics"])
    assert watched.get("/readyz", key).json()["reasons"] == ["starting"]
    assert watched.get("/metrics", key).text.count("onrecord_articles 0.0") == 1


def test_answers_and_refusals_are_counted_and_nothing_of_them_said(
    archive: Archive, assistant: Any
) -> None:
    watched = Watched(archive, assistant, own_machine=True)
    counted = measured(assistant, watched.metrics)
    given: dict[str, Any] = {"conversation": None, "without": (), "limits": None}
    counted.trace("How much is zq7?", **given, progress=print)
    counted.ask("who paid zq7?", **given, progress=print)
    with pytest.raises(QuestionError):
        counted.trace(" ", **given, progress=print)
    assert counted.publishers() == assistant.publishers()
    assert watched.get("/nothing-zq7").status_code == 404
    figures = watched.get("/metrics").text
    for line in (
        'onrecord_answers_total{status="answered"} 1.0',
        'onrecord_answers_total{status="declined"} 1.0',
        'onrecord_answers_total{status="failed"} 1.0',
        'onrecord_refused_requests_total{code="404"} 1.0',
    ):
        assert line in figures
    assert "process_resident_memory_bytes" in figures
    assert "zq7" not in figures


def test_labels_stay_few(archive: Archive) -> None:
    metrics = Metrics(archive)
    for number in range(300):
        metrics.refused(400 + number)
    lines = [
        line for line in metrics.text().decode().splitlines() if "refused_requests_total" in line
    ]
    assert len(lines) < 20


HOLD = """
import fcntl, os, sqlite3, sys
from pathlib import Path
store, how = Path(sys.argv[1]), sys.argv[2]
lock = open(store / "lock", "a+")
fcntl.flock(lock, fcntl.LOCK_EX)
lock.truncate(0)
lock.write(str(os.getpid()))
lock.flush()
if how != "lock":
    archive = sqlite3.connect(store / "archive.sqlite3", isolation_level=None)
    archive.execute(f"BEGIN {how}")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(archive: Archive) -> Iterator[Callable[[str], int]]:
    """Let another process hold the store; return its id."""
    running: list[subprocess.Popen[str]] = []

    def hold(how: str) -> int:
        command = [sys.executable, "-c", HOLD, str(archive.store), how]
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        running.append(subprocess.Popen(command, **pipes))
        assert running[-1].stdout is not None
        assert running[-1].stdout.readline() == "held\n"
        return running[-1].pid

    yield hold
    for process in running:
        process.communicate()


def test_a_store_that_another_process_keeps_to_itself_is_a_reason(
    archive: Archive, assistant: Any, held: Callable[[str], int]
) -> None:
    watched = Watched(archive, assistant, own_machine=True)
    watched.warm.set()
    pid = held("EXCLUSIVE")
    reply = watched.get("/readyz")
    said = f"another process holds the store (process {pid})"
    assert (reply.status_code, reply.json()) == (503, {"ready": False, "reasons": [said]})


@pytest.mark.parametrize("how", ["lock", "IMMEDIATE"])
def test_a_process_that_only_writes_keeps_nobody_from_asking(
    archive: Archive, assistant: Any, held: Callable[[str], int], how: str
) -> None:
    watched = Watched(archive, assistant, own_machine=True)
    watched.warm.set()
    pid = held(how)
    reply = watched.get("/readyz")
    notes = [f"another process holds the store (process {pid})"]
    assert reply.json() == {"ready": True, "reasons": [], "notes": notes}


def test_that_this_process_writes_is_nothing_to_say(archive: Archive, assistant: Any) -> None:
    watched = Watched(archive, assistant, own_machine=True)
    watched.warm.set()
    with archive.writing():
        assert watched.get("/readyz").json() == {"ready": True, "reasons": []}


def test_whether_it_is_ready_is_said_while_every_other_thread_waits(
    archive: Archive, assistant: Any
) -> None:
    watched = Watched(archive, assistant, own_machine=True)
    watched.warm.set()

    with watched.client as client:

        async def none_left() -> None:
            anyio.to_thread.current_default_thread_limiter().total_tokens = 0

        assert client.portal is not None
        client.portal.call(none_left)
        assert client.get("/readyz").json() == {"ready": True, "reasons": []}
