from __future__ import annotations

import json
from datetime import date
from types import ModuleType

import pytest

from corpus.catalogue import Stats
from corpus.sample import sample_path
from web.examples import SAMPLE_QUESTIONS, collection_in_words, example_questions


def stats(articles: int, publishers: int, oldest: date | None, newest: date | None) -> Stats:
    return Stats(articles, articles, 9, 9, publishers, oldest, newest, bytes=9, refused=0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (stats(0, 0, None, None), "0 articles"),
        (stats(1, 0, None, None), "1 article"),
        (
            stats(12_431, 6, date(2013, 3, 7), date(2019, 10, 20)),
            "12,431 articles from 6 outlets, 7 March 2013 to 20 October 2019",
        ),
    ],
)
def test_the_collection_in_words(given: Stats, words: str) -> None:
    assert collection_in_words(given) == words


def test_the_sample_holds_the_articles_of_its_questions() -> None:
    ids = {json.loads(line)["id"] for line in sample_path().read_text("utf-8").splitlines()}
    assert set(SAMPLE_QUESTIONS.values()) <= ids
    assert len(SAMPLE_QUESTIONS) == 3


def test_questions_are_offered_only_where_their_article_is_held(double: ModuleType) -> None:
    held = next(iter(SAMPLE_QUESTIONS.values()))
    found = (double.ARTICLE, double.VERSION)
    assert example_questions(lambda article, _: found if article == held else None) == [
        next(iter(SAMPLE_QUESTIONS))
    ]
    assert example_questions(lambda *_: None) == []
