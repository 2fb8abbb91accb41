"""Sentences as units: what is left out, what its neighbours say of a unit, what supports what."""

from __future__ import annotations

import pytest

from qa.facts import NEGATIONS
from qa.units import Unit, subjects, units_of


def of(text: str, key: str) -> Unit:
    return next(unit for unit in units_of(text) if unit.key == key)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("The bank also paid a man.", ["bank", "paid", "man"]),
        ("A few left, few did.", ["a", "few", "left", "few", "did"]),
        ("A little was a lot.", ["a", "little", "was", "lot"]),
        ("After that, he left the.", ["after", "that", "he", "left", "the"]),
        ("That man left that", ["man", "left", "that"]),
        ("China has lent it.", ["china", "lent", "it"]),
        ("China has never lent it.", ["china", "never", "lent", "it"]),
        ("China has a bank.", ["china", "has", "bank"]),
        ("China has to pay.", ["china", "has", "to", "pay"]),
        ("China did not pay.", ["china", "not", "pay"]),
        ("China did it.", ["china", "did", "it"]),
        ("China has, he said, paid.", ["china", "has", "he", "said", "paid"]),
        ("According to Ali, it paid.", ["according", "ali", "it", "paid"]),
        ("They've paid; we'll go.", ["they", "paid", "we", "will", "go"]),
        ("It rose 5 m on Nov. 3.", ["it", "rose", "5 m", "on", "?-11-03"]),
    ],
)
def test_what_stays(text: str, keys: list[str]) -> None:
    assert [unit.key for unit in units_of(text)] == keys


@pytest.mark.parametrize(
    ("text", "key", "auxiliary"),
    [
        ("China has lent it.", "lent", "has"),
        ("China had recently lent it.", "lent", "has"),
        ("China have been paid.", "been", "has"),
        ("China has been paid.", "paid", ""),
        ("China lent it.", "lent", ""),
        ("China did pay it.", "pay", "did"),
        ("China did not pay it.", "pay", "did"),
        ("China did not pay it.", "not", ""),
        ("China has not failed it.", "failed", "has"),
        ("China has not paid and left.", "left", ""),
    ],
)
def test_which_auxiliary_was_left_out(text: str, key: str, auxiliary: str) -> None:
    assert of(text, key).auxiliary == auxiliary


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Ali, he said, left", ["^", ",", "", ","]),
        ('"Ali" (he) left: it; x', ["^", '"(', ")", ":", ";"]),
        ("Ali - he left-it", ["^", "-", ""]),
        ("- Ali", ["^"]),
        (", Ali left", ["^", ""]),
        ("Ali, the man", ["^", ","]),
        ("It rose on Nov. 3, 2016, and fell", ["^", "", "", "", ",", ""]),
    ],
)
def test_marks_stand_with_the_unit_behind_them(text: str, marks: list[str]) -> None:
    assert [unit.mark for unit in units_of(text)] == marks


@pytest.mark.parametrize(
    ("text", "key", "finite"),
    [
        ("China gave it.", "gave", True),
        ("He lent it.", "lent", True),
        ("They recently lent it.", "lent", True),
        ("China lent money.", "lent", True),
        ("China lent by Ali.", "lent", False),
        ("China lent", "lent", False),
        ("Money lent it.", "lent", True),
        ("The money lent it.", "lent", False),
        ("The money given it.", "given", False),
        ("lent it.", "lent", False),
    ],
)
def test_what_is_certainly_a_past(text: str, key: str, finite: bool) -> None:
    assert of(text, key).is_finite is finite


@pytest.mark.parametrize(
    ("text", "key", "owns"),
    [
        ("Ali's man", "ali", True), ("It's paid", "it", True), ("Ali man's", "ali", False),
        ("Alis", "alis", False), ("the 's", "s", False),
    ],
)  # fmt: skip
def test_whether_s_stands_behind(text: str, key: str, owns: bool) -> None:
    assert of(text, key).owns is owns


