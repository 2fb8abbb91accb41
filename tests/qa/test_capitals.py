"""Capitals take nothing away from what a word says: "China did NOT pay", and whole headlines."""

from __future__ import annotations

import pytest

from qa.facts import CONDITIONS, NEGATIONS
from qa.phrasing import is_phrased

PART = "Peru paid $5 billion."
LEFT_OUT = [
    ("China did not pay.", "China did pay."),
    ("China can’t pay.", "China can pay."),
    (f"It is false; {PART}", PART),
    (f"It was never so; {PART}", PART),
    (f"China allegedly paid, and {PART}", PART),
    (f"China supposedly paid; {PART}", PART),
    (f"Suppose China paid, and {PART}", PART),
    (f"China believed Abbott, and {PART}", PART),
    (f"China said Abbott paid $2 billion, and {PART}", PART),
    (f"{PART[:-1]} unless China did.", PART),
    ("Perhaps China paid.", "China paid."),
    ("China almost paid.", "China paid."),
    ("China paid less than $5 billion.", "China paid $5 billion."),
    ("China paid nothing in 2016.", "China paid nothing."),
    ("Peru lent the most in 2016.", "Peru lent the most."),
    ("Peru paid the largest bank in 2016.", "Peru paid the largest bank."),
    ("China paid before Nov. 3, 2016.", "China paid before November 2016."),
    ("China paid after Nov. 3, 2016.", "China paid after November 2016."),
    ("China’s ally paid.", "China ally paid."),
    ("“We paid Peru,” Vass said.", "We paid Peru, Vass said."),
]


@pytest.mark.parametrize(("quote", "text"), LEFT_OUT)
def test_capitals_leave_nothing_out(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)
    assert not is_phrased(text.upper(), quote.upper(), None)
    assert not is_phrased(text, quote.upper(), None)
    for word in set(quote.strip(".").split()):
        loud = quote.replace(word, word.upper())
        assert is_phrased(loud, loud, None)
        assert not is_phrased(text, loud, None)
        assert not is_phrased(text.replace(word, word.upper()), loud, None)


@pytest.mark.parametrize("word", sorted(NEGATIONS | CONDITIONS))
def test_a_word_in_capitals_takes_back_as_it_does_otherwise(word: str) -> None:
    for quote in (f"It was {word}; {PART}", f"It was {word.upper()}; {PART}"):
        assert not is_phrased(PART, quote, None)
        assert not is_phrased(PART.upper(), quote.upper(), None)
    assert is_phrased(PART, f"It was RED; {PART}", None)


def test_whose_us_it_is_is_not_told_in_capitals() -> None:
    quote = "“They paid US,” Vass said."
    assert is_phrased("They paid US, Vass said.", quote, None)
    assert not is_phrased("THEY PAID US, VASS SAID.", quote.upper(), None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("China did NOT pay.", "China did not pay."),
        ("China has NOT paid it.", "China did not pay it."),
        ("China CAN’T pay.", "China cannot pay."),
        ("China paid NO MORE than $5 billion.", "China paid no more than $5bn."),
        ("CHINA DID NOT PAY $5 BILLION.", "CHINA DIDN’T PAY $5BN."),
        (f"NATO did NOT pay; {PART}", "NATO did not pay; Peru paid $5bn."),
        (f"CHINA paid $2 billion, AND {PART}", PART),
    ],
)
def test_what_is_said_in_capitals_may_be_said_without(quote: str, text: str) -> None:
    assert is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("The plan helped the US.", "The plan helped us."),
        ("THEY PAID US.", "They paid the US."),
        ("The WHO paid.", "The who paid."),
        ("It paid IT.", "IT paid it."),
        ("NATO paid.", "Nato paid."),
    ],
)
def test_capitals_still_tell_names_from_words(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)
