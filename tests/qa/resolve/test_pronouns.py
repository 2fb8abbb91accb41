"""Which pronouns of a question are left open: the others it answers itself."""

from __future__ import annotations

import pytest

from qa.resolve.pronouns import open_slots


def left_open(question: str) -> list[str]:
    return [span.of(question) for span, _ in open_slots(question)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How old is he?", ["he"]),
        ("What did it cost to set up?", ["it"]),
        ("Which of its products were they about?", ["its", "they"]),
        ("When did the Halden Institute apologise to her?", ["her"]),
        ("What did Rosneft pay for it?", ["it"]),
        ("What did Ingrid Vass think it was worth?", ["it"]),
        ("What else did she say then?", ["she", "then"]),
    ],
)
def test_what_the_question_does_not_say_is_left_open(question: str, expected: list[str]) -> None:
    assert left_open(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Did Rosneft say that it would sell its stake?",
        "Which company announced it was closing its mills?",
        "Due to a drought in its valleys, which country imports water?",
        "Following her defeat, Ingrid Vass took a post at which institute?",
        "Ingrid Vass resigned from the Halden Institute. Where did she go?",
        "Which city took in the people bused there?",
        "Which minister lost her seat?",
        "Is it true that prices rose?",
        "Is there a bridge?",
    ],
)
def test_what_the_question_says_itself_is_not_left_open(question: str) -> None:
    assert left_open(question) == []


def test_a_long_question_tells_what_it_is_about() -> None:
    question = (
        "Which brand replaced its tin soldiers with plush rabbits, moved production overseas and "
        "then sold them in supermarkets across northern Europe?"
    )
    assert left_open(question) == []
