"""What a question names that the nearest sentence has not, and has instead."""

from __future__ import annotations

import pytest

from qa.reader.contrast import contrast_of
from qa.reader.question import analyse

LENT = "China has lent Venezuela $65 billion since 2007."


@pytest.mark.parametrize(
    ("question", "sentence", "around", "missing", "differs"),
    [
        pytest.param("How much has Brazil lent Venezuela?", LENT, [], ["Brazil"], ["China"],
                     id="another country"),
        pytest.param("How much has Brazil lent Venezuela?", LENT, ["Brazil lends, too."], [], [],
                     id="named beside it"),
        pytest.param("How much had China lent Venezuela by 2018?", LENT, [], ["2018"], ["2007"],
                     id="another year"),
        pytest.param("Who are the 17 dead?", "It said 14 people had died.", [], ["17"], ["14"],
                     id="another figure"),
        pytest.param("Which bank did Ada Tolliver own?", "Tolliver owned a bank, Ingrid Vass said.",
                     [], [], [], id="a last name may do"),
        pytest.param("What did Helena Strand find?", "The inquiry of Ingrid Vass found it.", [],
                     ["Helena Strand"], ["Ingrid Vass"], id="another person"),
        pytest.param("Why was the ferry late?", "The bridge was late.", [], [], [],
                     id="common nouns are no names"),
        pytest.param("Where is Brazil?", "It is there.", [], ["Brazil"], [], id="nothing instead"),
    ],
)  # fmt: skip
def test_contrast(
    question: str, sentence: str, around: list[str], missing: list[str], differs: list[str]
) -> None:
    found = contrast_of(analyse(question), sentence, around)
    assert list(found.missing) == missing
    assert [span.of(sentence) for span in found.differs] == differs


def test_a_list_is_no_contrast() -> None:
    sentence = "Peru, Chile, Bolivia and Cuba were there."
    found = contrast_of(analyse("Was Brazil there?"), sentence, [])
    assert len(found.differs) <= 2
