"""What may be left out of a quote: nothing that changes who, how many, whether or in what mood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.clauses import may_stand_alone
from qa.fold import fold
from qa.phrasing import is_phrased
from qa.units import units_of

# Each part stands in its sentence word for word, and says something else.
OTHER = {
    "head": [
        ("The mother of Ahmed Ali died.", "Ahmed Ali died"),
        ("A man with Ahmed Ali died.", "Ahmed Ali died"),
        ("Doctors who treated Ahmed Ali died.", "Ahmed Ali died"),
        ("The son of the mayor, Ahmed Ali, died.", "Ahmed Ali, died"),
        ("Ali’s mother died.", "mother died"),
        ("Russia’s ally China lent $5 billion.", "China lent $5 billion"),
        ("The bank of China lent $5 billion.", "China lent $5 billion"),
        ("Fake doctors left.", "doctors left"),
        ("South Sudan lent $5 billion.", "Sudan lent $5 billion"),
        ("Bank robbers and China lent money.", "China lent money"),
    ],
    "title": [
        ("Vice President Biden resigned.", "President Biden resigned"),
        ("Former President Biden resigned.", "President Biden resigned"),
        ("The acting mayor Ada Abel resigned.", "mayor Ada Abel resigned"),
        ("Deputy Prime Minister Abel resigned.", "Prime Minister Abel resigned"),
    ],
    "how many": [
        ("Fewer than 5 people died.", "5 people died"),
        ("More than 5 people died.", "5 people died"),
        ("At least 5 people died.", "5 people died"),
        ("Up to 5 people died.", "5 people died"),
        ("Almost 5 people died.", "5 people died"),
        ("No more than 5 people died.", "5 people died"),
        ("Nine of ten doctors left.", "ten doctors left"),
        ("Half of the doctors left.", "the doctors left"),
        ("Not all doctors left.", "doctors left"),
        ("Few doctors left.", "doctors left"),
        ("Only ten doctors left.", "ten doctors left"),
        ("Both Russia and China lent $5 billion.", "China lent $5 billion"),
        ("Russia and China lent $5 billion.", "China lent $5 billion"),
        ("Russia, Brazil, and China lent $5 billion.", "China lent $5 billion"),
        ("China lent $5 billion and ten million.", "China lent $5 billion"),
        ("China lent 5, 6 or 7 ships.", "China lent 5"),
        ("The loan rose to 5 million.", "The loan rose to 5"),
        ("The loan rose to 5 m.", "The loan rose to 5"),
        ("The loan rose to 5 miles.", "The loan rose to 5"),
        ("The loan rose to 5 per cent.", "The loan rose to 5"),
        ("The loan rose to 5 a day.", "The loan rose to 5"),
    ],
    "whether": [
        ("It is untrue that China lent $5 billion.", "China lent $5 billion"),
        ("It is untrue, he said, that China lent $5 billion.", "China lent $5 billion"),
        ("It is false that China lent $5 billion.", "China lent $5 billion"),
        ("Russia denied that China lent $5 billion.", "China lent $5 billion"),
        ("Russia doubted, and still doubts, China lent $5 billion.", "China lent $5 billion"),
        ("Nobody thinks China lent $5 billion.", "China lent $5 billion"),
        ("Critics claimed that China lent $5 billion.", "China lent $5 billion"),
        ("China lent $5 billion, critics claimed.", "China lent $5 billion"),
        ("China lent $5 billion, he said.", "China lent $5 billion"),
        ("Abel said China lent $5 billion.", "China lent $5 billion"),
        ("Abel’s lawyer said: China lent $5 billion.", "China lent $5 billion"),
        ("China lent $5 billion, but later took it back.", "China lent $5 billion"),
        ("China lent $5 billion, but later denied it.", "China lent $5 billion"),
        ("China lent $5 billion – in a novel.", "China lent $5 billion"),
        ("China lent $5 billion in a novel.", "China lent $5 billion"),
        ("Did China say whether Russia paid?", "Russia paid"),
        ("Abel asked whether China lent $5 billion.", "China lent $5 billion"),
        ("Allegedly China lent $5 billion.", "China lent $5 billion"),
        ("“China lent $5 billion” is a lie.", "China lent $5 billion"),
        ("He called it “a lie”; China lent $5 billion.", "China lent $5 billion"),
        ("China lent $5 billion; “a lie” was told.", "China lent $5 billion"),
        ("“Russia gave 5” and China lent $65 billion.", "China lent $65 billion"),
        ("China lent $65 billion and “Russia gave 5”.", "China lent $65 billion"),
        ("Russia did not pay $5, and China lent $65 billion.", "China lent $65 billion"),
        ("China lent $65 billion, and Russia did not pay $5.", "China lent $65 billion"),
    ],
    "in what mood": [
        ("If oil fell, China lent $5 billion.", "China lent $5 billion"),
        ("China lent $5 billion if oil fell.", "China lent $5 billion"),
        ("China lent $5 billion unless oil fell.", "China lent $5 billion"),
        ("Imagine Russia paid $10 billion and China lent $65 billion.", "China lent $65 billion"),
        ("Suppose they paid $10 billion and China lent $65 billion.", "China lent $65 billion"),
        ("China would have lent $5 billion.", "China would have lent"),
        ("China may have lent it.", "have lent it"),
        ("Abel hoped Russia paid $10 billion, and China lent $65 billion.",
         "China lent $65 billion"),
        ("Russia paid $10 billion, and China lent $65 billion, in a novel.",
         "Russia paid $10 billion"),
        ("Russia paid $10 billion so that China lent $65 billion.", "China lent $65 billion"),
        ("Prices rose because China lent $5 billion.", "China lent $5 billion"),
        ("Prices rose while China lent $5 billion.", "China lent $5 billion"),
        ("Either Russia paid $10 billion or China lent $65 billion.", "China lent $65 billion"),
    ],
    "whose or where": [
        ("Abel met Ali’s mother.", "Abel met Ali"),
        ("Abel is a friend of Ali.", "Abel is a friend"),
        ("Abel was chief of police of Ems.", "Abel was chief of police"),
        ("Abel bought the New York Times.", "Abel bought the New York"),
        ("China lent money to Peru.", "China lent money"),
        ("China lent money to Peru.", "China lent"),
        ("China was lent money.", "China was"),
        ("Russia, which paid China, lent money.", "China, lent money"),
    ],
    "when": [
        ("Prices have not risen since 2006.", "Prices have not risen"),
        ("Prices fell most in 2006.", "Prices fell most"),
        ("Less than $5 billion was paid in 2006.", "Less than $5 billion was paid"),
        ("The river was highest in 2006.", "The river was highest"),
        ("China was first in 2006.", "China was first"),
        ("Every bank was sold in 2006.", "Every bank was sold"),
        ("The bank was closed until 2006.", "The bank was closed"),
        ("The bank was closed before 2006.", "The bank was closed"),
        ("The bank was closed in 2006 and 2007.", "The bank was closed"),
        ("The bank was closed, in 2006.", "The bank was closed"),
        ("The bank was closed on 2006 days.", "The bank was closed"),
        ("The bank was closed in Monday.", "The bank was closed"),
        ("The bank will close in 2030 in Ems.", "The bank will close"),
    ],
}  # fmt: skip

# A clause of its own beside what is none, or none beside a clause
BESIDE = [
    ("And China lent $65 billion.", "China lent $65 billion"),
    ("Russia gave ships and China lent $65 billion.", "China lent $65 billion"),
    ("China lent ships and Russia gave planes.", "China lent ships"),
    ("Russia gave ships, and gave China $5 billion.", "gave China $5 billion"),
    ("Russia gave ships, and China $5 billion.", "China $5 billion"),
    ("Rivals, and China lent $65 billion.", "China lent $65 billion"),
    ("A list of rivals; China lent $65 billion.", "China lent $65 billion"),
    ("Russia gave ships; China the rest.", "China the rest"),
    ("The rest; China lent $65 billion.", "The rest"),
    ("China lent $65 billion; the rest of it.", "China lent $65 billion"),
    ("China lent $65 billion, and the rest.", "China lent $65 billion"),
    ("The loan of $5, and China gave ships.", "The loan of $5"),
    ("The sale of it in 2006.", "The sale of it"),
    ("Russia, gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("They left because of it, and China lent $65 billion.", "China lent $65 billion"),
    ("Russia supposedly gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("They feared it, and China lent $65 billion.", "China lent $65 billion"),
    ("They told Ali, and China lent $65 billion.", "China lent $65 billion"),
    ("The weapons lent by it, and China lent $65 billion.", "China lent $65 billion"),
    ("The man Ali gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("He Ali gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("Once Russia gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("The few gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("Let Russia pay, and China lent $65 billion.", "China lent $65 billion"),
    ("Them gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("Russia gave ships was told, and China lent $65 billion.", "China lent $65 billion"),
    ("Russia more than gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("Russia gave less than 5, and China lent $65 billion.", "China lent $65 billion"),
    ("Russia gave more 5 than 6, and China lent $65 billion.", "China lent $65 billion"),
    ("Ships gave by 5 in Ems, 6, and China lent $65 billion.", "China lent $65 billion"),
    ("The bank was sold in 2006 in 2007.", "The bank was sold"),
    ("The bank was sold by 2006.", "The bank was sold"),
    ("The bank was sold in week.", "The bank was sold"),
    ("The bank was sold in 2006 ships.", "The bank was sold"),
    ("The bank was the largest in 2006.", "The bank was the largest"),
    ("The second bank was sold in 2006.", "The second bank was sold"),
    ("No bank was sold in 2006.", "No bank was sold"),
]

SAME = [
    ("They left, and it was sold.", "it was sold"),
    ("They left, and it was sold.", "They left"),
    ("They did not go, and it was sold in full.", "They did not go"),
    ("China could not go, and they left.", "China could not go"),
    ("No ship was sold, and they left.", "No ship was sold"),
    ("Ada Reed gave ships, and China lent $65 billion.", "China lent $65 billion"),
    ("China was not paid, and they left.", "China was not paid"),
    ("Ada Abel gave 5 and Ali Reza gave 6.", "Ali Reza gave 6"),
    ("10 ships were sold, and 5 were kept.", "10 ships were sold"),
    ("Russia lent $10 billion and China lent $65 billion.", "China lent $65 billion"),
    ("Russia lent $10 billion and China lent $65 billion.", "Russia lent $10 billion"),
    ("Russia gave a ship, and China lent $65 billion.", "China lent $65 billion"),
    ("Russia gave a ship, and China lent $65 billion.", "Russia gave a ship"),
    ("Russia gave a ship; China lent $65 billion.", "China lent $65 billion"),
    ("Russia gave a ship; China lent $65 billion.", "Russia gave a ship"),
    ("Russia gave a ship; and China lent $65 billion.", "China lent $65 billion"),
    ("They gave a ship, and it was sold.", "it was sold"),
    ("The old bank was sold, and they left.", "The old bank was sold"),
    ("China can lend money, and they may return.", "China can lend money"),
    ("China does lend money, and they went home.", "China does lend money"),
    ("China has lent money, and they went home.", "China has lent money"),
    ("Russia gave 5, and China gave 6, and Peru gave 7.", "China gave 6"),
    ("It gave more than $10 billion since 2006.", "It gave more than $10 billion"),
    ("The bank was sold in 2006.", "The bank was sold"),
    ("The bank was sold on Nov. 3, 2016.", "The bank was sold"),
    ("The bank was sold in March 2016.", "The bank was sold"),
    ("More than 5 banks were sold in 2006.", "More than 5 banks were sold"),
]

TABLE = [(kind, *case) for kind, cases in OTHER.items() for case in cases]


@pytest.mark.parametrize(("kind", "quote", "part"), TABLE, ids=str)
def test_a_part_that_says_something_else_is_refused(kind: str, quote: str, part: str) -> None:
    assert fold(part) in fold(quote), kind
    assert not is_phrased(part, quote, None)


@pytest.mark.parametrize(("quote", "part"), BESIDE, ids=str)
def test_a_clause_stands_only_beside_another(quote: str, part: str) -> None:
    assert fold(part) in fold(quote)
    assert not is_phrased(part, quote, None)


@pytest.mark.parametrize(("quote", "part"), SAME, ids=str)
def test_a_clause_of_its_own_stands(quote: str, part: str) -> None:
    assert fold(part) in fold(quote)
    assert is_phrased(part, quote, None)
    assert is_phrased(quote, quote, None)


# What would change a clause of its own, put before or behind it
_BEFORE = (
    "The mother of", "It is untrue that", "No", "Fewer than", "If", "Whether", "He hoped that",
    "Perhaps", "Critics of", "Few in", "He said", "Because", "Friends and", "Either", "Fake", "Not",
)  # fmt: skip
_BEHIND = (
    "of Ems", "if oil rose", "in a dream", "but denied it", "he said", "per cent", "or so he hoped",
    ", critics claimed", "to Peru", ", which was untrue", "and Peru", "until Monday",
    "; Ali said so",
)  # fmt: skip
_CLAUSES = ("China lent Brazil money", "Ahmed Ali died", "5 people died", "it was sold")


@given(st.sampled_from(_BEFORE), st.sampled_from(_CLAUSES), st.sampled_from(("", "again")))
def test_whatever_stands_before_a_clause_may_change_it(before: str, clause: str, end: str) -> None:
    assert not is_phrased(clause, f"{before} {clause} {end}".strip() + ".", None)
    assert is_phrased(clause, f"{clause}.", None)


@given(st.sampled_from(_CLAUSES), st.sampled_from(_BEHIND))
def test_whatever_stands_behind_a_clause_may_change_it(clause: str, behind: str) -> None:
    assert not is_phrased(clause, f"{clause} {behind}.", None)


@given(st.lists(st.sampled_from("Ali China , and paid 5 money ; in 2006 it was not of if".split()),
                min_size=2, max_size=12), st.data())  # fmt: skip
def test_only_between_borders(words: list[str], data: st.DataObject) -> None:
    """A part begins and ends at the quote's own ends, at "and", a semicolon or before a year."""
    said = units_of(fold(" ".join(words)))
    if not said:
        return
    start = data.draw(st.integers(0, len(said) - 1))
    end = data.draw(st.integers(start + 1, len(said)))
    if may_stand_alone(said, start, end):
        assert start == 0 or said[start - 1].key == "and" or said[start].mark == ";"
        assert end == len(said) or said[end].key in ("and", "in") or said[end].mark == ";"
        assert all(unit.key not in ("if", "of") for unit in (*said[:start], *said[end:]))
    assert may_stand_alone(said, 0, len(said))
