from __future__ import annotations

import hashlib
from typing import Any

import pytest

from qa.evaluation.measures.citations import (
    citation_precision,
    citation_recall,
    entails,
    fidelity,
    support,
    supports,
)

TEXT = "The 😀 harbour closed on 3 May 2021. It cost $65 million. The mayor did not resign."
HARBOUR, COST, MAYOR = TEXT[:35], TEXT[36:57], TEXT[58:]


def cite(quote: str, text: str = TEXT, **changes: Any) -> dict[str, Any]:
    start = text.index(quote)
    citation = {
        "article_id": "a1", "version": 1, "quote": quote, "start": start,
        "end": start + len(quote), "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "context": None,
    }  # fmt: skip
    return citation | changes


def answer(*statements: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"statements": [{"text": text, "citations": cited} for text, cited in statements]}


def text_of(article_id: str, version: int, _sha256: str) -> str | None:
    return {("a1", 1): TEXT, ("a1", 2): TEXT.replace("65", "66")}.get((article_id, version))


@pytest.mark.parametrize(
    "changes",
    [
        {"quote": "The harbour closed"},
        {"start": 37},
        {"end": 56},
        {"end": 10_000},
        {"start": 36 - len(TEXT), "end": 57 - len(TEXT)},  # the slice is the quote
        {"start": 57, "end": 36},
        {"sha256": "0" * 64},
        {"version": 2},
        {"version": 3},
        {"article_id": "a2"},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_unfaithful_citations(changes: dict[str, Any]) -> None:
    assert fidelity(answer((COST, [cite(COST)])), text_of) == 1
    assert fidelity(answer((COST, [cite(COST) | changes])), text_of) == 0


def test_fidelity_is_the_share_of_all_citations() -> None:
    broken = cite(COST, sha256="0" * 64)
    shown = answer((HARBOUR, [cite(HARBOUR), broken]), (MAYOR, [cite(MAYOR), cite(COST)]))
    assert fidelity(shown, text_of) == 3 / 4


@pytest.mark.parametrize(
    ("statement", "quotes", "supported", "entailed"),
    [
        pytest.param(HARBOUR, [HARBOUR], True, True, id="the quote"),
        pytest.param("It cost 65,000,000 dollars.", [COST], True, True, id="other figures"),
        pytest.param("It cost $66 million.", [COST], False, False, id="another number"),
        pytest.param("It cost $65 billion.", [COST], False, False, id="another scale"),
        pytest.param("The harbour closed in 2021.", [HARBOUR], True, True, id="part of the date"),
        pytest.param("The harbour closed on 4 May.", [HARBOUR], False, False, id="another date"),
        pytest.param("The harbour opened in 2021.", [HARBOUR], True, False, id="another verb"),
        pytest.param("Bergen's harbour closed.", [HARBOUR], False, False, id="another name"),
        pytest.param("The mayor resigned.", [MAYOR], False, False, id="negation left out"),
        pytest.param("It did not cost $65 million.", [COST], False, False, id="negation added"),
        pytest.param("The mayor didn't resign.", [MAYOR], True, True, id="negation contracted"),
        pytest.param("It may cost $65 million.", [COST], True, False, id="hedge added"),
        pytest.param("It said it cost $65 million.", [COST], True, True, id="attributed"),
        pytest.param(
            "The harbour closed on 3 May 2021 and cost $65 million.",
            [HARBOUR, COST], True, True, id="two quotes",
        ),
        pytest.param(
            "It cost $65 million and was not insured; the mayor did not resign.",
            [MAYOR, "It cost $65 million and was not insured."], True, True, id="each negates",
        ),
        pytest.param("It cost $65 million.", [COST, MAYOR], True, True, id="as one of two negates"),
    ],
)  # fmt: skip
def test_what_quotes_carry(
    statement: str, quotes: list[str], supported: bool, entailed: bool
) -> None:
    citations = [{"quote": quote} for quote in quotes]
    assert supports(citations, statement) is supported
    assert entails(citations, statement) is entailed


@pytest.mark.parametrize(
    ("quote", "expected"), [("It cost $65 million.", True), ("Harbour cost: $65 million.", False)]
)
def test_a_name_comes_from_the_context_of_a_pronoun(quote: str, expected: bool) -> None:
    citation = {"quote": quote, "context": "Bergen closed."}
    assert supports([citation], "Bergen cost $65 million.") is expected
    assert not supports([citation | {"context": None}], "Bergen cost $65 million.")


def test_support_and_recall_are_shares_of_statements() -> None:
    shown = answer(
        (COST, [cite(COST)]),
        ("The harbour opened in 2021.", [cite(HARBOUR)]),
        ("It cost $66 million.", [cite(COST)]),
        (HARBOUR, [cite(HARBOUR)]),
    )
    assert support(shown) == 3 / 4
    assert citation_recall(shown) == 2 / 4


BOTH = "The harbour closed on 3 May 2021 and cost $65 million."


@pytest.mark.parametrize(
    ("statement", "quotes", "expected"),
    [
        pytest.param(COST, [COST], 1.0, id="one"),
        pytest.param(BOTH, [HARBOUR, COST], 1.0, id="each needed"),
        pytest.param(BOTH, [HARBOUR, COST, "The"], 2 / 3, id="one not needed"),
        pytest.param(COST, [COST, COST], 1.0, id="twice the same: each carries it alone"),
        pytest.param(COST, [COST, HARBOUR], 1 / 2, id="one beside the point"),
        pytest.param("It cost $66 million.", [COST, HARBOUR], 0.0, id="not carried at all"),
    ],
)
def test_precision_of_one_statement(statement: str, quotes: list[str], expected: float) -> None:
    shown = answer((statement, [cite(quote) for quote in quotes]))
    assert citation_precision(shown) == pytest.approx(expected)


def test_precision_is_the_share_of_all_citations() -> None:
    shown = answer((COST, [cite(COST), cite(HARBOUR)]), (HARBOUR, [cite(HARBOUR)]))
    assert citation_precision(shown) == pytest.approx(2 / 3)


def test_an_answer_that_states_nothing_is_not_measured() -> None:
    nothing = answer()
    for measure in (support, citation_recall, citation_precision):
        with pytest.raises(ValueError, match="nothing to report over"):
            measure(nothing)
    with pytest.raises(ValueError, match="nothing to report over"):
        fidelity(nothing, text_of)
