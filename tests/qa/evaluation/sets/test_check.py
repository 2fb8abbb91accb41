from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.errors import UsageError
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.evaluation.sets.check import check, open_questions, with_ids
from qa.evaluation.sets.questions import GoldSentence, read_questions

SANK = "The ferry sank on Monday."
LENT = "“It’s $65 billion,” the minister said of the loan."
URL = "https://gazette.example/ferry?id=7"
ARTICLES = [
    {"id": "a1", "url": URL, "title": "Ferry Lost Off Skail", "text": f"{SANK} Nobody was hurt."},
    {"id": "a2", "title": "Loans", "text": f"{LENT} He left at noon."},
]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as archive:
        take(archive, tmp_path, *ARTICLES)
        yield archive


def take(archive: Archive, folder: Path, *articles: dict[str, Any]) -> None:
    source = folder / "articles.jsonl"
    source.write_text("".join(json.dumps(article) + "\n" for article in articles))
    ingest([str(source)], archive, HashEmbedder())


def question(**fields: Any) -> dict[str, Any]:
    return {
        "id": "q1",
        "question": "When did the ferry sink?",
        "answers": ["Monday"],
        "gold_sentences": [{"article_id": "a1", "sentence": SANK}],
    } | fields


def gold(article_id: str, sentence: str) -> dict[str, Any]:
    return question(gold_sentences=[{"article_id": article_id, "sentence": sentence}])


def written(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def shown(path: Path, archive: Archive) -> list[str]:
    return [problem.shown(Path("set")) for problem in check(read_questions(path), archive)]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(question(), id="as stored"),
        pytest.param(gold("a1", "Nobody  was\nhurt.") | {"answers": ["nobody"]}, id="white space"),
        pytest.param(
            gold("a2", '"It\'s $65 billion," the minister said of the loan.')
            | {"answers": ["$65 billion"]},
            id="straight quotation marks",
        ),
        pytest.param(gold("a1", f"{SANK} Nobody was hurt."), id="two sentences"),
        pytest.param(gold(URL, SANK), id="article by its link"),
        pytest.param(question(answers=["No"]), id="no is not looked for"),
        pytest.param(question(answers=["SKAIL"]), id="answer in the headline"),
        pytest.param(question(answers=["on Monday night", "monday"]), id="one answer is enough"),
        pytest.param(
            {"id": "q", "question": "Who sank it?", "answers": []}, id="nothing to look for"
        ),
    ],
)
def test_a_sound_question(tmp_path: Path, archive: Archive, record: dict[str, Any]) -> None:
    assert shown(written(tmp_path, record), archive) == []


@pytest.mark.parametrize(
    ("record", "said"),
    [
        pytest.param(
            gold("a7", SANK),
            "set:1: gold_sentences: the store has no article 'a7' (ingest it, or correct its id"
            " or link)",
            id="B86 unknown article of a gold sentence",
        ),
        pytest.param(
            question(relevant_articles=["a8"]),
            "set:1: relevant_articles: the store has no article 'a8' (ingest it, or correct its id"
            " or link)",
            id="B86 unknown article",
        ),
        pytest.param(
            question(possible_articles=["https://nowhere.example/"]),
            "set:1: possible_articles: the store has no article 'https://nowhere.example/'"
            " (ingest it, or correct its id or link)",
            id="unknown link",
        ),
        pytest.param(
            gold("a1", "The ferry sank on Sunday.") | {"answers": ["Monday"]},
            f"set:1: gold_sentences.0: 'a1' does not say so (it says: {SANK})",
            id="another word",
        ),
        pytest.param(
            gold("a1", "he ferry sank on Mon"),
            f"set:1: gold_sentences.0: 'a1' does not say so (it says: {SANK})",
            id="cut words",
        ),
        pytest.param(
            question(answers=["Tuesday", "on Tuesday"]),
            "set:1: remark: answers: no article that is to answer holds the words 'Tuesday'"
            " (add the answer as an article words it, if it does)",
            id="answer of another article",
        ),
        pytest.param(
            question(answers=["on"]) | {"answers": ["Mon"]},
            "set:1: remark: answers: no article that is to answer holds the words 'Mon'"
            " (add the answer as an article words it, if it does)",
            id="answer that is part of a word",
        ),
    ],
)
def test_what_is_wrong(tmp_path: Path, archive: Archive, record: dict[str, Any], said: str) -> None:
    assert shown(written(tmp_path, record), archive) == [said]


def test_problems_come_in_the_order_of_the_file(tmp_path: Path, archive: Archive) -> None:
    last = gold("a9", SANK) | {"id": "q3", "question": "When?"}
    path = written(tmp_path, gold("a7", SANK), {"id": "q2"}, last)
    lines = [problem.line for problem in check(read_questions(path), archive)]
    assert lines == [1, 2, 2, 3]


