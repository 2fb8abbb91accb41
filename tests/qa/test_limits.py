"""Only what plainly speaks of articles limits a search."""

from __future__ import annotations

from datetime import date

import pytest

from index.chunk_index import NO_LIMITS, Limits
from qa.limits import stated_limits

TODAY = date(2019, 10, 23)  # a Wednesday
OUTLETS = ["Tallis Wire", "The Post", "Post"]


def year(number: int) -> Limits:
    return Limits(since=date(number, 1, 1), until=date(number, 12, 31))


@pytest.mark.parametrize(
    ("question", "limits"),
    [
        ("How much was lent, according to Tallis Wire?", Limits("Tallis Wire")),
        ("what does it say in the Tallis Wire", Limits("Tallis Wire")),
        ("how many died according to the post?", Limits("The Post")),
        ("How many died in articles from 2016?", year(2016)),
        ("What was published in 2016 about the dam?", year(2016)),
        ("Who resigned yesterday?", Limits(since=date(2019, 10, 22), until=date(2019, 10, 22))),
        ("Who resigned this week?", Limits(since=date(2019, 10, 21), until=TODAY)),
        ("Who resigned last week?", Limits(since=date(2019, 10, 14), until=date(2019, 10, 20))),
        ("Who resigned last month?", Limits(since=date(2019, 9, 1), until=date(2019, 9, 30))),
        ("Who resigned last year?", year(2018)),
        ("Who resigned in the past 3 days?", Limits(since=date(2019, 10, 20), until=TODAY)),
        (
            "Who resigned this month, according to Post?",
            Limits("Post", date(2019, 10, 1), TODAY),
        ),
    ],
)
def test_what_is_stated(question: str, limits: Limits) -> None:
    assert stated_limits(question, OUTLETS, TODAY) == limits


@pytest.mark.parametrize(
    "question",
    [
        "How much was lent in 2016?",
        "Who owns Tallis Wire?",
        "How many died, according to the Ministry?",
        "What is last year's budget?",
        "Did the Postman say so?",
        "What was lent in the post of June?",
        "",
    ],
)
def test_what_is_no_limit(question: str) -> None:
    assert stated_limits(question, OUTLETS, TODAY) == NO_LIMITS
