from __future__ import annotations

import pytest

from qa.facts import NEGATIONS
from qa.phrasing import is_phrased, keeps_mood

VASS = "“The oil was shipped,” said Ingrid Vass, who follows finance."


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("China has lent Caracas $5 billion.", "China lent Caracas $5 billion."),
        ("China gave Caracas $5 billion.", "China has given Caracas $5bn."),
        ("China gave Caracas $5 billion.", "China had given Caracas 5 billion dollars."),
        ("China lent Caracas $5 billion.", "China had lent Caracas $5 billion."),
        ("It lent Caracas money.", "It had lent Caracas money."),
        ("China has not lent it.", "China did not lend it."),
        ("China didn’t lend it.", "China had not lent it."),
        ("The bank has been sold.", "The bank was sold."),
        ("The bank was sold.", "The bank had been sold."),
        ("The pumps had failed at midnight.", "The pumps failed at midnight."),
        ("He planned a bank.", "He had planned a bank."),
        ("Russia is an ally.", "Russia was an ally."),
        ("China will lend it.", "China would lend it."),
        ("They’ve lent it and we’ll pay.", "They have lent it and we will pay."),
        ("The mayor says the bridge holds.", "The mayor said the bridge holds."),
        ("The mayor said the bridge is safe.", "The mayor said the bridge was safe."),
        ("The mayor said the bridge will open.", "The mayor said that the bridge would open."),
        ("The mayor said it wants money.", "The mayor said it wanted money."),
    ],
)
def test_the_same_in_another_tense(quote: str, text: str) -> None:
    assert is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("China will lend it.", "China lent it."),
        ("China will lend it.", "China lends it."),
        ("China lent it.", "China will lend it."),
        ("China was lent money.", "China lent money."),
        ("China was lent money.", "China had lent money."),
        ("The bank has been sold.", "The bank has sold."),
        ("The weapons given China rusted.", "The weapons gave China rusted."),
        ("Soldiers wounded by China came home.", "Soldiers had wounded by China"),
        ("Rebels backed by China fled.", "Rebels had backed China"),
        ("China has to lend it.", "China to lend it."),
        ("China would lend it.", "China will lend it."),
        ("He’s an ally’s friend.", "He has an ally’s friend."),
        ("China opens a bank on Monday.", "China opened a bank on Monday."),
        ("The mayor was safe.", "The mayor is safe."),
        ("China did not lend it.", "China did lend it."),
        ("China may have lent it.", "China has lent it."),
        ("China may lend it.", "China lent it."),
        ("He found a bank.", "He founded a bank."),
    ],
)
def test_another_claim_in_another_tense(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        (VASS, "Ingrid Vass, who follows finance, said: “The oil was shipped.”"),
        ("The ship sank, Vass said on Monday.", "Vass said on Monday the ship sank."),
        ("The ship sank, Vass said on Monday.", "Vass said on Monday that the ship sank."),
        ("The mayor of Ems said the ship sank.", "The ship sank, said the mayor of Ems."),
        ("The mayor of Ems said the ship sank.", "The ship sank, the mayor of Ems said."),
        ("The ship, Vass said, sank in 2015.", "Vass said the ship sank in 2015."),
        ("The ship sank, according to Vass.", "According to Vass, the ship sank."),
        ("The ship sank, according to Vass.", "Vass said the ship sank."),
        ("According to the Office (OSI), the ship sank.", "The ship sank, the Office (OSI) said."),
        ("“It’s the only one we had,” Vass said.", "“It’s the only one we had,” said Vass."),
        ("“We can’t wait for that,” he said.", "He said: “We can’t wait for that.”"),
        ("The Office (OSI) said the ship sank.", "The ship sank, the Office (OSI) said."),
        ("On Monday, the ship sank.", "The ship sank on Monday."),
        ("The ship sank in March 2015.", "In March 2015, the ship sank."),
    ],
)
def test_the_same_in_another_order(quote: str, text: str) -> None:
    assert is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("China lent Russia money, Brazil said.", "Brazil lent Russia money, China said."),
        ("China lent Russia money, Brazil said.", "Brazil, China said, lent Russia money."),
        ("China lent Russia money, Brazil said.", "China said Brazil lent Russia money."),
        ("China, Brazil said, lent money.", "China said Brazil lent money."),
        ("China, Brazil said, lent money.", "Brazil lent money, China said."),
        ("China, said Brazil, lent money.", "Brazil lent money, said China."),
        ("Russia said China lent money.", "China said Russia lent money."),
        ("Russia said China lent money.", "China lent Russia money."),
        ("In 2015, Russia said China had paid.", "Russia said China had paid in 2015."),
        ("China paid and left in 2015.", "In 2015, China paid and left."),
        ("China paid in Plymouth, Mass.", "China paid in Plymouth, That."),
        ("The bank of China paid.", "According to the bank of China paid."),
        ("China paid Russia in 2015.", "In 2015, Russia paid China."),
        ("“We paid,” said Vass.", "Vass said, “We have paid.”"),
        ("“We paid,” said Vass.", "Vass said we paid."),
    ],
)
def test_another_claim_in_another_order(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("The president’s lawyer resigned.", "The president resigned."),
        ("The police were attacked.", "The police attacked."),
        ("Fake doctors left the town.", "Doctors left the town."),
        ("He left the army reserve in 2015.", "He left an army"),
        ("Russia or China paid it.", "China has paid it."),
        ("If prices rise, Russia will pay.", "Russia will pay."),
        ("Perhaps, Russia has paid.", "Russia paid."),
        ("Russia will pay unless prices fall.", "Russia will pay."),
        ("Prosecutors alleged he stole the car.", "He stole a car."),
        ("Did Russia pay China?", "Russia did pay China."),
        ("Russia did pay China?", "Russia paid China."),
        ("Russia may pay the bank.", "pay a bank"),
        ("A few doctors left.", "Few doctors left."),
        ("Few doctors left.", "A few doctors left."),
        ("A little was paid.", "Little was paid."),
        ("The man’s charged.", "The man charged."),
        ("It’s sold the bank.", "It sold the bank."),
        ("China’s ally paid.", "China ally paid."),
        ("China ally paid.", "China’s ally paid."),
        ("He left after Nov. 3, 2016.", "He left after November 2016."),
        ("He left before Nov. 3, 2016.", "He left before 2016."),
        ("It was open until Nov. 3, 2016.", "It was open until 3 November."),
        ("It was open from Nov. 3, 2016.", "It was open from November 2016."),
        ("Perhaps Russia paid.", "Russia paid."),
        ("Probably Russia paid.", "Russia paid."),
        ("It cost <5.", "It cost 5."),
        ("It cost 5+.", "It cost 5."),
        ("It was at 5°.", "It was at 5."),
        ("It paid 5/day.", "It paid 5 day."),
        ("It lost 5 pounds.", "It lost 5."),
        ("It rose to 5 m.", "It rose to 5."),
        ("It rose to 5 m.", "It rose to 5 million."),
        ("It rose to 5 km.", "It rose to 5."),
        ("It rose to 5 km.", "It rose to 5 m."),
        ("It rose to 5.", "It rose to 5 m."),
    ],
)
def test_what_may_not_be_left_out(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("It rose to 5 m.", "It rose to 5m."),
        ("It rose to 5 m.", "It rose to 5-m."),
        ("It rose to $5 m.", "It rose to $5 million."),
        ("It rose to 5\u202fm.", "It rose to 5 m."),
        ("It rose to 5 bn.", "It rose to 5-billion."),
        ("It rose to 5-million.", "It rose to 5\u00a0million."),
        ("It rose to 5 km.", "It rose to 5km."),
        ("It rose to 5\u2009°C.", "It rose to 5°C."),
        ("It cost 5 €.", "It cost €5."),
        ("He left on Nov. 3, 2016.", "He left on Nov. 3."),
        ("He left on Nov. 3, 2016, and paid.", "He left on 3 November 2016 and paid."),
        ("He left before Nov. 3, 2016.", "He left before 3 November 2016."),
        ("Russia, China, and Peru paid.", "Russia, China and Peru paid."),
        ("The bank also paid.", "A bank paid."),
        ("China paid.", "China reported paid."),
    ],
)
def test_the_same_in_another_form(quote: str, text: str) -> None:
    assert is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("China said Brazil lent money.", "China, said Brazil, lent money."),
        ("China said Brazil lent money.", "China said Brazil, lent money."),
        ("China, said Brazil, lent money.", "China said Brazil lent money."),
        ("Russia, China and Peru paid.", "Russia China and Peru paid."),
        ("Ali, Reza paid.", "Ali Reza paid."),
        ("Ali Reza paid.", "Ali; Reza paid."),
        ("Ali Reza paid.", "Ali said Reza paid."),
        ("Ali Reza paid.", "Ali reports Reza paid."),
        ("Old Ali Reza paid the bank.", "Old Ali said Reza paid the bank."),
        ("Late President Ali died.", "President Ali died late."),
        ("Next President Ali died.", "President Ali died next."),
        ("President Ali died late.", "Late President Ali died."),
        ("The ship sank on Monday.", "Monday the ship sank on."),
    ],
)
def test_marks_and_words_between_change_who_does_what(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("“We paid,” said Vass.", "“We paid” said Vass."),
        ("“China paid,” said Vass.", "Vass said China paid."),
        ("In 2015, Ali said it left.", "In 2015 Ali said it left."),
        ("Vass said: “We paid in full.”", "Vass said “We paid in full.”"),
        ("Vass said, the ship sank.", "Vass said the ship sank."),
        ("The Office (OSI) paid.", "The Office OSI paid."),
    ],
)
def test_marks_that_say_nothing_may_go(quote: str, text: str) -> None:
    assert is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("Vass paid “in full”.", "Vass paid “in full."),
        ("Vass paid in full.", "Vass “paid Peru” in full."),
        ("“We paid,” Vass said.", "We paid, Vass said."),
        ("Vass paid us.", ""),
        ("Vass paid us.", "said"),
    ],
)
def test_quotation_marks_hold_what_was_said(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)


