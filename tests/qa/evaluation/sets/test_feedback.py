from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.article import sha256_of
from corpus.errors import ItemError, QuestionError, StoreDamagedError, StoreError, StoreFormatError
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.evaluation.sets.feedback import FILE_NAME, Feedback, Verdict, read_feedback, record_feedback
from qa.evaluation.sets.judged import questions_from_feedback
from qa.evaluation.sets.questions import read_questions

SANK = "The ferry sank on Monday."
TEXT = f"{SANK} Nobody was hurt."
CITATION = {
    "quote": SANK, "article_id": "a1", "title": "Ferry lost", "publisher": "Gazette",
    "url": None, "published": "2019-01-24", "version": 1, "sha256": sha256_of(TEXT),
    "start": 0, "end": len(SANK), "context": None,
}  # fmt: skip
ANSWERED: dict[str, Any] = {
    "id": None, "question": "When did the ferry sink?", "standalone": "When did the ferry sink?",
    "carried": [], "status": "answered", "answer": "Monday",
    "statements": [{"text": SANK, "citations": [CITATION]}],
    "nearest": [], "choices": [], "confidence": 0.9, "ms": {"total": 12},
}  # fmt: skip
DECLINED = ANSWERED | {
    "question": "Who was hurt?",
    "standalone": "Who was hurt?",
    "status": "declined",
    "answer": None,
    "statements": [],
    "nearest": [CITATION],
}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as archive:
        take(archive, tmp_path, TEXT)
        yield archive


def take(archive: Archive, folder: Path, text: str) -> None:
    source = folder / "articles.jsonl"
    source.write_text(json.dumps({"id": "a1", "text": text}))
    ingest([str(source)], archive, HashEmbedder())


def judgements(store: Path) -> list[Feedback]:
    return [entry for entry in read_feedback(store) if isinstance(entry, Feedback)]


# Keeping


def test_a_judgement_is_kept_with_the_whole_answer(tmp_path: Path) -> None:
    record_feedback(
        tmp_path,
        "bad",
        ANSWERED | {"later": "field"},
        why="it was “Tuesday”",
        asked=date(2019, 1, 31),
        history=["What happened?"],
    )
    (kept,) = judgements(tmp_path)
    assert (kept.verdict, kept.why) == ("bad", "it was “Tuesday”")
    assert (kept.asked, kept.history) == (date(2019, 1, 31), ("What happened?",))
    assert kept.answer.model_dump(mode="json") == ANSWERED | {"later": "field"}
    assert kept.time.utcoffset() is not None


def test_the_earliest_comes_first(tmp_path: Path) -> None:
    for answer in (ANSWERED, DECLINED, ANSWERED):
        record_feedback(tmp_path, "good", answer)
    assert [kept.answer.status for kept in judgements(tmp_path)] == [
        "answered", "declined", "answered",
    ]  # fmt: skip


def test_without_a_file_nothing_was_judged_and_none_is_made(tmp_path: Path) -> None:
    assert read_feedback(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    record_feedback(tmp_path, "good", ANSWERED)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    script = (
        "import json, sys; from pathlib import Path\n"
        "from qa.evaluation.sets.feedback import record_feedback\n"
        "for n in range(20):\n"
        "    record_feedback(Path(sys.argv[1]), 'good', json.loads(sys.argv[2]),"
        " why=f'{sys.argv[3]} {n}')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), json.dumps(ANSWERED)]
    root = Path(__file__).parents[4]
    running = [subprocess.Popen([*command, name], cwd=root) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    kept = [judgement.why for judgement in judgements(tmp_path)]
    assert sorted(kept) == sorted(f"{name} {n}" for name in "abc" for n in range(20))


@pytest.mark.parametrize(
    "answer",
    [{}, ANSWERED | {"status": "sure"}, ANSWERED | {"statements": [{"text": SANK}]}],
    ids=["empty", "status", "no citations"],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        record_feedback(tmp_path, "good", answer)
    assert list(tmp_path.iterdir()) == []


def test_a_long_reason_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionError) as refused:
        record_feedback(tmp_path, "good", ANSWERED, why="x" * 4_001)
    assert refused.value.field == "why"


def test_lone_surrogates_are_kept_as_escapes(tmp_path: Path) -> None:
    record_feedback(tmp_path, "good", ANSWERED, why="odd \ud800")
    assert judgements(tmp_path)[0].why == "odd \\ud800"


def test_an_altered_judgement_is_left_out_and_named(tmp_path: Path) -> None:
    for why in ("first", "second"):
        record_feedback(tmp_path, "good", ANSWERED, why=why)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("UPDATE feedback SET verdict = 'bad' WHERE id = 1")
    connection.commit()
    connection.close()
    damaged, kept = read_feedback(tmp_path)
    assert isinstance(damaged, ItemError)
    assert (damaged.code, damaged.locator) == ("E_DAMAGED", "1")
    assert isinstance(kept, Feedback)
    assert kept.why == "second"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(b"not a database at all, only text", StoreFormatError, id="text"),
        pytest.param(None, StoreFormatError, id="another program's"),
    ],
)
def test_a_foreign_file_is_left_untouched(
    tmp_path: Path, content: bytes | None, error: type[StoreError]
) -> None:
    path = tmp_path / FILE_NAME
    if content is None:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE notes (text)")
        connection.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(error):
        record_feedback(tmp_path, "good", ANSWERED)
    with pytest.raises(error):
        read_feedback(tmp_path)
    assert path.read_bytes() == before


def test_a_torn_file_is_called_damaged(tmp_path: Path) -> None:
    for _ in range(20):
        record_feedback(tmp_path, "good", ANSWERED)
    path = tmp_path / FILE_NAME
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreDamagedError):
        read_feedback(tmp_path)


