"""Let one attacker ask what costs most while others go on reading, and print what became of them.

    python tests/bench/attack.py                        # 8 readers, 10 at a time, 3 minutes each
    python tests/bench/attack.py --seconds 20 --no-line # a short look

Serves a copy of the store to this machine; whoever asks is known by a key of their own. Readers ask
in turn, some seconds after each answer: first alone, then beside the attacker, who sends so many
requests at a time and never waits. Last, each attack is made by itself, and the server's memory is
looked at before and after. Exit code 1 where a reader met an error, took more than 1.5 times as
long as alone (95th percentile), or memory did not come back within 100 MB.
"""

# ruff: noqa: T201 - a script that prints its figures

from __future__ import annotations

import argparse
import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from overload import marks, ready_after
from page_load import ROOT, figures, served

sys.path.insert(0, str(ROOT))
MOST_SLOWER = 1.5
MOST_MB = 100.0
LONGEST = 4000
SETTLES = 5.0
"""Seconds after an attack in which memory may come back."""
Body = dict[str, Any]


def words(random: Random) -> str:
    """Return a question of as many different words as can be asked."""
    made = (f"{random.choice('bdfgklmnprst')}{random.getrandbits(28):x}" for _ in count())
    text = ""
    while len(text) < LONGEST - 12:
        text += f"{next(made)} "
    return f"{text.strip()}?"


def _capitals(random: Random) -> str:
    return words(random).title()


def _same(_: Random) -> str:
    return ("Venezuela " * LONGEST)[: LONGEST - 1]


def _figures(_: Random) -> str:
    return " ".join(map(str, range(LONGEST)))[:LONGEST]


def _history(random: Random, turns: int, **answer: str) -> Body:
    past = [{"question": f"How much? {words(random)[:3000]}", **answer} for _ in range(turns)]
    return {"question": "And when was that?", "history": past}


ATTACKS: dict[str, Callable[[Random], Body]] = {
    "different words": lambda random: {"question": words(random)},
    "names": lambda random: {"question": _capitals(random)},
    "one word": lambda random: {"question": _same(random)},
    "figures": lambda random: {"question": _figures(random)},
    "5 turns to answer": lambda random: _history(random, 5),
    "50 turns to answer": lambda random: _history(random, 50),
    "50 answered turns": lambda random: _history(random, 50, answer="It was $5 billion."),
    "terms to leave out": lambda random: {
        "question": "And when was that?",
        "without": [words(random)[:200] for _ in range(20)],
    },
}


class Client:
    """One key's calls."""

    def __init__(self, address: str, key: str) -> None:
        self._host, self._key = str(urlsplit(address).netloc), key

    def post(self, path: str, body: Body, seconds: float = 60) -> tuple[int, bytes]:
        """Return the status and the body of a reply."""
        kind = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        with closing(http.client.HTTPConnection(self._host, timeout=seconds)) as connection:
            connection.request("POST", f"/v1{path}", json.dumps(body), kind)
            reply = connection.getresponse()
            return reply.status, reply.read()


def read(client: Client, questions: list[str], think: float, stop: threading.Event) -> Any:
    """Ask in turn until the stop; return the seconds of answers, and the errors."""
    times: list[float] = []
    errors: list[str] = []
    random = Random(len(questions))
    while not stop.wait(random.uniform(0.5, 1.5) * think):
        began = time.monotonic()
        try:
            status, body = client.post("/ask", {"question": random.choice(questions)})
            if status == 200:
                times.append(time.monotonic() - began)
            else:
                errors.append(f"{status} {body[:80]!r}")
        except (OSError, http.client.HTTPException) as error:
            errors.append(f"{type(error).__name__}: {error}")
    return times, errors


def attack(client: Client, number: int, replies: Counter[int], stop: threading.Event) -> None:
    """Send one costly request after the other."""
    random = Random(number)
    kinds = list(ATTACKS.values())
    while not stop.is_set():
        with suppress(OSError, http.client.HTTPException):
            replies[client.post("/ask", random.choice(kinds)(random))[0]] += 1
        stop.wait(0.02)


