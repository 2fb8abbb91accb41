from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.evaluation.sets.check import check
from qa.evaluation.sets.questions import read_questions
from qa.evaluation.sets.starter import starter_lines
from qa.fold import fold


def article(number: int, publisher: str) -> dict[str, Any]:
    return {
        "id": f"a{number}",
        "publisher": publisher,
        "title": f"Story {number}",
        "published": f"2019-03-{number + 1:02}",
        "text": f"SKAIL (Wire) - The ferry to Port Erran lost {number + 10} percent of its crew,"
        f" according to Captain Ada Munro. It was late. On March {number + 2} the owner of Skail"
        f" Lines paid ${number + 3} million for the Constance. No more than that is known",
    }


ARTICLES = [article(n, ("Gazette", "Post", "Wire")[n % 3 if n < 6 else 0]) for n in range(12)]


def store(folder: Path, articles: list[dict[str, Any]]) -> Archive:
    folder.mkdir()
    source = folder / "articles.jsonl"
    source.write_text("".join(json.dumps(article) + "\n" for article in articles))
    archive = open_archive(folder / "store", create=True)
    ingest([str(source)], archive, HashEmbedder())
    return archive


def records(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines if line and not line.startswith("#")]


def test_each_question_is_a_sentence_of_another_article_with_a_fact(tmp_path: Path) -> None:
    with store(tmp_path / "s", ARTICLES) as archive:
        lines = list(starter_lines(archive, count=6))
        texts = {found.id: version.text for found, version in archive.current_versions()}
    questions = records(lines)[:6]
    gold = [question["gold_sentences"][0] for question in questions]
    assert len({entry["article_id"] for entry in gold}) == 6
    for question, entry in zip(questions, gold, strict=True):
        assert (question["question"], question["answerable"]) == ("", True)
        assert entry["sentence"] in texts[entry["article_id"]]
        assert question["answers"][0] in entry["sentence"]
        assert not entry["sentence"].startswith("It was late")


def test_outlets_and_kinds_of_answer_take_turns(tmp_path: Path) -> None:
    with store(tmp_path / "s", ARTICLES) as archive:
        questions = records(list(starter_lines(archive, count=4)))
    outlets = {entry["id"]: entry["publisher"] for entry in ARTICLES}
    named = [outlets[q["gold_sentences"][0]["article_id"]] for q in questions[:4]]
    assert named[:3] == ["Gazette", "Post", "Wire"]
    first = [q["answers"][0] for q in questions[:4]]
    assert first[0].endswith("million")
    assert first[1].startswith("March")
    assert first[2].endswith("percent")
    assert first[3][0].isupper()


def test_neither_outlet_nor_dateline_is_an_answer(tmp_path: Path) -> None:
    text = "PORT SENNET (Evening Wire) - The crew of the ferry said on that day that it was tired."
    one = {"id": "a", "publisher": "Evening Wire", "text": text}
    with store(tmp_path / "s", [one]) as archive:
        assert len(records(list(starter_lines(archive)))) == 1


def test_the_order_of_ingest_changes_nothing(tmp_path: Path) -> None:
    with store(tmp_path / "a", ARTICLES) as one, store(tmp_path / "b", ARTICLES[::-1]) as other:
        assert list(starter_lines(one)) == list(starter_lines(other))


def test_the_set_loads_and_once_worded_it_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    with store(tmp_path / "s", ARTICLES) as archive:
        lines = list(starter_lines(archive))
        path.write_text("\n".join(lines), encoding="utf-8")
        blank = read_questions(path)
        assert blank.queries == ()
        assert {problem.is_error for problem in blank.problems[:-1]} == {False}
        worded = [
            line.replace('"question": ""', f'"question": "What of {number}?"')
            for number, line in enumerate(lines)
        ]
        path.write_text("\n".join(worded), encoding="utf-8")
        questions = read_questions(path)
        assert check(questions, archive) == []
    assert len(questions.queries) == 12 + 1 + 2
    assert [query.answerable for query in questions.queries].count(False) == 1
    assert {query.conversation for query in questions.queries} == {None, "dialogue-01"}


@pytest.mark.parametrize("texts", [[], ["Nothing happened."]], ids=["empty", "no facts"])
def test_a_store_without_facts_gives_the_templates(tmp_path: Path, texts: list[str]) -> None:
    articles = [{"id": text, "text": text} for text in texts]
    with store(tmp_path / "s", articles) as archive:
        (near_miss,) = records(list(starter_lines(archive)))
    assert near_miss["answerable"] is False


def test_wire_copy_is_asked_of_once(tmp_path: Path) -> None:
    copies = [ARTICLES[0] | {"id": name, "publisher": name} for name in ("one", "two")]
    with store(tmp_path / "s", copies) as archive:
        questions = records(list(starter_lines(archive)))
    sentences = [fold(q["gold_sentences"][0]["sentence"]) for q in questions if "answers" in q
                 and q["gold_sentences"]]  # fmt: skip
    assert len(sentences) == len(set(sentences)) == 1


def test_every_kind_of_fact_has_its_turn(tmp_path: Path) -> None:
    text = (
        "At 1:40 a.m. on 3 May 2019, Ada Lind rowed 6 miles in 42 days, paid $5 million for it and"
        " kept 8 percent of {} fans."
    )
    alike = [{**article(n, "Gazette"), "text": text.format(610 + n)} for n in range(16)]
    with store(tmp_path / "s", alike) as archive:
        questions = records(list(starter_lines(archive, count=16)))[:16]
    answers = {question["answers"][0] for question in questions}
    assert answers >= {"1:40 a.m.", "6 miles", "42 days", "$5 million", "8 percent", "Ada Lind"}
