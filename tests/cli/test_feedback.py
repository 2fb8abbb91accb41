from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.article import sha256_of
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.evaluation.sets.feedback import record_feedback

OnRecord = Callable[..., Any]
SANK = "The ferry sank on Monday."


def answer(question: str) -> dict[str, Any]:
    citation = {"quote": SANK, "article_id": "a1", "version": 1, "sha256": sha256_of(SANK)}
    said = [{"text": SANK, "citations": [citation]}]
    return {
        "question": question,
        "standalone": question,
        "status": "answered",
        "answer": "Monday",
        "statements": said if question != "Who?" else [],
    }


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a1", "text": SANK}))
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
    record_feedback(tmp_path / "store", "good", answer("When?"), why="Yes")
    record_feedback(tmp_path / "store", "bad", answer("Who?"))
    return tmp_path / "store"


def listed(onrecord: OnRecord, store: Path) -> list[tuple[int, str, str]]:
    _, out, _ = onrecord("feedback", "list", "--json", "--store", store)
    found = (json.loads(line) for line in out.splitlines())
    return [(each["id"], each["verdict"], each["question"]) for each in found]


def test_judgements_are_listed_with_the_numbers_that_remove_them(
    onrecord: OnRecord, store: Path
) -> None:
    assert listed(onrecord, store) == [(1, "good", "When?"), (2, "bad", "Who?")]
    code, out, err = onrecord("feedback", "list", "--store", store)
    assert (code, err) == (0, "")
    assert [line.split("  ")[::2] for line in out.splitlines()] == [["1", "When?"], ["2", "Who?"]]
    assert onrecord("feedback", "remove", "1", "7", "--store", store).out == "removed 1 judgement\n"
    assert listed(onrecord, store) == [(2, "bad", "Who?")]
    assert onrecord("feedback", "remove", "1", "--store", store).code == 1
    assert onrecord("feedback", "remove", "--all", "--store", store).code == 0
    assert onrecord("feedback", "list", "--store", store).out == "no answer has been judged\n"


@pytest.mark.parametrize("arguments", [[], ["1", "--all"], ["one"]])
def test_what_is_to_be_removed_has_to_be_said(
    onrecord: OnRecord, store: Path, arguments: list[str]
) -> None:
    assert onrecord("feedback", "remove", *arguments, "--store", store).code == 2
    assert len(listed(onrecord, store)) == 2


def test_removing_an_article_takes_the_judgements_that_quote_it_along(
    onrecord: OnRecord, store: Path
) -> None:
    backup = store / "archive.sqlite3.format-4.backup"
    backup.write_bytes(SANK.encode())
    code, out, err = onrecord("remove", "a1", "--store", store)
    assert (code, out) == (0, "removed 1 article\nremoved 1 judgement that quoted them\n")
    assert "deleted the backup archive.sqlite3.format-4.backup" in err
    assert not backup.exists()
    assert listed(onrecord, store) == [(2, "bad", "Who?")]


def test_a_damaged_judgement_is_said_and_the_others_are_listed(
    onrecord: OnRecord, store: Path
) -> None:
    with closing(sqlite3.connect(store / "feedback.sqlite3")) as behind, behind:
        behind.execute("UPDATE feedback SET why = 'x' WHERE id = 1")
    code, out, err = onrecord("feedback", "list", "--store", store)
    assert (code, len(out.splitlines())) == (3, 1)
    assert "E_DAMAGED" in err
