"""Kill a writing process at random moments: ``python tests/bench/kill_loop.py [KILLS]``.

A worker ingests, updates and removes articles and publishes snapshots; it is sent SIGKILL between 0
and 2 seconds after it began to write. An oracle file outside the store, synced line by line, says
what was begun and what was acknowledged. After each kill the store must open, `check` must find
nothing, acknowledged work must hold, and the one operation under way must be there whole or not.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from index.build import ingest
from index.check import check
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive

ARTICLES = 40
State = dict[str, int]


def text_of(name: str, edition: int) -> str:
    """Return an article's text: the edition stands in every sentence, so half of it would show."""
    return " ".join(f"Sentence {n} of {name} belongs to edition {edition}." for n in range(40))


def work(store: Path, oracle: Path, seed: int) -> None:
    """Change the store until killed: 60 ingests to 20 updates, 15 removals and 5 snapshots."""
    chance, embedder = random.Random(seed), HashEmbedder()
    state = settled(oracle)[0]
    source = oracle.with_suffix(".jsonl")
    with open_archive(store, create=True) as archive, oracle.open("a", encoding="utf-8") as log:
        while True:
            name = f"a{chance.randrange(ARTICLES)}"
            kind = chance.choices(["put", "update", "remove", "publish"], [60, 20, 15, 5])[0]
            if kind == "publish":
                ChunkIndex(archive, embedder).publish()
                continue
            known = sorted(state)
            if kind != "put" and known:
                name = chance.choice(known)
            edition = 0 if kind == "remove" else state.get(name, 0) + chance.randint(1, 3)
            record(log, "begin", name, edition)
            if kind == "remove":
                archive.remove(article_id=name)
                state.pop(name, None)
            else:
                line = {"id": name, "title": name, "text": text_of(name, edition)}
                source.write_text(json.dumps(line) + "\n", "utf-8")
                ingest([str(source)], archive, embedder)
                state[name] = edition
            record(log, "done", name, edition)


def record(log: object, what: str, name: str, edition: int) -> None:
    """Append a line to the oracle and wait until it is on the disk."""
    log.write(f"{what} {name} {edition}\n")  # type: ignore[attr-defined]
    log.flush()  # type: ignore[attr-defined]
    os.fsync(log.fileno())  # type: ignore[attr-defined]


def settled(oracle: Path) -> tuple[State, tuple[str, int] | None]:
    """Return the acknowledged editions (none: removed) and the operation under way, if any."""
    state: State = {}
    under_way = None
    lines = oracle.read_text("utf-8").splitlines() if oracle.exists() else []
    for line in lines:
        what, name, edition = line.split()
        if what == "begin":
            under_way = (name, int(edition))
            continue
        under_way = None
        if int(edition):
            state[name] = int(edition)
        else:
            state.pop(name, None)
    return state, under_way


def faults(store: Path, oracle: Path) -> list[str]:
    """Return what is wrong with the store after a kill, and settle what was under way."""
    state, under_way = settled(oracle)
    with open_archive(store) as archive:
        found = [str(problem) for problem in check(archive)]
        stored = {article.id: version.text for article, version in archive.current_versions()}
    if under_way:
        name, edition = under_way
        text = stored.get(name)
        if text == (text_of(name, edition) if edition else None):
            state[name] = edition
        with oracle.open("a", encoding="utf-8") as log:
            record(log, "done", name, state.get(name, 0))
    expected = {name: text_of(name, edition) for name, edition in state.items() if edition}
    found += [
        f"{name} is not as acknowledged" for name in expected if stored.get(name) != expected[name]
    ]
    found += [f"{name} came back" for name in stored if name not in expected]
    return found


def loop(folder: Path, kills: int, longest: float) -> Iterator[list[str]]:
    """Kill a worker this often, and yield what is wrong with the store after each kill.

    Args:
        folder: Where store and oracle are made.
        kills: How many workers to kill.
        longest: Each is killed at most so many seconds after it began to write.
    """
    chance = random.Random(0)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    store, oracle = folder / "store", folder / "oracle"
    with open_archive(store, create=True):
        oracle.touch()
    for number in range(kills):
        begun = oracle.stat().st_size
        command = [sys.executable, __file__, "--work", str(store), str(oracle), str(number)]
        worker = subprocess.Popen(command, env=environment)
        while worker.poll() is None and oracle.stat().st_size == begun:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, longest))
        worker.send_signal(signal.SIGKILL)
        if worker.wait() != -signal.SIGKILL:
            yield [f"the worker ended by itself with code {worker.returncode}"]
        else:
            yield faults(store, oracle)


def acknowledged(folder: Path) -> int:
    """Return how many operations the workers have acknowledged."""
    return (folder / "oracle").read_text("utf-8").count("done")


def main(kills: int) -> int:
    """Kill, reopen and compare this many times; 0 if nothing was ever wrong."""
    good = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, found in enumerate(loop(Path(folder), kills, longest=2.0)):
            good += not found
            for fault in found[:5]:
                print(f"kill {number}: {fault}")  # noqa: T201
        operations = acknowledged(Path(folder))
    print(f"{good} of {kills} ({operations} operations acknowledged)")  # noqa: T201
    return 0 if good == kills else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
