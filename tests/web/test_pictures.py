"""Marks, differing figures and the line of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Answer, Citation, Statement
from web.page.pictures import LEAST_DATES, _places, differing, differing_figures, mark, timeline

JULY = date(2018, 7, 1)


def quotes(double: ModuleType, *shorts: str | None) -> tuple[Citation, ...]:
    return tuple(
        replace(double.cite(double.COST, short=short), published=date(2010 + n, 7, 1))
        for n, short in enumerate(shorts)
    )


def answer(citations: tuple[Citation, ...]) -> Answer:
    said = tuple(Statement(c.quote, (c,)) for c in citations)
    return Answer("q", "q", "answered", said, citations[0].short)


@pytest.mark.parametrize(
    ("shorts", "rows"),
    [
        (["$12 million", "$15 million"], [0, 1]),
        (["$12 million", "12 million dollars"], []),  # one figure, written otherwise
        (["$12 million", "12 people", "$9m"], [0, 2]),  # of another kind
        (["twelve", "12", "thirteen"], [0, 1, 2]),
        (["$12 million"], []),
        (["the mayor", "$12 million", "$9 million"], []),
        ([None, "$12 million", "$9 million"], []),
    ],
)
def test_figures_that_differ_are_seen_at_once(
    double: ModuleType, shorts: list[str | None], rows: list[int]
) -> None:
    assert differing_figures(quotes(double, *shorts)) == rows


def test_the_table_names_figure_outlet_and_date(double: ModuleType) -> None:
    html = differing(3, answer(quotes(double, "$12 million", "$15 million")))
    assert html.count("<tr>") == 3
    assert 'data-turn="3" data-cite="1"' in html
    assert "Lowhaven Gazette" in html
    assert "1 July 2011" in html
    assert differing(0, answer(quotes(double, "$12 million"))) == ""


def test_three_days_make_a_timeline(double: ModuleType) -> None:
    three = quotes(double, "a", "b", "c")
    html = timeline(0, answer(three[::-1]))
    assert html.index("1 July 2010") < html.index("1 July 2011") < html.index("1 July 2012")
    assert html.index('data-cite="2"') < html.index('data-cite="0"')
    assert 'class="when"' in html
    assert timeline(0, answer(three[: LEAST_DATES - 1])) == ""
    one_day = tuple(replace(citation, published=JULY) for citation in three)
    assert timeline(0, answer(one_day)) == ""
    undated = (*three[:2], replace(three[2], published=None))
    assert timeline(0, answer(undated)) == ""
    assert 'class="when long"' in timeline(0, answer(quotes(double, *"abcde")))


@given(st.lists(st.dates(), min_size=2, max_size=8))
def test_places_keep_order_and_distance(days: list[date]) -> None:
    days.sort()
    places = _places(days)
    assert places[0] == 0
    assert places[-1] == pytest.approx(1, abs=1e-6) or days[0] == days[-1]
    least = 0.75 / (len(days) - 1) - 1e-9
    assert all(later - earlier >= least for earlier, later in pairwise(places))


def test_a_mark_has_its_quote_at_hand(double: ModuleType) -> None:
    html = mark(1, 2, double.cite(double.COST))
    assert 'aria-describedby="short-1-2"' in html
    assert 'id="short-1-2"' in html
    assert "The new pier will cost $12 million." in html
    assert "2 April 2019" in html
