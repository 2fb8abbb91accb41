"""Let many ask without a pause, on the page or over the API, and print what became of it.

    python tests/bench/overload.py --users 50 --seconds 300                 # as many as may wait
    python tests/bench/overload.py --users 300 --seconds 120 --through api  # far more

Serves a copy of the store to this machine, where one user has no limits of its own. Whoever is
refused asks again when it was told to. Exit code 1 where anything failed, took longer than 30
seconds, or was refused without saying when to try again.
"""

# ruff: noqa: T201 - a script that prints its figures

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from page_load import ROOT, Tally, Visit, figures, served

LONGEST = 30.0
"""Seconds after which a request counts as one that hangs."""
NORMAL = 1.5
"""Seconds of an answer when nobody else asks (G-L1, p95)."""
_AGAIN = re.compile(r"in (\d+) seconds?")


class Refused(Exception):  # noqa: N818
    """A question was refused; the seconds after which to try again."""


class Users:
    """Users in threads, each asking one question after the other."""

    def __init__(self, address: str, options: argparse.Namespace) -> None:
        self.address, self.options = address, options
        self.answered: list[float] = []
        self.refused: list[float] = []
        self.alive: list[float] = []
        self.faults: list[str] = []
        self._stop = threading.Event()
        lines = options.file.read_text("utf-8").splitlines()
        items = [json.loads(line) for line in lines if line[:1] == "{"]
        self._questions = [item["question"] for item in items if "question" in item]

    def run(self) -> None:
        """Ask for so long, beside a look at whether the server is alive."""
        user = {"page": self._on_page, "api": self._over_api}[self.options.through]
        threads = [threading.Thread(target=user, args=(n,)) for n in range(self.options.users)]
        threads.append(threading.Thread(target=self._look))
        for thread in threads:
            thread.start()
            time.sleep(0.01)
        self._stop.wait(self.options.seconds)
        self._stop.set()
        for thread in threads:
            thread.join()

    def recovery(self) -> float:
        """Return after how many seconds five answers in a row came in the normal time."""
        began, good = time.monotonic(), 0
        with closing(self._connection()) as connection:
            while good < 5 and time.monotonic() - began < 60:
                asked = time.monotonic()
                with suppress(Refused):
                    self._ask_api(connection, self._questions[good])
                    good = good + 1 if time.monotonic() - asked <= NORMAL else 0
        return time.monotonic() - began

    def _on_page(self, number: int) -> None:
        tally = Tally()
        visit = Visit(self.address, number, tally)

        def ask(question: str) -> None:
            try:
                visit.ask(question)
            except ValueError as error:
                if found := _AGAIN.search(str(error)):
                    raise Refused(int(found[1])) from error
                raise

        try:
            with visit.opened():
                self._ask(number, ask)
        except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
            self.faults.append(f"page: {type(error).__name__}: {error}"[:120])
        self.faults += tally.faults

    def _over_api(self, number: int) -> None:
        with closing(self._connection()) as connection:
            self._ask(number, lambda question: self._ask_api(connection, question))

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(str(urlsplit(self.address).netloc), timeout=60)

    def _ask_api(self, connection: http.client.HTTPConnection, question: str) -> None:
        body, kind = json.dumps({"question": question}), {"Content-Type": "application/json"}
        connection.request("POST", "/v1/ask", body, kind)
        reply = connection.getresponse()
        text = reply.read().decode()
        if reply.status in (429, 503) and reply.headers.get("retry-after"):
            connection.close()  # as the server does while nothing is asked
            raise Refused(int(reply.headers["retry-after"]))
        if reply.status != 200 or json.loads(text)["question"] != question:
            raise ValueError(f"{reply.status} {text}")

    def _ask(self, number: int, ask: Callable[[str], None]) -> None:
        random = Random(number)
        while not self._stop.is_set():
            question, began = random.choice(self._questions), time.monotonic()
            try:
                ask(question)
                self.answered.append(time.monotonic() - began)
            except Refused as refused:
                self.refused.append(time.monotonic() - began)
                self._stop.wait(refused.args[0])
            except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
                self.faults.append(f"{type(error).__name__}: {error}"[:120])
                return

    def _look(self) -> None:
        with closing(self._connection()) as connection:
            while not self._stop.wait(0.2):
                began = time.monotonic()
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                self.alive.append(time.monotonic() - began)


def marks(what: str, times: list[float]) -> str:
    """Return a line with the percentiles of some times, in seconds."""
    ranked = [0.0, *sorted(times)]
    each = (f"p{n} {ranked[-(-len(times) * n // 100)]:.3f}" for n in (50, 95, 99, 100))
    return f"{what:<9} {' '.join(each)} of {len(times)}"


def ready_after(address: str, began: float) -> float:
    """Return how many seconds after `began` the server was ready."""
    with closing(http.client.HTTPConnection(str(urlsplit(address).netloc))) as connection:
        while True:
            connection.request("GET", "/readyz")
            reply = connection.getresponse()
            reply.read()
            if reply.status == 200:
                return time.monotonic() - began
            time.sleep(0.05)


def report(users: Users, spent: dict[str, float], seconds: float) -> int:
    """Print the figures; return the exit code."""
    answers, cores = len(users.answered), len(os.sched_getaffinity(0))
    each = spent["cpu_s"] / max(answers, 1)
    rate, possible = answers / seconds, cores / max(each, 1e-9)
    left = possible * (1 - time.process_time() / (cores * seconds))  # by these users' own work
    print(marks("answered", users.answered))
    print(marks("refused", users.refused))
    print(marks("alive", users.alive))
    print(f"{rate:.2f} answers a second, server CPU {each:.3f} s each:")
    print(f"  {rate / possible:.0%} of what {cores} cores can, {rate / left:.0%} of what is left")
    print(f"users / rate {users.options.users / max(rate, 1e-9):.1f} s")
    print(f"client CPU {time.process_time():.0f} s, server CPU {spent['cpu_s']:.0f} s")
    print(f"rss {spent['rss_mb']:+.0f} MB, threads {spent['threads']:+.0f}")
    hung = [t for t in (*users.answered, *users.refused) if t > LONGEST]
    print(f"recovered after {users.recovery():.1f} s; errors {len(users.faults)}, hung {len(hung)}")
    for fault in sorted(set(users.faults))[:5]:
        print(f"  {users.faults.count(fault)} x {fault}")
    return 1 if users.faults or hung else 0


def main() -> int:
    """Load the server as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--users", type=int, default=50, help="how many ask at once")
    parser.add_argument("--seconds", type=float, default=300, help="how long")
    parser.add_argument("--through", choices=["page", "api"], default="page")
    parser.add_argument("--file", type=Path, default=ROOT / "qa/evaluation/sample/questions.jsonl")
    parser.add_argument("--store", type=Path, default=ROOT / "data/sample")
    parser.add_argument("--host", default="127.0.0.1")
    options: Any = parser.parse_args()
    began = time.monotonic()
    with served(options) as (address, pid):
        print(f"ready after {ready_after(address, began):.1f} s (the copy of the store included)")
        users = Users(address, options)
        users.recovery()  # what is loaded for the first answers belongs to the start
        before, began = figures(pid, options.store), time.monotonic()
        users.run()
        seconds = time.monotonic() - began
        after = figures(pid, options.store)
        return report(users, {name: after[name] - before[name] for name in before}, seconds)


if __name__ == "__main__":
    sys.exit(main())
