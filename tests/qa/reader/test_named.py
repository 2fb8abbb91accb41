"""What a question names, and how much of it a text has."""

from __future__ import annotations

import pytest

from qa.reader.named import Held, named_in


@pytest.mark.parametrize(
    ("question", "names", "numbers"),
    [
        pytest.param("How much has Brazil lent Peru?", ["Brazil", "Peru"], [], id="names"),
        pytest.param("Who left Oslo on Tuesday?", ["Oslo"], [], id="no days of the week"),
        pytest.param("Which U.S. senator left New York City?", ["U.S.", "New York City"], [],
                     id="dots and New"),
        pytest.param("Which of the nineteen states lost 1,200 jobs in 2015?", [],
                     ["nineteen", "1,200", "2015"], id="numbers in words and figures"),
        pytest.param("Which one of them won?", [], [], id="one is no number"),
        pytest.param("Who won Euro 2020?", ["Euro 2020"], [], id="a number within a name"),
        pytest.param("Why was it late?", [], [], id="nothing"),
    ],
)  # fmt: skip
def test_what_is_named(question: str, names: list[str], numbers: list[str]) -> None:
    found = named_in(question)
    assert [named.text for named in found if named.number is None] == names
    assert [named.text for named in found if named.number] == numbers
    assert all(named.span.of(question) == named.text for named in found)


RARITY = {"adalin": 0.9, "tolliv": 0.8, "harbour": 0.3, "food": 0.4, "standard": 0.5, "agenc": 0.2}


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        pytest.param("What did Adalin Tolliver say?", "Tolliver spoke.", 1.0, id="last name"),
        pytest.param("What did Adalin Tolliver say?", "Adalin spoke.", 0.9 / 1.7, id="first name"),
        pytest.param("What did Adalin Tolliver say?", "Ingrid spoke.", 0.0, id="somebody else"),
        pytest.param("What did the Food Standards Agency say?", "The agency spoke.", 0.2 / 1.1,
                     id="a common last word"),
        pytest.param("What did the FSA say?", "The Food Standards Agency spoke.", 1.0,
                     id="written out"),
        pytest.param("What did the Food Standards Agency say?", "The FSA spoke.", 1.0,
                     id="acronym"),
        pytest.param("What did the MI say?", "Mice spoke.", 0.0, id="acronym of nothing"),
        pytest.param("Who are the 17 dead?", "Seventeen died.", 1.0, id="number in words"),
        pytest.param("Who are the 17 dead?", "In all, 170 died.", 0.0, id="another number"),
    ],
)  # fmt: skip
def test_how_much_is_held(question: str, text: str, share: float) -> None:
    (named,) = named_in(question)
    assert Held([text]).share_of(named, RARITY) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "otherwise"),
    [
        ("The outbreak reached six states.", True),
        ("The outbreak reached nineteen states.", False),
        ("Six people died.", False),
        ("It reached nineteen states, at first six states.", True),
    ],
)
def test_what_is_counted_otherwise(text: str, otherwise: bool) -> None:
    (named,) = named_in("How did it come to nineteen states?")
    assert Held([text]).counts_otherwise(named) is otherwise
