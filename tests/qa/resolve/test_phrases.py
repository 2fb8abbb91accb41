"""Words that belong to a follow-up become the phrases that they stand in."""

from __future__ import annotations

import re

import pytest

from corpus.article import Span
from qa.resolve.phrases import Kind, kind_of, phrases_of
from qa.resolve.said import Said


def weighed(text: str, *chosen: str) -> list[tuple[Span, float]]:
    words = re.finditer(r"[^\W_]+(?:['’-][^\W_]+)*", text)
    return [(Span(*w.span()), 0.9 if w[0] in chosen else 0.01) for w in words]


def carried(said: Said, *chosen: str) -> list[str]:
    found = phrases_of([said], [weighed(said.text, *chosen)], 0.5, frozenset())
    return [phrase.text for phrase in found]


def asked(text: str, answered: str = "") -> Said:
    return Said(text, 1, is_answer=False, answered=answered)


def test_a_name_is_carried_whole() -> None:
    assert carried(asked("Who is Ingrid Vass of the Halden Institute?"), "Vass") == ["Ingrid Vass"]
    text = "What did the Bank of England say?"
    assert carried(asked(text), "Bank", "England") == ["Bank of England"]


def test_a_possessive_is_carried_without_its_ending() -> None:
    assert carried(asked("What is Rosneft’s debt?"), "Rosneft’s") == ["Rosneft"]


def test_what_was_asked_for_is_carried_as_what_was_answered() -> None:
    said = asked("Which major city opened a camp?", answered="New York")
    assert carried(said, "city") == ["New York"]


def test_of_an_answer_only_names_and_dates_are_carried() -> None:
    said = Said("Russia sold fighters.", 1, is_answer=True)
    assert carried(said, "Russia", "fighters") == ["Russia"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ingrid Vass", Kind.PERSON),
        ("Mr. Maduro", Kind.PERSON),
        ("al Qaeda leader Ayman al-Zawahiri", Kind.PERSON),
        ("former guard of the researcher", Kind.PERSON),
        ("Halden Institute", Kind.NAME),
        ("Rosneft", Kind.NAME),
        ("Venezuela", Kind.PLACE),
        ("2016", Kind.TIME),
        ("3 May 2016", Kind.TIME),
        ("tent camp", Kind.THING),
    ],
)
def test_the_kind_of_a_phrase(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind
