from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.worddiff import Difference, differences, in_order, shared, weight


@pytest.mark.parametrize(
    ("words", "stored", "shown"),
    [
        ("it was 1997 when", "then it was 1998 when",
         [("missing", "", "then"), ("same", "it was", "it was"), ("replaced", "1997", "1998"),
          ("same", "when", "when")]),
        ("Saturday they left town", "on the same Monday they left town",
         [("missing", "", "on the same"), ("replaced", "Saturday", "Monday"),
          ("same", "they left town", "they left town")]),
        ("they left the city", "they left the town for good",
         [("same", "they left the", "they left the"), ("replaced", "city", "town"),
          ("missing", "", "for good")]),
        ("a of the house", "a cot in a corner of the house",
         [("missing", "", "a cot in"), ("same", "a", "a"), ("missing", "", "corner"),
          ("same", "of the house", "of the house")]),
        ("he never paid", "he paid",
         [("same", "he", "he"), ("added", "never", ""), ("same", "paid", "paid")]),
        ("one", "two three", [("replaced", "one", "two three")]),
        ("", "two", [("missing", "", "two")]),
        ("one", "", [("added", "one", "")]),
        ("it's so", "it’s so", [("same", "it's so", "it’s so")]),
    ],
    ids=range(9),
)  # fmt: skip
def test_differences(words: str, stored: str, shown: list[tuple[str, str, str]]) -> None:
    assert [tuple(d) for d in differences(words.split(), stored.split())] == shown


_TEXTS = st.lists(st.sampled_from("a b c the was Paid".split()), max_size=12)


@given(_TEXTS, _TEXTS)
def test_both_sentences_can_be_read_from_the_differences(
    words: list[str], stored: list[str]
) -> None:
    found = differences(words, stored)
    assert " ".join(d.theirs for d in found if d.theirs).split() == words
    assert " ".join(d.stored for d in found if d.stored).split() == stored
    assert all((d.operation == "same") == (d.theirs == d.stored) for d in found)
    assert Difference("same", "", "") not in found
    assert 0 <= in_order(words, stored) <= shared(words, stored) <= weight(words)


def test_words_that_tell_weigh_more() -> None:
    assert weight(["The", "mayor", "was,", "late."]) == 2.5
    assert shared(["late", "mayor"], ["mayor", "late"]) == 2
    assert in_order(["late", "mayor"], ["mayor", "late"]) == 1
