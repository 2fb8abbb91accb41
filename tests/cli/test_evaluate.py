from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.article import sha256_of
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.evaluation.sets.feedback import FILE_NAME, record_feedback

OnRecord = Callable[..., tuple[int, str, str]]
SANK = "The ferry Constance sank off Skail on March 4 after 12 years at sea."
COMMANDS = ("init", "check", "from-feedback", "run", "quotes")
QUESTION: dict[str, Any] = {
    "id": "q1",
    "question": "When was the Constance lost?",
    "answers": ["March 4"],
    "gold_sentences": [{"article_id": "a1", "sentence": SANK}],
}
ANSWER: dict[str, Any] = {
    "question": "When did the ferry sink?", "standalone": "When did the ferry sink?",
    "status": "answered", "answer": "March 4",
    "statements": [{"citations": [
        {"quote": SANK, "article_id": "a1", "version": 1, "sha256": sha256_of(SANK)}
    ]}],
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a1", "publisher": "Gazette", "text": SANK}))
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
    return tmp_path / "store"


def written(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(onrecord: OnRecord, name: str) -> None:
    code, out, err = onrecord("eval", name, "--help")
    assert (code, err) == (0, "")
    assert f"For example: onrecord eval {name}" in out
    for option in ("--store", "--config", "--debug"):
        assert option in out


def test_the_help_lists_the_commands(onrecord: OnRecord) -> None:
    code, out, _ = onrecord("eval", "--help")
    assert code == 0
    listed = [line.split()[0] for line in out.split("Commands:\n")[1].splitlines()]
    assert set(COMMANDS) <= set(listed)


def test_b84_an_unknown_command(onrecord: OnRecord) -> None:
    code, out, err = onrecord("eval", "chekc")
    assert (code, out) == (2, "")
    assert "No such command 'chekc'" in err


def test_init_writes_a_set_and_never_over_a_file(
    onrecord: OnRecord, store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "questions.jsonl"
    code, out, err = onrecord("eval", "init", path, "--store", store)
    assert (code, err) == (0, "")
    assert str(path) in out
    before = path.read_bytes()
    assert SANK.encode() in before
    code, out, err = onrecord("eval", "init", path, "--store", store)
    assert (code, out) == (2, "")
    assert err == f"Error: {path} exists already; give another name\n"
    assert path.read_bytes() == before


def test_init_where_no_file_can_be(onrecord: OnRecord, store: Path, tmp_path: Path) -> None:
    code, out, err = onrecord("eval", "init", tmp_path / "no" / "set.jsonl", "--store", store)
    assert (code, out) == (2, "")
    assert "cannot be written" in err


def test_check_of_a_sound_set(onrecord: OnRecord, store: Path, tmp_path: Path) -> None:
    dialogue = {"conversation_id": "c", "turns": [{"question": "Who sank it?", "answers": []}]}
    path = written(tmp_path, QUESTION, dialogue)
    assert onrecord("eval", "check", path, "--store", store) == (
        0,
        "2 questions, 1 answerable, 1 not, 1 dialogue, 0 errors, 0 remarks\n",
        "",
    )
    out = onrecord("eval", "check", path, "--json", "--store", store)[1]
    assert json.loads(out) == {"sound": True, "problems": []}


def test_b86_check_names_line_and_field(onrecord: OnRecord, store: Path, tmp_path: Path) -> None:
    unknown = {"article_id": "a\u202e7", "sentence": SANK}
    path = written(
        tmp_path,
        QUESTION | {"answers": ["Tuesday"]},
        QUESTION | {"id": "q2", "question": "When?", "gold_sentences": [unknown]},
    )
    code, out, err = onrecord("eval", "check", path, "--store", store)
    assert (code, err) == (2, "")
    remark, error, summary = out.splitlines()
    assert remark.startswith(f"{path}:1: remark: answers: ")
    assert error.startswith(f"{path}:2: gold_sentences: the store has no article 'a\\u202e7'")
    assert summary.endswith("1 error, 1 remark")
    code, out, _ = onrecord("eval", "check", path, "--json", "--store", store)
    assert code == 2
    found = json.loads(out)
    assert found["sound"] is False
    assert [(p["line"], p["field"], p["is_error"]) for p in found["problems"]] == [
        (1, "answers", False),
        (2, "gold_sentences", True),
    ]


def test_b86_an_empty_set(onrecord: OnRecord, store: Path, tmp_path: Path) -> None:
    code, out, _ = onrecord("eval", "check", written(tmp_path), "--store", store)
    assert code == 2
    assert "holds no question" in out


def test_check_of_no_file(onrecord: OnRecord, store: Path) -> None:
    code, out, err = onrecord("eval", "check", "no.jsonl", "--store", store)
    assert (code, out) == (2, "")
    assert err == "Error: no.jsonl: the questions cannot be read: No such file or directory\n"


def test_from_feedback(onrecord: OnRecord, store: Path, tmp_path: Path) -> None:
    record_feedback(store, "good", ANSWER)
    path = tmp_path / "feedback.jsonl"
    done = onrecord("eval", "from-feedback", path, "--store", store)
    assert done == (0, f"1 judgement in {path}\n", "")
    assert onrecord("eval", "check", path, "--store", store)[0] == 0
    assert onrecord("eval", "from-feedback", path, "--store", store)[0] == 2


def test_from_no_feedback_nothing_is_written(
    onrecord: OnRecord, store: Path, tmp_path: Path
) -> None:
    path = tmp_path / "feedback.jsonl"
    done = onrecord("eval", "from-feedback", path, "--store", store)
    assert done == (0, f"0 judgements in {store}\n", "")
    assert not path.exists()


@pytest.mark.parametrize(("judged", "code"), [(2, 3), (1, 4)], ids=["partly", "all"])
def test_from_feedback_names_what_was_altered(
    onrecord: OnRecord, store: Path, tmp_path: Path, judged: int, code: int
) -> None:
    for _ in range(judged):
        record_feedback(store, "good", ANSWER)
    connection = sqlite3.connect(store / FILE_NAME)
    connection.execute("UPDATE feedback SET why = 'x' WHERE id = 1")
    connection.commit()
    connection.close()
    path = tmp_path / "feedback.jsonl"
    done, _, err = onrecord("eval", "from-feedback", path, "--store", store)
    assert done == code
    assert f"{FILE_NAME}:1: E_DAMAGED" in err
    assert path.exists() == (code == 3)


@pytest.mark.parametrize("name", COMMANDS)
def test_b78_a_missing_store_is_not_made(onrecord: OnRecord, tmp_path: Path, name: str) -> None:
    path = written(tmp_path, QUESTION)
    arguments = {"check": [path], "run": [path], "quotes": []}.get(name, [tmp_path / "new.jsonl"])
    code, out, err = onrecord("eval", name, *arguments, "--store", tmp_path / "none")
    assert (code, out) == (5, "")
    assert str(tmp_path / "none") in err
    assert list(tmp_path.iterdir()) == [path]
