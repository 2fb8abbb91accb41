"""What a question asks for, and the words that it is compared by."""

from __future__ import annotations

import pytest

from qa.reader.named import name_spans
from qa.reader.question import Kind, analyse
from qa.reader.words import stem

KINDS = [
    ("How much has China lent Venezuela?", Kind.MONEY),
    ("How many contracts were signed?", Kind.NUMBER),
    ("By what percentage did prices rise?", Kind.PERCENT),
    ("When did the bridge open?", Kind.DATE),
    ("How long did the closure last?", Kind.DURATION),
    ("Who leads the inquiry?", Kind.PERSON),
    ("Which tennis star withdrew?", Kind.PERSON),
    ("Which airline will weigh passengers?", Kind.ORGANISATION),
    ("Where is the inquiry taking place?", Kind.PLACE),
    ("The law was signed in which state?", Kind.PLACE),
    ("Which film won the prize?", Kind.TITLE),
    ("What did the minister say about the loan?", Kind.QUOTATION),
    ("Why was the opening delayed?", Kind.REASON),
    ("What is the name of the ship?", Kind.NAME),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_the_kind_of_answer(text: str, kind: Kind) -> None:
    assert analyse(text).kind is kind


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("How much has China lent Venezuela?", ["China", "Venezuela"]),
        ("how much has brazil lent venezuela", ["brazil", "venezuela"]),
        ("What did Mr. Peskov say?", ["Peskov"]),
        ("Who is Hugo Chávez's successor?", ["Hugo Chávez"]),
        ("Which loans were relaxed?", []),
        ("Pinterest announced which feature?", ["Pinterest"]),
        ("McDonald's menu has what?", ["McDonald"]),
        ("Covid-19 vaccinations began when?", ["Covid-19"]),
        ("Scientists said what?", []),
        ("It's said to be what?", []),
        ("Gas prices fell by how much?", []),
    ],
)
def test_names_in_a_question(text: str, names: list[str]) -> None:
    assert [span.of(text) for span in name_spans(text)] == names


@pytest.mark.parametrize(
    ("word", "other"),
    [("lent", "loans"), ("Russian", "Russia"), ("Chávez", "Chavez"), ("Venezuela’s", "Venezuela")],
)
def test_forms_of_a_word_share_a_stem(word: str, other: str) -> None:
    assert stem(word) == stem(other)


def test_this_week_is_relative_and_in_2016_is_not() -> None:
    assert analyse("Who resigned this week?").relative
    assert not analyse("Who resigned in 2016?").relative


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Which countries have lent Venezuela money?", True),
        ("Which country has lent Venezuela money?", False),
        ("Who were the victims of the flood?", True),
        ("Who was the captain?", False),
        ("Name the towns that were flooded.", True),
        ("Why was the bridge closed?", True),
        ("What did Ingrid Vass say about the bridge?", True),
        ("How many cities were flooded?", False),
        ("Which two banks merged?", True),
        ("Which series won the prize?", False),
    ],
)
def test_whether_one_sentence_may_not_be_enough(question: str, several: bool) -> None:
    assert analyse(question).several is several
