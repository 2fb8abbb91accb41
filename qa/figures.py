"""Numbers, money and percentages found in English text, each with a normal form.

Scale words are worked out ("$1.2bn" is "$1.2 billion" is "1,200 million dollars"); nothing is ever
converted between units or currencies. A scale or unit belongs to its figure, whether a space, a
hyphen or nothing stands before it; "5 m", which may be metres, miles or millions, says only itself,
"$5 m" is five million dollars. "1.200" is one and two tenths, as English reads it: taking it
for 1,200 could let a figure a thousand times too large pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from corpus.article import Span

NumberKind = Literal["money", "percent", "number", "ordinal", "year", "decade"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        span: All of it, with currency and unit ("$65 billion", "5 per cent").
        amount: What may not be cut without changing the figure ("65 billion", "5 per cent").
        unit: "%" for percent, "pp" for percentage points, a currency such as "$", "US$" or "euro",
            the sign of a measure such as "km", else empty.
        measure: Where a sign of measure stands behind it, or None. One set apart ("5 km") is no
            part of `span` and `amount`, one joined on ("5km") is.
    """

    span: Span
    amount: Span
    kind: NumberKind
    value: Fraction
    unit: str = ""
    measure: Span | None = None

    @property
    def whole(self) -> Span:
        """The number with everything that belongs to it, a sign of measure too."""
        return Span(self.span.start, self.measure.end) if self.measure else self.span

    @property
    def uncut(self) -> Span:
        """What may not be cut without changing the figure, a sign of measure included."""
        return Span(self.amount.start, self.measure.end) if self.measure else self.amount

    @property
    def key(self) -> str:
        """Return the normal form: equal keys say the same figure."""
        return f"{self.value} {self.unit}".rstrip()


_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORD_VALUES = {
    **{word: n for n, word in enumerate(_ONES, 1)},
    **{word: n for n, word in enumerate(_TEENS, 10)},
    **{word: 10 * n for n, word in enumerate(_TENS, 2)},
    **dict.fromkeys(("a", "an"), 1),
    "zero": 0,
}
_SCALES = {
    "hundred": 10**2, "dozen": 12, "thousand": 10**3, "k": 10**3, "lakh": 10**5, "crore": 10**7,
    "million": 10**6, "mn": 10**6, "mln": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "bln": 10**9, "b": 10**9,
    "trillion": 10**12, "tn": 10**12, "trn": 10**12, "quadrillion": 10**15,
}  # fmt: skip
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4} | {
    word: n for n, word in enumerate(_ORDINALS[4:10], 5)
}
_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8),
}  # fmt: skip
# The key is how the unit begins, lower case, without dots; "US$" is not taken for plain "$".
_UNITS = {
    "%": "%", "percentage point": "pp", "percent": "%", "per cent": "%", "pct": "%",
    "us dollar": "US$", "usd": "US$", "us$": "US$", "american dollar": "US$", "dollar": "$",
    "$": "$", "canadian dollar": "C$", "cad": "C$", "ca$": "C$", "c$": "C$", "aud": "A$",
    "australian dollar": "A$", "au$": "A$", "a$": "A$", "euro": "€", "eur": "€", "€": "€",
    "pound": "£", "gbp": "£", "£": "£", "yen": "¥", "jpy": "¥", "¥": "¥", "yuan": "yuan",
    "renminbi": "yuan", "rmb": "yuan", "cny": "yuan", "ruble": "₽", "rouble": "₽", "rub": "₽",
    "₽": "₽", "rupee": "₹", "inr": "₹", "rs": "₹", "₹": "₹", "won": "₩", "₩": "₩",
}  # fmt: skip

