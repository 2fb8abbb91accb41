"""Load the chat page over its own HTTP endpoints, as browsers do, and print what it took.

    python tests/bench/page_load.py users --users 20 --think 5 --minutes 10
    python tests/bench/page_load.py soak --questions 20000 --conversations 2000 --workers 4

Serves a copy of the store, or takes a running page (`--address URL --pid PID --store DIR`). Ends
early on SIGTERM, SIGINT or after `--minutes`, with the figures so far; exit code 1 after any fault.
Visitors come without the owner's token, so that no conversations are listed.
"""

# ruff: noqa: T201 - a script that prints its figures

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from html import unescape
from http.client import HTTPException
from itertools import count, islice, takewhile
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

ROOT = Path(__file__).parents[2]
DEFAULTS = {
    "users": {"users": 20, "think": 5, "minutes": 10, "questions": 10**7, "conversations": 10**6},
    "soak": {"users": 4, "minutes": 1440, "questions": 20_000, "conversations": 2_000},
}
SHOW_SHARE = 0.2  # of the answers, those one of whose citations is opened
_ASKER = re.compile(r"zq(\d+)x\d+q")  # stands in some questions, and says whose they are
_SHELF = re.compile(r'<nav class=\\"shelf\\".*?</nav>')
_CITED = re.compile(r'data-turn="(\d+)" data-cite="(\d+)"')
_browser = build_opener(ProxyHandler({}))


class Tally:
    """What all visits together have seen; in lists, as every thread may append to those."""

    def __init__(self) -> None:
        self.asked, self.received, self.faults = [], [], []
        self.times: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def watched(self, what: str) -> Iterator[None]:
        """Count what goes wrong within, and go on."""
        try:
            yield
        except (OSError, HTTPException, ValueError, LookupError) as error:
            self.faults.append(f"{what}: {type(error).__name__}: {error}"[:160])


class Visit:
    """One tab of a browser: a conversation under a session hash of its own."""

    def __init__(self, address: str, user: int, tally: Tally) -> None:
        self._address, self._user, self._tally = address.rstrip("/"), user, tally
        self._session, self._answer = secrets.token_hex(6), ""

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Load the page as a browser does, but for scripts, styles and fonts; close it after."""
        start = time.perf_counter()
        list(self._lines("/"))
        config = json.loads("".join(self._lines("/config")))
        self._kinds = {part["id"]: part["type"] for part in config["components"]}
        self._events = {each["api_name"]: each for each in config["dependencies"]}
        with closing(self._lines(f"/gradio_api/heartbeat/{self._session}")) as heartbeat:
            next(heartbeat)
            self._call("opening")
            self._tally.times["page"].append(time.perf_counter() - start)
            yield

    def ask(self, question: str) -> None:
        """Ask a question; the answer has to be to this one."""
        self._tally.asked.append(question)
        seconds, outputs = self._call("ask", question)
        answer = next((text for text in outputs if 'class="turn"' in text), "")
        if not answer or 'class="hint"' in answer:
            raise ValueError(re.sub("<[^>]*>", "", answer) or "no answer")
        if question[:400] not in unescape(answer):
            self._tally.faults.append("wrong-user: the answer is to another question")
        self._answer = answer.rpartition('class="turn"')[2]
        self._tally.times["question"].append(seconds)

    def show(self, random: Random) -> None:
        """Open a citation of the newest answer, if it has any."""
        if places := _CITED.findall(self._answer):
            turn, cite = map(int, random.choice(places))
            seconds, outputs = self._call("show", picked={"turn": turn, "cite": cite})
            if not any('class="sheet"' in text for text in outputs):
                raise ValueError("the source is gone")
            self._tally.times["citation"].append(seconds)

    def _call(self, name: str, typed: str = "", picked: Any = None) -> tuple[float, list[str]]:
        """Return how long an event took, and the texts among the last values of its outputs."""
        event = self._events[name]
        body = {
            "data": [typed if self._kinds[i] == "textbox" else None for i in event["inputs"]],
            "fn_index": event["id"],
            "session_hash": self._session,
            "event_data": picked,
            "trigger_id": event["targets"][0][0],
        }
        start, seconds, output = time.perf_counter(), 0.0, {}
        joined = json.loads("".join(self._lines("/gradio_api/queue/join", json.dumps(body))))
        for line in self._lines(f"/gradio_api/queue/data?session_hash={self._session}"):
            message = json.loads(line.removeprefix("data:").strip() or "{}")
            if message.get("event_id") not in (joined["event_id"], None):
                self._tally.faults.append("wrong-user: a message of another event")
            elif message.get("msg") == "process_completed":  # in full; those before it are diffs
                output, seconds = message["output"], time.perf_counter() - start
        if "data" not in output:
            raise ValueError(f"not completed: {output}")
        return seconds, [text for text in output["data"] if isinstance(text, str)]

    def _lines(self, path: str, body: str = "") -> Iterator[str]:
        """Yield what a request brings; but in the shared list, no other user's words may be."""
        own = {"Content-Type": "application/json", "Origin": self._address}
        request = Request(self._address + path, body.encode() or None, own)
        with _browser.open(request, timeout=60) as response:
            for line in response:
                self._tally.received.append(len(line))
                text = line.decode()
                if set(_ASKER.findall(_SHELF.sub("", text))) - {str(self._user)}:
                    self._tally.faults.append("wrong-user: the words of another user")
                yield text


