"""True statements worded from quotes: other number formats, another word order, another tense.

What stands inside quotation marks is never reworded. A figure keeps its value, an attribution its
speaker; the tense changes only where what is claimed stays the same: a perfect becomes a past or
the other way round, "says" becomes "said", and what somebody said moves into the past with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import Literal, get_args

from qa.evaluation.quotes.changes import Change
from qa.evaluation.quotes.opposites import MONTHS, WEEKDAYS
from qa.verbs import is_only_past, is_participle, participles_of_past, pasts_of_participle

TrueKind = Literal["number format", "word order", "tense"]
TRUE_KINDS: tuple[TrueKind, ...] = get_args(TrueKind)

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT = {"million": "m", "billion": "bn", "trillion": "tn"}
_SCALE = "|".join(_SCALES)
_MONEY = re.compile(rf"(?<![\w$])\$(\d+(?:\.\d+)?) ({_SCALE})(?![\w-])")
_SCALED = re.compile(
    rf"(?<![\w.,$€£-])(\d+(?:\.\d+)?) ({_SCALE})(?![\w-])(?! (?:dollars|pounds|won))"
)
_PERCENT = re.compile(r"(?<![\w.,$-])(\d+(?:\.\d+)?)( percent| per cent|%)(?![\w-])(?!age)")
_GROUPED = re.compile(r"(?<![\w.,])(\$?)(\d{1,3}(?:,\d{3})+)(?![\w,]|\.\d|-)")
_COUNTED = rf"(?= [a-z]{{3,}})(?! (?:{_SCALE}|per|and|thirds|halves|quarters|fifths|tenths))"
_COUNT = re.compile(rf"(?<=[a-z] )([2-9]|1[0-2]){_COUNTED}")
_COUNT_WORD = re.compile(rf"(?<=[a-z] )({'|'.join(_SMALL[2:])}){_COUNTED}")
_MONTH = "|".join(MONTHS)
_DATE = re.compile(rf"(?<!\w)({_MONTH}) (\d{{1,2}})(?:, (\d{{4}})(,?))?(?![\w-]|[.,]\d)")
_TIME = re.compile(r"(?<![\w:.-])(1[0-2]|[1-9])(?::([0-5]\d))? ([ap])\.m\.(?= [a-z])")

_WHO = r"(?:[A-Z][\w.’'-]*|the|of|for|an?|[a-z]+)(?: (?!said\b|that\b)[\w.’'-]+){0,6}"
_SAID = (
    re.compile(rf"[“\"](?P<claim>[^“”\"]+),[”\"] (?P<who>{_WHO}) said\."),
    re.compile(rf"[“\"](?P<claim>[^“”\"]+),[”\"] said (?P<who>{_WHO})\."),
)
_PRONOUNS = frozenset("he she it they we i who".split())
_SAID_PLAIN = (
    re.compile(rf"(?P<claim>[^“”\"]+), (?P<who>{_WHO}) said\."),
    re.compile(rf"(?P<claim>[^“”\"]+), said (?P<who>{_WHO})\."),
    re.compile(
        r"(?P<who>[^“”\",]{3,60}?) said (?:that )?"
        r"(?P<claim>(?:the|an?|it|he|she|they|there|his|her|[A-Z][a-z]+) [^“”\"]+)\."
    ),
)  # fmt: skip
_ACCORDING = (
    re.compile(r"(?P<claim>[^“”\"]+), according to (?P<who>[^“”\",:;—–]+)\."),
    re.compile(r"According to (?P<who>[^“”\",:;—–]+), (?P<claim>[^“”\"]+)\."),
)
_TIME_WORDS = (
    rf"(?:(?:on )?(?:{'|'.join(WEEKDAYS)})|[io]n (?:{_MONTH})(?: \d+)?(?:,? \d{{4}})?|in \d{{4}}"
    r"|last (?:week|month|year))"
)
_FRONTED = re.compile(rf"(?P<time>{_TIME_WORDS}), (?P<claim>[^“”\",;:—–]+)\.", re.IGNORECASE)
_TRAILING = re.compile(rf"(?P<claim>[^“”\",;:—–]+?) (?P<time>{_TIME_WORDS})\.")
_SEVERAL_CLAUSES = re.compile(
    r"\b(?:said|says|reported|announced|told|and|but|or|that|who|which|whose|when|while|where|after"
    r"|before|because|as|if|to|since|until|than|for|of the|with|\w+ing)\b"
    r"|\b(?:late|early|earlier|in|into|from)$"
)
_ABBREVIATED = re.compile(r"\b(?:[A-Za-z]\.[A-Za-z]|Inc|Co|Corp|Jr|Sr|St|No)\.$")
_LOWERED = re.compile(
    r"(?:The|An?|It|He|She|They|There|His|Her|Their|This|These|In|On|At|We|But)\b"
)


def reword(kind: TrueKind, quote: str, random: Random) -> str | None:
    """Return a true statement worded from the quote, or None where none of the kind can be made."""
    variants = [text for text in _VARIANTS[kind](quote) if text != quote]
    return random.choice(variants) if variants else None


def _outside_marks(quote: str) -> list[bool] | None:
    """Return for each character whether it stands outside quotation marks; None if unclear."""
    marks = [character in '“”"' for character in quote]
    if sum(marks) % 2:
        return None
    return [n % 2 == 0 for n in accumulate(marks)]


def _changed(
    quote: str, pattern: re.Pattern[str], replacements: Callable[[re.Match[str]], Iterator[str]]
) -> Iterator[str]:
    outside = _outside_marks(quote)
    for match in pattern.finditer(quote) if outside else ():
        if outside and all(outside[match.start() : match.end()]):
            yield from (Change(*match.span(), text).of(quote) for text in replacements(match))


# Number formats


def _number_formats(quote: str) -> Iterator[str]:
    for pattern, replacements in _FORMATS:
        yield from _changed(quote, pattern, replacements)


def _scaled(amount: str, scale: str) -> str:
    return f"{int(Decimal(amount) * _SCALES[scale]):,}"


def _money(match: re.Match[str]) -> Iterator[str]:
    amount, scale = match.groups()
    if scale in _SHORT:
        yield f"${amount}{_SHORT[scale]}"
    yield f"{amount} {scale} dollars"
    yield f"${_scaled(amount, scale)}"


def _plain_scaled(match: re.Match[str]) -> Iterator[str]:
    yield _scaled(match[1], match[2])


def _percent(match: re.Match[str]) -> Iterator[str]:
    forms = (" percent", " per cent", "%")
    yield from (match[1] + form for form in forms if form != match[2])


def _ungrouped(match: re.Match[str]) -> Iterator[str]:
    yield match[1] + match[2].replace(",", "")


def _as_word(match: re.Match[str]) -> Iterator[str]:
    if match.string[: match.start()].split()[-1][0].islower():  # else "January 6", "Type 2"
        yield _SMALL[int(match[1])]


def _as_digits(match: re.Match[str]) -> Iterator[str]:
    yield str(_SMALL.index(match[1]))


def _date(match: re.Match[str]) -> Iterator[str]:
    month, day, year, comma = match.groups()
    after = f", {year}{comma}" if year else ""
    yield f"{day} {month}{f' {year}' if year else ''}"
    if len(month) > 5:
        yield f"{month[:4] if month == 'September' else month[:3]}. {day}{after}"


def _time(match: re.Match[str]) -> Iterator[str]:
    hour, minute, half = match.groups()
    yield f"{hour}{f':{minute}' if minute else ''}{half}m"
    yield f"{int(hour) % 12 + 12 * (half == 'p'):02}:{minute or '00'}"


_FORMATS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[str]]], ...] = (
    (_MONEY, _money),
    (_SCALED, _plain_scaled),
    (_PERCENT, _percent),
    (_GROUPED, _ungrouped),
    (_COUNT, _as_word),
    (_COUNT_WORD, _as_digits),
    (_DATE, _date),
    (_TIME, _time),
)


# Word order


def _word_orders(quote: str) -> Iterator[str]:
    for patterns, orders in _ORDERS:
        for pattern in patterns:
            match = pattern.fullmatch(quote)
            if match and not _ABBREVIATED.search(quote):
                yield from orders(match)


def _quotation_first_or_last(match: re.Match[str]) -> Iterator[str]:
    claim, who = match["claim"], match["who"]
    yield f"{_capital(who)} said, “{claim}.”"
    yield f"{_capital(who)} said: “{claim}.”"
    if who not in _PRONOUNS:
        yield f"“{claim},” said {who}."


def _claim_first_or_last(match: re.Match[str]) -> Iterator[str]:
    claim, who = match["claim"], match["who"]
    if who.endswith((" has", " have", " had", "ly", " also")):
        return
    yield f"{_capital(who)} said {_lowered(claim)}."
    yield f"{_capital(claim)}, {_lowered(who)} said."
    if who.lower() not in _PRONOUNS:
        yield f"{_capital(claim)}, said {_lowered(who)}."


def _source_first_or_last(match: re.Match[str]) -> Iterator[str]:
    yield f"According to {match['who']}, {_lowered(match['claim'])}."
    yield f"{_capital(match['claim'])}, according to {match['who']}."


def _time_first_or_last(match: re.Match[str]) -> Iterator[str]:
    if not _SEVERAL_CLAUSES.search(match["claim"]):
        yield f"{_capital(match['time'])}, {_lowered(match['claim'])}."
        yield f"{_capital(match['claim'])} {_lowered(match['time'])}."


_Orders = Callable[[re.Match[str]], Iterator[str]]
_ORDERS: tuple[tuple[tuple[re.Pattern[str], ...], _Orders], ...] = (
    (_SAID, _quotation_first_or_last),
    (_SAID_PLAIN, _claim_first_or_last),
    (_ACCORDING, _source_first_or_last),
    ((_FRONTED, _TRAILING), _time_first_or_last),
)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if _LOWERED.match(text) or text.startswith("Last") else text


# Tense

_SIMPLY_SAID = re.compile(
    r"(?<=[\w”\"] )(?<!has )(?<!have )(?<!had )(?<!be )(?<!is )(?<!was )(?<!ly )said(?=[ .,])"
)
_PERFECT = re.compile(r"(?<=[\w’'] )(?P<have>has|have|had) (?P<verb>[a-z]+)(?![\w-])")
_SIMPLE = re.compile(r"\b(?P<who>[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Ww]e|who) (?P<verb>[a-z]+)(?![\w-])")
_PAST = re.compile(r"(?<=[\w’'] )(?P<verb>[a-z]+)(?![\w-])")
_MODAL_BEFORE = re.compile(r"\b(?:may|might|could|would|should|must|will|to|can|not|n[’']t) $")
_REPORTED = re.compile(r"\b(?:said|told \w+) [^.;]*$")
_BE = re.compile(r"(?<=[a-z] )(is|are|will)(?= [a-z])")
_BACKSHIFTED = {"is": "was", "are": "were", "will": "would"}


def _tenses(quote: str) -> Iterator[str]:
    yield from _changed(quote, re.compile(r"(?<=[\w”\"] )says\b"), lambda _: iter(("said",)))
    yield from _changed(quote, _SIMPLY_SAID, lambda _: iter(("says",)))
    yield from _changed(quote, _PERFECT, _simple_past)
    yield from _changed(quote, _SIMPLE, _pluperfect_of_pronoun)
    yield from _changed(quote, _PAST, _pluperfect)
    yield from _changed(quote, _BE, _backshifted)


def _simple_past(match: re.Match[str]) -> Iterator[str]:
    have, verb = match["have"], match["verb"]
    if _MODAL_BEFORE.search(match.string[: match.start()]):
        return
    if verb == "been" and have != "had":
        yield "was" if have == "has" else "were"
    elif verb != "been" and is_participle(verb):
        yield from pasts_of_participle(verb)


def _pluperfect_of_pronoun(match: re.Match[str]) -> Iterator[str]:
    if match["verb"].endswith("ed") and is_participle(match["verb"]) and match["verb"] != "need":
        yield f"{match['who']} had {match['verb']}"


def _pluperfect(match: re.Match[str]) -> Iterator[str]:
    if is_only_past(match["verb"]):
        yield from (f"had {form}" for form in participles_of_past(match["verb"]))


def _backshifted(match: re.Match[str]) -> Iterator[str]:
    if _REPORTED.search(match.string[: match.start()]):
        yield _BACKSHIFTED[match[1]]


_VARIANTS: dict[TrueKind, Callable[[str], Iterator[str]]] = {
    "number format": _number_formats,
    "word order": _word_orders,
    "tense": _tenses,
}
