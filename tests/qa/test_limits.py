"""Only what plainly speaks of articles limits a search."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunk_index import NO_LIMITS, Limits
from qa.limits import Stated, carried_over, narrowed, stated_limits

TODAY = date(2019, 10, 23)  # a Wednesday
OUTLETS = [
    "Tallis Wire", "The Post", "Post", "USA Today", "The Week", "Today", "The Independent",
    "Mirror", "Harbour Gazette", "The Gazette",
]  # fmt: skip


def stated(question: str) -> Stated:
    return stated_limits(question, lambda: OUTLETS, lambda: TODAY)


def year(number: int) -> Limits:
    return Limits(since=date(number, 1, 1), until=date(number, 12, 31))


LAST_WEEK = Limits(since=date(2019, 10, 14), until=date(2019, 10, 20))


@pytest.mark.parametrize(
    ("question", "limits"),
    [
        ("How much was lent, according to Tallis Wire?", Limits("Tallis Wire")),
        ("what does it say in the Tallis Wire", Limits("Tallis Wire")),
        ("how many died according to the post?", Limits("The Post")),
        ("What did the Gazette write about the dam?", Limits("The Gazette")),
        ("What does USA Today say about the vote?", Limits("USA Today")),
        ("What does Tallis Wire's coverage say of the dam?", Limits("Tallis Wire")),
        ("What do articles from Tallis Wire say?", Limits("Tallis Wire")),
        ("According to The Week, who leads?", Limits("The Week")),
        ("How many were hurt, as reported by Today?", Limits("Today")),
        ("How many died in articles from 2016?", year(2016)),
        ("What was published in 2016 about the dam?", year(2016)),
        ("Who resigned, in articles from last week?", LAST_WEEK),
        ("In last week's articles, who resigned?", LAST_WEEK),
        ("Which stories published last week mention the dam?", LAST_WEEK),
        ("What was reported last week?", LAST_WEEK),
        ("Who was in the news last week?", LAST_WEEK),
        ("Who quit in stories from May 2019?", Limits(None, date(2019, 5, 1), date(2019, 5, 31))),
        ("What is today's news?", Limits(since=TODAY, until=TODAY)),
        ("Who quit in yesterday's stories?", Limits(None, date(2019, 10, 22), date(2019, 10, 22))),
        ("What do articles from this week say?", Limits(None, date(2019, 10, 21), TODAY)),
        ("Who quit in articles from the past three days?", Limits(None, date(2019, 10, 20), TODAY)),
        ("Who quit in news from May 2016?", Limits(None, date(2016, 5, 1), date(2016, 5, 31))),
        (
            "Who resigned, according to Post, in articles from this month?",
            Limits("Post", date(2019, 10, 1), TODAY),
        ),
    ],
)  # fmt: skip
def test_what_is_stated(question: str, limits: Limits) -> None:
    assert stated(question).limits == limits


@pytest.mark.parametrize(
    "question",
    [
        # the time of what happened
        "How much was lent in 2016?",
        "how much did exports rise last month?",
        "How much did the bank lose last year?",
        "Who resigned yesterday?",
        "What is last year's budget?",
        "What did the flood reported last week destroy?",
        "How many cases were reported last week?",
        "Which book was published in 2016?",
        "What did last year's report find?",
        "Did the annual report from 2016 say so?",
        "What do success stories from last year have in common?",
        "Who paid for coverage of last week's flood?",
        "How high was the coverage in 2016?",
        "How many articles did Congress repeal last year?",
        # words that are outlets' names as well
        "How many people live in the USA today?",
        "Was the mirror broken today?",
        "What happened in the week before the vote?",
        "Who won the week, according to the independent commission?",
        "According to the Independent Commission, who won?",
        "According to today's figures, who leads?",
        "What did the independent say?",
        "What did the Independent Party say?",
        "What was lent in the post of June?",
        "Did the Postman say so?",
        # outlets that do something
        "Who owns Tallis Wire?",
        "What did USA Today pay for its building?",
        "How much did The Independent report in losses?",
        "How many died, according to the Ministry?",
        "",
    ],
)
def test_what_is_no_limit(question: str) -> None:
    assert stated(question) == Stated(NO_LIMITS, question)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("How much was lent, according to Tallis Wire?", "How much was lent?"),
        ("According to Tallis Wire, how much was lent?", "How much was lent?"),
        ("In articles from last week, who resigned?", "Who resigned?"),
        ("Who resigned in last week's stories, according to Post?", "Who resigned?"),
        ("and according to Tallis Wire?", ""),
        ("And in articles from 2016?", ""),
        ("Who was in the news last week?", "Who was in the news last week?"),
        ("What does USA Today say about the vote?", "What does USA Today say about the vote?"),
    ],
)
def test_words_that_only_limit_are_not_asked_about(question: str, rest: str) -> None:
    assert stated(question).rest == rest


LIMITS = st.builds(
    Limits,
    st.sampled_from((None, "Post", "Today")),
    st.none() | st.dates(),
    st.none() | st.dates(),
)


@given(LIMITS, LIMITS)
def test_two_limits_let_through_what_both_do(one: Limits, other: Limits) -> None:
    both = narrowed(one, other)
    if both is None:
        assert None not in (one.publisher, other.publisher)
        assert one.publisher != other.publisher
        return
    for day in (date(2000, 1, 1), date(2019, 1, 1)):
        for name in ("Post", "Today"):
            assert _lets(both, name, day) is (_lets(one, name, day) and _lets(other, name, day))


def _lets(limits: Limits, name: str, day: date) -> bool:
    after = limits.since is None or day >= limits.since
    before = limits.until is None or day <= limits.until
    return limits.publisher in (None, name) and after and before


def test_a_follow_up_replaces_the_like_and_keeps_the_rest() -> None:
    before = Limits("Post", date(2016, 1, 1), date(2016, 12, 31))
    assert carried_over(NO_LIMITS, before) == before
    assert carried_over(Limits("Today"), before) == Limits("Today", before.since, before.until)
    assert carried_over(LAST_WEEK, before) == Limits("Post", LAST_WEEK.since, LAST_WEEK.until)
