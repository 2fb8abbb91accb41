"""How likely it is that a sentence answers: a probability, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from corpus.article import Article, Version, sha256_of
from corpus.sentences import split_sentences
from qa.reader import features
from qa.reader.answers import candidates_of
from qa.reader.confidence import NAMES, confidence_features, probability
from qa.reader.features import Asked, Reading, sentence_features
from qa.reader.question import analyse
from qa.reader.read import Scored, Source

TEXTS = ("China lent Venezuela $65 billion.", "Brazil lent less.", "It rained.", "They met.", "So.")


def asked(question: str = "How much has China lent Venezuela?") -> Asked:
    analysed = analyse(question)
    rarity = {t: 0.2 + 0.1 * n for n, t in enumerate(analysed.terms)}
    return Asked(analysed, np.array([1, 0], np.float32), rarity, date(2019, 1, 24))


def scored(question: Asked, texts: Sequence[str] = TEXTS) -> list[Scored]:
    text = " ".join(texts)
    version = Version(
        1, "a", 1, None, (), None, datetime(2026, 1, 2, tzinfo=UTC), None, text, sha256_of(text)
    )
    vectors = np.tile(np.array([0.6, 0.8], np.float32), (len(texts), 1))
    reading = Reading("", None, texts, vectors, range(len(texts)), [0.5] * len(texts),
                      [0.5] * len(texts))  # fmt: skip
    source = Source(Article("a", None, None), version, split_sentences(text), reading)
    rows = sentence_features(question, reading)
    return [Scored(source, n, row, 3.0 - n) for n, row in enumerate(rows)]


def column(name: str, question: Asked, item: Scored, searched: Sequence[Scored]) -> float:
    return float(confidence_features(question, item, searched)[NAMES.index(name)])


def test_a_row_names_every_feature() -> None:
    question = asked()
    items = scored(question)
    for item in items:
        row = confidence_features(question, item, items)
        assert row.shape == (len(NAMES),)
        assert row.dtype == np.float32
        assert np.isfinite(row).all()
    assert len(set(NAMES)) == len(NAMES)


def test_the_sentence_s_own_features_are_taken_over() -> None:
    question = asked()
    item = scored(question)[0]
    for name in set(NAMES) & set(features.NAMES):
        own = item.row[features.NAMES.index(name)]
        assert column(name, question, item, [item]) == own


def test_the_lead_is_over_the_best_of_the_rest() -> None:
    question = asked()
    items = scored(question)
    assert column("lead_over_rest", question, items[0], items) == 1
    assert column("lead_over_rest", question, items[2], items) == -2
    assert column("lead_over_rest", question, items[0], items[:1]) == 0


def test_a_sentence_without_a_short_answer_is_told_from_one_with() -> None:
    question = asked()
    item = scored(question)[0]
    (found,) = candidates_of(question.question, TEXTS[0])
    with_answer = replace(item, candidate=found, candidate_score=1.5)
    assert column("no_answer", question, item, [item]) == 1
    assert column("no_answer", question, with_answer, [item]) == 0
    assert column("answer_score", question, with_answer, [item]) == 1.5
    why = asked("Why has China lent money?")
    assert column("no_answer", why, scored(why)[0], [item]) == 0


def test_what_of_the_question_stands_nowhere_near_changes_the_row() -> None:
    """A question about another country differs in what is missing near the same sentence."""
    found, missing = asked(), asked("How much has China lent Peru?")
    rows = [confidence_features(q, scored(q)[0], scored(q)[:1]) for q in (found, missing)]
    named = [dict(zip(NAMES, row.tolist(), strict=True)) for row in rows]
    differing = {name for name in NAMES if "missing" in name and named[0][name] != named[1][name]}
    assert differing
    assert all(named[0][name] < named[1][name] for name in differing)


NUMBERS = st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3)


@given(NUMBERS, NUMBERS)
def test_probability_is_the_logistic(row: list[float], weights: list[float]) -> None:
    one, other = (np.array(numbers, np.float32) for numbers in (row, weights))
    expected = expit(np.clip(float(one @ other), -30, 30))
    assert probability(one, other) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("total", "chance"), [(0, 0.5), (1e30, 1.0), (-1e30, 0.0), (2, 0.880797)])
def test_probability_is_never_beyond_0_and_1(total: float, chance: float) -> None:
    found = probability(np.array([total], np.float32), np.ones(1, np.float32))
    assert 0 <= found <= 1
    assert found == pytest.approx(chance, abs=1e-6)
