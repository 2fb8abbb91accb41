"""Measure OnRecord and five peers side by side: ``make bench-peers``, or ``run.py --help``.

Each system is a process of its own, started alike, on one thread and with no network; the peers run
in virtual environments of their own. What is done already is kept in the work folder, so a run that
was broken off goes on. Nothing but figures leaves that folder.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from kills import Trials
from processes import HERE, ROOT, PeerError, Spent, System, measured

Record = dict[str, Any]

SYSTEMS = (
    System("onrecord", "OnRecord"),
    System("bm25s", "bm25s", ("bm25s",)),
    System("txtai", "txtai", ("txtai",)),
    System("llama_index", "LlamaIndex", ("llama-index-core",)),
    System("langchain", "LangChain", ("langchain", "langchain-community", "faiss-cpu")),
    System("haystack", "Haystack", ("haystack-ai",)),
)
_COMMAND_LINE = (sys.executable, "-m", "app")
_SAMPLE_ARTICLES = ROOT / "corpus" / "sample" / "articles.jsonl"
_SAMPLE_QUESTIONS = ROOT / "qa" / "evaluation" / "sample" / "questions.jsonl"
COLD_STARTS = 3
PROBES = 20


class Run:
    """One system over one data set; every stage's result is a file in its folder."""

    def __init__(self, system: System, data: Path, folder: Path, kills: int) -> None:
        self._system = system
        self._data = data
        self._folder = folder / system.name
        self._index = self._folder / "index"
        self._kills = kills
        self._folder.mkdir(parents=True, exist_ok=True)

    def figures(self) -> Record:
        """Return the system's figures but those of its answers, measuring what is missing."""
        stages: dict[str, Callable[[], Any]] = {
            "versions": self._system.versions,
            "ingest": self._ingest,
            "first": self._first,
            "answers": lambda: self._ask("questions"),
            "kills": self._killed,
        }
        if self._system.is_ours:
            stages["undated"] = lambda: self._ask("undated")
        results = {name: self._stage(name, stage) for name, stage in stages.items()}
        return {name: results[name] for name in ("versions", "ingest", "first", "kills")}

    def answers(self, stage: str) -> list[Record]:
        """Return the answers of a stage ("answers", "undated"), best left in the work folder."""
        return list(json.loads((self._folder / f"{stage}.json").read_text("utf-8")))

    def _stage(self, name: str, stage: Callable[[], Any]) -> Any:
        file = self._folder / f"{name}.json"
        if not file.exists():
            say(f"{self._system.title}: {name}")
            result = stage()
            file.write_text(json.dumps(result, indent=1), encoding="utf-8")
        return json.loads(file.read_text("utf-8"))

    def _file(self, name: str) -> Path:
        """Return a file of the data set; the peers get the headline within the text."""
        return self._data / f"{name}.jsonl"

    def _ingest(self) -> Record:
        shutil.rmtree(self._index, ignore_errors=True)  # a broken run's
        if self._system.is_ours:
            command = [*_COMMAND_LINE, "ingest", str(self._file("articles"))]
            _, spent = measured([*command, "--store", str(self._index)])
        else:
            _, spent = measured(self._system.adapter("ingest", self._index, self._file("texts")))
        files = (path for path in self._index.rglob("*") if path.is_file())
        size = sum(path.stat().st_size for path in files)
        return {**spent.as_json(), "index_mb": round(size / 1e6, 2)}

    def _first(self) -> Record:
        """Return the medians over fresh processes that find something in the stored index."""
        question = json.loads(self._file("questions").open(encoding="utf-8").readline())
        if self._system.is_ours:
            command = [*_COMMAND_LINE, "ask", question["question"], "--store", str(self._index)]
        else:
            command = self._system.adapter("first", self._index, self._file("questions"))
        spent = [measured(command)[1] for _ in range(COLD_STARTS)]
        return Spent(
            median(one.cpu_s for one in spent),
            median(one.wall_s for one in spent),
            median(one.peak_mb for one in spent),
        ).as_json()

    def _ask(self, questions: str) -> list[Record]:
        printed, _ = measured(self._system.adapter("ask", self._index, self._file(questions)))
        return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

    def _killed(self) -> Record:
        probes = self._folder / "probes.jsonl"
        lines = self._file("questions").read_text("utf-8").splitlines(keepends=True)
        probes.write_text("".join(lines[:PROBES]), encoding="utf-8")
        later = self._file("later" if self._system.is_ours else "later_texts")
        folder = self._folder / "killed"
        folder.mkdir(exist_ok=True)
        return Trials(self._system, self._index, later, probes, folder).run(self._kills)


def main() -> None:
    """Measure every system asked for and write the table and the plot."""
    given = _arguments()
    data = given.work / "data"
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "undated.jsonl").exists():
        command = [sys.executable, HERE / "dataset.py", given.articles, given.questions, data]
        limit = ["--limit", str(given.limit)] if given.limit else []
        subprocess.run([*map(str, command), *limit], check=True)
    measured([*_COMMAND_LINE, "prepare"])
    figures: Record = {}
    for system in SYSTEMS:
        if given.only and system.name not in given.only:
            continue
        try:
            figures[system.name] = Run(system, data, given.work, given.kills).figures()
        except PeerError as error:
            say(f"{system.title} is left out: {error}")
            figures[system.name] = {"left_out": str(error)}
    _write(given, data, figures)


def _write(given: argparse.Namespace, data: Path, figures: Record) -> None:
    """Score the answers and write what was measured."""
    # Imports numpy: only now, since a process starts with the peak memory of the one it comes from.
    import scores
    from plot import plot
    from table import table

    asked = [json.loads(line) for line in (data / "questions.jsonl").open(encoding="utf-8")]
    rows = {}
    for system in SYSTEMS:
        found = figures.get(system.name, {"left_out": "not asked for"})
        if "left_out" in found:
            continue
        run = Run(system, data, given.work, given.kills)
        rows[system.name] = scores.rows(asked, run.answers("answers"))
        found["scores"] = scores.summary(rows[system.name])
        if system.is_ours:
            found["scores_undated"] = scores.summary(scores.rows(asked, run.answers("undated")))
    results = {
        "articles": (data / "articles.jsonl").read_bytes().count(b"\n"),
        "questions": len(asked),
        "systems": figures,
        "differences": scores.differences(rows),
    }
    titles = {system.name: system.title for system in SYSTEMS if system.name in rows}
    written = {
        "results.json": json.dumps(results, indent=1) + "\n",
        "results.md": table(results, titles),
        "results.svg": plot(results, titles),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (given.out / name).write_text(text, encoding="utf-8")
    say(written["results.md"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure OnRecord and five peers side by side.")
    parser.add_argument("--articles", type=Path, default=_SAMPLE_ARTICLES)
    parser.add_argument("--questions", type=Path, default=_SAMPLE_QUESTIONS)
    parser.add_argument("--limit", type=int, help="ingest so many articles at most")
    parser.add_argument("--kills", type=int, default=10, help="saves to kill, a system")
    parser.add_argument("--only", nargs="+", choices=[system.name for system in SYSTEMS])
    parser.add_argument("--work", type=Path, required=True, help="folder; a broken run goes on")
    parser.add_argument("--out", type=Path, default=HERE, help="where the table and the plot go")
    return parser.parse_args()


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
