"""Figures whose scale or unit is left out, added or another: "$5" or "$5bn" for "$5 million".

The changed figure is written as others write it too: with a hyphen, with a no-break space, as one
word. Nothing is changed that could be taken for the same: "5m" may say "5 million".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.evaluation.quotes.changes import BOUND, Change

_SCALES = ("thousand", "million", "billion", "trillion")
_SHORT = {"million": "m", "billion": "bn", "trillion": "tn"}
_FULL = {short: scale for scale, short in _SHORT.items()}
_SHARES = ("percent", "per cent", "percentage points")
_MEASURES = (
    ("miles", "kilometers", "kilometres", "meters", "metres", "feet", "yards", "inches", "km"),
    ("tons", "tonnes", "kilograms", "grams", "ounces", "kg"),
    ("acres", "hectares"),
    ("gallons", "liters", "litres", "barrels"),
    ("degrees",),
    ("megawatts", "gigawatts", "MW", "GW"),
    ("mph", "kph", "knots"),
    ("dollars", "euros", "pounds", "yen", "rubles", "rupees", "yuan", "pesos"),
)
# Other names for the same unit.
_SAME = {
    frozenset(pair)
    for pair in (
        ("kilometers", "kilometres"), ("kilometers", "km"), ("kilometres", "km"),
        ("tons", "tonnes"),
        ("meters", "metres"), ("liters", "litres"), ("kilograms", "kg"), ("megawatts", "MW"),
        ("gigawatts", "GW"), ("percent", "per cent"),
    )
}  # fmt: skip
_AMOUNT = r"(?<![\w.,/:-])(?P<sign>[$€£]?)(?P<digits>\d+(?:[.,]\d+)*)"
_NEXT = r"(?![\w-])(?! (?:dollars|euros|pounds|percent|per|[mbtr]+illion))"
_SCALED = re.compile(rf"{_AMOUNT}(?P<unit>[ -]?(?:{'|'.join(_SCALES)}|{'|'.join(_FULL)})){_NEXT}")
_SHARED = re.compile(rf"{_AMOUNT}(?P<unit> (?:{'|'.join(_SHARES)})|%)(?![\w-])")
_MEASURED = re.compile(
    rf"{_AMOUNT}(?P<unit> (?:{'|'.join(unit for units in _MEASURES for unit in units)}))(?![\w-])"
    r"(?! (?:per|an) )"
)
_COUNTED = re.compile(
    r"(?<=[a-z] )(?<!No\. )(?P<digits>[2-9]|[1-9]\d{1,2})(?= [a-z]{3,}s\b)(?! (?:percent|points))"
)
_NOT_COUNTED = re.compile(
    r"\b(?:age|aged|section|page|part|number|room|line|chapter|route) $", re.I
)
_GAPS = (" ", "-", "\u00a0", "\u202f")


def other_scales(quote: str) -> Iterator[Change]:
    """Yield the quote's figures with another scale or unit, or without their own."""
    for match in _SCALED.finditer(quote):
        yield from _changed(match, _other_scale(match))
    for match in _SHARED.finditer(quote):
        yield from _changed(match, _others(match["unit"].strip().replace("%", "percent"), _SHARES))
    for match in _MEASURED.finditer(quote):
        unit = match["unit"].strip()
        family = next(units for units in _MEASURES if unit in units)
        yield from _changed(match, _others(unit, family))
        yield from _changed(match, [f" {scale}{match['unit']}" for scale in _SCALES], drop=False)
    for match in _COUNTED.finditer(quote):
        if not _NOT_COUNTED.search(quote[: match.start()]):
            yield from _changed(match, [f" {scale}" for scale in _SCALES[:3]], drop=False)


def _changed(match: re.Match[str], units: Sequence[str], *, drop: bool = True) -> Iterator[Change]:
    if BOUND.search(match.string[: match.start()]):
        return
    for unit in (*units, *([""] if drop else [])):
        yield Change(match.end("digits"), match.end(), unit)


def _other_scale(match: re.Match[str]) -> list[str]:
    own = match["unit"].strip(" -")
    others = [scale for scale in _SCALES if scale != _FULL.get(own, own)]
    joined = [_SHORT[scale] for scale in others if scale in _SHORT]
    return [*(gap + scale for gap in _GAPS for scale in others), *joined]


def _others(unit: str, family: Sequence[str]) -> list[str]:
    others = [other for other in family if other != unit and frozenset((unit, other)) not in _SAME]
    return [gap + other for gap in _GAPS[::2] for other in others]