@pytest.mark.parametrize(
    ("text", "key", "tells", "is_time"),
    [
        ("in 2015", "2015", True, True), ("on Nov. 3", "?-11-03", True, True),
        ("on Monday", "monday", True, True), ("late man", "late", True, False),
        ("on it", "on", True, False), ("in 5 days", "5", False, False),
        ("last week", "week", True, True), ("at noon", "12:00", True, True),
        ("the man", "man", False, False),
    ],
)  # fmt: skip
def test_what_tells_time(text: str, key: str, tells: bool, is_time: bool) -> None:
    unit = of(text, key)
    assert (unit.tells_time, unit.is_time) == (tells, is_time)


def test_neighbours_are_told() -> None:
    assert of("He wants to pay", "pay").is_base
    assert not of("He wants pay", "pay").is_base
    assert not units_of("pay it")[0].is_base
    assert of("He said it pays", "pays").is_told
    assert not of("He says it pays", "pays").is_told
    assert of("He said it", "said").reports
    assert not of("Said paid it", "said").reports
    assert of("He paid of it", "of").is_adjunct
    assert not of("He paid it", "it").is_adjunct


@pytest.mark.parametrize(
    ("quote", "claim", "says"),
    [
        ("said", "says", True), ("is", "was", True), ("was", "is", False), ("are", "is", True),
        ("am", "is", True), ("been", "been", True), ("may", "might", True),
        ("might", "may", False), ("can", "could", True), ("could", "can", False),
        ("will", "would", True), ("gave", "gave", True), ("gave", "given", False),
        ("lends", "lent", False), ("lent", "lend", False), ("paid", "paid off", True),
        ("not", "never", False), ("no", "not", False), ("Ali's", "Ali", False),
        ("Ali", "Ali's", False), ("5 m", "5m", True), ("5 m", "5", False), ("5", "5 m", False),
        ("found", "founded", False), ("money", "money", True), ("money", "funds", False),
    ],
)  # fmt: skip
def test_what_a_unit_says(quote: str, claim: str, says: bool) -> None:
    assert units_of(f"it {quote}")[1].says(units_of(f"it {claim}")[1]) is says


@pytest.mark.parametrize(
    ("quote", "claim", "says"),
    [
        ("it has lent", "it lent", True),
        ("it lent", "it has lent", True),
        ("money lent", "money has lent", False),
        ("it did lend", "it lent", True),
        ("it lent", "it did lend", True),
        ("it lent", "it did give", False),
        ("he said it lends", "it lent", True),
        ("he said to lend", "to lent", False),
        ("he says it lends", "it lent", False),
        ("it had been", "it was", True),
        ("it has been", "it is", False),
    ],
)
def test_what_a_verb_says_in_another_tense(quote: str, claim: str, says: bool) -> None:
    assert units_of(quote)[-1].says(units_of(claim)[-1]) is says


@pytest.mark.parametrize("word", sorted(NEGATIONS - {"cannot"}))
def test_no_negation_is_a_plain_word(word: str) -> None:
    (unit,) = units_of(word)
    assert unit.token.kind == "negation"
    assert not any(unit.says(other) for other in units_of("did well pays Ali it may 5"))


@pytest.mark.parametrize(
    ("context", "names"),
    [
        ("Ali left. Ali paid.", {"ali"}),
        ("Ali Reza left. Reza paid.", {"reza"}),
        ("Reza left. Ali Reza paid.", {"ali", "reza"}),
        ("Ali left. Reza paid.", set()),
        ("Ali left with Reza.", {"ali"}),
        ("Ali is here.", {"ali"}),
        ("Ali has it.", {"ali"}),
        ("Ali did it.", {"ali"}),
        ("Ali says so.", {"ali"}),
        ("Ali and it", set()),
        ("", set()),
        ("it left", set()),
    ],
)
def test_whom_a_pronoun_may_mean(context: str, names: set[str]) -> None:
    assert subjects(context) == names
