from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from corpus.sample import sample_path
from corpus.sentences import split_sentences
from qa.evaluation.sample import questions_path
from qa.evaluation.sets.questions import QuestionSet, read_questions

KINDS = {
    *("money", "number", "percentage", "date", "duration", "person", "organisation", "place"),
    *("quotation", "reason", "yes/no", "title", "other"),
}  # fmt: skip


@pytest.fixture(scope="module")
def questions() -> QuestionSet:
    return read_questions(questions_path())


@pytest.fixture(scope="module")
def articles() -> dict[str, dict[str, Any]]:
    lines = sample_path().read_text(encoding="utf-8").splitlines()
    return {article["id"]: article for article in map(json.loads, lines)}


def records() -> list[dict[str, Any]]:
    """Return the single questions and turns as the file has them."""
    lines = questions_path().read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if not line.startswith("#")]
    return [record for entry in found for record in entry.get("turns", [entry])]


def test_it_holds_what_its_readme_says(questions: QuestionSet) -> None:
    assert questions.problems == ()
    counts = Counter((q.conversation is None, q.answerable) for q in questions.queries)
    assert counts == {(True, True): 33, (True, False): 17, (False, True): 27, (False, False): 3}
    turns = Counter(q.conversation for q in questions.queries if q.conversation)
    assert len(turns) == 10
    assert set(turns.values()) == {2, 3, 4}
    readme = questions_path().with_name("README.md").read_text(encoding="utf-8")
    for row in ("| 50 | 33 | 17 |", "| 30 | 27 | 3 |", "| 80 | 60 | 20 |"):
        assert row in readme


def test_every_gold_sentence_is_a_sentence_of_its_article(
    questions: QuestionSet, articles: dict[str, dict[str, Any]]
) -> None:
    texts = {name: article["text"] for name, article in articles.items()}
    stored = {
        name: {sentence.span.of(text) for sentence in split_sentences(text)}
        for name, text in texts.items()
    }
    gold = [entry for query in questions.queries for entry in query.gold]
    assert [entry for entry in gold if entry.sentence not in stored[entry.article_id]] == []


def test_every_gold_sentence_holds_an_answer(questions: QuestionSet) -> None:
    for query in questions.queries:
        answers = [answer.casefold() for answer in query.answers]
        for gold in query.gold:
            said = gold.sentence.casefold()
            assert "yes" in answers or any(answer in said for answer in answers), query.id
        assert bool(query.gold) == query.answerable


def test_no_question_copies_its_sentence(questions: QuestionSet) -> None:
    for query in questions.queries:
        words = query.question.split()
        copied = [" ".join(words[i : i + 5]) for i in range(len(words) - 4)]
        for gold in query.gold:
            assert not any(run in gold.sentence for run in copied), query.id


def test_all_outlets_and_kinds_of_answer_are_asked_for(
    questions: QuestionSet, articles: dict[str, dict[str, Any]]
) -> None:
    named = {article_id for query in questions.queries for article_id in query.relevant}
    outlets = {articles[article_id]["publisher"] for article_id in named}
    assert outlets == {article["publisher"] for article in articles.values()}
    assert {record["kind"] for record in records()} == KINDS


def test_near_misses_are_marked_and_only_they_have_no_answer() -> None:
    for record in records():
        assert ("near_miss" in record) == (not record["answers"]), record["question"]


def test_every_follow_up_has_a_standalone_form(questions: QuestionSet) -> None:
    for query in questions.queries:
        assert (query.standalone is not None) == (query.conversation is not None)
        assert (query.standalone != query.question) == (query.turn > 0 or not query.conversation)
