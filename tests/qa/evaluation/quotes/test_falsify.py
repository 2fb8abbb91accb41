from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.quotes.falsify import FALSE_KINDS, FalseKind, Surroundings, falsify, names

NOTHING = Surroundings((), ())
OTHER = "Rosneft opened a refinery near Maracaibo after years of talks with the ministry."
AROUND = Surroundings(
    (OTHER, "Last week Brazil and Peru sent envoys, Claire Osterman told the council."),
    ("The choir of Ellisport sang for the mayor until the lamps went out.", "China lent money."),
)


def every(kind: FalseKind, quote: str, around: Surroundings = NOTHING) -> set[str]:
    made = (falsify(kind, quote, around, Random(seed)) for seed in range(300))
    return {false.text for false in made if false}


@pytest.mark.parametrize(
    ("kind", "quote", "one"),
    [
        ("digit", "The loan came to $65 billion.", "The loan came to $62 billion."),
        ("digit", "The loan came to 1.5 million.", "The loan came to 1.9 million."),
        ("digit", "It has three bridges.", "It has seven bridges."),
        ("unit", "The loan came to $65 billion.", "The loan came to $65 million."),
        ("unit", "The loan came to $65 billion.", "The loan came to €65 billion."),
        ("unit", "Prices rose 5 percent.", "Prices rose 5 percentage points."),
        ("unit", "Prices rose 5%.", "Prices rose 5 percentage points."),
        ("unit", "It took a 6,000-mile flight.", "It took a 6,000-kilometer flight."),
        ("negation", "The minister has paid the loan.", "The minister has not paid the loan."),
        ("negation", "The minister did not pay.", "The minister did pay."),
        ("negation", "The minister doesn’t pay.", "The minister does pay."),
        ("negation", "The council has no plan.", "The council has plan."),
        ("date", "It opened in June 2015.", "It opened in March 2015."),
        ("date", "It opened in June 2015.", "It opened in June 2016."),
        ("date", "It opened on Monday.", "It opened on Friday."),
        ("verb", "Oil prices rose sharply.", "Oil prices fell sharply."),
        ("verb", "The minister denied it.", "The minister confirmed it."),
        ("name", "Then China lent money to Russia.", "Then Russia lent money to China."),
    ],
)
def test_one_stretch_is_changed(kind: FalseKind, quote: str, one: str) -> None:
    made = every(kind, quote)
    assert one in made
    assert quote not in made


@pytest.mark.parametrize(
    ("kind", "quote"),
    [
        ("digit", "The loan came to more than $65 billion."),
        ("digit", "It killed at least 14 people."),
        ("digit", "It happened in 2015."),
        ("digit", "The F-16 has landed."),
        ("unit", "It took more than 3 hours."),
        ("date", "It will open by June."),
        ("date", "Nothing has happened since 2015."),
        ("date", "They may march again."),
        ("negation", "Not only did it rain."),
        ("negation", "Some people are happy with it."),
        ("negation", "They are never only happy."),
        ("verb", "The closed door of the rose garden."),
        ("name", "Then the envoys of Russia and China met."),
        ("name", "The house in the town was sold."),
    ],
)
def test_nothing_is_made_where_it_could_still_be_true(kind: FalseKind, quote: str) -> None:
    assert every(kind, quote) == set()


def test_names_come_from_the_same_article_and_never_name_the_same() -> None:
    made = every("name", "Then the envoy of Venezuela praised Ingrid Vass for it.", AROUND)
    assert "Then the envoy of Venezuela praised Claire Osterman for it." in made
    assert "Then the envoy of Peru praised Ingrid Vass for it." in made
    assert not any("Maracaibo praised" in text for text in made)  # a town for a country
    same = Surroundings(("And then the Americans came, and U.S. troops with them.",), ())
    assert every("name", "It was paid by America in full.", same) == set()


def test_names_are_found_inside_the_sentence_only() -> None:
    found = names("Russia told Ingrid Vass on Monday, the President of China said.")
    assert [match.group() for match in found] == ["Ingrid Vass", "China"]


def test_a_stitched_statement_has_the_beginning_of_one_and_the_end_of_another() -> None:
    quote = "China has lent Venezuela a total of $65 billion since the year 2007."
    for seed in range(50):
        false = falsify("stitched", quote, AROUND, Random(seed))
        if false is None:
            continue
        assert false.second in AROUND.same
        words = false.text.split()
        assert words[:4] == quote.split()[:4]
        assert words[-4:] == false.second.split()[-4:]


def test_of_other_articles_the_nearest_sentence_that_says_something_else() -> None:
    near = "The mayor of Ellisport opened the bridge to lorries and counted votes all night."
    quote = "The mayor of Ellisport closed the bridge."
    around = Surroundings((), (AROUND.other[0], near, quote))
    assert every("other article", quote, around) == {near}
    assert every("other article", quote, Surroundings((), (quote,))) == set()


@given(
    st.sampled_from(FALSE_KINDS),
    st.text(st.sampled_from("ab 1,.$%AB“”\"'-not"), max_size=60),
    st.integers(0, 5),
)
def test_what_is_made_is_never_the_quote(kind: FalseKind, quote: str, seed: int) -> None:
    false = falsify(kind, quote, AROUND, Random(seed))
    assert false is None or false.text != quote


@pytest.mark.parametrize("kind", FALSE_KINDS)
def test_the_same_seed_makes_the_same(kind: FalseKind) -> None:
    quote = "In June 2015 the minister said that China has lent Venezuela $65 billion and won."
    assert falsify(kind, quote, AROUND, Random(3)) == falsify(kind, quote, AROUND, Random(3))