def test_a_sentence_that_a_newer_version_left_out(tmp_path: Path, archive: Archive) -> None:
    take(
        archive, tmp_path, ARTICLES[0] | {"text": "The ferry was lost. Nobody was hurt on Monday."}
    )
    assert shown(written(tmp_path, question()), archive) == [
        "set:1: gold_sentences.0: 'a1' said so in version 1 and no longer does"
        " (it says: The ferry was lost.)"
    ]


def test_a_damaged_article(tmp_path: Path, archive: Archive) -> None:
    with sqlite3.connect(archive.path) as connection:
        connection.execute("UPDATE versions SET text = replace(text, 'Monday', 'Friday')")
    connection.close()
    assert shown(written(tmp_path, question()), archive) == [
        "set:1: gold_sentences: the text of 'a1' is damaged (see `onrecord verify`)"
    ]


def test_csv_fields_are_named_as_in_the_file(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "set.csv"
    path.write_text(
        "question,answer,source_url\n"
        f"When did it sink?,Tuesday,{URL}&utm_source=mail\n"
        "Who saw it?,a nurse,https://nowhere.example/\n"
    )
    assert shown(path, archive) == [
        "set:2: remark: answer: no article that is to answer holds the words 'Tuesday'"
        " (add the answer as an article words it, if it does)",
        "set:3: source_url: the store has no article 'https://nowhere.example/'"
        " (ingest it, or correct its id or link)",
    ]


@pytest.mark.parametrize(
    ("lines", "relevant"),
    [
        (["question,answer,article_id", "When?,Monday,a1"], ["a1"]),
        (["article_id,question,answer", "a1|a2,When?,Monday"], ["a1", "a2"]),
        (["question,answer,ARTICLE_ID", f"When?,Monday,{URL}"], ["a1"]),
        (["question,answer,source_url,article_id", f"When?,Monday,{URL},a2"], ["a1", "a2"]),
        (["question,answer,source_url,article_id", "When?,Monday,,a1"], ["a1"]),
        (["question,answer,source_url", "When?,Monday,a1"], ["a1"]),
    ],
)
def test_a_table_may_name_articles_by_their_ids(
    tmp_path: Path, archive: Archive, lines: list[str], relevant: list[str]
) -> None:
    path = tmp_path / "set.csv"
    path.write_text("\n".join(lines))
    assert shown(path, archive) == []
    (query,) = open_questions(path, archive).queries
    assert list(query.relevant) == relevant


def test_an_id_that_the_store_has_not_is_named_by_its_column(
    tmp_path: Path, archive: Archive
) -> None:
    path = tmp_path / "set.csv"
    path.write_text("question,answer,article_id\nWhen?,Monday,a9\nWho?,Ada,\n")
    unknown, none = shown(path, archive)
    assert unknown.startswith("set:2: article_id: the store has no article 'a9'")
    assert none.startswith("set:3: article_id: an answerable question needs a source")


def test_an_opened_set_names_articles_by_their_ids(tmp_path: Path, archive: Archive) -> None:
    record = gold(URL, SANK) | {"relevant_articles": ["a1"], "possible_articles": ["a2"]}
    (query,) = open_questions(written(tmp_path, record), archive).queries
    assert query.gold == (GoldSentence("a1", SANK),)
    assert (query.relevant, query.possible) == (("a1",), ("a2",))


def test_names_that_the_store_does_not_know_stay(tmp_path: Path, archive: Archive) -> None:
    questions = with_ids(read_questions(written(tmp_path, gold("a7", SANK))), archive)
    assert questions.queries[0].relevant == ("a7",)


def test_a_set_is_opened_without_the_lines_that_have_an_error(
    tmp_path: Path, archive: Archive
) -> None:
    bad = gold("a7", SANK)
    whole = open_questions(written(tmp_path, question(id="q2")), archive)
    opened = open_questions(written(tmp_path, bad, question(id="q2")), archive)
    assert [query.id for query in opened.queries] == ["q2"]
    assert [problem.line for problem in opened.problems if problem.is_error] == [1]
    assert opened.sha256 not in (whole.sha256, read_questions(opened.path).sha256)


def test_b86_a_set_of_errors_alone_is_not_opened(tmp_path: Path, archive: Archive) -> None:
    path = written(tmp_path, gold("a7", SANK), gold("a1", "It did not sink.") | {"id": "q2"})
    with pytest.raises(UsageError, match=r"set\.jsonl:1: gold_sentences: the store has no"):
        open_questions(path, archive)
    remark = written(tmp_path, question(answers=["Tuesday"]))
    assert len(open_questions(remark, archive).queries) == 1
