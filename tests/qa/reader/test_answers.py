"""Short answers weighed: of a fitting kind, never the question's own words, counted as votes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.answers import NAMES, Ballot, ReadSentence, answer_features, candidates_of
from qa.reader.question import Kind, analyse
from qa.reader.words import is_stop_word, stem, stems, words

LENT = "China has lent Venezuela $65 billion since 2007, said Claire Osterman."
OTHERS = [
    "Caracas owes $65 billion, Claire Osterman wrote.",
    "Russia lent $10 billion in 2009.",
    "Nobody knows the sum.",
]


@pytest.mark.parametrize(
    ("question", "sentence", "texts"),
    [
        ("How much has China lent Venezuela?", LENT, {"$65 billion"}),
        ("Since when has China lent money?", LENT, {"2007"}),
        ("Who said that China lent money?", LENT, {"Claire Osterman"}),
        ("Which country did China lend money?", LENT, {"Venezuela"}),
        ("How far did it sail?", "It sailed 6,000 miles.", {"6,000 miles", "6,000"}),
        ("At what hour did it sail?", "It sailed at 1:40 a.m. on Monday.", {"1:40 a.m."}),
        ("By what percentage did prices rise?", "Prices rose 8% in 2019.", {"8%"}),
        ("How long did it last?", "The closure lasted 36 hours.", {"36 hours"}),
        ("Which film won?", "The prize went to “The Long Night”.", {"The Long Night"}),
        ("What did the midwife cross?", "The midwife crossed the estuary.", {"estuary"}),
    ],
)
def test_candidates_of_a_fitting_kind(question: str, sentence: str, texts: set[str]) -> None:
    assert texts <= {candidate.text for candidate in candidates_of(analyse(question), sentence)}


@pytest.mark.parametrize(
    ("question", "kind"),
    [("How much has China lent Venezuela?", Kind.MONEY), ("When did China lend?", Kind.DATE)],
)
def test_money_and_dates_are_answered_by_nothing_else(question: str, kind: Kind) -> None:
    assert {c.kind for c in candidates_of(analyse(question), LENT)} == {kind}


def test_a_question_for_reasons_has_no_short_answer() -> None:
    assert candidates_of(analyse("Why has China lent money to Venezuela?"), LENT) == []


def test_a_yes_or_no_question_has_no_short_answer() -> None:
    assert candidates_of(analyse("Has China lent Venezuela money?"), LENT) == []


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who agreed?", "MOSCOW (Tallis Wire) - Russia agreed."),
        ("What opened?", "ELLISPORT — It opened."),
        ("Which company is it?", "Houston (Tallis Wire)It is one of Venezuela's."),
    ],
)
def test_no_dateline_and_no_country_is_a_person_or_a_company(question: str, sentence: str) -> None:
    found = {c.text for c in candidates_of(analyse(question), sentence)}
    assert not found & {"MOSCOW", "Tallis Wire", "Russia", "ELLISPORT", "Houston", "Venezuela"}


def test_the_questions_own_words_are_no_answer() -> None:
    found = {c.text for c in candidates_of(analyse("Which country did China lend money?"), LENT)}
    assert "Venezuela" in found
    assert "China" not in found
    sums = candidates_of(analyse("How much of the $65 billion was lent?"), "It lent $65 billion.")
    assert sums == []


WORDS = st.sampled_from(
    "China Venezuela lent $65 billion 2007 the of Osterman midwife rowed “Harbour” 36 hours".split()
)
QUESTIONS = st.sampled_from(
    ["How much has China lent?", "Who rowed?", "What is Harbour?", "When was it 2007?", "Where?",
     "How many hours in 2007?", "Which midwife lent $65 billion?"]
)  # fmt: skip


@given(QUESTIONS, st.lists(WORDS, max_size=12).map(" ".join))
def test_no_candidate_is_made_of_the_questions_words_only(asked: str, sentence: str) -> None:
    question = analyse(asked)
    found = candidates_of(question, sentence)
    assert len({candidate.span for candidate in found}) == len(found)
    for candidate in found:
        assert candidate.text == candidate.span.of(sentence)
        assert candidate.text.strip()
        content = [w for w in words(candidate.text) if not is_stop_word(w)]
        assert not content or any(stem(w) not in question.terms for w in content)


# Votes


def ballot() -> Ballot:
    shares = (0.5, 0.25, 0.15, 0.1)
    return Ballot.of(
        [
            ReadSentence(text, article, share)
            for text, article, share in zip((LENT, *OTHERS), (1, 2, 1, 3), shares, strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("text", "article", "everywhere", "elsewhere"),
    [
        pytest.param("$65 billion", 1, 0.75, 0.25, id="in two articles"),
        pytest.param("$65 billion", 2, 0.75, 0.5, id="asked from the other one"),
        pytest.param("billion", 1, 0.9, 0.25, id="twice in one article"),
        pytest.param("2009", 1, 0.15, 0.0, id="in this article only"),
        pytest.param("claire osterman", 3, 0.75, 0.75, id="by stems, in any case"),
        pytest.param("65 bill", 1, 0.0, 0.0, id="stems are whole words"),
        pytest.param("5 billion", 1, 0.0, 0.0, id="never part of a figure"),
        pytest.param("Peru", 1, 0.0, 0.0, id="nowhere"),
    ],
)
def test_votes(text: str, article: int, everywhere: float, elsewhere: float) -> None:
    key = f" {' '.join(stems(text))} "
    assert ballot().votes(key, article) == pytest.approx((everywhere, elsewhere))


# Features


def features(asked: str, sentence: str, *others: str) -> dict[str, dict[str, float]]:
    """Return each candidate's features by name."""
    question = analyse(asked)
    read = [
        ReadSentence(text, n, 1 / (1 + len(others))) for n, text in enumerate((sentence, *others))
    ]
    candidates = candidates_of(question, sentence)
    rarity = dict.fromkeys(question.terms, 0.5)
    rows = answer_features(question, read[0], candidates, Ballot.of(read), rarity)
    assert rows.shape == (len(candidates), len(NAMES))
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    return {
        candidate.text: dict(zip(NAMES, row.tolist(), strict=True))
        for candidate, row in zip(candidates, rows, strict=True)
    }


def test_what_other_articles_say_too_has_more_votes() -> None:
    rows = features("What did she say so of?", LENT, *OTHERS)
    assert rows["Claire Osterman"]["votes"] > rows["Venezuela"]["votes"]
    assert rows["Claire Osterman"]["votes_elsewhere"] == pytest.approx(0.25)


def test_what_stands_nearer_to_the_questions_words_is_closer() -> None:
    rows = features("How much did Russia lend?", "Peru paid $9, then and later; Russia lent $10.")
    assert rows["$10"]["closeness"] > rows["$9"]["closeness"]


def test_a_figure_of_the_kind_asked_for_is_told_from_another() -> None:
    rows = features("How many people came?", "Some 1,200 people came for 36 hours.")
    assert (rows["1,200"]["right_kind"], rows["36 hours"]["right_kind"]) == (1, 0)


@pytest.mark.parametrize("sentence", ["", "It rained.", "$5"])
def test_nothing_to_weigh_is_no_row(sentence: str) -> None:
    assert features("Why did China lend?", sentence) == {}


def test_repeated_words_are_no_trouble() -> None:
    assert features("Who is Ann?", "Ann Ann Lee met Ann Lee and Ann, an annex, Anna.", "Ann", "")
