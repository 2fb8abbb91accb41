"""Closed lists that falsehoods are made with: units, opposites, dates, names for one thing."""

from __future__ import annotations

MONTHS = (
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
WORD_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
UNITS = {
    "hundred": "thousand", "thousand": "million", "million": "billion", "billion": "million",
    "trillion": "billion", "bn": "m", "percent": "percentage points", "%": " percentage points",
    "per cent": "percentage points", "dollars": "euros", "euros": "dollars", "pounds": "ounces",
    "miles": "kilometers", "mile": "kilometer", "kilometers": "miles", "kilometres": "miles",
    "feet": "yards", "foot": "inch", "inches": "feet", "meters": "feet", "metres": "feet",
    "acres": "square miles", "tons": "pounds", "tonnes": "kilograms", "gallons": "liters",
    "seconds": "minutes", "minutes": "hours", "hours": "days", "days": "weeks", "weeks": "months",
    "months": "years", "years": "months", "decades": "years", "hour": "minute", "day": "week",
    "week": "month", "month": "year", "year": "month", "minute": "hour",
}  # fmt: skip
"""After a number: another unit or scale."""
SIGNS = {"$": "€", "€": "£", "£": "$"}

_PAIRS = """
rose fell; rises falls; risen fallen; increased decreased; increases decreases; won lost;
accepted rejected; approved rejected; bought sold; gained lost; opened closed; began ended;
confirmed denied; admitted denied; supported opposed; supports opposes; allowed banned;
arrived departed; agreed refused; succeeded failed; raised lowered; hired fired; joined quit;
remembered forgot; included excluded; includes excludes; started stopped; loved hated; loves hates;
survived died; praised criticized; created destroyed; strengthened weakened; improved worsened;
expanded shrank; defended attacked; lent borrowed; welcomed condemned; built demolished;
encouraged discouraged; enabled prevented; acquitted convicted; legalized outlawed;
attended skipped; passed failed; released detained; appeared vanished; accelerated slowed
"""


def _opposites() -> dict[str, str]:
    opposites: dict[str, str] = {}
    for one, other in (pair.split() for pair in _PAIRS.replace("\n", " ").split(";")):
        opposites.setdefault(one, other)
        opposites.setdefault(other, one)
    return opposites


OPPOSITES = _opposites()
"""Of a verb, in one form each."""

ALIASES = (
    "us u.s america american americans united states washington",
    "uk u.k britain british england english london kingdom united",
    "russia russian russians kremlin moscow", "china chinese beijing", "eu e.u european europe",
    "republican republicans gop", "democrat democrats democratic", "covid-19 coronavirus covid",
    "israel israeli israelis", "france french paris", "germany german berlin",
    "japan japanese tokyo", "congress house senate capitol", "twitter x", "facebook meta",
    "google alphabet",
)  # fmt: skip
"""Words that may name the same in a sentence."""
ROLES = frozenset(
    """president prime minister senator senate governor mayor judge chairman chairwoman court
    department congress committee council state house government secretary attorney general
    party administration university county city street avenue north south east west the mr mrs ms
    dr sen rep gov lt gen inc corp god internet earth""".split()
)
"""Capitalised words that name nobody by themselves."""
