from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from qa.evaluation.sets.questions import (
    GoldSentence,
    Query,
    QuestionSet,
    read_questions,
    refuse_errors,
)
from qa.evaluation.sets.records import Problem, Record, csv_records

SENTENCE = "The ferry sank on Monday."
GOLD = [{"article_id": "a1", "sentence": SENTENCE}]
FERRY: dict[str, Any] = {
    "id": "q1",
    "question": "When did the ferry sink?",
    "date_asked": "2019-01-31",
    "answerable": True,
    "answers": ["Monday", "on Monday"],
    "gold_sentences": GOLD,
    "relevant_articles": ["a2"],
    "possible_articles": ["a3"],
    "source": "a field of others",
}
NOBODY: dict[str, Any] = {"id": "q2", "question": "Who was hurt?", "answers": []}
QUERY = Query(
    id="q1",
    question="When did the ferry sink?",
    asked=date(2019, 1, 31),
    answerable=True,
    answers=("Monday", "on Monday"),
    gold=(GoldSentence("a1", SENTENCE),),
    relevant=("a2", "a1"),
    possible=("a3",),
    line=1,
)


def without(record: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in fields}


def read(tmp_path: Path, *lines: object, name: str = "set.jsonl") -> QuestionSet:
    path = tmp_path / name
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return read_questions(path)


def shown(questions: QuestionSet) -> list[str]:
    return [problem.shown(Path("set")) for problem in questions.problems]


# JSONL


def test_a_single_question(tmp_path: Path) -> None:
    questions = read(tmp_path, FERRY)
    assert questions.queries == (QUERY,)
    assert questions.problems == ()
    assert questions.sha256 == hashlib.sha256(questions.path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(without(FERRY, "answerable"), True, id="left out, with answers"),
        pytest.param(NOBODY, False, id="left out, without"),
        pytest.param(NOBODY | {"answerable": False}, False, id="said"),
    ],
)
def test_whether_it_can_be_answered(tmp_path: Path, record: dict[str, Any], expected: bool) -> None:
    (query,) = read(tmp_path, record).queries
    assert query.answerable is expected


def test_a_dialogue_is_a_query_a_turn(tmp_path: Path) -> None:
    turns = [
        {"question": "When did it sink?", "standalone": "When did the ferry sink?",
         "answers": ["Monday"], "gold_sentences": GOLD},
        {"question": "And was anybody hurt?", "standalone": "Was anybody hurt on the ferry?",
         "answers": [], "gold_sentences": []},
        {"question": "When?", "answers": ["Monday"], "relevant_articles": ["a2"]},
    ]  # fmt: skip
    dialogue = {"conversation_id": "ferry", "date_asked": "2019-01-31", "turns": turns}
    first, second, third = read(tmp_path, "# a remark", "", dialogue).queries
    assert first == replace(
        QUERY,
        id="ferry.0",
        question="When did it sink?",
        answers=("Monday",),
        relevant=("a1",),
        possible=(),
        line=3,
        conversation="ferry",
        standalone="When did the ferry sink?",
    )
    assert (second.id, second.turn, second.answerable) == ("ferry.1", 1, False)
    assert second.history == ("When did it sink?",)
    assert (third.id, third.standalone, third.asked) == ("ferry.2", None, date(2019, 1, 31))
    assert third.history == ("When did it sink?", "And was anybody hurt?")


def test_single_questions_and_dialogues_may_be_mixed(tmp_path: Path) -> None:
    dialogue = {"conversation_id": "c", "turns": [without(FERRY, "id") | {"question": "Sunk?"}]}
    assert [query.id for query in read(tmp_path, NOBODY, dialogue, FERRY).queries] == [
        "q2",
        "c.0",
        "q1",
    ]


def test_a_single_question_may_have_a_history(tmp_path: Path) -> None:
    more = {"history": ["What happened?"], "standalone": "When did the ferry sink?"}
    (query,) = read(tmp_path, FERRY | more | {"question": "When?"}).queries
    assert (query.history, query.turn, query.conversation) == (("What happened?",), 1, None)


def test_an_id_may_be_a_number(tmp_path: Path) -> None:
    assert [query.id for query in read(tmp_path, FERRY | {"id": 7}).queries] == ["7"]