_SP = "[ \u00a0\u2000-\u200a\u202f\u205f]"
# What may stand between a figure and its scale or unit, and says nothing.
_GAP = r"(?:[-\u2010\u2011]|\s{1,2})?"
_SCALE = "hundred|dozen|thousand|lakh|million|crore|billion|trillion|quadrillion"
_SHORT_SCALE = r"bn|bln|tn|trn|mn|mln|[mbk](?!/)"
# Signs of measure, in their own case: "4G" is none.
_MEASURE = (
    r"km/h|km[²2³3]?|kg|cm[²2³3]?|mm|mg|m[lL]|m[²2³3]|m/s|g|t|l|lbs?|oz|ft|yds?|mph|kph|mpg|rpm"
    r"|[kMGT]Wh?|[kMG]?Hz|[kKMGTP]B|bpd|bps?|basis\spoints?|hrs?|mins?|secs?|ha|pts?|°[CF]?"
)
_ONE = "|".join(_ONES)
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_ONE}))?|{'|'.join(_TEENS)}|{_ONE}|zero)"
_HUNDREDS = rf"(?:(?:{_SMALL}|an?)[- ]hundred(?: (?:and )?{_SMALL})?|{_SMALL}(?: and a half)?)"
_GROUP = rf"(?:(?:{_HUNDREDS}|half an?|an?)(?:[- ](?:{_SCALE})\b)+)"
_WORDS = (
    rf"(?:{_ONE})[- ](?:{'|'.join(_PARTS)})s?(?!\w)"
    rf"|{_GROUP}(?:,? (?:and )?{_GROUP})*(?:,? (?:and )?{_HUNDREDS})?(?!\w)|{_HUNDREDS}(?!\w)"
)
_DIGITS = (
    rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d{{1,3}}(?:{_SP}\d{{3}})+(?!\d)(?:\.\d+)?"
    r"|\d{1,3}(?:\.\d{3}){2,}(?!\d)|(?<!/)\d{1,2}/[1-9]\d?(?![\d/])|\d+(?:\.\d+|,\d{1,2}(?!\d))?"
)
# Tried first at every word: without it most of the time goes into words that begin no number.
_AHEAD = (
    rf"(?=[\d{''.join(_VULGAR)}]"
    rf"|(?:half|an?|zero|{_ONE}|{'|'.join(_TEENS)}|{'|'.join(_TENS)})(?!\w))"
)
_SIGN = (
    r"(?:US|AU|CA|NZ|HK|NT|MX|[ACSR])?\$|[€£¥₹₽₩₺₴₦]"
    r"|(?:USD|EUR|GBP|JPY|CNY|RMB|RUB|INR|CHF|AUD|CAD|Rs\.?)(?![A-Za-z])"
)
_MONEY_WORD = (
    r"(?:U\.S\.\s|US\s|American\s|Canadian\s|Australian\s)?dollars?|euros?|pounds?(?:\ssterling)?|yen"
    r"|yuan|renminbi|rubles?|roubles?|rupees?|pesos?|francs?|kroner|kronor|lira|bol[ií]var(?:e?s)?"
    r"|won|rand|USD|EUR|GBP|RMB|cents?|pence|[$€£¥₹₽₩₺₴₦](?!\s?\d)"
)
_NUMBER = re.compile(
    rf"(?<!\w)(?P<minus>(?<![^\s(\[\"'“‘])[-−](?=[\d$€£]))?(?:(?P<sign>{_SIGN}){_SP}?)?(?<!\d[.,])"
    rf"{_AHEAD}(?P<amount>(?:(?P<digits>{_DIGITS})(?P<part>{_SP}?[{''.join(_VULGAR)}]|{_SP}\d/\d(?![\d/]))?"
    rf"|(?P<vulgar>[{''.join(_VULGAR)}])|(?P<words>{_WORDS}))"
    rf"(?:(?P<scale>(?:{_GAP}(?:(?:{_SCALE})s?|{_SHORT_SCALE})(?!\w))+)"
    rf"|(?P<ordinal>st|nd|rd|th)(?!\w)|(?P<decade>(?<=0)s)(?!\w))?"
    rf"(?:{_GAP}(?P<percent>%|(?:percentage[-\s]points?|per\s?cents?|pct)(?!\w)))?)"
    rf"(?:{_GAP}(?P<money>{_MONEY_WORD})(?!\w))?"
    rf"(?:(?P<gap>{_GAP})(?P<measure>(?-i:{_MEASURE}))(?![\w/]))?(?!\w)",
    re.IGNORECASE,
)
_ORDINAL_WORD = re.compile(
    rf"(?<!\w)(?:(?P<tens>{'|'.join(_TENS)})-)?(?P<word>{'|'.join(_ORDINALS)})(?!\w)",
    re.IGNORECASE,
)
# These name money only with a scale or a word that says so: pounds weigh, and teams have won.
_DOUBTFUL_MONEY = ("pound", "won")
_MAX_DIGITS = 60
_IDENTIFIER = re.compile(r"[A-Z]\w*-$")


def numbers(text: str) -> list[Number]:
    """Return the numbers of the text in order; digits in names ("F-16", "3D") are none."""
    found: list[Number] = []
    for number in sorted([*_cardinals(text), *_ordinal_words(text)], key=_longest_first):
        # "one-third" holds no third, and "twenty-first" no twenty.
        if not found or number.span.start >= found[-1].span.end:
            found.append(number)
    return found


def first_number(text: str | None) -> Number | None:
    """Return the first number of a short answer, or None."""
    return next(iter(numbers(text)), None) if text else None


def _longest_first(number: Number) -> tuple[int, int]:
    return number.span.start, -number.span.end


def _cardinals(text: str) -> Iterator[Number]:
    for match in _NUMBER.finditer(text):
        if match["digits"] and (
            len(match["digits"]) > _MAX_DIGITS
            or _IDENTIFIER.search(text, max(0, match.start("amount") - 20), match.start("amount"))
        ):
            continue
        yield _number(match)