def test_a_long_attribution_is_not_moved() -> None:
    who = " ".join(f"chief{n}" for n in range(23))
    assert is_phrased(f"{who} Vass said the ship sank.", f"The ship sank, {who} Vass said.", None)
    who += " more"
    assert not is_phrased(f"{who} Vass said it sank.", f"It sank, {who} Vass said.", None)


@pytest.mark.parametrize(
    ("before", "text", "stands"),
    [
        ("Russia is an ally of Caracas.", "Russia has paid $5bn.", True),
        ("Russia is an ally of Caracas.", "Caracas has paid $5bn.", False),
        ("Russia is an ally. China was one.", "Russia has paid $5bn.", False),
        ("Vladimir Putin said so. Putin left.", "Vladimir Putin has paid $5bn.", False),
        ("Putin said so. Putin left.", "Putin has paid $5bn.", True),
        ("Nothing was said.", "Russia has paid $5bn.", False),
        ("Vladimir Putin said so.", "Vladimir Putin has paid $5bn.", True),
        ("Vladimir Putin said so.", "Putin has paid $5bn.", True),
        ("Vladimir Putin said so.", "Putin has Vladimir paid $5bn.", False),
        ("Russia is an ally.", "russia has paid $5bn.", False),
        ("Russia is an ally.", "It Russia has paid $5bn.", False),
        ("Russia is an ally.", "Russia has paid $5bn Russia.", False),
    ],
)
def test_only_a_certain_name_stands_for_a_pronoun(before: str, text: str, stands: bool) -> None:
    quote = "It has paid $5 billion."
    assert is_phrased(text, quote, f"{before} {quote}") is stands


