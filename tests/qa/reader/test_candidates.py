"""Possible short answers: exact slices of their sentence, each of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.candidates import (
    Candidate,
    figure_candidates,
    name_candidates,
    phrase_candidates,
)
from qa.reader.question import Kind
from qa.reader.words import is_stop_word

Finder = Callable[[str], Iterable[Candidate]]

SENTENCES = [
    "China has lent Venezuela $65 billion since 2007, said Claire Osterman of Pell & Granger.",
    "On March 8, 2019, 1,200 of 3,000 houses were without power for 36 hours (12 per cent).",
    "“The Long Night” beat Ellisport’s own “Harbour”, 3-1, at the O’Hara Theatre in New York.",
    "the mayor's son-in-law, a midwife, rowed across the estuary for two and a half decades",
    "💶 Cafe\u0301 owners paid €5.50 — a fifth more than in the 1990s — on Monday.",
]

FIGURES = [
    ("It cost $65 billion.", Kind.MONEY, "$65 billion"),
    ("It cost £3.50 a car.", Kind.MONEY, "£3.50"),
    ("Prices rose 8 percent.", Kind.PERCENT, "8 percent"),
    ("Prices rose 8%.", Kind.PERCENT, "8%"),
    ("It opened on March 8, 2019.", Kind.DATE, "March 8, 2019"),
    ("It opened in 2019.", Kind.DATE, "2019"),
    ("It opened on Friday.", Kind.DATE, "Friday"),
    ("It opened in the 1990s.", Kind.DATE, "1990s"),
    ("It took 36 hours.", Kind.DURATION, "36 hours"),
    ("It took 36 hours.", Kind.NUMBER, "36"),
    ("Some 1,200 people came.", Kind.NUMBER, "1,200"),
    ("Twelve people came.", Kind.NUMBER, "Twelve"),
    ("They won 3-1.", Kind.NUMBER, "3-1"),
]
NAMES = [
    ("The loan went to Hugo Chávez.", Kind.NAME, "Hugo Chávez"),
    ("The spokesman is Mr. Peskov, they said.", Kind.NAME, "Peskov"),
    ("The bid of Pell & Granger was low.", Kind.NAME, "Pell & Granger"),
    ("Ellisport’s bridge is closed.", Kind.NAME, "Ellisport"),
    ("They read “The Long Night” aloud.", Kind.TITLE, "The Long Night"),
    ("It is called \"Harbour,\" he said.", Kind.TITLE, "Harbour"),
    ("They fled to the US.", Kind.NAME, "US"),
    ("They met in the Gulf of Mexico.", Kind.NAME, "Gulf of Mexico"),
]  # fmt: skip


def found(finder: Finder, sentence: str) -> set[tuple[Kind, str]]:
    return {(candidate.kind, candidate.text) for candidate in finder(sentence)}


@pytest.mark.parametrize(("sentence", "kind", "text"), FIGURES)
def test_figures_of_every_kind(sentence: str, kind: Kind, text: str) -> None:
    assert (kind, text) in found(figure_candidates, sentence)


@pytest.mark.parametrize(("sentence", "kind", "text"), NAMES)
def test_names_and_titles(sentence: str, kind: Kind, text: str) -> None:
    assert (kind, text) in found(name_candidates, sentence)


@pytest.mark.parametrize(
    ("finder", "sentence"),
    [
        pytest.param(figure_candidates, "Nobody said when the bridge may open.", id="no figure"),
        pytest.param(name_candidates, "nobody said when the bridge may open.", id="no name"),
        pytest.param(name_candidates, "The and Of When", id="function words"),
        pytest.param(phrase_candidates, "who was it that they were with", id="no content"),
        *(
            pytest.param(finder, "", id="empty")
            for finder in (figure_candidates, name_candidates, phrase_candidates)
        ),
    ],
)
def test_nothing_to_find(finder: Finder, sentence: str) -> None:
    assert list(finder(sentence)) == []


def test_a_figure_inside_a_date_or_score_is_no_number() -> None:
    for sentence in ("It opened on March 8, 2019.", "They won 3-1 on Monday."):
        numbers = {t for kind, t in found(figure_candidates, sentence) if kind is Kind.NUMBER}
        assert not numbers & {"8", "2019", "3", "1"}


def test_phrases_are_runs_of_content_words() -> None:
    texts = {text for _, text in found(phrase_candidates, "The mayor closed the old ferry dock.")}
    texts |= {text for _, text in found(phrase_candidates, "Wet ferry dock timber beams rot.")}
    assert {"mayor", "mayor closed", "ferry dock", "dock"} <= texts
    for text in texts:
        assert 1 <= len(text.split()) <= 4
        assert not is_stop_word(text.split()[0])
        assert not is_stop_word(text.split()[-1])
    assert "closed the old" not in texts


@pytest.mark.parametrize("finder", [figure_candidates, name_candidates, phrase_candidates])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_candidates_are_exact_slices(finder: Finder, sentence: str) -> None:
    candidates = list(finder(sentence))
    assert candidates or finder is not phrase_candidates
    for candidate in candidates:
        assert candidate.text == candidate.span.of(sentence)
        assert candidate.text == candidate.text.strip() != ""


WORDS = st.sampled_from(
    ["China", "’s", "“", "”", "\"", "lent", "$65", "billion", "U.S.", "3-1", "of", "the", "8%", "é",
     "Mr.", ",", ".", "2019", "May", "hours", "e\u0301", "💶", "-", "’", "O’Hara", " ", "\n"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=40))
def test_whatever_stands_there_spans_are_exact(sentence: str) -> None:
    for finder in (figure_candidates, name_candidates, phrase_candidates):
        for candidate in finder(sentence):
            assert candidate.text == candidate.span.of(sentence)
