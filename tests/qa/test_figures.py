from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.figures import Number, numbers

# Every text of a row holds exactly one number, and all of a row say the same figure.
SAME = [
    ("1,200", "1 200", "1200", "1\u00a0200", "1\u202f200", "1\u2009200", "1.2 thousand", "1.2k"),
    ("twelve", "12", "Twelve", "TWELVE", "12.0", "a dozen", "one dozen", "１２"),
    ("½", "1/2", "0.5", "0.50", "one half", "one-half", "2/4", "two quarters"),
    ("2½", "2 ½", "2 1/2", "2.5", "two and a half", "5/2"),
    ("¼", "0.25", "one quarter", "one-quarter", "one fourth"),
    ("⅔", "two-thirds", "two thirds", "2/3"),
    ("¾", "three-quarters", "three quarters", "0.75"),
    ("three-fifths", "0.6", "three fifths"),
    ("twenty-one", "21", "Twenty one"),
    ("ninety-nine", "99"),
    ("a hundred", "one hundred", "100", "one-hundred"),
    ("one hundred and five", "105", "a hundred and five", "one hundred five"),
    ("two hundred thousand", "200,000", "200 thousand", "200k", "200-thousand"),
    ("a thousand", "1,000", "1 000", "one thousand", "ten hundred"),
    ("two thousand five hundred", "2,500", "2.5 thousand", "twenty-five hundred"),
    ("half a million", "500,000", "0.5 million", "500 thousand"),
    ("a million", "1,000,000", "1 million", "1 mn", "1.000.000", "1 mln"),
    ("two and a half million", "2.5 million", "2½ million", "2,500,000", "2.5mn"),
    ("one million two hundred thousand", "1.2 million", "1,200,000", "1.2-million"),
    ("a billion", "1 billion", "1bn", "1,000 million", "one thousand million", "1bln"),
    ("half a billion", "500 million", "0.5bn"),
    ("3 trillion", "3tn", "3trn", "three trillion", "3,000 billion", "3 million million"),
    ("two dozen", "24", "twenty-four"),
    ("zero", "0"),
    ("-5", "−5", "-5.0"),
    ("1,5", "1.5", "1½", "one and a half", "3/2"),
    ("12,345,678.9", "12345678.9", "12 345 678.9"),
    ("$1.2bn", "$1.2 billion", "$1,200 million", "1.2 billion dollars", "$1.2B", "$1.2-billion",
     "1,200 million dollars", "$ 1.2 billion", "1.2-billion-dollar", "$1,200,000,000", "$1.2bln"),
    ("$65 billion", "$65bn", "sixty-five billion dollars", "65bn dollars", "$65b",
     "65-billion dollar"),
    ("US$5", "USD 5", "5 US dollars", "5 U.S. dollars", "five American dollars", "5 USD", "USD5"),
    ("A$5m", "AUD 5 million", "5 million Australian dollars", "AU$5 million"),
    ("C$5", "CA$5", "5 Canadian dollars", "CAD 5"),
    ("5 m", "5m", "5-m", "5\u00a0m", "5\u202fm", "5\u2009m", "5\nm", "five m"),
    ("5 M", "5M", "5-M", "5\u202fM"),
    ("5 b", "5b"),
    ("5 million", "5-million", "5\u00a0million", "5\u202fmillion", "5\u2009million", "5 \nmillion",
     "5\u2011million", "5\u2010million", "5 millions", "5mn", "5 mn", "5-mn", "50 lakh"),
    ("5 billion", "5bn", "5 bn", "5-bn", "5\u202fbn", "5 thousand million", "500 crore"),
    ("5 quadrillion", "5,000 trillion", "5,000tn"),
    ("$5 m", "$5m", "$5-m", "$5\u202fm", "$5\u2009million", "5m dollars", "$5\u2011million"),
    ("5 km", "5km", "5-km", "5\u00a0km", "5\u202fkm", "five km", "5.0 km"),
    ("5 °C", "5°C", "5\u202f°C"),
    ("5 m²", "5m²"),
    ("5 km/h", "5km/h"),
    ("5 MW", "5MW", "5-MW"),
    ("€5", "5 €", "5€", "5 euros", "5\u202f€", "5-euro"),
    ("5 USD", "5USD", "5\u2009USD"),
    ("€3.5m", "€3.5 million", "3.5 million euros", "EUR 3.5 million", "3.5m euros", "€3.5M"),
    ("£20bn", "£20 billion", "20 billion pounds", "GBP 20bn", "20bn pounds sterling"),
    ("5 pounds sterling", "£5", "GBP 5", "five pounds sterling"),
    ("¥500", "500 yen", "JPY 500"),
    ("10 yuan", "RMB 10", "10 renminbi", "CNY 10"),
    ("₽100", "100 rubles", "100 roubles", "RUB 100"),
    ("₹100", "Rs 100", "Rs. 100", "100 rupees", "INR 100"),
    ("₩3 trillion", "3 trillion won"),
    ("50 cents", "fifty cents"),
    ("7 pesos", "seven pesos"),
    ("5%", "5 %", "5 per cent", "5 percent", "five percent", "five per cent", "5 pct",
     "5-percent", "5.0%", "5\u202f%", "5\u00a0per\u00a0cent", "5\u2009percent", "5\nper cent",
     "5\u2011percent"),
    ("0.5%", "½ percent", "0.5 per cent", "one half percent"),
    ("-2%", "−2 percent"),
    ("3 percentage points", "three percentage points", "3-percentage-point"),
    ("1st", "first", "First"),
    ("2nd", "second"),
    ("3rd", "third"),
    ("12th", "twelfth"),
    ("20th", "twentieth"),
    ("21st", "twenty-first"),
    ("33rd", "thirty-third"),
    ("2015", "２０１５"),
    ("1990s", "the 1990s"),
]  # fmt: skip