def readings(
    readers: list[Client], attackers: list[Client], options: argparse.Namespace
) -> tuple[list[float], list[str]]:
    """Let all of them go on for so long; return the readers' times and errors."""
    lines = options.file.read_text("utf-8").splitlines()
    items = [json.loads(line) for line in lines if line[:1] == "{"]
    questions = [item["question"] for item in items if "question" in item]
    stop, replies = threading.Event(), Counter[int]()
    found: list[Any] = []

    def reader(client: Client) -> None:
        found.append(read(client, questions, options.think, stop))

    threads = [threading.Thread(target=reader, args=(client,)) for client in readers]
    threads += [
        threading.Thread(target=attack, args=(client, number, replies, stop))
        for number, client in enumerate(attackers)
    ]
    for thread in threads:
        thread.start()
    time.sleep(options.seconds)
    stop.set()
    for thread in threads:
        thread.join()
    if attackers:
        print(f"attacker: {dict(sorted(replies.items()))} replies by status")
    return [t for times, _ in found for t in times], [e for _, errors in found for e in errors]


def memory(
    client: Client, pid: int, options: argparse.Namespace
) -> Iterator[tuple[str, float, Counter[int]]]:
    """Make each attack by itself, so many at a time; yield how much memory it left behind."""
    lines = {} if options.no_line else {"one line": {"text": "harbour " * (options.line // 8)}}
    for name, body in [*ATTACKS.items(), *lines.items()]:
        before, replies = figures(pid, options.store)["rss_mb"], Counter[int]()

        def send(number: int, body: Any = body, replies: Counter[int] = replies) -> None:
            with suppress(OSError, http.client.HTTPException):
                if callable(body):
                    replies[client.post("/ask", body(Random(number)))[0]] += 1
                else:
                    replies[client.post("/articles", {"articles": [body]}, 300)[0]] += 1

        at_once = options.at_once if callable(body) else 1
        threads = [threading.Thread(target=send, args=(n,)) for n in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(SETTLES)
        yield name, figures(pid, options.store)["rss_mb"] - before, replies


def p95(times: list[float]) -> float:
    """Return the 95th percentile of some times; 0 of none."""
    return sorted(times)[-(-len(times) * 95 // 100) - 1] if times else 0.0


def run(address: str, pid: int, options: argparse.Namespace) -> int:
    """Read, attack and look at the memory; return the exit code."""
    from web.keys import Keys

    with Keys(options.store) as keys:

        def known(name: str, *scopes: str) -> Client:
            return Client(address, keys.create(name, scopes)[1])

        readers = [known(f"reader {n}", "ask") for n in range(options.readers)]
        attacker = known("attacker", "ask", "write")
    for reader in readers:  # what is loaded for the first answers belongs to the start
        reader.post("/ask", {"question": "How much has China lent Venezuela?"})
    attacker.post("/ask", _history(Random(0), 1, answer="It was $5 billion."))
    alone, faults = readings(readers, [], options)
    print(marks("alone", alone))
    beside, errors = readings(readers, [attacker] * options.at_once, options)
    print(marks("attacked", beside))
    slower = p95(beside) / max(p95(alone), 1e-9)
    print(f"p95 {slower:.2f} times as long; errors {len(faults)} alone, {len(errors)} attacked")
    for error in sorted({*faults, *errors})[:5]:
        print(f"  {(faults + errors).count(error)} x {error}")
    time.sleep(60)  # until the attacker may ask again
    most = 0.0
    for name, left, replies in memory(attacker, pid, options):
        print(f"memory {left:+7.1f} MB after {name}: {dict(sorted(replies.items()))}", flush=True)
        most = max(most, left)
    return 1 if faults or errors or slower > MOST_SLOWER or most > MOST_MB else 0


def main() -> int:
    """Attack as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--at-once", type=int, default=10, help="requests of the attacker's")
    parser.add_argument("--think", type=float, default=5, help="mean seconds between questions")
    parser.add_argument("--seconds", type=float, default=180, help="how long, each way")
    parser.add_argument("--line", type=int, default=300_000, help="characters of the long line")
    parser.add_argument("--no-line", action="store_true", help="leave it out: it takes minutes")
    parser.add_argument("--file", type=Path, default=ROOT / "qa/evaluation/sample/questions.jsonl")
    parser.add_argument("--store", type=Path, default=ROOT / "data/sample")
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    began = time.monotonic()
    with served(options) as (address, pid):
        print(f"ready after {ready_after(address, began):.1f} s (the copy of the store included)")
        return run(address, pid, options)


if __name__ == "__main__":
    sys.exit(main())
