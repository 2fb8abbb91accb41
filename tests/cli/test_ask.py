from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.article import Span, sha256_of
from corpus.errors import QuestionError
from qa.answer import Answer, Citation, Conversation, Statement, Turn

OnRecord = Callable[..., tuple[int, str, str]]
TEXT = "The ferry <b>Skua</b> sank on Monday. Nobody was hurt."
QUOTE = "The ferry <b>Skua</b> sank on Monday."


def answer_to(question: str) -> Answer:
    citation = Citation(
        article_id="a1",
        version=1,
        sha256=sha256_of(TEXT),
        span=Span(0, len(QUOTE)),
        quote=QUOTE,
        sentence=Span(0, len(QUOTE)),
        title="Ferry sinks",
        publisher="Harbour Gazette",
        url="https://gazette.example/ferry",
        published=date(2019, 1, 24),
    )
    statement = Statement(QUOTE, (citation,))
    return Answer(question, question.upper(), "answered", (statement,), short="on Monday")


@dataclass
class Newest:
    newest: date | None = date(2019, 2, 1)


@dataclass
class FakeAssistant:
    """Answers every question but an empty one, and remembers how it was called."""

    calls: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, question: str, **arguments: Any) -> Answer:
        if not question:
            raise QuestionError("E_EMPTY", "ask something")
        self.calls.append({"question": question} | arguments)
        return answer_to(question)

    def understand(self, question: str, conversation: Conversation, _asked: date | None) -> Turn:
        return Turn(question, f"{question} after {len(conversation.turns)}")

    def stats(self) -> Newest:
        return Newest()

    def publishers(self) -> dict[str, int]:
        return {"Harbour Gazette": 3, "Hill Post": 2, "P": 1, "Ärzteblatt": 1}


@pytest.fixture(autouse=True)
def assistant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeAssistant:
    monkeypatch.chdir(tmp_path)
    fake = FakeAssistant()
    monkeypatch.setattr("qa.assemble.open_assistant", lambda _store, _settings: fake)
    return fake


def test_an_answer_as_text(onrecord: OnRecord, assistant: FakeAssistant) -> None:
    code, out, err = onrecord("ask", "When did it sink?")
    assert (code, err) == (0, "")
    assert QUOTE in out
    assert assistant.calls[0]["question"] == "When did it sink?"


def test_an_answer_as_json(onrecord: OnRecord) -> None:
    code, out, err = onrecord("ask", "When did it sink?", "--json")
    record = json.loads(out)
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert record["status"] == "answered"
    assert record["answer"] == "on Monday"
    citation = record["statements"][0]["citations"][0]
    assert TEXT[citation["start"] : citation["end"]] == citation["quote"]
    assert list(record)[:2] == ["id", "question"]


def test_limits_and_the_day_are_passed_on(onrecord: OnRecord, assistant: FakeAssistant) -> None:
    options = "--asked 2019-02-03 --publisher P --since 2018-01-01 --until 2019-01-01"
    assert onrecord("ask", "q", *options.split())[0] == 0
    call = assistant.calls[0]
    assert call["asked"] == date(2019, 2, 3)
    assert call["limits"].publisher == "P"
    assert call["limits"].since == date(2018, 1, 1)
    assert call["limits"].until == date(2019, 1, 1)


@pytest.mark.parametrize(
    ("given", "stored"),
    [("hill post", "Hill Post"), ("ÄRZTEBLATT", "Ärzteblatt")],
)
def test_an_outlet_is_known_in_any_case_of_letters(
    onrecord: OnRecord, assistant: FakeAssistant, given: str, stored: str
) -> None:
    assert onrecord("ask", "q", "--publisher", given)[0] == 0
    assert assistant.calls[0]["limits"].publisher == stored


@pytest.mark.parametrize(
    ("given", "remark"),
    [
        ("harbor gazette", "the nearest: 'Harbour Gazette'"),
        ("Post", "the nearest: 'Hill Post'"),
        ("xyz", "there are: 'Harbour Gazette', 'Hill Post', 'P'"),
    ],
)
def test_an_outlet_that_the_store_does_not_have(
    onrecord: OnRecord, assistant: FakeAssistant, given: str, remark: str
) -> None:
    code, out, err = onrecord("ask", "q", "--publisher", given)
    assert (code, out, assistant.calls) == (2, "", [])
    assert f"--publisher: no article from {given!r}; {remark}" in err


def test_b84_since_after_the_newest_article(onrecord: OnRecord) -> None:
    code, out, err = onrecord("ask", "q", "--since", "2019-02-02")
    assert (code, out) == (2, "")
    assert "--since 2019-02-02 lies after the newest article, of 2019-02-01" in err
    assert onrecord("ask", "q", "--since", "2019-02-01")[0] == 0


def test_b55_a_question_that_cannot_be_asked(onrecord: OnRecord) -> None:
    assert onrecord("ask", "") == (2, "", "Error: ask something\n")
    code, out, err = onrecord("ask", "", "--json")
    error = {"code": "E_EMPTY", "message": "ask something", "field": "question"}
    assert (code, json.loads(out)) == (2, {"id": None, "error": error})
    assert err == "Error: ask something\n"


def test_a_proof_as_json(onrecord: OnRecord, tmp_path: Path) -> None:
    assert onrecord("ask", "q", "--proof", "proof.json")[0] == 0
    proof = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    assert proof["statements"][0]["citations"][0]["sha256"] == sha256_of(TEXT)
    assert [path.name for path in tmp_path.iterdir()] == ["proof.json"]


