from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from qa.conversations.names import LONGEST_NAME, checked_name, name_from


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Who sank?", "Who sank?"),
        ("  Who \n\t sank?  ", "Who sank?"),
        (
            "How much money has China lent Venezuela since 2006, and how much of it is repaid?",
            "How much money has China lent Venezuela since 2006, and how …",
        ),
        ("By how much did it rise to the total of 1,234,567.89 dollars, or so they say?",
         "By how much did it rise to the total of 1,234,567.89 dollars …"),
        ("x" * 100, "x" * 60 + " …"),
    ],
    ids=["short", "white space", "long", "a figure is not cut", "one long word"],
)  # fmt: skip
def test_a_conversation_is_named_by_its_first_question(question: str, name: str) -> None:
    assert name_from(question) == name


@given(st.text(min_size=1))
def test_any_question_makes_a_short_name_that_can_be_stored(question: str) -> None:
    name = name_from(question)
    assert len(name) <= 64
    assert name.encode()
    assert name == " ".join(name.split())


@pytest.mark.parametrize(
    ("name", "code"),
    [(" \t", "E_EMPTY"), ("x" * (LONGEST_NAME + 1), "E_TOO_LONG"), ("a\ud800", "E_NOT_TEXT")],
    ids=["blank", "long", "half a character"],
)
def test_what_is_no_name_is_refused(name: str, code: str) -> None:
    with pytest.raises(QuestionError) as refused:
        checked_name(name)
    assert (refused.value.code, refused.value.field) == (code, "name")


def test_white_space_in_a_name_is_made_single_spaces() -> None:
    assert checked_name(" Loans\n to   Venezuela ") == "Loans to Venezuela"
