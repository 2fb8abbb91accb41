"""What speaks for a sentence, computed by hand on an article of four sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.features import NAMES, Asked, Floats, Reading, sentence_features, term_matrix
from qa.reader.question import analyse
from qa.reader.words import stems

TEXTS = (
    "The ferry stopped.",
    "China lent Venezuela money in 2015.",
    "Who pays?",
    "A loan of China’s is rare.",
)
# In the plane of two axes: the question lies on the first one.
VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], dtype=np.float32)


def rows(
    question: str = "How much has China lent Venezuela?",
    positions: Sequence[int] = (0, 1, 2, 3),
    *,
    rarity: float | None = None,
    day: date | None = None,
    published: date | None = date(2019, 1, 24),
    title: str = "",
    texts: Sequence[str] = TEXTS,
    vectors: Floats = VECTORS,
) -> dict[str, list[float]]:
    """Return each feature as a column by name."""
    analysed = analyse(question)
    weights = {"china": 1.0, "lend": 0.4, "venezuela": 0.6}
    known = {t: weights.get(t, 0.5) if rarity is None else rarity for t in analysed.terms}
    asked = Asked(analysed, np.array([1, 0], np.float32), known, day)
    reading = Reading(
        title, published, texts, vectors, positions,
        fused=[0.1 * (p + 1) for p in positions], similarity=[0.2 * p for p in positions],
    )  # fmt: skip
    found = sentence_features(asked, reading)
    assert found.shape == (len(positions), len(NAMES))
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    return dict(zip(NAMES, found.T.tolist(), strict=True))


def test_which_term_occurs_where() -> None:
    texts = ["The ferry lent.", "Loans, ferries.", "", "Lending"]
    found = term_matrix(("lend", "ferri"), [frozenset(stems(text)) for text in texts])
    assert found.tolist() == [[True, True], [True, True], [False, False], [True, False]]
    assert term_matrix((), [frozenset({"x"})]).shape == (1, 0)
    assert term_matrix(("x",), []).shape == (0, 1)


def test_likeness_is_the_cosine_with_the_question() -> None:
    found = rows()
    assert found["similarity"] == pytest.approx([1, 0.6, 0, -1])
    assert found["neighbour_similarity"] == pytest.approx([0.8, 0.5, -0.2, -0.5])
    assert found["passage_similarity"] == pytest.approx([0, 0.2, 0.4, 0.6])
    assert found["fused"] == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_overlap_weighs_each_term_by_its_rarity() -> None:
    found = rows()
    assert found["overlap"] == pytest.approx([0, 1, 0, 0.7])
    assert found["neighbour_overlap"] == pytest.approx([1, 0, 1, 0])
    assert found["article_overlap"] == pytest.approx([1, 1, 1, 1])
    assert rows(title="Loans of China")["title_overlap"] == pytest.approx([0.7] * 4)


def test_what_a_sentence_holds_itself_is_not_counted_as_its_neighbour_s() -> None:
    texts = ("China lent.", "China paid.", "It rained.")
    found = rows(positions=(0, 1, 2), texts=texts, vectors=VECTORS[:3])
    assert found["neighbour_overlap"] == pytest.approx([0, 0.2, 0.5])


def test_only_retrieved_sentences_have_rows_but_neighbours_count() -> None:
    found = rows(positions=(0, 3))
    assert found["similarity"] == pytest.approx([1, -1])
    assert found["neighbour_overlap"] == pytest.approx([1, 0])
    assert found["article_overlap"] == pytest.approx([0.7, 0.7])


def test_names_and_figures_of_the_question() -> None:
    found = rows("How much did China lend Venezuela in 2015?")
    assert found["names_in_sentence"] == pytest.approx([0, 1, 0, 0.5])
    assert found["names_in_context"] == pytest.approx([1, 1, 1, 0.5])
    assert found["figures_in_sentence"] == pytest.approx([0, 1, 0, 0])
    assert rows("What was lent?")["names_in_sentence"] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2019, 1, 24), 1), (date(2019, 2, 3), 1), (date(2019, 1, 22), 1),
        (date(2019, 2, 4), 0), (date(2019, 1, 21), 0), (None, 0),
    ],
)  # fmt: skip
def test_the_days_around_the_day_of_asking(day: date | None, inside: float) -> None:
    assert rows(day=day)["in_period"] == [inside] * 4
    assert rows(day=day)["in_period_relative"] == [0] * 4
    this_week = rows("Who lent money this week?", day=day)
    assert this_week["in_period_relative"] == [inside] * 4
    assert rows(day=day, published=None)["in_period"] == [0] * 4


def test_farther_days_are_farther_apart() -> None:
    apart = [rows(day=date(2019, month, 24))["days_apart"][0] for month in (1, 2, 3, 12)]
    assert apart == sorted(apart)
    assert apart[0] == 0


def test_a_question_is_told_from_a_statement() -> None:
    assert rows()["is_question"] == [0, 0, 1, 0]


def test_a_question_of_unknown_words_is_no_trouble() -> None:
    assert rows("zzz", rarity=0.0)["overlap"] == [0] * 4
    assert rows("?", rarity=0.0)["overlap"] == [0] * 4


TEXT = st.text(alphabet='China lent ’"?. \n$65é💶', min_size=1, max_size=20)


@given(st.lists(TEXT, min_size=1, max_size=5), TEXT, st.none() | st.dates(), st.data())
def test_whatever_is_read_every_number_is_finite(
    texts: list[str], question: str, day: date | None, data: st.DataObject
) -> None:
    positions = sorted(data.draw(st.sets(st.integers(0, len(texts) - 1), min_size=1)))
    vectors = np.zeros((len(texts), 2), np.float32)
    rows(question, positions, texts=texts, vectors=vectors, day=day, rarity=0.5)
