from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.quotes.excerpts import SHORTEST, alter, invented, part, right_difference, vary
from qa.fold import fold
from qa.quotes import Difference

LENT = "“By the end of 2015, China had lent us a total of $65 billion – it’s final,” he said."
WORDS = "The mayor said that the bridge across the river would open to lorries soon."


def same(text: str) -> Difference:
    return Difference("same", text, text)


@given(st.integers(0, 500))
def test_a_part_is_stored_text_and_cuts_no_figure(seed: int) -> None:
    cut = part(LENT, Random(seed))
    assert cut in LENT
    assert len(cut.split()) >= SHORTEST
    assert not cut.endswith(("$65", "a total of", "end of")) or cut == LENT
    assert not cut.startswith(("billion", "$65"))


def test_parts_differ_and_a_short_text_stays_whole() -> None:
    assert len({part(WORDS, Random(seed)) for seed in range(50)}) > 5
    assert part("Too short.", Random(0)) == "Too short."


@given(st.integers(0, 500))
def test_other_typography_folds_to_the_same(seed: int) -> None:
    varied = vary(LENT, Random(seed))
    assert varied != LENT
    assert fold(varied) == fold(LENT)


def test_all_forms_of_typography_occur() -> None:
    text = 'The office said "it\'s five" - a first fling at flying so far afield.'
    varied = "".join(vary(text, Random(seed)) for seed in range(200))
    assert all(mark in varied for mark in "“”’ﬃﬁﬂ\n\u00a0\u2009\u00ad\r")


@pytest.mark.parametrize("seed", range(20))
def test_an_altered_text_says_something_else(seed: int) -> None:
    for text in (LENT, WORDS):
        assert alter(text, (), Random(seed)).split() != text.split()


ASKED = "China had lent $62 billion by then"
STORED = "China had lent $65 billion by then"


@pytest.mark.parametrize(
    ("differences", "right"),
    [
        ([same("China had lent"), Difference("replaced", "$62", "$65"), same("billion by then")],
         True),
        ([Difference("missing", "", "He said"), same("China had lent"),
          Difference("replaced", "$62", "$65"), same("billion by then"),
          Difference("missing", "", "at last.")], True),
        ([same(ASKED)], False),
        ([], False),
        ([same("China had"), Difference("replaced", "lent $62", "lent $65"),
          same("billion by then")], False),
        ([same("China had lent"), Difference("replaced", "$62", "$65"), same("billion"),
          Difference("replaced", "by then", "by now")], False),
        ([Difference("replaced", ASKED, "Something else")], False),
    ],
    ids=["right", "part", "none shown", "nothing", "too much", "another", "all"],
)  # fmt: skip
def test_the_right_difference(differences: list[Difference], right: bool) -> None:
    assert right_difference(ASKED, STORED, differences) is right


def test_a_word_left_out_is_missing() -> None:
    shown = [same("The"), Difference("missing", "", "old"), same("bridge fell")]
    assert right_difference("The bridge fell", "The old bridge fell", shown)
    assert not right_difference("The bridge fell", "The bridge fell down", shown)


def test_invented_sentences_differ_and_are_the_same_for_a_seed() -> None:
    made = invented(200, 1)
    assert len(set(made)) == 200
    assert made == invented(200, 1) != invented(200, 2)
