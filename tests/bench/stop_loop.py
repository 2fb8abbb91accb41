"""Stop a server under load: ``python tests/bench/stop_loop.py [STOPS]``.

Clients ask on the page and over the API and add articles, and a page stays open, while SIGTERM
comes at a random moment. What the server began it has to finish: every question that it began to
work on is answered to whoever asked, every article that it took is stored, everything else is
refused with words or not connected. It is not ready from that moment on, ends with 0 within 30
seconds, and leaves a store that is whole.
"""

# ruff: noqa: T201 - a script that prints its figures

from __future__ import annotations

import http.client
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
LONGEST = 30.0
"""Seconds from the signal to the end."""


def serve(folder: Path, seed: int) -> None:
    """Serve an assistant that takes a moment for each question, and notes each that it begins."""
    from corpus.catalogue import Stats
    from index.adding import Adding
    from index.embed_double import HashEmbedder
    from index.schema import open_archive
    from qa.answer import Answer, Turn
    from qa.assistant import Trace
    from qa.conversations.store import Conversations
    from web.admission import Admission
    from web.api.app import api_application
    from web.api.callers import Callers
    from web.api.service import Service
    from web.application import Parts
    from web.keys import Keys
    from web.operation.health import Health, Watch
    from web.operation.metrics import Metrics
    from web.page.offers import to_all
    from web.serve import listen, run

    chance, begun = random.Random(seed), (folder / "begun").open("a")

    def ask(question: str, **_: Any) -> Answer:
        begun.write(f"{question}\n")
        begun.flush()
        time.sleep(chance.uniform(0, 2.5))
        return Answer(question, question, "declined", searched="1 article")

    assistant = SimpleNamespace(
        ask=ask,
        trace=lambda question, **given: Trace(ask(question, **given), (), ()),
        understand=lambda question, *_: Turn(question, question),
        stats=lambda: Stats(1, 1, 1, 1, 1, None, None, 1, 0),
        newest=lambda _: [],
        publishers=dict,
        sight=(0, None),
        current=lambda conversation: conversation,
        standing=lambda answer, _before: answer,
    )
    assistant.seen_by = lambda _: assistant
    store = folder / "store"
    with open_archive(store, create=True) as archive, Conversations(archive) as kept:
        keys, metrics, admission = Keys(store), Metrics(archive), Admission()
        callers = Callers(keys)
        health = Health(archive, lambda: True, lambda: admission.is_stopping)
        service: Any = Service(assistant, archive, kept, Adding(store, HashEmbedder()), store)  # type: ignore[arg-type]
        parts = Parts(
            api=api_application(service, callers, admission=admission),
            watch=Watch(health, metrics, callers),
            admission=admission,
        )
        announce = lambda line: print(line, flush=True)  # noqa: E731
        run(to_all(assistant), listen("127.0.0.1", 0), parts, announce=announce)  # type: ignore[arg-type]