DIFFERENT = [
    ("1,200", "1.200"), ("1,200", "12,00"), ("1,200", "1,201"), ("12", "120"), ("12", "1.2"),
    ("$62 billion", "$50 billion"), ("$50 billion", "$50 million"), ("$50", "€50"), ("$50", "50"),
    ("$50", "US$50"), ("A$50", "$50"), ("A$50", "C$50"), ("£5", "5 pounds"), ("5%", "5"),
    ("5%", "5 percentage points"), ("5%", "0.5%"), ("-5", "5"), ("1st", "1"), ("first", "one"),
    ("1990s", "1990"), ("2015", "2016"), ("½", "⅓"), ("two and a half", "two"), ("2½", "2"),
    ("half a million", "a million"), ("5m", "5 million"), ("5b", "5 billion"), ("$5m", "5m"),
    ("one hundred and five", "one hundred"), ("fifteen", "fifty"), ("two dozen", "a dozen"),
    ("1.2 million", "1.2 billion"), ("1,000 yen", "1,000 yuan"), ("50 cents", "50 dollars"),
    ("5 percent", "5 pesos"), ("thirty-third", "third"), ("12", "１３"),
    ("5 m", "5"), ("5 m", "5 million"), ("5 m", "5 M"), ("5 M", "5 million"), ("5 m", "5 km"),
    ("5 m", "5 metres"), ("5 b", "5 billion"), ("5 km", "5"), ("5 km", "5 kg"), ("5 km", "5 miles"),
    ("5 km", "5 km²"), ("5 m", "5 m²"), ("5 m", "5 m/s"), ("5 MW", "5 mW"), ("5 MW", "5 MWh"),
    ("5 °C", "5 °F"), ("5 °C", "5"), ("5 €", "5"), ("5 lakh", "5 crore"), ("$5 m", "5 m"),
    ("5 bps", "5%"), ("5 billion", "5 million"), ("5m km", "5 km"), ("5 thousand", "5"),
    ("two-thirds", "one-third"), ("1/2", "1/3"), ("three trillion", "three billion"),
]  # fmt: skip

NONE = [
    "F-16", "Su-30", "COVID-19", "B2B", "3D", "4G", "H1N1", "someone", "tone", "often", "dozens",
    "millions", "weighty", "a", "half", "anyone", "bones", "$", "%", "MI6", "747s-b", "9" * 100,
]  # fmt: skip

PLACES = [
    ("lent $65 billion by", "$65 billion", "65 billion", "money"),
    ("worth 1.2 billion dollars now", "1.2 billion dollars", "1.2 billion", "money"),
    ("rose 5 per cent.", "5 per cent", "5 per cent", "percent"),
    ("about 30 contracts", "30", "30", "number"),
    ("“twenty-one,” he", "twenty-one", "twenty-one", "number"),
    ("in 2015.", "2015", "2015", "year"),
    ("mid-2015 talks", "2015", "2015", "year"),
    ("the 21st century", "21st", "21st", "ordinal"),
    ("her twenty-first year", "twenty-first", "twenty-first", "ordinal"),
    ("fell to -5 degrees", "-5", "5", "number"),
    ("the 1990s boom", "1990s", "1990s", "decade"),
    ("a 6,000-mile flight", "6,000", "6,000", "number"),
    ("by 9,999 people", "9,999", "9,999", "number"),
    ("ein Zuwachs é 12 é", "12", "12", "number"),
    ("💶💶 €5m 💶", "€5m", "5m", "money"),
    ("some 5\u202fm more", "5\u202fm", "5\u202fm", "number"),
    ("about 5 km away", "5", "5", "number"),
    ("about 5km away", "5km", "5km", "number"),
    ("about 2000 km away", "2000", "2000", "number"),
    ("lost 5 pounds now", "5", "5", "number"),
    ("the 5 won it", "5", "5", "number"),
    ("paid 5 € each", "5 €", "5", "money"),
    ("paid 5 $10 bills".replace("$10 ", ""), "5", "5", "number"),
    ("paid 5 US dollars now", "5 US dollars", "5", "money"),
    ("fell to “-5” then", "-5", "5", "number"),
    ("a 5-million loan", "5-million", "5-million", "number"),
    ("in 2015 m", "2015 m", "2015 m", "number"),
]
WHOLE = [
    ("about 5 km away", "5 km", "5 km"),
    ("about 5km away", "5km", "5km"),
    ("$30 t of it", "$30 t", "30 t"),
    ("$5 billion now", "$5 billion", "5 billion"),
    ("5 m/s", "5 m/s", "5 m/s"),
    ("5 per cent", "5 per cent", "5 per cent"),
    ("5 a day", "5", "5"),
    ("5 min.", "5 min", "5 min"),
    ("5 minutes", "5", "5"),
]


