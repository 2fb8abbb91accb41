"""Questions for a number that opens a sentence: "Six people were killed in ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.suggestions.asks import Asks, Made
from qa.suggestions.lexicon import (
    ABOUT,
    AUXILIARIES,
    BASE_OF,
    HAVING,
    JOINING,
    NUMBER,
    POINTING,
    WEEKDAY,
    holds_any,
    is_measure,
)
from qa.suggestions.names import NAME
from qa.suggestions.rest import is_cut_short
from qa.verbs import is_participle

_MANY = re.compile(
    rf"{ABOUT}(?P<number>{NUMBER}) (?P<noun>(?:[a-z-]+ )?(?:people|men|women|children|"
    rf"[a-z-]{{3,}}[^su\W]s)) (?P<verb>[a-z]+)(?P<rest> .+)",
    re.IGNORECASE,
)
_VERB = "|".join(sorted({"were", "was", "have", "had", "has", *BASE_OF}))
_SHARE = re.compile(
    rf"{ABOUT}(?P<number>\d[\d.]*(?:%| percent| per cent)) of (?P<noun>[^,]{{3,60}}?) "
    rf"(?P<verb>{_VERB})(?P<rest> .+)",
    re.IGNORECASE,
)
# "when the River Lorrow flooded Brackmere"
_EVENT = re.compile(rf" [a-z ]*\bwhen (?:the )?{NAME} [a-z]+(?: (?!on )\S+){{0,5}}")
# What is no simple rest of a sentence: asides, and a second clause after a comma.
_BROKEN = re.compile(r",| [—–-] ")
_LEFT_OFF = re.compile(r", (?=after|when|which|including|according)| (?:after|when|while) ")
_ON_A_DAY = re.compile(rf" (?:on )?{WEEKDAY}(?=$| )")


def counted_questions(text: str) -> Iterator[Made]:
    """Yield the question for the number or the percentage that a plain sentence opens with."""
    many, share = _MANY.fullmatch(text), _SHARE.fullmatch(text)
    if many and not is_measure(many["noun"]) and (rest := _simple_rest(many)):
        question = f"How many {many['noun']} {many['verb']} {rest}?"
        yield Made(question, Asks.HOW_MANY, many["number"])
    if share and (rest := _simple_rest(share)):
        question = f"What percentage of {share['noun']} {share['verb']} {rest}?"
        yield Made(question, Asks.HOW_MANY, share["number"])


def _simple_rest(found: re.Match[str]) -> str:
    """Return what follows the verb, without the day; "" if it is not simple."""
    rest = _ON_A_DAY.sub("", found["rest"])
    tells_all = _EVENT.fullmatch(rest) and _is_simple(rest)
    main = (rest if tells_all else _LEFT_OFF.split(rest)[0]).strip()
    happened = _happened(found["verb"], main.split(" ")[0])
    whole = _is_simple(main) and not main.startswith("by ") and not is_cut_short(main)
    plain = not holds_any(found["noun"], JOINING | POINTING | AUXILIARIES | {"more"})
    return main if happened and whole and plain else ""


def _happened(verb: str, after: str) -> bool:
    """Return whether a verb and the word after it tell in good grammar what came to pass."""
    if verb in HAVING:
        return is_participle(after) or after == "been"
    return verb in {"were", "was"} or verb in BASE_OF


def _is_simple(text: str) -> bool:
    return not (holds_any(text, JOINING | POINTING | AUXILIARIES) or _BROKEN.search(text))