class Clients:
    """Whoever visits one server, until it is gone."""

    def __init__(self, page: str) -> None:
        """Visit the page at an address with the token of whoever sits at this machine."""
        self.address, _, token = page.partition("/")
        self._cookie = ""
        shown = self._request("GET", f"/{token}")[1]["set-cookie"]
        self._cookie = shown.partition(";")[0]
        self.answered: set[str] = set()
        self.added: set[str] = set()
        self.refused = 0
        self.ready: list[tuple[float, int]] = []
        self.faults: list[str] = []
        self._config = json.loads(self._request("GET", "/config")[2])
        loops = [self._api, self._api, self._page, self._page, self._page, self._add, self._watch]
        self._threads = [
            threading.Thread(target=self._until_gone, args=(loop, f"{number}x"), daemon=True)
            for number, loop in enumerate(loops)
        ]
        self._heartbeat = http.client.HTTPConnection(self.address, timeout=60)
        self._heartbeat.request("GET", "/gradio_api/heartbeat/open")
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until every client has seen that the server is gone."""
        for thread in self._threads:
            thread.join(LONGEST)
        self._heartbeat.close()

    def _until_gone(self, loop: Any, name: str) -> None:
        number = 0
        with suppress(OSError, http.client.HTTPException):
            while True:
                number += 1
                loop(f"q{name}{number}")

    def _request(self, method: str, path: str, body: Any = None) -> tuple[int, Any, str]:
        with closing(http.client.HTTPConnection(self.address, timeout=60)) as connection:
            own = {"Content-Type": "application/json", "Origin": f"http://{self.address}"}
            own["Cookie"] = self._cookie
            connection.request(method, path, json.dumps(body) if body else None, own)
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read().decode()

    def _api(self, name: str) -> None:
        self._judge(name, self.answered, *self._request("POST", "/v1/ask", {"question": name}))

    def _add(self, name: str) -> None:
        body = {"articles": [{"id": name, "text": f"{name} is an article. It says little."}]}
        self._judge(name, self.added, *self._request("POST", "/v1/articles", body))

    def _judge(self, name: str, done: set[str], status: int, headers: Any, body: str) -> None:
        if status == 200:
            json.loads(body)
            done.add(name)
        elif status == 503 and headers.get("retry-after"):
            self.refused += 1
            time.sleep(0.05)
        else:
            self.faults.append(f"{status} {body[:80]}")

    def _page(self, name: str) -> None:
        (function,) = [d for d in self._config["dependencies"] if d["api_name"] == "ask"]
        join = {
            "data": [name, None, None, None, None],
            "fn_index": function["id"],
            "session_hash": name,
        }
        status, _, body = self._request("POST", "/gradio_api/queue/join", join)
        if status != 200:
            self.faults.append(f"{status} {body[:80]}")
        text = self._request("GET", f"/gradio_api/queue/data?session_hash={name}")[2]
        done = [line for line in text.split("\n") if '"process_completed"' in line]
        if done and 'class=\\"hint\\"' in done[0]:
            self.refused += 1
            time.sleep(0.05)
        elif done and name in done[0]:
            self.answered.add(name)

    def _watch(self, _: str) -> None:
        self.ready.append((time.monotonic(), self._request("GET", "/readyz")[0]))
        time.sleep(0.02)


def stop(folder: Path, seed: int, longest: float, timed: bool = True) -> tuple[list[str], str]:
    """Serve, stop after at most so many seconds, and return what was wrong and what was right.

    Unless it is timed, on a machine that does other things as well, the end may come late.
    """
    command = [sys.executable, __file__, "--serve", str(folder), str(seed)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the address for everybody
        line = process.stdout.readline()
        clients = Clients(line.rpartition("//")[2].strip())
        time.sleep(random.Random(seed).uniform(0.1, longest))
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        try:
            _, errors = process.communicate(timeout=LONGEST if timed else 10 * LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            return [f"it did not end within {LONGEST:.0f} s"], ""
        took = time.monotonic() - asked
    clients.join()
    faults = [*clients.faults, *errors.splitlines()[-3:]]
    faults += [f"it ended with {process.returncode}"] if process.returncode else []
    faults += [
        f"it was called ready {at - asked:.2f} s after the signal"
        for at, status in clients.ready
        if timed and status == 200 and at - asked > 0.3
    ]
    faults += lost(folder, clients)
    figures = f"{len(clients.answered)} answered, {len(clients.added)} added, "
    return faults, f"{figures}{clients.refused} refused, ended after {took:.2f} s"


def lost(folder: Path, clients: Clients) -> list[str]:
    """Return what was begun and not delivered, or taken and not stored."""
    from index.check import check
    from index.schema import open_archive

    begun = set((folder / "begun").read_text().split())
    faults = [f"{name} was begun and not answered" for name in begun - clients.answered]
    with open_archive(folder / "store") as archive:
        faults += [str(problem) for problem in check(archive)]
        stored = {article.id for article, _ in archive.current_versions()}
    return faults + [f"{name} is not stored" for name in clients.added - stored]


def loop(
    folder: Path, stops: int, longest: float, timed: bool = True
) -> Iterator[tuple[list[str], str]]:
    """Stop so many servers, each at most so many seconds after it began to serve."""
    for number in range(stops):
        own = folder / str(number)
        own.mkdir()
        yield stop(own, number, longest, timed)


def main(stops: int) -> int:
    """Stop this many servers; 0 if nothing was ever wrong."""
    good = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (faults, figures) in enumerate(loop(Path(folder), stops, longest=3.0)):
            good += not faults
            print(f"stop {number}: {'; '.join(faults[:5]) or figures}", flush=True)
    print(f"{good} of {stops}")
    return 0 if good == stops else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
