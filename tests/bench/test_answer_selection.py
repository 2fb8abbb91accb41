"""Which sentence answers: the arithmetic of the ranking, worked out by hand."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.reader.model import Scores

sys.path.insert(0, str(Path(__file__).parent))  # the benchmarks are scripts, not a package

import answer_selection as bench

BRIDGE = "What did the bridge cost?"
FLOOD = "When was the flood?"
PAIRS = [
    {"source": "s", "qid": qid, "question": question, "sentence": sentence, "label": label}
    for qid, question, sentence, label in (
        ("1", BRIDGE, "The bridge was late.", 0),
        ("2", FLOOD, "The flood came in May.", 1),
        ("1", BRIDGE, "The bridge cost $690 million.", 1),
        ("1", BRIDGE, "Boats passed.", 0),
        ("2", FLOOD, "It was May.", 1),
        ("1", BRIDGE, "It was paid for by the town at a cost of $690 million.", 1),
    )
]


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "pairs.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    return path


@pytest.fixture
def asked(tmp_path: Path) -> list[bench.Asked]:
    return bench.read_pairs(written(tmp_path, *PAIRS))


def test_pairs_are_gathered_by_question_in_the_order_of_the_file(asked: list[bench.Asked]) -> None:
    assert [(one.question, one.labels) for one in asked] == [
        (BRIDGE, (False, True, False, True)),
        (FLOOD, (True, True)),
    ]
    assert asked[0].sentences[2] == "Boats passed."


@pytest.mark.parametrize(
    ("bridge", "precision", "reciprocal"),
    [
        pytest.param([0.1, 0.9, 0.2, 0.8], 1.0, 1.0, id="answers first"),
        pytest.param([0.9, 0.8, 0.7, 0.6], (1 / 2 + 2 / 4) / 2, 1 / 2, id="second and fourth"),
        pytest.param([0.9, 0.1, 0.8, 0.2], (1 / 3 + 2 / 4) / 2, 1 / 3, id="answers last"),
        pytest.param([0.5, 0.5, 0.5, 0.5], (1 / 2 + 2 / 4) / 2, 1 / 2, id="ties keep the order"),
        pytest.param([-3.0, -2.0, -1.0, 0.0], (1 / 1 + 2 / 3) / 2, 1.0, id="first and third"),
    ],
)
def test_the_means_are_over_the_questions_of_each_set(
    asked: list[bench.Asked], bridge: list[float], precision: float, reciprocal: float
) -> None:
    raw, clean = bench.measure(asked, {"mine": [bridge, [0.1, 0.2]]})
    assert (raw.questions, raw.average_precision.n) == ("raw", 2)
    assert (clean.questions, clean.average_precision.n) == ("clean", 1)  # the flood is always right
    assert raw.average_precision.value == pytest.approx((precision + 1) / 2)
    assert raw.reciprocal_rank.value == pytest.approx((reciprocal + 1) / 2)
    assert clean.average_precision.value == pytest.approx(precision)
    assert clean.reciprocal_rank.value == pytest.approx(reciprocal)


def test_bm25_prefers_rare_words_and_short_sentences(asked: list[bench.Asked]) -> None:
    collection = {sentence for one in asked for sentence in one.sentences}
    late, cost, boats, paid = bench.bm25_scores(asked, collection)[0]
    assert cost > late > paid > boats == 0  # "cost" and "bridge" are equally rare


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({**PAIRS[0], "label": 2}, id="label"),
        pytest.param({**PAIRS[0], "label": -1}, id="negative label"),
        pytest.param({"question": BRIDGE}, id="missing field"),
        pytest.param([], id="no object"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: Any) -> None:
    with pytest.raises(ValueError, match=r"pairs\.jsonl\.gz:2: not an object with source"):
        bench.read_pairs(written(tmp_path, PAIRS[0], line))


def test_a_set_without_questions_has_no_row(asked: list[bench.Asked]) -> None:
    (row,) = bench.measure(asked[1:], {"mine": [[0.1, 0.2]]})
    assert (row.questions, row.average_precision.n) == ("raw", 1)


class TwoWords:
    """Reads each sentence as two word pieces of 2 code points, the first the better answer."""

    fingerprint = "two words"

    def read(
        self, question: str, windows: Sequence[tuple[str, str]], _deadline: object = None, /
    ) -> list[Scores]:
        start, end = np.array([[3, 1], [2, 1]], dtype=np.float32)
        offsets = np.array([[0, 2], [3, 5]])
        return [Scores(float(len(question + text)), start, end, offsets) for _, text in windows]


def test_the_reader_ranks_with_and_without_the_best_short_answer() -> None:
    asked = bench.Asked("s", "Who?", ("It is.", "No"), (True, False))
    assert bench.reader_scores(TwoWords(), [asked]) == {
        "reader, answers": [[10.0, 6.0]],
        "reader, answers + best span": [[10.0 + 3 + 2, 6.0 + 3 + 2]],
    }
