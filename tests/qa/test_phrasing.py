from __future__ import annotations

import pytest

from qa.phrasing import is_phrased

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
    ],
)
def test_what_may_not_be_left_out(quote: str, text: str) -> None:
    assert not is_phrased(text, quote, None)


@pytest.mark.parametrize(
    ("before", "text", "stands"),
    [
        ("Russia is an ally of Caracas.", "Russia has paid $5bn.", True),
        ("Russia is an ally of Caracas.", "Caracas has paid $5bn.", False),
        ("Russia is an ally. China was one.", "Russia has paid $5bn.", False),
        ("Vladimir Putin said so. Putin left.", "Vladimir Putin has paid $5bn.", False),
        ("Putin said so. Putin left.", "Putin has paid $5bn.", True),
        ("Nothing was said.", "Russia has paid $5bn.", False),
    ],
)
def test_only_a_certain_name_stands_for_a_pronoun(before: str, text: str, stands: bool) -> None:
    quote = "It has paid $5 billion."
    assert is_phrased(text, quote, f"{before} {quote}") is stands


def test_a_name_of_the_quote_itself_stands_for_no_pronoun() -> None:
    quote = "It has paid Russia."
    assert not is_phrased("Russia has paid Russia.", quote, f"Russia was late. {quote}")