class Load:
    """Visitors in threads, until enough is asked, the time is over or somebody stops it."""

    def __init__(self, address: str, pid: int, options: argparse.Namespace) -> None:
        self._address, self._pid, self._options = address, pid, options
        self._tally, self._stop, self._samples = Tally(), threading.Event(), []
        self._turns = options.questions // options.conversations
        self._numbers = iter(range(1, options.conversations + 1))
        lines = options.file.read_text("utf-8").splitlines()
        items = [json.loads(line) for line in lines if line[:1] == "{"]
        self._single = [item["question"] for item in items if "question" in item]
        dialogues = [item["turns"] for item in items if "turns" in item]
        self._dialogues = [[turn["question"] for turn in turns] for turns in dialogues]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())

    def run(self) -> int:
        """Hold the conversations, and sample the server meanwhile; return the exit code."""
        self._converse(0, think=0)  # what is loaded for the first answers belongs to the start
        self._tally, self._began = Tally(), time.monotonic()
        self._sample()
        workers = [threading.Thread(target=self._work) for _ in range(self._options.users)]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers):
            time.sleep(0.2)
            if len(self._tally.asked) - self._samples[-1]["questions"] >= 200:
                self._sample()
            late = time.monotonic() - self._began > self._options.minutes * 60
            if late or len(self._tally.faults) > 1_000:  # as when the server has ended
                self._stop.set()
        self._sample()
        return self._report()

    def _sample(self) -> None:
        at = {"questions": len(self._tally.asked), "seconds": time.monotonic() - self._began}
        with self._tally.watched("server"):
            self._samples.append(at | figures(self._pid, self._options.store))
        if self._options.json:
            self._options.json.write_text(json.dumps(self._samples))

    def _work(self) -> None:
        for number in takewhile(lambda _: not self._stop.is_set(), self._numbers):
            self._converse(number, self._options.think)

    def _converse(self, number: int, think: float) -> None:
        """Hold one conversation in a page opened for it, thinking before each question."""
        visit, random = Visit(self._address, number, self._tally), Random(number)
        with self._tally.watched("page"), visit.opened():
            for question in islice(self._script(number, random), self._turns):
                if self._stop.wait(think * random.expovariate(1)):
                    return
                with self._tally.watched("question"):
                    visit.ask(question)
                    if random.random() < SHOW_SHARE:
                        visit.show(random)

    def _script(self, user: int, random: Random) -> Iterator[str]:
        """Yield questions: every third one follows up, every fourth one says who asks."""
        single = random.sample(self._single, len(self._single))
        dialogues = random.sample(self._dialogues, len(self._dialogues)) or [single[-1:]]
        for number in count():
            dialogue = dialogues[number // 3 % len(dialogues)]
            question = [single[number // 3 % len(single)], *dialogue, "Why?"][number % 3]
            yield f"{question} zq{user}x{number}q" if number % 4 == 0 else question

    def _report(self) -> int:
        """Print the figures; return the exit code."""
        tally, first, last = self._tally, self._samples[0], self._samples[-1]
        wrong = sum(fault.startswith("wrong-user") for fault in tally.faults)
        print(f"{len(tally.asked)} questions in {time.monotonic() - self._began:.0f} s,", end=" ")
        print(f"errors {len(tally.faults) - wrong}, wrong-user {wrong}")
        for kind, number in Counter(tally.faults).most_common():
            print(f"  {number} x {kind}")
        for what, times in tally.times.items():
            ranked = [0.0, *sorted(times)]
            marks = (f"p{n} {ranked[-(-len(times) * n // 100)]:.3f} s" for n in (50, 95, 99, 100))
            print(f"{what:<9}", *marks, f"of {len(times)}")
        each = max(len(tally.asked), 1)
        print(f"a question: server CPU {(last['cpu_s'] - first['cpu_s']) / each:.3f} s,", end=" ")
        print(f"received {sum(tally.received) / each / 1000:.0f} kB")
        for name in list(first)[3:]:
            print(f"{name:<9} {first[name]:8.1f} -> {last[name]:8.1f}")
        tenth = last["questions"] / 10
        rss = {s["questions"]: s["rss_mb"] for s in self._samples if s["questions"] >= tenth}
        if len(rss) > 1:
            slope = statistics.linear_regression([*rss], [*rss.values()]).slope * 1000
            print(f"rss_mb per 1,000 questions after the first tenth: {slope:.1f}")
        return 1 if tally.faults else 0


def figures(pid: int, store: Path) -> dict[str, float]:
    """Return what /proc says of a process, and its store's size; an error if it has ended."""
    process = Path(f"/proc/{pid}")
    cpu = process.joinpath("stat").read_text().rpartition(")")[2].split()[11:15]
    status = dict(re.findall(r"(\w+):\s+(\d+)", process.joinpath("status").read_text()))
    size = subprocess.run(["du", "-sb", store], capture_output=True).stdout  # journals come and go
    return {
        "cpu_s": sum(map(int, cpu)) / os.sysconf("SC_CLK_TCK"),
        "rss_mb": int(status["VmRSS"]) / 1024,
        "anon_mb": int(status["RssAnon"]) / 1024,
        "fds": sum(1 for _ in process.joinpath("fd").iterdir()),
        "threads": int(status["Threads"]),
        "store_mb": int(size.split()[0]) / 1e6,
    }


@contextmanager
def served(options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """Serve a copy of the store, removed in the end; yield the address and the process."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        options.store = shutil.copytree(options.store, Path(folder, "store"))
        command = [sys.executable, ROOT / "app.py", "serve", "--store", options.store]
        command += ["--host", options.host, "--port", "0"]
        with log.open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        try:
            while not (found := re.search(r"is at (\S+)", log.read_text())):
                if process.poll() is not None:
                    sys.exit(log.read_text())
                time.sleep(0.1)
            yield found[1], process.pid
            print(log.read_text().partition("stops it.\n")[2][-2000:], end="")
        finally:
            process.kill()
            process.wait()


def main() -> int:
    """Load the page as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mode", choices=DEFAULTS)
    parser.add_argument("--users", "--workers", type=int, help="how many ask at once")
    parser.add_argument("--think", type=float, default=0, help="mean seconds before each question")
    parser.add_argument("--minutes", type=float, help="how long, at the most")
    parser.add_argument("--questions", type=int, help="of all conversations")
    parser.add_argument("--conversations", type=int, help="each in a page of its own")
    parser.add_argument("--file", type=Path, default=ROOT / "qa/evaluation/sample/questions.jsonl")
    parser.add_argument("--store", type=Path, default=ROOT / "data/sample")
    parser.add_argument("--json", type=Path, help="file for the samples")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve at")
    parser.add_argument("--address", help="URL of a running page; with --pid, and its --store")
    parser.add_argument("--pid", type=int, help="process of the running page")
    parser.set_defaults(**DEFAULTS[parser.parse_args().mode])
    options = parser.parse_args()
    if options.address and not options.pid:
        parser.error("--address needs --pid")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    running = nullcontext((options.address, options.pid)) if options.address else served(options)
    with running as (address, pid):
        return Load(address, pid, options).run()


if __name__ == "__main__":
    sys.exit(main())
