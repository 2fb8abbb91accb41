"""Training data in small, in the formats that the training command reads, from our own sample."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.sample import sample_path
from qa.evaluation.sample import questions_path


def records() -> Iterator[dict[str, Any]]:
    """Yield the sample's questions whose answer stands in their gold sentence, as spans."""
    articles = {
        article["id"]: article
        for article in map(json.loads, sample_path().read_text("utf-8").splitlines())
    }
    for line in questions_path().read_text("utf-8").splitlines():
        question = json.loads(line) if line.startswith("{") else {}
        for gold in question.get("gold_sentences", [])[:1]:
            text = articles[gold["article_id"]]["text"]
            answer = next((a for a in question["answers"] if a in gold["sentence"]), None)
            if answer and (place := text.find(gold["sentence"])) >= 0:
                yield {
                    "question": question["question"],
                    "context": text,
                    "answer": answer,
                    "answer_start": place + gold["sentence"].index(answer),
                    "is_impossible": False,
                    "all_answers": question["answers"],
                    "title": articles[gold["article_id"]]["title"],
                    "source": "sample",
                    "split": "train",
                }


def write_lines(path: Path, lines: list[dict[str, Any]]) -> Path:
    """Write the records gzipped, one a line."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


def write_data(folder: Path) -> tuple[Path, Path]:
    """Write both files; every fifth question is held out, and some have no answer."""
    spans = list(records())
    for number, span in enumerate(spans):
        span["split"] = "dev" if number % 5 == 0 else "train"
    impossible = {"answer": "", "answer_start": -1, "is_impossible": True, "all_answers": []}
    spans += [
        {**span, **impossible, "question": other["question"], "split": "train"}
        for span, other in zip(spans[:8], spans[-8:], strict=True)
    ]
    pairs = [
        {
            "question": span["question"],
            "sentence": sentence,
            "label": int(span["answer"] in sentence),
            "source": "sample pairs",
            "split": "train",
            "qid": f"q{number}",
        }
        for number, span in enumerate(spans[:10])
        for sentence in span["context"].splitlines()[:6]
        if sentence
    ]
    return (
        write_lines(folder / "spans.jsonl.gz", spans),
        write_lines(folder / "pairs.jsonl.gz", pairs),
    )


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The files of spans and of pairs."""
    return write_data(tmp_path_factory.mktemp("data"))
