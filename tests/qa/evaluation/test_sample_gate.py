"""The sample's questions on the sample's articles, with the real model, held to the pinned floors.

After a change for the better, or one that is meant (then with ``--lower``), the floors are pinned
anew by

    onrecord ingest --sample --store data/sample
    onrecord eval run qa/evaluation/sample/questions.jsonl --store data/sample \
        --gate qa/evaluation/sample/floors.toml --pin
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from index.chunk_index import ChunkIndex
from index.embed import Embedder
from index.schema import open_archive
from qa.assistant import Assistant
from qa.evaluation.runs.floors import read_floors
from qa.evaluation.runs.gate import Verdict, check
from qa.evaluation.runs.journal import Journal
from qa.evaluation.runs.results import Results, read_results
from qa.evaluation.runs.run import data_of, run
from qa.evaluation.runs.summary import report_of
from qa.evaluation.sample import floors_path, questions_path
from qa.evaluation.sets.check import open_questions
from qa.reader.read import Reader
from qa.reader.weights import Weights, shipped_weights
from qa.retrieve import CHUNKS_EACH
from tests import shipped

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return shipped.embedder()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(shipped.sample_store(tmp_path_factory)) as opened:
        yield opened


@pytest.fixture(scope="module")
def report(archive: Archive) -> Path:
    """Return the JSON of a run by the command line."""
    return reported(archive, hash_seed=1)


def reported(archive: Archive, hash_seed: int) -> Path:
    path = archive.store.with_name(f"{hash_seed}.json")
    command = ("eval", "run", questions_path(), "--store", archive.store, "--json", path)
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "app", *command], check=True, env=environment)
    return path


def verdict_with(archive: Archive, embedder: Embedder, weights: Weights, chunks: int) -> Verdict:
    """Return what the gate says of these weights and of retrieving so many chunks each way."""
    index = ChunkIndex(archive, embedder)
    reader = Reader(archive, index, weights, shipped.reader())
    assistant = Assistant(
        archive,
        index,
        embedder,
        reader,
        shipped.resolver(),
        floor=weights.floor,
        quotes=4,
        chunks=chunks,
    )
    questions = open_questions(questions_path(), archive)
    rows = run(questions, assistant, archive, Journal(None, {}))
    assert rows is not None
    report = report_of(questions, data_of(archive), assistant.settings, rows, "now")
    return check(Results.from_json(json.dumps(report), "run"), read_floors(floors_path()))


def test_no_figure_misses_its_floor(report: Path) -> None:
    assert check(read_results(report), read_floors(floors_path())).failures == ()


def test_another_process_with_another_hash_seed_reports_the_same(
    archive: Archive, report: Path
) -> None:
    first, second = (
        timeless(json.loads(path.read_bytes())) for path in (report, reported(archive, hash_seed=2))
    )
    assert len(first["rows"]) == 80
    assert first == second


def timeless(report: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {**row, "ms": None, "cpu_ms": None, "answer": {**row["answer"], "ms": None}}
        for row in report["rows"]
    ]
    figures = [figure for figure in report["figures"] if not figure["name"].endswith(" ms")]
    return {**report, "made": None, "rows": rows, "figures": figures}


def test_retrieving_three_chunks_only_is_caught(archive: Archive, embedder: Embedder) -> None:
    verdict = verdict_with(archive, embedder, shipped_weights(), chunks=3)
    assert any("article R@10" in failure for failure in verdict.failures)


def test_losing_the_kind_of_answer_is_caught(archive: Archive, embedder: Embedder) -> None:
    weights, dropped = shipped_weights(), {"lacks_kind"}
    kindless = replace(
        weights,
        sentence=without(weights.sentence, dropped),
        answer=without(weights.answer, dropped),
        short=without(weights.short, dropped),
    )
    assert not verdict_with(archive, embedder, kindless, chunks=CHUNKS_EACH).passed


def without(weights: Mapping[str, float], dropped: set[str]) -> dict[str, float]:
    return {name: 0.0 if name in dropped else weight for name, weight in weights.items()}
