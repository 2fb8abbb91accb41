from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.measures.answers import (
    exact_match,
    holds_answer,
    is_gold,
    is_right,
    normal,
    token_f1,
)

TEXTS = st.text(alphabet="aA the3.,$-’é\n", max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Mayor of\nOslo.", "mayor of oslo"),
        ("an answer, a question", "answer question"),
        ("“theatre” and Anne", "theatre and anne"),
        ("$1,200 — it’s", "1200 its"),
        ("Ångström’s", "ångströms"),
        ("3.5", "35"),
        ("a THE an!", ""),
    ],
    ids=["case", "articles", "within words", "marks", "letters", "decimals", "nothing left"],
)
def test_normal(text: str, expected: str) -> None:
    assert normal(text) == expected


@given(TEXTS)
def test_normal_leaves_single_spaces_and_no_marks(text: str) -> None:
    plain = normal(text)
    assert plain == " ".join(plain.split()) == plain.lower()
    assert not set(plain) & set(".,$-’")


@pytest.mark.parametrize(
    ("short", "answers", "match", "f1"),
    [
        ("The harbour master.", ["harbour master"], 1.0, 1.0),
        ("the old harbour master", ["harbour master"], 0.0, 0.8),  # P 2/3, R 2/2
        ("harbour", ["old harbour master"], 0.0, 0.5),  # P 1/1, R 1/3
        ("no no no", ["no"], 0.0, 0.5),  # one of three in common, P 1/3, R 1/1
        ("Oslo", ["Bergen", "Oslo, Norway", "Oslo"], 1.0, 1.0),
        ("Oslo", ["Bergen", "Oslo, Norway"], 0.0, 2 / 3),  # the second: P 1/1, R 1/2
        ("Oslo", ["Bergen"], 0.0, 0.0),
        ("A", ["the"], 0.0, 0.0),  # both normalise to nothing, and are not the same
        ("A", ["a"], 1.0, 1.0),
        ("", ["Oslo"], 0.0, 0.0),
        (None, ["Oslo"], 0.0, 0.0),
    ],
)
def test_short_answers(short: str | None, answers: list[str], match: float, f1: float) -> None:
    assert exact_match(short, answers) == match
    assert token_f1(short, answers) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("quote", "answers", "expected"),
    [
        ("The harbour cost $65 million.", ["65 million"], 1.0),
        ("The harbour cost $165 million.", ["65 million"], 0.0),
        ("The harbour cost $65 million.", ["50 million", "The Harbour"], 1.0),
        ("She said 'no'.", ["No!"], 1.0),
        ("Nothing was said.", ["?"], 0.0),
        ("Norway’s first tunnel opened.", ["Norway"], 1.0),
        ("Norwegians opened it.", ["Norway"], 0.0),
        ("A nine-year sentence.", ["nine"], 1.0),
        ("Update:18,000 cows", ["18,000"], 1.0),
        ("It began at 7:45.", ["45"], 0.0),
        ("It rose by 37.2%.", ["37"], 0.0),
        ("McDonald's and Levi’s", ["McDonald’s"], 1.0),
        ("", ["Oslo"], 0.0),
        (None, ["Oslo"], 0.0),
    ],
)
def test_holds_answer(quote: str | None, answers: list[str], expected: float) -> None:
    assert holds_answer(quote, answers) == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("“The harbour is closed,” she said.", 1.0),
        ("Harbour is closed she said", 1.0),
        ("The harbour is closed", 0.0),
        ("The harbour is not closed, she said.", 0.0),
        (None, 0.0),
    ],
)
def test_is_gold(quote: str | None, expected: float) -> None:
    gold = ["The ferry left.", '"The harbour is closed," she said.']
    assert is_gold(quote, gold) == expected


@pytest.mark.parametrize("answers", [[], [" "]])
def test_nothing_is_right_without_an_answer(answers: list[str]) -> None:
    for measure in (exact_match, token_f1, holds_answer):
        with pytest.raises(ValueError, match="no acceptable answers"):
            measure("Oslo", answers)
    with pytest.raises(ValueError, match="no gold sentences"):
        is_gold("Oslo", [])


@pytest.mark.parametrize(
    ("quote", "answers", "gold", "expected"),
    [
        pytest.param("It left Oslo.", ["Oslo"], [], True, id="holds an answer"),
        pytest.param("It left the capital.", ["Oslo"], ["It left the capital."], True, id="gold"),
        pytest.param("It left Bergen.", ["Oslo"], ["It left the capital."], False, id="neither"),
        pytest.param("It left Oslo.", [], ["It left Oslo."], False, id="unanswerable"),
    ],
)
def test_is_right(quote: str, answers: list[str], gold: list[str], expected: bool) -> None:
    assert is_right(quote, answers, gold) is expected


@given(TEXTS, st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4))
def test_measures_of_one_question(short: str, answers: list[str]) -> None:
    match, f1 = exact_match(short, answers), token_f1(short, answers)
    assert 0 <= match <= f1 <= 1
    assert holds_answer(short, answers) >= match
    assert (exact_match(short, answers[::-1]), token_f1(short, answers[::-1])) == (match, f1)
    assert exact_match(answers[0], answers) == token_f1(answers[0], answers) == 1
    assert holds_answer(f"x {answers[0]} y", [answers[0]]) == bool(normal(answers[0]))


@given(TEXTS.filter(str.strip), TEXTS.filter(str.strip))
def test_f1_is_symmetric(one: str, other: str) -> None:
    assert token_f1(one, [other]) == token_f1(other, [one])
