from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.facts import dates, negations, tokens
from qa.fold import fold, fold_with_map, is_border


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They don't know.", ["not"]),
        ("They don’t know.", ["not"]),
        ("He can't and won't, and cannot.", ["not", "not", "not"]),
        ("It never did; no one did, nor could.", ["never", "no", "nor"]),
        ("He denied it without a word.", ["denied", "without"]),
        ("Nobody rejects None.", ["nobody", "rejects", "none"]),
        ("Neither failed to refuse.", ["neither", "failed", "refuse"]),
        ("He noted a notable nothing.", ["nothing"]),
        ("All is well in Norway.", []),
    ],
)
def test_negations(text: str, expected: list[str]) -> None:
    assert negations(text) == expected


def test_facts_are_normal_forms() -> None:
    found = tokens("On 3 November China may not lend it $1.2bn.")
    assert {(token.kind, token.key) for token in found if token.kind != "word"} == {
        ("moment", "?-11-03"), ("name", "china"), ("hedge", "may"), ("negation", "not"),
        ("pronoun", "it"), ("number", "1200000000 $"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("quote", "statement", "says"),
    [
        ("Russia's", "Russia", True),
        ("U.S.", "US", True),
        ("us", "US", False),
        ("Nov. 3, 2016", "2016", True),
        ("Nov. 3, 2016", "2015", False),
        ("2016", "November 2016", False),
        ("65", "65 billion", False),
        ("denied", "admitted", False),
        ("not", "never", False),
        ("lent", "Lent", True),
    ],
)
def test_what_a_token_says(quote: str, statement: str, says: bool) -> None:
    (said,), (claim,) = tokens(quote), tokens(statement)
    assert said.says(claim) is says


@given(st.text(max_size=80))
def test_tokens_are_disjoint_slices(text: str) -> None:
    spans = sorted({token.span for token in tokens(text)})
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert not spans or spans[-1].end <= len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“It’s”", '"It\'s"'),
        ("a\u00a0b\n c\t", "a b c"),
        ("ﬁve – six—seven", "five - six-seven"),
        ("wait…", "wait..."),
        ("soft\u00adhy\u200bphen", "softhyphen"),
        ("e\u0301", "é"),
        ("x² ｘ", "x² ｘ"),
    ],
)
def test_fold_forgives_typography_only(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet=st.sampled_from("ab “”’–… \n\u00a0ﬁ\u200b💶é"), max_size=40))
def test_fold_leads_back_to_the_original(text: str) -> None:
    folded = fold_with_map(text)
    assert fold(text) == folded.text.strip()
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for position, character in enumerate(folded.text):
        source = text[folded.starts[position] : folded.ends[position]]
        assert character == source or character in fold_with_map(source).text


@pytest.mark.parametrize(
    ("text", "position", "border"),
    [
        ("65 billion", 0, True), ("65 billion", 2, True), ("65 billion", 1, False),
        ("65 billion", 10, True), ("1,200", 2, False), ("1,200", 1, False), ("in 1, 2", 4, True),
        ("6.5", 1, False), ("6.5", 2, False), ("end. New", 3, True), ("10:30", 3, False),
        ("don't", 3, True), ("中国政府", 2, True), ("中65亿", 2, False), ("e\u0301", 1, False),
        ("$5", 1, True), ("a-b", 1, True),
    ],
)  # fmt: skip
def test_borders(text: str, position: int, border: bool) -> None:
    assert is_border(text, position) is border


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("By 2015, loans had grown to $65 billion.", ["2015"]),
        ("It signed 30 contracts from 2005 to 2013.", ["2005", "2013"]),
        ("On Nov. 3, 2016, at 5 p.m., and in March 2017", ["Nov. 3, 2016", "March 2017"]),
        ("On Monday 2,015 people met in Room 1200a.", []),
    ],
)
def test_dates_are_slices_in_order(text: str, named: list[str]) -> None:
    assert dates(text) == named
