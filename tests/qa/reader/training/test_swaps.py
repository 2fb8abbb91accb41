"""Near misses: something else of the same kind is asked, or stands in the window."""

from __future__ import annotations

import random

import numpy as np
import pytest

from corpus.article import Span
from qa.reader.training.swaps import Replacement, Swapper, related_words

QUESTIONS = [
    "How much has China lent Venezuela?",
    "Who is the mayor of Port Sennet?",
    "Is it Brazil?",
]
WINDOW = "China has lent Venezuela $65 billion since 2007, an official of China said."


@pytest.fixture
def swapper() -> Swapper:
    return Swapper(QUESTIONS, {"official": ("minister",), "lent": ("sold",)})


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