def test_what_is_left_open_is_left_out_with_a_remark(tmp_path: Path) -> None:
    dialogue = {"conversation_id": "c", "turns": [FERRY, FERRY | {"question": " "}]}
    questions = read(
        tmp_path, NOBODY, FERRY | {"question": ""}, FERRY | {"answerable": None}, dialogue
    )
    assert [query.id for query in questions.queries] == ["q2"]
    assert shown(questions) == [
        "set:2: remark: question: not worded yet, so it is left out",
        "set:3: remark: answerable: not yet said to be true or false, so it is left out",
        "set:4: remark: question: not worded yet, so it is left out",
    ]
    refuse_errors(questions.path, questions.problems)


@pytest.mark.parametrize(
    ("record", "field", "said"),
    [
        pytest.param(without(FERRY, "id"), "id", "required", id="no id"),
        pytest.param(FERRY | {"id": " "}, "id", "at least 1", id="blank id"),
        pytest.param(FERRY | {"id": True}, "id", "string", id="true for an id"),
        pytest.param(without(FERRY, "question"), "question", "required", id="no question"),
        pytest.param(without(FERRY, "answers"), "answers", "required", id="no answers"),
        pytest.param(FERRY | {"answers": "Monday"}, "answers", "list", id="answer for answers"),
        pytest.param(FERRY | {"answers": [7]}, "answers.0", "string", id="number for an answer"),
        pytest.param(FERRY | {"answers": [" "]}, "answers.0", "at least 1", id="blank answer"),
        pytest.param(FERRY | {"question": 5}, "question", "string", id="number for a question"),
        pytest.param(FERRY | {"question": "\ud800"}, "question", "unicode", id="lone surrogate"),
        pytest.param(FERRY | {"answerable": "yes"}, "answerable", "boolean", id="word for true"),
        pytest.param(FERRY | {"date_asked": "20190131"}, "date_asked", "not a date", id="no day"),
        pytest.param(FERRY | {"date_asked": "2019-02-30"}, "date_asked", "date", id="30 February"),
        pytest.param(
            FERRY | {"gold_sentences": [{"sentence": SENTENCE}]},
            "gold_sentences.0.article_id",
            "required",
            id="gold without its article",
        ),
        pytest.param({"conversation_id": "c", "turns": []}, "turns", "at least 1", id="no turns"),
        pytest.param(
            {"conversation_id": "c", "turns": [NOBODY, {"question": "Who?"}]},
            "turns.1.answers",
            "required",
            id="turn without answers",
        ),
        pytest.param(
            without(FERRY, "gold_sentences", "relevant_articles"),
            "gold_sentences",
            "needs a source",
            id="B86 missing gold",
        ),
        pytest.param(FERRY | {"answers": []}, "answers", "needs an acceptable", id="no answer"),
        pytest.param(NOBODY | {"answers": ["x"], "answerable": False}, "answers", "has no answer",
                     id="answered unanswerable"),
        pytest.param(NOBODY | {"gold_sentences": GOLD}, "gold_sentences", "has no source",
                     id="gold of an unanswerable"),
    ],
)  # fmt: skip
def test_b86_a_wrong_question_is_named_and_the_rest_read(
    tmp_path: Path, record: dict[str, Any], field: str, said: str
) -> None:
    other = {"id": "q9", "question": "And the captain?", "answers": []}
    questions = read(tmp_path, other, "# a remark", record)
    assert [query.id for query in questions.queries] == ["q9"]
    (problem,) = questions.problems
    assert (problem.line, problem.field, problem.is_error) == (3, field, True)
    assert said in problem.message
    with pytest.raises(UsageError, match=rf"set\.jsonl:3: {field}: ") as refused:
        refuse_errors(questions.path, questions.problems)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        pytest.param('{"id": q}', 8, "not JSON", id="no quotes"),
        pytest.param("[1]", 0, "not a JSON object", id="list"),
        pytest.param('{"id": "a", "id": "b"}', 0, "'id' occurs twice", id="B11 repeated key"),
        pytest.param('{"id": NaN}', 0, "NaN", id="B11 NaN"),
        pytest.param('{"id": ' + "[" * 100_000, 0, "nested too deeply", id="B11 deep"),
        pytest.param('{"id": ' + "9" * 5_000 + "}", 0, "not JSON", id="B11 many digits"),
    ],
)
def test_b11_a_line_that_is_no_object(tmp_path: Path, line: str, column: int, said: str) -> None:
    questions = read(tmp_path, NOBODY, line, FERRY)
    assert [query.id for query in questions.queries] == ["q2", "q1"]
    (problem,) = questions.problems
    assert (problem.line, problem.column) == (2, column)
    assert said in problem.message