def only(text: str) -> Number:
    (found,) = numbers(text)
    return found


@pytest.mark.parametrize(
    ("text", "first"), [(text, row[0]) for row in SAME for text in row[1:]], ids=str
)
def test_forms_of_one_figure_agree(text: str, first: str) -> None:
    assert only(text).key == only(first).key
    assert {only(text).kind, only(first).kind} <= {"number", "year"} or (
        only(text).kind == only(first).kind
    )


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=str)
def test_different_figures_differ(one: str, other: str) -> None:
    assert only(one).key != only(other).key


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number(text: str) -> None:
    assert numbers(text) == []


@pytest.mark.parametrize(("text", "whole", "amount", "kind"), PLACES, ids=str)
def test_spans_are_exact(text: str, whole: str, amount: str, kind: str) -> None:
    found = only(text)
    assert (found.span.of(text), found.amount.of(text), found.kind) == (whole, amount, kind)


@pytest.mark.parametrize(("text", "whole", "uncut"), WHOLE, ids=str)
def test_what_belongs_to_a_figure(text: str, whole: str, uncut: str) -> None:
    found = only(text)
    assert (found.whole.of(text), found.uncut.of(text)) == (whole, uncut)


def test_signs_before_other_figures_are_theirs() -> None:
    found = numbers("They paid 5 $10 bills and 6 €20 notes.")
    assert [n.key for n in found] == ["5", "10 $", "6", "20 €"]


SPACES = ("", " ", "-", "\u00a0", "\u2009", "\u202f", "\u2011", "\n", "\u2007")


@given(
    st.integers(2, 999),
    st.sampled_from(("m", "bn", "million", "km", "%", "per cent", "°C", "kg", "trillion")),
    st.sampled_from(SPACES),
    st.sampled_from(SPACES),
    st.sampled_from(("", "$")),
)
def test_what_stands_before_a_unit_says_nothing(
    value: int, unit: str, one: str, other: str, sign: str
) -> None:
    keys = {only(f"{sign}{value}{gap}{unit}").key for gap in (one, other)}
    assert len(keys) == 1
    assert keys != {only(f"{sign}{value}").key}


@given(st.integers(2, 999), st.sampled_from(SPACES))
def test_m_is_no_million_but_for_money(value: int, gap: str) -> None:
    assert only(f"{value}{gap}m").value == value
    assert only(f"${value}{gap}m").value == value * 10**6


def test_all_in_order() -> None:
    text = "From 2005 to 2013 some thirty contracts, worth $11bn (5% each), the first of twelve."
    assert [n.span.of(text) for n in numbers(text)] == [
        "2005", "2013", "thirty", "$11bn", "5%", "first", "twelve"
    ]  # fmt: skip
    assert [n.value for n in numbers(text)][:4] == [2005, 2013, 30, Fraction(11 * 10**9)]


@given(st.text(alphabet=st.sampled_from("0123456789.,/ -−$€%½aAnd onehudrtwfk’\n"), max_size=60))
def test_spans_are_disjoint_and_inside(text: str) -> None:
    found = numbers(text)
    assert all(n.span.contains(n.amount) and n.span.of(text) for n in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))


@given(st.integers(0, 999_999_999))
def test_thousands_are_read_back(value: int) -> None:
    assert only(f"{value:,}").value == value


@pytest.mark.parametrize("unit", ["1 111 ", "one hundred ", "9", "1,", "twenty ", "a ", "$ "])
@pytest.mark.usefixtures("ends")
def test_long_texts_take_linear_time(unit: str) -> None:
    numbers(unit * 50_000)
