"""Near misses: something else of the same kind is asked, or stands in the window."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.article import Span
from qa.reader.lexicon import PLACES
from qa.reader.training.swaps import Replacement, Swapper, related_words

QUESTIONS = [
    "How much has China lent Venezuela?",
    "Who is the mayor of Port Sennet?",
    "Is it Brazil?",
]
WINDOW = "China has lent Venezuela $65 billion since 2007, an official of China said."


def embed(names: Sequence[str]) -> NDArray[np.float32]:
    """Put countries on one axis and all else on another."""
    return np.array([[n in PLACES, n not in PLACES] for n in names], np.float32).reshape(-1, 2)


@pytest.fixture
def swapper() -> Swapper:
    return Swapper(QUESTIONS, {"official": ("minister",), "lent": ("sold",)}, embed)


def test_a_question_differs_in_one_place(swapper: Swapper) -> None:
    question = "How much has China lent Venezuela since 2007?"
    made = {swapper.question(question, WINDOW, random.Random(seed)) for seed in range(40)}
    assert len(made) > 3
    for swapped in made:
        assert swapped is not None
        words = zip(question.split(), swapped.split(), strict=True)
        assert sum(old != new for old, new in words) == 1


def test_nothing_to_swap(swapper: Swapper) -> None:
    assert swapper.question("why is it so?", "It is so.", random.Random(1)) is None


def test_the_swapped_word_is_not_in_the_window(swapper: Swapper) -> None:
    window = WINDOW + " Brazil and Port Sennet did not."
    for seed in range(40):
        swapped = swapper.question("How much has China lent?", window, random.Random(seed))
        assert swapped in (None, "How much has China sold?")


def test_a_window_keeps_its_answer(swapper: Swapper) -> None:
    kept = Span(WINDOW.index("$65"), WINDOW.index(" since"))
    made = [
        swapper.shared("How much has China lent?", WINDOW, kept, random.Random(seed))
        for seed in range(20)
    ]
    swapped = [other.apply(WINDOW) for other in made if other]
    assert len(swapped) > 5
    assert all("$65 billion" in window and "China" not in window for window in swapped)
    assert swapper.shared("Did it pay 65 twice?", WINDOW, kept, random.Random(1)) is None


def test_the_likest_name_is_preferred() -> None:
    axes = {"Ford": [1, 0], "Toyota": [0.9, 0.1], "Lent": [0, 1], "Rain": [0.1, 0.9]}
    questions = [f"Did {name} win?" for name in axes]
    swapper = Swapper(questions, {}, lambda names: np.array([axes[n] for n in names], np.float32))
    made = [
        swap.text
        for seed in range(200)
        for swap in swapper.named("Did Ford win?", random.Random(seed))
    ]
    assert made.count("Toyota") > made.count("Lent") + made.count("Rain")
    assert "Ford" not in made


def test_what_of_a_question_is_named(swapper: Swapper) -> None:
    question = "Did the first minister of China lend nineteen times since 2007?"
    found = {
        swap.span.of(question)
        for seed in range(20)
        for swap in swapper.named(question, random.Random(seed))
    }
    assert found == {"first", "China", "nineteen", "2007"}


def test_a_replacement_is_of_whole_words() -> None:
    assert (
        Replacement("China", "Peru").apply("China, Indochina, China's") == "Peru, Indochina, Peru's"
    )


def test_related_words_leave_out_the_nearest_and_other_forms() -> None:
    words = [f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(80)]
    vectors = np.stack([np.cos(np.arange(80) / 90), np.sin(np.arange(80) / 90)], axis=1)
    related = related_words(words, vectors.astype(np.float32))
    assert words[1] not in related[words[0]]
    assert words[20] in related[words[0]]
    assert words[79] not in related[words[0]]
