from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Span
from qa.moments import Moment, moments

READ = [
    ("Nov 3", "?-11-03"), ("Nov. 3", "?-11-03"), ("November 3", "?-11-03"),
    ("3 November", "?-11-03"), ("3 Nov", "?-11-03"), ("3 Nov.", "?-11-03"),
    ("November 3rd", "?-11-03"), ("3rd of November", "?-11-03"), ("the 3rd of November", "?-11-03"),
    ("Nov 3, 2016", "2016-11-03"), ("3 November 2016", "2016-11-03"), ("2016-11-03", "2016-11-03"),
    ("Nov. 3 2016", "2016-11-03"), ("the 3rd of November, 2016", "2016-11-03"),
    ("November 2016", "2016-11-?"), ("Nov. 2016", "2016-11-?"), ("November, 2016", "2016-11-?"),
    ("November of 2016", "2016-11-?"), ("November", "?-11-?"), ("in May", "?-05-?"),
    ("last March", "?-03-?"), ("mid-May", "?-05-?"), ("May 1", "?-05-01"), ("1 May", "?-05-01"),
    ("Jan. 31", "?-01-31"), ("Sept. 11, 2001", "2001-09-11"), ("Sep 11", "?-09-11"),
    ("5 p.m.", "17:00"), ("5pm", "17:00"), ("5 PM", "17:00"), ("5:00 p.m.", "17:00"),
    ("17:00", "17:00"), ("5 a.m.", "05:00"), ("12 a.m.", "00:00"), ("midnight", "00:00"),
    ("Dec. 31, 1999", "1999-12-31"), ("1 January", "?-01-01"), ("12:59 a.m.", "00:59"),
    ("11:59 p.m.", "23:59"), ("1 p.m.", "13:00"), ("00:00", "00:00"), ("23:59", "23:59"),
    ("0:05", "00:05"), ("2016-12-31", "2016-12-31"), ("2016-01-01", "2016-01-01"),
    ("12 pm", "12:00"), ("noon", "12:00"), ("8.30am", "08:30"), ("20:45", "20:45"),
]  # fmt: skip

NONE = [
    "May said", "march on", "may 3", "31 people", "May 3,000 people", "November 45", "25:10", "3-2",
    "24:00", "5:60", "0 p.m.", "2016-00-03", "2016-11-00", "2016-11-32", "November 32",
    "November 0",
    "17.30", "Mayor 5", "Decent 5", "2016-13-03", "2016-11-031", "5 pm2", "the 3rd man", "13 p.m.",
]  # fmt: skip


def only(text: str) -> Moment:
    (found,) = moments(text)
    return found


@pytest.mark.parametrize(("text", "key"), READ, ids=str)
def test_dates_and_times_are_read(text: str, key: str) -> None:
    assert only(f"They met {text} there.").key == key


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_date(text: str) -> None:
    assert [m for m in moments(text) if m.day or m.minute is not None or text == "May said"] == []


@pytest.mark.parametrize(
    ("said", "asked", "covered"),
    [
        ("Nov. 3, 2016", "3 November", True),
        ("Nov. 3, 2016", "November 2016", True),
        ("Nov. 3, 2016", "in November", True),
        ("3 November", "Nov. 3, 2016", False),
        ("Nov. 3, 2016", "Nov. 3, 2015", False),
        ("Nov. 3", "Nov. 4", False),
        ("Nov. 3", "Dec. 3", False),
        ("5 p.m.", "17:00", True),
        ("5 p.m.", "5 a.m.", False),
        ("5 p.m.", "in November", False),
        ("in November", "5 p.m.", False),
        ("midnight", "in November", False),
        ("in November", "midnight", False),
        ("5:30 p.m.", "5 p.m.", False),
        ("5:30 p.m.", "17:30", True),
        ("November 2016", "Nov. 3, 2016", False),
        ("Nov. 3", "Nov. 3, 2016", False),
        ("Nov. 3, 2016", "Nov. 13, 2016", False),
        ("2016-11-03", "Nov. 3", True),
    ],
)
def test_what_a_date_covers(said: str, asked: str, covered: bool) -> None:
    assert only(said).covers(only(asked)) is covered


def test_spans_are_exact() -> None:
    text = "💶 On Nov. 3, 2016, at 5 p.m., and in May, they met."
    assert [m.span.of(text) for m in moments(text)] == ["Nov. 3, 2016", "5 p.m.", "May"]
    assert moments("é in May")[0].span == Span(5, 8)


@given(st.text(alphabet=st.sampled_from("0123456789.,: NovMayJune ptham-2016\n"), max_size=60))
def test_spans_are_disjoint_and_in_order(text: str) -> None:
    found = moments(text)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
