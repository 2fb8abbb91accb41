"""What those who watch the server are told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
        app = application(to_all(assistant), Parts(watch=watch), own_machine=own_machine)
        self.client = TestClient(app, base_url="http://localhost")

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