def _number(match: re.Match[str]) -> Number:
    unit = _unit(match)
    money = bool(match["sign"] or match["money"]) and unit not in ("%", "pp", "")
    value = _amount(match, money=money) * (-1 if match["minus"] else 1)
    kind = _kind(match, money, value)
    doubtful = [] if money else re.findall(r"(?<![a-z])[mb](?![a-z])", match["scale"] or "", re.I)
    unit = " ".join(filter(None, (*doubtful, unit, match["measure"])))
    measure = Span(*match.span("measure")) if match["measure"] else None
    span, amount = Span(match.start(), _end(match, money=money)), Span(*match.span("amount"))
    if measure and match["gap"] == "":
        span, amount = Span(span.start, measure.end), Span(amount.start, measure.end)
    return Number(span, amount, kind, value, unit, measure)


def _end(match: re.Match[str], *, money: bool) -> int:
    """Return where the number ends, without a sign of measure or a word that names no money."""
    return match.end("money") if money and match["money"] else match.end("amount")


def _kind(match: re.Match[str], money: bool, value: Fraction) -> NumberKind:
    if match["percent"]:
        return "percent"
    if money:
        return "money"
    if match["ordinal"]:
        return "ordinal"
    if match["decade"]:
        return "decade"
    bare = match["amount"] == match["digits"] and match["amount"].isdecimal()
    bare = bare and not match["measure"]
    return "year" if bare and len(match["amount"]) == 4 and 1000 <= value < 2100 else "number"


def _unit(match: re.Match[str]) -> str:
    """Return the normal form of the unit; an unknown one stands for itself."""
    if match["decade"]:
        return "s"
    if match["ordinal"]:
        return "th"
    named = match["percent"] or match["sign"] or match["money"]
    if not named:
        return ""
    plain = re.sub(r"[\s-]+", " ", named.lower().replace(".", "")).removesuffix(" sterling")
    plain = "percent" if plain == "per cent" else plain
    single = plain if plain in _UNITS else plain.rstrip("s")
    doubtful = single in _DOUBTFUL_MONEY and not match["scale"] and "sterling" not in named.lower()
    return "" if doubtful else _UNITS.get(single, single)


def _amount(match: re.Match[str], *, money: bool) -> Fraction:
    if match["words"]:
        value = _words_value(match["words"].lower())
    elif match["vulgar"]:
        value = Fraction(*_VULGAR[match["vulgar"]])
    else:
        value = _digits_value(match["digits"]) + _part_value(match["part"])
    for scale in re.findall(r"[a-z]+", (match["scale"] or "").lower()):
        if money or scale not in ("m", "b"):
            value *= _SCALES.get(scale) or _SCALES[scale.removesuffix("s")]
    return value


def _digits_value(digits: str) -> Fraction:
    if re.fullmatch(r"\d+,\d{1,2}", digits):
        return Fraction(digits.replace(",", "."))
    if "/" in digits:
        return Fraction(digits)
    if digits.count(".") > 1:
        return Fraction(digits.replace(".", ""))
    return Fraction(re.sub(rf",|{_SP}", "", digits))


def _part_value(part: str | None) -> Fraction:
    if not part:
        return Fraction(0)
    mark = part.strip()
    if mark in _VULGAR:
        return Fraction(*_VULGAR[mark])
    above, below = mark.split("/")
    return Fraction(int(above), int(below) or 1)


def _words_value(words: str) -> Fraction:
    """Return what number words say; `words` has the form that `_WORDS` matches."""
    if words.startswith("half a"):
        words = "half " + words.split(maxsplit=2)[2]
    pieces = re.findall(r"[a-z]+", words)
    if len(pieces) == 2 and (part := pieces[1].removesuffix("s")) in _PARTS | {"halve": 2}:
        return Fraction(_WORD_VALUES[pieces[0]], (_PARTS | {"halve": 2})[part])
    total = current = Fraction(0)
    for piece in pieces:
        if piece == "half":
            current += Fraction(1, 2)
        elif piece == "hundred":
            current = (current or Fraction(1)) * 100
        elif piece in _SCALES:
            total, current = _scaled(total, current, _SCALES[piece])
        elif piece != "and" and not (piece in ("a", "an") and current):
            current += _WORD_VALUES[piece]
    return total + current


def _scaled(total: Fraction, current: Fraction, scale: int) -> tuple[Fraction, Fraction]:
    """Apply a scale word to the group before it, or to all so far ("two thousand million")."""
    return (total + current * scale, Fraction(0)) if current else (total * scale, Fraction(0))


def _ordinal_words(text: str) -> Iterator[Number]:
    for match in _ORDINAL_WORD.finditer(text):
        tens = _WORD_VALUES[match["tens"].lower()] if match["tens"] else 0
        value = Fraction(tens + _ORDINALS.index(match["word"].lower()) + 1)
        span = Span(*match.span())
        yield Number(span, span, "ordinal", value, "th")
