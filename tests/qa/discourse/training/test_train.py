"""The fit in small: its weights load and tell moves apart; the shipped ones are recorded."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from corpus.errors import ModelError
from index.embed import Embedder
from index.export import file_digest
from qa.discourse.moves import OWN, WEIGHTS, WEIGHTS_DIGEST, Move, TrainedMoves
from qa.discourse.training.train import FOLLOW_UPS, KINDS, main, written
from tests import shipped


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return shipped.embedder()


def test_the_command_writes_weights_that_tell_moves_apart(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {writer: labelled[::4] for writer, labelled in written().items()}
    monkeypatch.setattr("qa.discourse.training.train.written", lambda: few)
    rewrites = tmp_path / "train.jsonl.gz"
    record = {
        "history": [{"question": "Where did the Skua sink?"}], "question": "How deep is it there?",
        "rewrite": "How deep is it off Port Sennet?", "split": "train",
    }  # fmt: skip
    with gzip.open(rewrites, "wt", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    assert main([str(rewrites), str(tmp_path / "run")]) == 0
    weights = tmp_path / "run" / "moves.safetensors"
    stored = json.loads(weights.with_name("training.json").read_text("utf-8"))
    assert stored["weights"] == file_digest(weights)
    model = TrainedMoves(embedder, weights, stored["weights"])
    assert model.move_in("who told you that") is Move.SPEAKER
    assert model.move_in("how deep is it there") is None


def test_the_shipped_weights_are_those_of_the_record() -> None:
    record = json.loads(WEIGHTS.with_name("training.json").read_text("utf-8"))
    assert record["weights"] == WEIGHTS_DIGEST == file_digest(WEIGHTS)
    assert record["kinds"] == [str(kind) for kind in KINDS]
    assert record["data"]["follow_ups.jsonl"] == file_digest(FOLLOW_UPS)


def test_every_kind_was_written_by_both_writers_and_nothing_twice() -> None:
    both = written().values()
    for labelled in both:
        assert {KINDS[kind] for _, kind in labelled} == {OWN, *Move}
    texts = [text.lower() for labelled in both for text, _ in labelled]
    assert len(texts) == len(set(texts))


def test_altered_weights_are_refused(embedder: Embedder, tmp_path: Path) -> None:
    altered = tmp_path / "moves.safetensors"
    altered.write_bytes(WEIGHTS.read_bytes()[:-1] + b"\0")
    with pytest.raises(ModelError, match="altered"):
        TrainedMoves(embedder, altered)
