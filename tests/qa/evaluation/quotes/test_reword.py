from __future__ import annotations

from random import Random

import pytest

from qa.evaluation.quotes.reword import TRUE_KINDS, TrueKind, reword


def every(kind: TrueKind, quote: str) -> set[str]:
    made = (reword(kind, quote, Random(seed)) for seed in range(100))
    return {text for text in made if text}


@pytest.mark.parametrize(
    ("kind", "quote", "made"),
    [
        ("number format", "It lent $1.5 billion.",
         {"It lent $1.5bn.", "It lent 1.5 billion dollars.", "It lent $1,500,000,000."}),
        ("number format", "It has 2 million voters.", {"It has 2,000,000 voters."}),
        ("number format", "It rose 5 percent.", {"It rose 5%.", "It rose 5 per cent."}),
        ("number format", "It has 1,200 seats.", {"It has 1200 seats."}),
        ("number format", "It has three doors.", {"It has 3 doors."}),
        ("number format", "It has 12 doors.", {"It has twelve doors."}),
        ("number format", "On January 3, 2016, it fell.",
         {"On 3 January 2016 it fell.".replace("2016 it", "2016, it"), "On Jan. 3, 2016, it fell.",
          "On 3 January 2016 it fell."}),
        ("number format", "At 5:30 p.m. it fell.", {"At 5:30pm it fell.", "At 17:30 it fell."}),
        ("word order", "“It has sunk,” he said.",
         {"He said, “It has sunk.”", "He said: “It has sunk.”"}),
        ("word order", "The ship sank, Ms. Vass said.",
         {"Ms. Vass said the ship sank.", "The ship sank, said Ms. Vass."}),
        ("word order", "The ship sank, according to Vass.", {"According to Vass, the ship sank."}),
        ("word order", "On Monday, the ship sank.", {"The ship sank on Monday."}),
        ("tense", "The bank has lent it.", {"The bank lent it."}),
        ("tense", "The bank has given it.", {"The bank gave it."}),
        ("tense", "The bank gave it.", {"The bank had given it."}),
        ("tense", "The bank has been sold.", {"The bank was sold."}),
        ("tense", "The bank says so.", {"The bank said so."}),
        ("tense", "Vass said it is late.", {"Vass said it was late.", "Vass says it is late."}),
    ],
)  # fmt: skip
def test_variants(kind: TrueKind, quote: str, made: set[str]) -> None:
    assert every(kind, quote) <= made
    assert every(kind, quote)


@pytest.mark.parametrize(
    ("kind", "quote"),
    [
        ("number format", "He said: “It lent $1.5 billion and 5 percent.”"),
        ("number format", "“It lent $1.5 billion and went on."),
        ("word order", "The ship sank in the bay."),
        ("word order", "On Monday, the ship sank and the crew left."),
        ("tense", "The bank may have lent it."),
        ("tense", "The ship was given to them."),
        ("tense", "It is late."),
        ("tense", "He said: “The bank has lent it."),
    ],
)
def test_nothing_is_made_where_the_claim_could_change(kind: TrueKind, quote: str) -> None:
    assert every(kind, quote) == set()


@pytest.mark.parametrize("kind", TRUE_KINDS)
def test_the_same_seed_makes_the_same(kind: TrueKind) -> None:
    quote = "The bank has lent $5 billion to 3 states, according to Vass."
    assert reword(kind, quote, Random(2)) == reword(kind, quote, Random(2)) != quote
