from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.facts import HEDGES, NEGATIONS, dates, negations, tokens
from qa.fold import fold, fold_with_map, is_border, occurrences


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
        ("China did NOT pay, NOR did NATO.", ["not", "nor"]),
        ("THEY DON’T PAY, CAN'T AND CANNOT.", ["not", "not", "not"]),
    ],
)
def test_negations(text: str, expected: list[str]) -> None:
    assert negations(text) == expected


@pytest.mark.parametrize("word", sorted(NEGATIONS | HEDGES))
def test_capitals_make_no_name_of_what_takes_back(word: str) -> None:
    plain, loud = tokens(word), tokens(word.upper())
    assert [(t.kind, t.key) for t in loud] == [(t.kind, t.key) for t in plain]
    assert {t.kind for t in loud} & {"negation", "hedge"}


@pytest.mark.parametrize(
    ("text", "word"),
    [("SUPPOSE", "suppose"), ("Suppose", "suppose"), ("NATO", "nato"), ("U.S.", "US"), ("us", "us"),
     ("IT", "IT"), ("WHO", "WHO"), ("who", "who")],
)  # fmt: skip
def test_lists_are_searched_by_a_word_in_lower_case(text: str, word: str) -> None:
    assert [token.word for token in tokens(text)] == [word]


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
        ("5 m", "5m", True),
        ("5 km", "5km", True),
        ("5 km", "5", False),
        ("2015", "2015 km", False),
        ("2015", "November 2015", False),
        ("Nov. 3, 2015", "2,015", False),
        ("Nov. 3, 2015", "3 November", True),
        ("5", "five", True),
        ("five", "may", False),
        ("not", "no", False),
        ("it", "IT", False),
        ("+", "+", True),
        ("+", "<", False),
    ],
)
def test_what_a_token_says(quote: str, statement: str, says: bool) -> None:
    (said,), (claim,) = tokens(quote), tokens(statement)
    assert said.says(claim) is says


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("5+ of <6 at 7° paid #8.", ["5", "+", "of", "<", "6", "at", "7°", "paid", "#", "8"]),
        ("It's 5 km off, he’s told", ["It's", "5 km", "off", "he’s", "told"]),
        ("R&D and/or AT&T: 24/7!", ["R&D", "and", "/", "or", "AT&T", "24/7"]),
        ("(a) “b” – c; d's", ["a", "b", "c", "d's"]),
        ("U.S. men can't pay $5 m.", ["U.S.", "men", "can't", "can't", "pay", "$5 m"]),
        ("It cost 5p, ₿7 or 8‰ ©", ["It", "cost", "5p", "₿", "7", "or", "8", "‰", "©"]),
        ("On Nov. 3, 2016, it rose 5.", ["On", "Nov. 3, 2016", "it", "rose", "5"]),
        ("💶 x_y @z _", ["💶", "x_y", "@z", "_"]),
    ],
)
def test_whatever_says_something_is_a_token(text: str, pieces: list[str]) -> None:
    assert [token.span.of(text) for token in tokens(text)] == pieces


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Russia may not lend it", ["name", "hedge", "negation", "word", "pronoun"]),
        ("The IT of US and us", ["word", "name", "word", "name", "word", "word"]),
        ("At, 5 of Them by noon", ["word", "number", "word", "pronoun", "word", "moment"]),
        ("can’t U.N. NATO’s", ["word", "negation", "name", "name"]),
        (
            "WHO may NOT lend IT, MAY THEY",
            ["name", "hedge", "negation", "word", "name", "hedge", "pronoun"],
        ),
    ],
)
def test_kinds_of_tokens(text: str, kinds: list[str]) -> None:
    assert [token.kind for token in tokens(text)] == kinds


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("won't", ["will", "not"]), ("shan’t", ["shall", "not"]), ("cannot", ["can", "not"]),
        ("doesn't", ["does", "not"]), ("Russia’s", ["russia"]), ("U.S.", ["US"]), ("us", ["us"]),
        ("teachers'", ["teachers"]), ("e.g.", ["eg"]),
    ],
)  # fmt: skip
def test_normal_forms(text: str, keys: list[str]) -> None:
    assert [token.key for token in tokens(text)] == keys


@given(st.sampled_from("+<>=~±°%#&@*/§$€£"), st.sampled_from("ab 12"))
def test_a_mark_that_says_something_is_never_dropped(mark: str, around: str) -> None:
    with_mark, without = (tokens(f"{around} {m} {around}") for m in (mark, ""))
    assert [t.key for t in with_mark] != [t.key for t in without]


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
        ("$5", 1, True), ("a-b", 1, True), ("a", 1, True), ("a", 0, True), ("5.", 1, True),
        (".5", 1, True), ("a.5", 2, True), ("5,a", 1, True), ("5,6", 1, False), ("5:6", 2, False),
        ("5,", 2, True), ("ab", 1, False), ("a b", 1, True), ("中a", 1, True), ("5中", 1, True),
        ("กข", 1, True), ("あ5", 1, True), ("x,5", 2, True), ("5;6", 1, True), ("½½", 1, False),
    ],
)  # fmt: skip
def test_borders(text: str, position: int, border: bool) -> None:
    assert is_border(text, position) is border


@pytest.mark.parametrize(
    ("part", "text", "found"),
    [
        ("5", "5 15 5", [(0, 1), (5, 6)]),
        ("a a", "a a a", [(0, 3), (2, 5)]),
        ("ab", "xab ab abx", [(4, 6)]),
        ("", "abc", []),
        ("abc", "ab", []),
        ("abc", "abc", [(0, 3)]),
        ("1,2", "1,2,3 1,2", [(6, 9)]),
        ("é", "💶eé é", [(4, 5)]),
    ],
)
def test_occurrences_cut_nothing(part: str, text: str, found: list[tuple[int, int]]) -> None:
    assert [(span.start, span.end) for span in occurrences(part, text)] == found


@given(st.text("ab 1,.é💶", max_size=12), st.text("ab 1,.é💶", max_size=30))
def test_occurrences_are_all_the_whole_ones(part: str, text: str) -> None:
    places = [n for n in range(len(text)) if part and text[n : n + len(part)] == part]
    whole = [n for n in places if is_border(text, n) and is_border(text, n + len(part))]
    found = list(occurrences(part, text))
    assert [span.start for span in found] == whole
    assert all(span.of(text) == part for span in found)


@pytest.mark.parametrize(
    ("text", "start", "end", "original"),
    [
        ("a ﬁne  “b”", 2, 6, "ﬁne"),
        ("a ﬁne  “b”", 3, 6, "ﬁne"),
        ("a ﬁne  “b”", 6, 7, "  "),
        ("💶 Cafe\u0301 …x", 2, 7, "Cafe\u0301"),
        ("💶 Cafe\u0301 …x", 8, 11, "…"),
        ("co\u00adop", 0, 4, "co\u00adop"),
        ("\u200bab", 0, 1, "a"),
        ("ab", 0, 2, "ab"),
    ],
)
def test_the_way_back(text: str, start: int, end: int, original: str) -> None:
    assert fold_with_map(text).original(start, end).of(text) == original


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
