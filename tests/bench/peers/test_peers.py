"""The benchmark's own arithmetic: which articles, what counts as right, who is ahead."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # its parts are scripts, not a package

import dataset
import scores
import table

QUESTION = {
    "id": "q",
    "question": "What did the bridge cost?",
    "answers": ["$690 million", "690m"],
    "answerable": True,
    "relevant_articles": ["r1", "r2"],
    "possible_articles": ["p"],
    "gold_sentences": [{"article_id": "r1", "sentence": "It cost a lot."}],
}


def answer(articles: list[str], shown: list[tuple[str, str]], **others: Any) -> dict[str, Any]:
    times = {"search_ms": 1.0, "show_ms": 2.0}
    return {"id": "q", "articles": articles, "shown": shown, "found": shown[:1], "answered": True,
            **times, **others}  # fmt: skip


@pytest.mark.parametrize(
    ("ranking", "success", "reciprocal"),
    [
        pytest.param(["r2", "x"], 1.0, 1.0, id="first"),
        pytest.param(["x", "y", "r1", "r2"], 0.0, 1 / 3, id="third"),
        pytest.param(["p"], 0.0, 0.0, id="possible is not relevant"),
        pytest.param([*"abcdefghij", "r1"], 0.0, 0.0, id="eleventh"),
        pytest.param([], 0.0, 0.0, id="nothing found"),
    ],
)
def test_articles_count_by_their_first_relevant_one(
    ranking: list[str], success: float, reciprocal: float
) -> None:
    found = scores.scored(QUESTION, answer(ranking, []))
    assert (found["success_1"], found["rr_10"]) == (success, reciprocal)


@pytest.mark.parametrize(
    ("shown", "right", "holds"),
    [
        pytest.param([("r1", "The cost: $690 million.")], 1.0, 1.0, id="relevant"),
        pytest.param([("p", "The cost: $690 Million.")], 1.0, 1.0, id="possible, other case"),
        pytest.param([("x", "The cost: $690 million.")], 0.0, 1.0, id="by chance"),
        pytest.param([("x", "It cost a lot.")], 1.0, 0.0, id="gold sentence"),
        pytest.param([("x", "Well. It cost a lot. So.")], 1.0, 0.0, id="gold sentence within"),
        pytest.param([("r1", "It cost $1,690 million.")], 0.0, 0.0, id="part of a number"),
        pytest.param([("x", "No."), ("r1", "690m")], 0.0, 0.0, id="second"),
        pytest.param([], 0.0, 0.0, id="nothing shown"),
    ],
)
def test_what_is_shown_first_holds_the_answer(
    shown: list[tuple[str, str]], right: float, holds: float
) -> None:
    found = scores.scored(QUESTION, answer([], shown))
    assert (found["first_right"], found["first_holds"]) == (right, holds)


@pytest.mark.parametrize(("before", "right"), [(200, 1.0), (280, 1.0), (289, 0.0), (400, 0.0)])
def test_only_the_first_300_characters_are_read(before: int, right: float) -> None:
    shown = [("x", "x" * before), ("r1", "$690 million")]
    assert scores.scored(QUESTION, answer([], shown))["right_within_read"] == right


def test_a_near_miss_is_not_an_answer() -> None:
    found = scores.scored(QUESTION, answer([], [("r1", "690m")], answered=False))
    assert (found["first_right"], found["first_right_and_answered"]) == (1.0, 0.0)


@pytest.mark.parametrize("limit", [None, 10, 20, 100])
def test_questions_are_only_about_ingested_articles(limit: int | None) -> None:
    articles = [{"id": f"a{n}", "text": "x"} for n in range(40)]
    questions = [
        {"id": n, "answerable": n != 3, "relevant_articles": [f"a{n}", f"a{n + 1}"]}
        for n in range(20)
    ] + [{"id": 20, "answerable": True, "relevant_articles": ["unknown"]}]
    chosen = dataset.choose(articles, questions, limit)
    ids = {article["id"] for article in chosen.articles}
    later = {article["id"] for article in chosen.later}
    assert chosen.questions
    assert all(ids.issuperset(question["relevant_articles"]) for question in chosen.questions)
    assert len(ids) == min(limit or 40, 40 - len(later))
    assert len(later) == dataset.ADDED_LATER
    assert not ids & later
    assert chosen == dataset.choose(articles, questions, limit)


@pytest.mark.parametrize(
    ("ours", "theirs", "standing"),
    [
        ({"cpu_s": 1.0}, {"cpu_s": 2.0}, "ahead"),
        ({"cpu_s": 3.0}, {"cpu_s": 2.0}, "behind txtai"),
        ({"cpu_s": 2.0}, {"cpu_s": 2.0}, "level"),
    ],
)
def test_a_row_says_who_is_ahead(
    ours: dict[str, float], theirs: dict[str, float], standing: str
) -> None:
    systems = {"onrecord": {"ingest": ours}, "txtai": {"ingest": theirs}}
    titles = {"onrecord": "OnRecord", "txtai": "txtai"}
    assert table._standing(table.COSTS[0], systems, titles) == standing
