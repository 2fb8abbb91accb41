"""The training command in small: it writes weights that load, and follow-ups are made rightly."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from corpus.errors import UsageError
from index.embed import open_tokenizer
from index.export import bundled_folder, file_digest
from qa.reader.training.records import read_spans
from qa.reader.words import content_stems
from qa.resolve.export import WEIGHTS, WEIGHTS_DIGEST
from qa.resolve.network import TermNetwork
from qa.resolve.training.made import made_of
from qa.resolve.training.rewrites import mark, read_rewrites
from qa.resolve.training.train import main

FERRY = "The Skua is a ferry. It sank off Port Sennet in 1994. It carried forty cars."
QUESTIONS = {
    "Where did the Skua sink?": "Port Sennet",
    "When did the Skua sink?": "1994",
    "How many cars did the Skua carry?": "forty",
    "Where did the Skua lie in Port Sennet?": "Port Sennet",
}


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    return path


@pytest.fixture
def spans(tmp_path: Path) -> Path:
    records = [
        {
            "question": question, "context": FERRY, "answer": answer,
            "answer_start": FERRY.index(answer), "is_impossible": False, "all_answers": [answer],
            "title": "Ferry", "source": "made up", "split": "train",
        }
        for question, answer in QUESTIONS.items()
    ]  # fmt: skip
    return write(tmp_path / "spans.jsonl.gz", records)


@pytest.fixture
def rewrites(tmp_path: Path) -> Path:
    history = [{"question": "Where did the Skua sink?", "answer": "Off Port Sennet."}]
    records = [
        {"history": history, "question": "When?", "rewrite": "When did the Skua sink?"},
        {"history": history, "question": "Who is Ann?", "rewrite": "Who is Ann?"},
        {"history": [], "question": "Who is Ann?", "rewrite": "Who is Ann?"},
    ]
    return write(tmp_path / "rewrites.jsonl.gz", [r | {"split": "train"} for r in records])


def test_the_command_writes_weights_that_load(spans: Path, rewrites: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    arguments = [str(rewrites), str(spans), str(folder), "--held-out", str(rewrites)]
    assert main(arguments) == 0
    TermNetwork(bundled_folder()).load_trained(load_file(folder / "terms.safetensors"))
    summary = json.loads((folder / "training.json").read_text("utf-8"))
    assert summary["data"] == {path.name: file_digest(path) for path in (rewrites, spans)}
    assert set(summary["held_out"]) == {"found", "right", "unchanged"}


def test_the_shipped_weights_are_those_of_the_record() -> None:
    record = json.loads(WEIGHTS.with_name("training.json").read_text("utf-8"))
    assert record["weights"] == WEIGHTS_DIGEST == file_digest(WEIGHTS)


def test_what_a_rewrite_adds_is_marked(rewrites: Path) -> None:
    tokenizer = open_tokenizer(bundled_folder())
    when, who = (mark(rewrite, tokenizer) for rewrite in read_rewrites(rewrites))
    marked = {s for s, belongs in zip(when.stems, when.belongs, strict=True) if belongs}
    assert marked == {*content_stems("Skua sink")}
    assert not any(who.belongs)


def test_made_follow_ups_lack_only_what_was_said_before(spans: Path) -> None:
    made = [m for seed in range(20) for m in made_of(list(read_spans(spans)), seed)]
    shortened = [m for m in made if m.question != m.full]
    assert shortened
    for rewrite in shortened:
        said = {stem for each in rewrite.said for stem in content_stems(each.text)}
        assert rewrite.added <= said
    assert made == [m for seed in range(20) for m in made_of(list(read_spans(spans)), seed)]


def test_a_line_that_is_no_rewrite_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.jsonl.gz", [{"question": "Who?"}])
    with pytest.raises(UsageError, match="line 1: not a rewrite"):
        list(read_rewrites(path))