def test_a_missing_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="none"):
        record_feedback(tmp_path / "none", "good", ANSWERED)


# Questions from it


def questions(store: Path, archive: Archive) -> tuple[list[str], list[dict[str, Any]]]:
    lines = list(questions_from_feedback(judgements(store), archive))
    comments = [line for line in lines if line.startswith("#")]
    return comments, [json.loads(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("verdict", "answer", "answerable", "answers", "has_gold", "said"),
    [
        pytest.param("good", ANSWERED, True, ["Monday"], True, "answered: Monday", id="right"),
        pytest.param(
            "good", ANSWERED | {"answer": None}, None, [], True, "TO DO: give the words",
            id="right without a short answer",
        ),
        pytest.param("good", DECLINED, False, [], False, "declined", id="rightly declined"),
        pytest.param("bad", ANSWERED, None, [], False, "TO DO: the answer was wrong", id="wrong"),
        pytest.param(
            "bad", DECLINED, None, [], False, "TO DO: a reader expects", id="wrongly declined"
        ),
        pytest.param(
            "good", DECLINED | {"status": "unclear"}, None, [], False, "TO DO: it was not under",
            id="unclear",
        ),
    ],
)  # fmt: skip
def test_a_judgement_becomes_a_question(
    archive: Archive,
    verdict: Verdict,
    answer: dict[str, Any],
    answerable: bool | None,
    answers: list[str],
    has_gold: bool,
    said: str,
) -> None:
    record_feedback(archive.store, verdict, answer, why="because\nso")
    comments, (question,) = questions(archive.store, archive)
    assert question["question"] == answer["question"]
    assert (question["answerable"], question["answers"]) == (answerable, answers)
    gold = [{"article_id": "a1", "sentence": SANK}]
    assert question["gold_sentences"] == (gold if has_gold else [])
    assert any(line.startswith(f"# {said}") for line in comments)
    assert any(f"judged {verdict}: because so" in line for line in comments)


def test_a_follow_up_keeps_its_conversation(archive: Archive) -> None:
    follow_up = ANSWERED | {"question": "When?"}
    asked = date(2019, 1, 31)
    record_feedback(archive.store, "good", follow_up, asked=asked, history=["What sank?"])
    comments, (question,) = questions(archive.store, archive)
    assert question["history"] == ["What sank?"]
    assert question["standalone"] == "When did the ferry sink?"
    assert question["date_asked"] == "2019-01-31"
    assert "# asked after: What sank?" in comments


def test_judgements_of_one_question_are_one_question(archive: Archive) -> None:
    for question in ("When did the ferry sink?", "when did the  ferry sink?"):
        record_feedback(archive.store, "good", ANSWERED | {"question": question})
    comments, found = questions(archive.store, archive)
    assert len(found) == 1
    assert sum("quoted" in line for line in comments) == 1


def test_readers_who_disagree_leave_it_open(archive: Archive) -> None:
    record_feedback(archive.store, "good", ANSWERED)
    record_feedback(archive.store, "bad", ANSWERED, why="it was Tuesday")
    comments, (question,) = questions(archive.store, archive)
    assert question["answerable"] is None
    assert "# TO DO: readers disagree; decide" in comments


@pytest.mark.parametrize(
    ("text", "answerable", "said"),
    [
        pytest.param(
            f"Correction. {SANK}", True, "'a1' has changed since: version 2 still says so",
            id="changed elsewhere",
        ),
        pytest.param(
            "The ferry sank on Tuesday.", None,
            "'a1' has changed since: version 2 no longer says so", id="changed there",
        ),
        pytest.param(None, None, "'a1' has been removed since", id="removed"),
    ],
)  # fmt: skip
def test_what_became_of_the_article_is_said(
    tmp_path: Path, archive: Archive, text: str | None, answerable: bool | None, said: str
) -> None:
    record_feedback(archive.store, "good", ANSWERED)
    if text is None:
        archive.remove(article_id="a1")
    else:
        take(archive, tmp_path, text)
    comments, (question,) = questions(archive.store, archive)
    assert f"# {said}" in comments
    assert question["answerable"] is answerable
    assert bool(question["gold_sentences"]) == bool(answerable)


def test_the_set_loads(tmp_path: Path, archive: Archive) -> None:
    record_feedback(archive.store, "good", ANSWERED)
    record_feedback(archive.store, "good", DECLINED)
    record_feedback(archive.store, "bad", ANSWERED | {"question": "Which day?\u2028\nWhich?"})
    path = tmp_path / "set.jsonl"
    lines = questions_from_feedback(judgements(archive.store), archive)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    read = read_questions(path)
    assert [(query.question, query.answerable) for query in read.queries] == [
        ("When did the ferry sink?", True),
        ("Who was hurt?", False),
    ]
    assert [problem.is_error for problem in read.problems] == [False]
