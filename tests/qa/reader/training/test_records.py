"""Reading the two kinds of training data, and what is wrong with a line."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.errors import UsageError
from qa.reader.training.records import read_pairs, read_spans


def test_spans_know_their_sentences(data: tuple[Path, Path]) -> None:
    askings = list(read_spans(data[0]))
    assert {asking.split for asking in askings} == {"train", "dev"}
    for asking in askings:
        holding = [asking.passage.sentences[i].of(asking.passage.text) for i in asking.answering]
        assert bool(holding) == bool(asking.answer) == bool(asking.answers)
        if asking.answer:
            assert asking.answer.of(asking.passage.text) in "".join(holding)


def test_a_question_is_read_once(data: tuple[Path, Path], tmp_path: Path) -> None:
    twice = tmp_path / "twice.gz"
    twice.write_bytes(data[0].read_bytes() + data[0].read_bytes())
    assert len(list(read_spans(twice))) == len(list(read_spans(data[0])))


def test_pairs_of_a_question_are_a_passage(data: tuple[Path, Path]) -> None:
    askings = list(read_pairs(data[1]))
    assert askings
    for asking in askings:
        assert asking.answer is None
        assert asking.answering
        assert asking.passage.sentences[-1].end == len(asking.passage.text) - 1


@pytest.mark.parametrize(
    ("reader", "line"),
    [
        pytest.param(read_spans, "{", id="no JSON"),
        pytest.param(read_spans, '{"question": "Who?"}', id="no spans"),
        pytest.param(read_pairs, '{"question": "Who?"}', id="no pair"),
        pytest.param(read_pairs, "[]", id="no object"),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, reader: Callable[[Path], Iterator[object]], line: str
) -> None:
    path = tmp_path / "bad.gz"
    path.write_bytes(gzip.compress(line.encode()))
    with pytest.raises(UsageError, match=r"bad\.gz, line 1"):
        list(reader(path))
