"""The independent checker finds each way a quote can be wrong, and passes what is right."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Draft, DraftStatement, Evidence
from qa.render import to_json
from qa.verify import verify

CHECKER = Path(__file__).parents[1] / "bench" / "check_quotes.py"
TEXT = "💶 Caracas owes much. China lent Venezuela $65 billion. Cafe\u0301 talk went on."


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = tmp_path / "a.jsonl"
    article = {"id": "a", "url": "https://news.example/1", "title": "Loans", "publisher": "Daily"}
    source.write_text(json.dumps({**article, "published": "2019-01-24", "text": TEXT}))
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
    return tmp_path / "store"


@pytest.fixture
def answer(store: Path) -> dict[str, Any]:
    with open_archive(store) as archive:
        evidence = _evidence(archive)
    text = evidence[1].sentence.span.of(evidence[1].version.text)
    found = verify(
        Draft((DraftStatement(text, (2,)),), "$65 billion"), evidence, question="q",
        standalone="q", nearest=(), searched="",
    )  # fmt: skip
    return to_json(found, "q1")


def _evidence(archive: Archive) -> list[Evidence]:
    (article, version), *_ = archive.current_versions()
    sentences = archive.sentences(version.id)
    return [Evidence(n, article, version, s, 0.5) for n, s in enumerate(sentences, 1)]


def run(store: Path, *answers: dict[str, Any]) -> tuple[int, str]:
    path = store.parent / "answers.jsonl"
    path.write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    done = subprocess.run(
        [sys.executable, "-I", CHECKER, store, path], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_true_quotes_pass(store: Path, answer: dict[str, Any]) -> None:
    declined = {**answer, "status": "declined", "answer": None, "statements": []}
    declined["nearest"] = answer["statements"][0]["citations"]
    code, output = run(store, answer, declined, {"id": "q3", "error": {"code": "empty"}})
    assert (code, output) == (0, "2 answers (1 errors), 2 quotes checked, 0 faults\n")


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("quote", "China lent Venezuela $62 billion.", "quote differs"),
        ("start", 22, "quote differs"),
        ("end", 9999, "not a span"),
        ("start", -1, "not a span"),
        ("sha256", "0" * 64, "sha256 differs"),
        ("title", "Another", "title differs"),
        ("publisher", None, "publisher differs"),
        ("url", "https://news.example/2", "url differs"),
        ("published", "2018-01-24", "published differs"),
        ("version", 2, "no such version"),
        ("article_id", "b", "no such version"),
        ("context", "China lent Venezuela $65 billion. And more.", "context differs"),
    ],
)
def test_each_fault_is_found(
    store: Path, answer: dict[str, Any], field: str, value: object, fault: str
) -> None:
    wrong = copy.deepcopy(answer)
    wrong["statements"][0]["citations"][0][field] = value
    code, output = run(store, answer, wrong)
    assert code == 1
    assert f"answers.jsonl:2: {fault}" in output


@pytest.mark.parametrize(
    "wrong", [{"answer": "$62 billion"}, {"statements": []}, {"status": "declined"}], ids=str
)
def test_answers_that_do_not_fit_are_found(
    store: Path, answer: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert run(store, answer, {**answer, **wrong})[0] == 1


def test_altered_text_is_found(store: Path, answer: dict[str, Any]) -> None:
    with open_archive(store) as archive, archive.transaction() as connection:
        connection.execute("UPDATE versions SET text = replace(text, 'talk', 'walk')")
    code, output = run(store, answer)
    assert code == 1
    assert "stored text differs from its digest" in output