def test_a_name_stands_for_a_pronoun_only() -> None:
    for quote in ("Brazil has paid $5 billion.", "Money has paid $5 billion.", "5 have paid it."):
        assert not is_phrased("Russia has paid $5bn.", quote, f"Russia is an ally. {quote}")


def test_a_name_of_the_quote_itself_stands_for_no_pronoun() -> None:
    quote = "It has paid Russia."
    assert not is_phrased("Russia has paid Russia.", quote, f"Russia was late. {quote}")


# What takes back, and questions


@pytest.mark.parametrize("word", sorted(NEGATIONS))
def test_a_negation_that_stands_twice_is_said_twice(word: str) -> None:
    once, twice = f"China gave a {word} report.", f"It was {word}; China gave a {word} report."
    assert is_phrased(twice, twice, None)
    assert not is_phrased(once, twice, None)
    assert not is_phrased(twice, once, None)


_QUOTING = ['"{}"', "“{}”", "‘{}’", "'{}'", "({})", "(“{}”)", '"({})"', "“‘{}’”", "“{} ”", "{}"]


@pytest.mark.parametrize("marks", _QUOTING)
def test_a_question_between_marks_is_one(marks: str) -> None:
    asks, says = marks.format("China paid?"), marks.format("China paid.")
    for text, quote in ((says, asks), (asks, says)):
        assert is_phrased(text, text, None)
        assert not is_phrased(text, quote, None)
        assert not keeps_mood(text, quote)