def test_b09_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes("é".encode() + b"\xff\n" + json.dumps(NOBODY).encode())
    questions = read_questions(path)
    assert shown(questions) == [
        "set:1:2: byte 0xff at offset 2 of the line is not UTF-8 (save the file as UTF-8)"
    ]
    assert len(questions.queries) == 1


def test_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"\xef\xbb\xbf# remark\r\n" + json.dumps(FERRY).encode() + b"\r\n")
    assert [query.id for query in read_questions(path).queries] == ["q1"]


def test_b86_a_repeated_id(tmp_path: Path) -> None:
    dialogue = {"conversation_id": "c", "turns": [FERRY | {"question": "Sunk?"}]}
    other = FERRY | {"question": "What sank?"}
    again = {"conversation_id": "c", "turns": [FERRY | {"question": "Afloat?"}]}
    questions = read(tmp_path, FERRY, other, dialogue, again, FERRY)
    assert [query.line for query in questions.queries] == [1, 3]
    assert shown(questions) == [
        "set:2: id: 'q1' stands in line 1 already",
        "set:4: conversation_id: 'c.0' stands in line 3 already",
        "set:5: question: stands in line 1 already",
    ]


@pytest.mark.parametrize(
    ("more", "same"),
    [
        pytest.param({"question": "WHEN did the  ferry sink?"}, True, id="case and spaces"),
        pytest.param({"date_asked": None}, False, id="another day"),
        pytest.param({"history": ["What?"]}, False, id="in a conversation"),
        pytest.param({"question": "Why did the ferry sink?"}, False, id="another question"),
    ],
)
def test_the_same_question_twice(tmp_path: Path, more: dict[str, Any], same: bool) -> None:
    questions = read(tmp_path, FERRY, FERRY | {"id": "q5"} | more)
    remark = ["set:2: remark: question: stands in line 1 already"]
    assert shown(questions) == (remark if same else [])
    assert len(questions.queries) == 2


@pytest.mark.parametrize("lines", [[], ["# nothing yet"], [" "]], ids=["empty", "remark", "blank"])
def test_b86_an_empty_set_is_refused(tmp_path: Path, lines: list[str]) -> None:
    questions = read(tmp_path, *lines)
    with pytest.raises(UsageError, match="holds no question"):
        refuse_errors(questions.path, questions.problems)


def test_of_many_errors_the_first_are_named() -> None:
    problems = [Problem(line, "id", "wrong") for line in range(1, 31)]
    with pytest.raises(UsageError, match="set:20: id: wrong\nand 10 more"):
        refuse_errors(Path("set"), problems)


