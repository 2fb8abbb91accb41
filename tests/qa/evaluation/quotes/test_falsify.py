from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.quotes.falsify import FALSE_KINDS, FalseKind, Surroundings, falsify, names
from qa.evaluation.quotes.parts import false_parts

NOTHING = Surroundings((), ())
_WORDS = (
    "If The the mother of Ahmed Ali Russia died was left No Fewer than 5 ten who attacked denied"
    " that claimed whether will pay if unless Vice former President met Ali’s lawyer, Times."
).split()
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
        ("scale", "The loan came to $65 billion.", "The loan came to $65."),
        ("scale", "The loan came to $65 billion.", "The loan came to $65\u202fmillion."),
        ("scale", "The loan came to $65 billion.", "The loan came to $65-trillion."),
        ("scale", "The loan came to $65bn.", "The loan came to $65m."),
        ("scale", "The loan came to $65bn.", "The loan came to $65."),
        ("scale", "Prices rose 5%.", "Prices rose 5."),
        ("scale", "Prices rose 5 per cent.", "Prices rose 5\u00a0percentage points."),
        ("scale", "The road is 40 miles long.", "The road is 40 kilometers long."),
        ("scale", "The road is 40 miles long.", "The road is 40 million miles long."),
        ("scale", "The road is 40 miles long.", "The road is 40 long."),
        ("scale", "It sank with 14 sailors.", "It sank with 14 thousand sailors."),
        ("part", "The mother of Ahmed Ali died on Monday.", "Ahmed Ali died on Monday."),
        ("part", "A man who attacked Ahmed Ali was freed.", "Ahmed Ali was freed."),
        ("part", "Fewer than 5 people died in it.", "5 people died in it."),
        ("part", "Nearly all workers left the yard.", "all workers left the yard."),
        ("part", "Nine of ten doctors left in May.", "ten doctors left in May."),
        ("part", "No doctors were paid in May.", "doctors were paid in May."),
        ("part", "He denied that China lent $5 billion.", "China lent $5 billion."),
        ("part", "It is untrue that China lent $5 billion.", "China lent $5 billion."),
        ("part", "It is unclear whether the bank was sold.", "the bank was sold."),
        ("part", "If oil rises, the bank will pay.", "the bank will pay."),
        ("part", "The bank will pay if oil rises.", "The bank will pay"),
        (
            "part",
            "Vice President Anna Abel resigned in May.",
            "President Anna Abel resigned in May.",
        ),
        ("part", "The council met Ada Abel’s lawyer.", "The council met Ada Abel"),
        ("part", "She was seen by the Ellisport Times.", "She was seen by the Ellisport"),
        (
            "part",
            "China lent $5 billion and was paid, critics claimed.",
            "China lent $5 billion and was paid",
        ),
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
        ("scale", "The loan came to more than $65 billion."),
        ("scale", "It is told on page 14 sailors know."),
        ("scale", "It sank in 2015."),
        ("part", "The city of Paris voted on Monday."),
        ("part", "The mayor of Ems said on Monday nothing."),
        ("part", "A few doctors were paid in May."),
        ("part", "The bank will pay even if oil rises."),
        ("part", "The number of Russians was given on Monday."),
        ("part", "China lent $5 billion."),
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


@given(st.lists(st.sampled_from(_WORDS), min_size=3, max_size=14).map(" ".join))
def test_a_part_has_the_words_of_the_quote_and_fewer(quote: str) -> None:
    for part in false_parts(quote):
        assert part in quote
        assert 3 <= len(part.split()) < len(quote.split())


@pytest.mark.parametrize(
    ("quote", "same"),
    [
        ("The loan came to $65 billion.", ("$65bn", "$65 billion", "$65\u00a0billion")),
        ("It flew 40 kilometers on.", ("40 km", "40 kilometres")),
        ("It weighs 40 tons on land.", ("40 tonnes",)),
        ("Prices rose 5 percent.", ("5 per cent", "5%")),
        ("It has 5 million seats.", ("5m ", "5 m ", "5 million")),
    ],
)
def test_no_scale_is_changed_into_what_may_be_the_same(quote: str, same: tuple[str, ...]) -> None:
    made = every("scale", quote)
    assert made
    assert not [text for text in made for form in same if form in text]


@pytest.mark.parametrize("kind", FALSE_KINDS)
def test_the_same_seed_makes_the_same(kind: FalseKind) -> None:
    quote = "In June 2015 the minister hoped that China has lent Venezuela $65 billion and won."
    assert falsify(kind, quote, AROUND, Random(3)) == falsify(kind, quote, AROUND, Random(3))