def test_a_proof_as_a_page_is_inert(onrecord: OnRecord, tmp_path: Path) -> None:
    assert onrecord("ask", "<script>alert(1)</script>", "--proof", "proof.html")[::2] == (0, "")
    page = (tmp_path / "proof.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>Skua" not in page
    assert "&lt;b&gt;Skua" in page
    assert sha256_of(TEXT) in page
    assert re.search(rf"<th>End</th><td>{len(QUOTE)}</td>", page)
    assert [path.name for path in tmp_path.iterdir()] == ["proof.html"]


def test_a_proof_that_cannot_be_written(
    onrecord: OnRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    code, _, err = onrecord("ask", "q", "--proof", "proof.json")
    assert (code, err) == (1, "Error: [Errno 28] No space left on device\n")
    assert list(tmp_path.iterdir()) == []


def batch(onrecord: OnRecord, *lines: str | bytes) -> tuple[int, list[dict[str, Any]]]:
    content = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    Path("batch.jsonl").write_bytes(content)
    code, out, err = onrecord("ask", "--batch", "batch.jsonl")
    assert err == ""
    return code, [json.loads(line) for line in out.splitlines()]


def test_a_batch_keeps_its_order(onrecord: OnRecord) -> None:
    lines = [json.dumps({"id": f"q{n}", "question": f"question {n}"}) for n in range(3)]
    code, records = batch(onrecord, *lines, "")
    assert code == 0
    assert [record["id"] for record in records] == ["q0", "q1", "q2"]
    assert [record["question"] for record in records] == ["question 0", "question 1", "question 2"]


def test_an_empty_batch_is_done(onrecord: OnRecord) -> None:
    assert batch(onrecord, "", "  ") == (0, [])


def test_a_batch_from_standard_input(onrecord: OnRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(io.BytesIO(b'{"id": 7, "question": "q"}\n'))
    monkeypatch.setattr("sys.stdin", text)
    code, out, _ = onrecord("ask", "--batch", "-")
    assert (code, json.loads(out)["id"]) == (0, 7)


@pytest.mark.parametrize(
    ("line", "identity", "code", "place"),
    [
        pytest.param("not json", None, "E_JSON", "", id="B10 not JSON"),
        pytest.param("[1]", None, "E_JSON", "", id="B10 array"),
        pytest.param('{"id": "a"}', "a", "E_FIELD", "question", id="B10 no question"),
        pytest.param('{"id": "a", "question": 5}', "a", "E_FIELD", "question", id="B10 number"),
        pytest.param(
            '{"id": "a", "question": "q", "asked": "yesterday"}', "a", "E_FIELD", "asked", id="day"
        ),
        pytest.param(
            '{"id": "a", "question": "q", "history": [{"answer": "x"}]}',
            "a",
            "E_FIELD",
            "history.0.question",
            id="history",
        ),
        pytest.param('{"id": [1], "question": "q"}', None, "E_FIELD", "id", id="id"),
        pytest.param('{"id": "a", "question": ""}', "a", "E_EMPTY", "question", id="B55 empty"),
        pytest.param(
            '{"id": "a", "question": "q", "history": [{"question": ""}]}',
            "a",
            "E_EMPTY",
            "history.0.question",
            id="B55 empty in the history",
        ),
        pytest.param('{"id": NaN, "question": "q"}', None, "E_JSON", "", id="B11 NaN"),
        pytest.param('{"id": "a", "id": "b", "question": "q"}', None, "E_JSON", "", id="B11 twice"),
        pytest.param("[" * 100_000, None, "E_JSON", "", id="B11 nesting"),
        pytest.param(f'{{"id": {"9" * 5000}}}', None, "E_JSON", "", id="B11 long integer"),
        pytest.param('{"id": "' + "x" * 1_000_001, None, "E_TOO_LARGE", "", id="B11 long line"),
        pytest.param(b'{"id": "\xff"}', None, "E_ENCODING", "", id="B09 not UTF-8"),
    ],
)
def test_a_bad_line_stops_nothing(
    onrecord: OnRecord,
    line: str | bytes,
    identity: str | None,
    code: str,
    place: str,
) -> None:
    exit_code, records = batch(onrecord, line, '{"id": "good", "question": "q"}')
    assert exit_code == 3
    bad, good = records
    assert set(bad) == {"id", "error"}
    assert set(bad["error"]) == {"code", "message", "field"}
    assert (bad["id"], bad["error"]["code"], bad["error"]["field"]) == (identity, code, place)
    assert (good["id"], good["status"]) == ("good", "answered")


def test_where_every_line_is_refused_the_code_is_4(onrecord: OnRecord) -> None:
    assert batch(onrecord, "{}", "{}")[0] == 4


def test_the_history_is_a_real_conversation(onrecord: OnRecord, assistant: FakeAssistant) -> None:
    history = [{"question": "first"}, {"question": "Was it much?", "answer": "so they say"}]
    line = {"id": "a", "question": "third", "history": history, "asked": "2018-05-06"}
    assert batch(onrecord, json.dumps(line))[0] == 0
    first, third = assistant.calls
    assert (first["question"], first["conversation"]) == ("first", Conversation())
    assert {call["asked"] for call in assistant.calls} == {date(2018, 5, 6)}
    one, two = third["conversation"].turns
    assert (one.question, one.standalone, one.answer) == ("first", "FIRST", answer_to("first"))
    assert (two.question, two.standalone, two.answer) == (
        "Was it much?",
        "Was it much? after 1",
        None,
    )


def test_lone_surrogates_survive_the_way_through(onrecord: OnRecord) -> None:
    _, records = batch(onrecord, r'{"id": "\ud800", "question": ""}')
    assert records[0]["id"] == "\ud800"