@pytest.mark.parametrize(
    ("name", "said"), [("missing.jsonl", "No such file"), ("", "not a regular file")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"{tmp_path / name}.*{said}"):
        read_questions(tmp_path / name)


# CSV

ROWS = [
    ["question", "answer", "source_url"],
    ["When did the ferry sink?", "Monday | on Monday", "https://gazette.example/ferry"],
    ["Who, if anybody, was “hurt”?", "", ""],
]


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_as_spreadsheet_programs_write_it(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([*ROWS, ["", "", ""]])
    path = tmp_path / "set.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    questions = read_questions(path)
    assert questions.problems == ()
    ferry, hurt = questions.queries
    assert (ferry.answers, ferry.relevant) == (("Monday", "on Monday"), (ROWS[1][2],))
    assert (ferry.answerable, ferry.line, ferry.gold) == (True, 2, ())
    assert (hurt.question, hurt.answerable, hurt.answers) == (ROWS[2][0], False, ())


def test_csv_ids_do_not_depend_on_the_row(tmp_path: Path) -> None:
    before = read(tmp_path, "question,answer", "Who?,", "When?,", name="set.csv")
    after = read(tmp_path, "question,answer", "When?,", "Who?,", name="set.csv")
    assert {query.id for query in before.queries} == {query.id for query in after.queries}


def test_csv_may_name_ids_and_days_in_any_order(tmp_path: Path) -> None:
    questions = read(tmp_path, "Date_asked,ANSWER,id,Question", "2019-01-31,,q1,Who?", name="s.csv")
    (query,) = questions.queries
    assert (query.id, query.asked) == ("q1", date(2019, 1, 31))


@pytest.mark.parametrize(
    ("lines", "problems", "read_rows"),
    [
        pytest.param(
            ["question,answer,source_url", "Who?,,", "When?,Monday", "Where?,,"],
            ["set:3: source_url: the row has 2 columns, the header 3"
             " (put a cell that holds a separator in quotation marks)"],
            2,
            id="B13 too few",
        ),
        pytest.param(
            ["question,answer", "Who?,$1,200,,", "Where?,"],
            ["set:2: column 3: the row has 5 columns, the header 2"
             " (put a cell that holds a separator in quotation marks)"],
            1,
            id="B13 too many",
        ),
        pytest.param(
            ["question,answer", '"Who?",', 'When?,"on ""Monday""', "Where?,"],
            ["set:3:7: a quotation mark opens here and never closes"],
            1,
            id="B13 open quote",
        ),
        pytest.param(
            ["question,answer", '"Who"?,', "Where?,"],
            ["set:2: not CSV: ',' expected after '\"'"
             " (double the quotation marks in a cell)"],
            1,
            id="B13 quote inside",
        ),
        pytest.param(
            ["question,url", "Who?,"], ["set:1: answer: the header lacks this column"], 0,
            id="no answers",
        ),
        pytest.param(
            ["question,answer,source_url", '"Who', 'sank?",,', "Why?,Fog,"],
            ["set:4: source_url: an answerable question needs a source"
             " (say which sentence answers it, or at least which article)"],
            1,
            id="B86 no source, after two lines in a cell",
        ),
        pytest.param(
            ["question,answer", "Who?,", "Who?,"],
            ["set:3: question: stands in line 2 already"],
            1,
            id="twice",
        ),
    ],
)  # fmt: skip
def test_b13_csv_with_errors(
    tmp_path: Path, lines: list[str], problems: list[str], read_rows: int
) -> None:
    questions = read(tmp_path, *lines, name="set.csv")
    empty = [] if read_rows else ["set: holds no question that can be asked (word one)"]
    assert shown(questions) == [*problems, *empty]
    assert len(questions.queries) == read_rows


@given(
    st.lists(st.tuples(st.text("ab,;\t\"'\n |é", min_size=1), st.text("ab,;\t\"'\n é")), min_size=1)
)
def test_whatever_csv_can_hold_is_read_back(rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["question", "answer"], *rows])
    read_back = [
        record.fields
        for record in csv_records(text.getvalue().encode(), "set.csv", ("question",))
        if isinstance(record, Record)
    ]
    expected = [{"question": q.strip(), "answer": a.strip()} for q, a in rows]
    assert read_back == [row for row in expected if any(row.values())]


UNANSWERABLE = {"question": "Who?", "answerable": False}


@pytest.mark.parametrize(
    "record",
    [
        {"id": "q1", **UNANSWERABLE},
        {"id": "q1", **UNANSWERABLE, "answers": None},
        {"id": "q1", **UNANSWERABLE, "answers": []},
        {"conversation_id": "c1", "turns": [UNANSWERABLE]},
    ],
    ids=["left out", "null", "empty", "a turn"],
)
def test_what_is_unanswerable_needs_no_answers(tmp_path: Path, record: dict[str, Any]) -> None:
    questions = read(tmp_path, json.dumps(record))
    assert questions.problems == ()
    (query,) = questions.queries
    assert (query.answerable, query.answers) == (False, ())


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"question": "Who?"}, "set:1: answers: Field required"),
        (
            {"question": "Who?", "answerable": True, "relevant_articles": ["a1"]},
            "set:1: answers: Field required",
        ),
    ],
    ids=["nothing is said", "answerable"],
)
def test_other_questions_need_them(tmp_path: Path, record: dict[str, Any], problem: str) -> None:
    assert shown(read(tmp_path, json.dumps({"id": "q1", **record})))[0] == problem
