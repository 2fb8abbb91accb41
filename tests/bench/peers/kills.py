"""What SIGKILL during an incremental save leaves behind.

A few articles are added to a copy of the finished index, and the process is killed at a random
moment while it saves. Then the copy is opened, listed and searched by a fresh process. The articles
that were in the index before must be there. What is found must be what an index that was never
killed finds, without the added articles or with them.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from processes import PeerError, System, measured, start

Record = dict[str, Any]
COMPARED = 10
"""Articles of a ranking that are compared."""


@dataclass(frozen=True, slots=True)
class Trials:
    """Everything that is needed to kill a system's saves.

    Attributes:
        index: The finished index; never touched.
        later: A file of the articles to add.
        probes: A file of the questions to compare the rankings of.
        folder: Where copies are made.
    """

    system: System
    index: Path
    later: Path
    probes: Path
    folder: Path

    def run(self, kills: int) -> Record:
        """Kill `kills` saves; return how many left what behind."""
        seconds = self._grown("with", self.later)
        # A kill that comes too late, after the save, says nothing.
        tries = (self._killed(number, seconds) for number in range(3 * kills))
        copies = list(islice(filter(None, tries), kills))
        before, after, *found = self._checked([self.index, self.folder / "with", *copies])
        whole = [state for state in found if state["opens"]]
        known = [before, after, *self._partial(before, after, whole)]
        lost = [len(set(before["articles"]) - set(state["articles"])) for state in whole]
        lost += [len(before["articles"])] * (len(found) - len(whole))
        return {
            "kills": len(copies),
            "save_seconds": round(seconds, 3),
            "opens": len(whole),
            "articles_kept": sum(not count for count in lost),
            "most_articles_lost": max(lost, default=0),
            "searches_equal": sum(_equals_one(state, known) for state in whole),
            "errors": sorted({state["error"] for state in found if not state["opens"]}),
        }

    def _grown(self, name: str, articles: Path) -> float:
        """Add articles to a copy, not killed; return the seconds that saving took."""
        copy = self._copy(name)
        printed, _ = measured(self.system.adapter("grow", copy, articles))
        return float(json.loads(printed.splitlines()[-1])["seconds"])

    def _killed(self, number: int, seconds: float) -> Path | None:
        """Return a copy whose process was killed while it saved; None if that was too late."""
        copy = self._copy(f"killed{number}")
        process = start(self.system.adapter("grow", copy, self.later))
        assert process.stdout is not None
        with process:
            while '"saving"' not in process.stdout.readline():
                if process.poll() is not None:
                    raise PeerError("ended before it saved")
            time.sleep(random.Random(number).uniform(0, seconds))
            process.send_signal(signal.SIGKILL)
            late = '"saved"' in process.stdout.read()
        return None if late else copy

    def _copy(self, name: str) -> Path:
        copy = self.folder / name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.index, copy)
        return copy

    def _partial(self, before: Record, after: Record, found: Sequence[Record]) -> list[Record]:
        """Return states never killed with as many of the added articles as were found."""
        later = [json.loads(line) for line in self.later.read_text("utf-8").splitlines()]
        sets = {frozenset(state["articles"]) for state in found}
        sets -= {frozenset(before["articles"]), frozenset(after["articles"])}
        copies = []
        for number, ids in enumerate(sets):
            part = self.folder / f"part{number}.jsonl"
            kept = [article for article in later if article["id"] in ids]
            part.write_text("".join(json.dumps(a) + "\n" for a in kept), "utf-8")
            self._grown(f"part{number}", part)
            copies.append(self.folder / f"part{number}")
        return self._checked(copies) if copies else []

    def _checked(self, indexes: Sequence[Path]) -> list[Record]:
        """Return what each index holds and finds; one that ends the process does not open."""
        states: list[Record] = []
        while len(states) < len(indexes):
            left = indexes[len(states) :]
            process = start(self.system.adapter("check", self.probes, *left))
            printed, _ = process.communicate()
            states += [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
            if process.returncode and len(states) < len(indexes):
                states.append({"opens": False, "error": f"ends the process ({process.returncode})"})
        return states


def _equals_one(state: Record, known: Sequence[Record]) -> bool:
    return any(
        state["articles"] == other["articles"] and _tops(state) == _tops(other) for other in known
    )


def _tops(state: Record) -> list[list[str]]:
    return [ranking[:COMPARED] for ranking in state["results"]]
