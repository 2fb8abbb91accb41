"""Reading-comprehension data becomes a collection and a question set."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from qa.reader import spans

BRIDGE = "The bridge is long.  It was opened by Ada Lind in 1931. Nobody was late."


def record(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "question": f"Question {number}?", "context": BRIDGE, "answer": "Ada Lind",
        "answer_start": BRIDGE.index("Ada Lind"), "is_impossible": False,
        "all_answers": ["Ada Lind", "Lind"], "title": "A_bridge", "source": spans.SOURCES[0],
        "split": "train", **fields,
    }  # fmt: skip


@pytest.fixture
def written(tmp_path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    records = [
        record(1, context=BRIDGE.replace("  ", " "), answer_start=38 - 1),
        record(2, is_impossible=True, answer="", answer_start=-1, all_answers=[]),
        record(3),  # two blanks become one, so the answer stands elsewhere
        record(4, split="dev"),
        record(5, source="another"),
        *(record(6 + n, context=f"Passage {n}.", is_impossible=True) for n in range(6)),
    ]
    packed = tmp_path / "spans.jsonl.gz"
    packed.write_bytes(gzip.compress("\n".join(map(json.dumps, records)).encode()))
    assert spans.main([str(packed), str(tmp_path / "out")]) == 0
    articles, questions = (
        [json.loads(line) for line in (tmp_path / "out" / name).read_text().splitlines()]
        for name in ("articles.jsonl", "passages.jsonl")
    )
    return articles, questions


def test_passages_of_a_title_become_articles(written: Any) -> None:
    articles, _ = written
    assert [a["id"] for a in articles] == ["A_bridge/0", "A_bridge/1"]
    assert articles[0]["text"].count("\n\n") == spans.PASSAGES_AN_ARTICLE - 1
    assert articles[0]["title"] == "A bridge"


def test_answers_get_the_sentence_they_stand_in(written: Any) -> None:
    _, questions = written
    answerable = [q for q in questions if q["answerable"]]
    assert [q["question"] for q in answerable] == ["Question 1?"]
    assert answerable[0]["answers"] == ["Ada Lind", "Lind"]
    (gold,) = answerable[0]["gold_sentences"]
    assert gold == {"article_id": "A_bridge/0", "sentence": "It was opened by Ada Lind in 1931."}


def test_others_are_unanswerable(written: Any) -> None:
    _, questions = written
    unanswerable = {q["question"] for q in questions if not q["answerable"]}
    assert "Question 2?" in unanswerable
    assert not unanswerable & {"Question 4?", "Question 5?"}
    assert all(not q["answers"] for q in questions if not q["answerable"])
