"""The checker is run as a colleague would: one file, no OnRecord on the path."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from corpus.article import Article, Sentence, Span, Version, sha256_of
from qa.answer import Draft, DraftStatement, Evidence
from qa.evaluation import check_proof
from qa.proof import proof
from qa.verify import verify

TEXT = "💶 Caracas owes much. China lent Venezuela $65 billion. Cafe\u0301 talk went on."
QUOTE = "China lent Venezuela $65 billion."
ARTICLE = {
    "id": "a", "url": "https://news.example/1", "publisher": "Daily", "title": "Loans",
    "authors": [], "published": "2019-01-24", "version": 1, "sha256": sha256_of(TEXT),
    "text": TEXT,
}  # fmt: skip
_Proof = dict[str, Any]


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def evidence() -> Evidence:
    start = TEXT.index(QUOTE)
    version = Version(
        1, "a", 1, "Loans", (), date(2019, 1, 24), datetime(2026, 1, 2, tzinfo=UTC), "en", TEXT,
        sha256_of(TEXT),
    )  # fmt: skip
    sentence = Sentence(1, 1, Span(start, start + len(QUOTE)), 0)
    article = Article("a", "https://news.example/1", "Daily")
    return Evidence(1, article, version, sentence, 0.9, context=Span(2, start + len(QUOTE)))


def asked(evidence: Evidence, text: str) -> _Proof:
    answer = verify(
        Draft((DraftStatement(text, (1,)),), "$65 billion"), [evidence], question="How much?",
        standalone="How much did China lend?", nearest=[evidence], searched="",
    )  # fmt: skip
    return proof(answer, "q1")


@pytest.fixture
def answered(evidence: Evidence) -> _Proof:
    return asked(evidence, QUOTE)


@pytest.fixture
def checker(tmp_path: Path) -> Path:
    return Path(shutil.copy(check_proof.__file__, tmp_path / "check_proof.py"))


def run(checker: Path, bundle: object, articles: object, name: str = "articles.jsonl") -> Outcome:
    folder = checker.parent
    for path, content in ((folder / "proof.json", bundle), (folder / name, articles)):
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            lines = content if isinstance(content, list) else [content]
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", checker.name, "proof.json", name], cwd=folder, check=False,
        capture_output=True,
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_proof_says_what_it_cites_and_how_to_check_it(answered: _Proof) -> None:
    assert answered["format"] == "onrecord-proof-1"
    assert "check_proof.py" in answered["how_to_check"]
    assert (answered["id"], answered["question"]) == ("q1", "How much?")
    listed = {name: value for name, value in ARTICLE.items() if name not in ("text", "authors")}
    assert answered["articles"] == [listed]
    assert TEXT not in json.dumps(answered, ensure_ascii=False)


def test_what_is_right_holds(checker: Path, answered: _Proof) -> None:
    older = {**ARTICLE, "version": 2, "text": "Another version."}
    code, out, err = run(checker, answered, [older, ARTICLE])
    assert (code, err) == (0, "")
    assert f'holds: "{QUOTE}"' in out
    assert "1 of 1 quotes hold." in out


def test_a_decline_is_checked_by_its_nearest_sentences(checker: Path, evidence: Evidence) -> None:
    declined = asked(evidence, "Made up.")
    assert declined["status"] == "declined"
    assert run(checker, declined, ARTICLE)[0] == 0
    assert run(checker, declined, {**ARTICLE, "text": TEXT.replace("65", "62")})[0] == 1


def test_every_answer_of_an_evaluation_is_checked(checker: Path, answered: _Proof) -> None:
    forged = json.loads(json.dumps(answered).replace("$65 billion", "$62 billion"))
    rows = [{"id": "q0", "answer": None}, {"id": "q1", "answer": answered}]
    code, out, err = run(checker, {"rows": rows}, ARTICLE)
    assert (code, err) == (0, "")
    assert out.count("1 of 1 quotes hold.") == 1
    code, out, _ = run(checker, {"rows": [*rows, {"id": "q2", "answer": forged}]}, ARTICLE)
    assert code == 1
    assert out.count("Question: ") == 2
    assert run(checker, {"rows": [{"id": "q0", "answer": None}]}, ARTICLE)[0] == 2
    assert "row 1" in run(checker, {"rows": [7]}, ARTICLE)[2]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_plain_text_will_do(checker: Path, answered: _Proof, start: bytes, end: bytes) -> None:
    content = start + TEXT.encode() + end
    assert run(checker, answered, content, "article.txt")[0] == 0


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("quote", "China lent Venezuela $62 billion.", "the text has another wording there"),
        ("start", 22, "the text has another wording there"),
        ("end", 9999, "are no place in the text"),
        ("start", -1, "are no place in the text"),
        ("start", True, "are no place in the text"),
        ("start", None, "are no place in the text"),
        ("sha256", "0" * 64, "the sha256 of the text is another"),
        ("title", "Another", "title is 'Loans' in the article, 'Another' in the proof"),
        ("publisher", None, "publisher is 'Daily' in the article, None in the proof"),
        ("url", "https://news.example/2", "url is"),
        ("published", "2018-01-24", "published is"),
        ("version", 2, "version is"),
        ("context", "China lent Venezuela $65 billion. And more.", "the context is not text"),
    ],
)
def test_each_fault_of_a_quote_is_named(
    checker: Path, answered: _Proof, field: str, value: object, fault: str
) -> None:
    wrong = copy.deepcopy(answered)
    wrong["statements"][0]["citations"][0][field] = value
    code, out, _ = run(checker, wrong, ARTICLE)
    assert code == 1
    assert fault in out
    assert "0 of 1 quotes hold." in out


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"answer": "$62 billion"}, "the short answer '$62 billion' does not stand"),
        ({"statements": []}, "only an answer has them"),
        ({"status": "declined"}, "only an answer has them"),
        ({"status": "sure"}, "the status is 'sure'"),
        ({"statements": [{"text": "So.", "citations": []}]}, "a statement cites nothing"),
        ({"articles": []}, "article a is cited but not listed"),
        ({"articles": [{**ARTICLE, "title": "T"}]}, "title of article a differs within the proof"),
    ],
    ids=str,
)
def test_each_fault_of_the_proof_itself_is_named(
    checker: Path, answered: _Proof, changes: _Proof, fault: str
) -> None:
    code, out, _ = run(checker, {**answered, **changes}, ARTICLE)
    assert code == 1
    assert fault in out


def test_a_text_that_moved_is_told_from_one_that_never_said_it(
    checker: Path, answered: _Proof
) -> None:
    code, out, _ = run(checker, answered, {**ARTICLE, "text": f"Corrected. {TEXT}"})
    assert code == 1
    assert "the quote does stand in it, word for word, at 32" in out


def test_a_missing_text_leaves_the_proof_unchecked(checker: Path, answered: _Proof) -> None:
    code, out, _ = run(checker, answered, {**ARTICLE, "id": "b"})
    assert code == 3
    assert "the text of article a was not given" in out


def test_a_statement_in_other_words_is_left_to_the_reader(
    checker: Path, evidence: Evidence
) -> None:
    reworded = asked(evidence, "China has lent Venezuela $65bn.")
    code, out, _ = run(checker, reworded, ARTICLE)
    assert code == 0
    assert "compare: China has lent Venezuela $65bn." in out


@pytest.mark.parametrize(
    ("bundle", "articles", "name", "message"),
    [
        (b"{", ARTICLE, "a.jsonl", "proof.json: not JSON"),
        (b"[]", ARTICLE, "a.jsonl", "not a proof of OnRecord"),
        (b'{"statements": 1}', ARTICLE, "a.jsonl", "not a proof of OnRecord"),
        (b'{"statements": [{"citations": [1]}]}', ARTICLE, "a.jsonl", "a citation is no object"),
        (b'{"statements": [{"citations": 1}]}', ARTICLE, "a.jsonl", "not a proof of OnRecord"),
        (b"\xff", ARTICLE, "a.jsonl", "proof.json: not UTF-8 at byte 0"),
        (b"[" * 100_000, ARTICLE, "a.jsonl", "proof.json: not JSON"),
        (None, [ARTICLE, 1], "a.jsonl", "a.jsonl:2: an article needs a field text"),
        (None, [ARTICLE, {"id": "a"}], "a.jsonl", "a.jsonl:2: an article needs a field text"),
        (None, b'{"id": "a", "text": "t"}\n{', "a.jsonl", "a.jsonl:2: not JSON"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_cannot_be_read_is_said(
    checker: Path, answered: _Proof, bundle: object, articles: object, name: str, message: str
) -> None:
    code, out, err = run(checker, answered if bundle is None else bundle, articles, name)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_one_text_is_not_enough_for_two_articles(checker: Path, answered: _Proof) -> None:
    other = {**answered["statements"][0]["citations"][0], "article_id": "b"}
    code, _, err = run(checker, {**answered, "nearest": [other]}, TEXT.encode(), "a.txt")
    assert code == 2
    assert "cites 2 articles (a, b)" in err


def test_a_missing_file_and_a_wrong_call(checker: Path) -> None:
    for arguments in (["proof.json"], ["no.json", "no.jsonl"]):
        done = subprocess.run(
            [sys.executable, "-I", checker.name, *arguments], cwd=checker.parent, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 2
        assert "cannot be read" in done.stderr or "python check_proof.py" in done.stderr


def test_what_a_file_says_cannot_steer_the_terminal(checker: Path, answered: _Proof) -> None:
    _, out, _ = run(checker, {**answered, "question": "\x1b[2J\u202e?"}, ARTICLE)
    assert "\x1b" not in out
    assert "\u202e" not in out
