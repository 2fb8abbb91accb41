"""Questions that one clause answers: when, how much, how many, who, why, where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from qa.reader.named import name_spans
from qa.suggestions.asks import Asks, Made
from qa.suggestions.clauses import Clause, base_of
from qa.suggestions.lexicon import (
    ABOUT,
    BEING,
    COUNTED_VERBS,
    DATE,
    DOING,
    HAVING,
    MODAL,
    MONEY,
    MONEY_VERBS,
    NUMBER,
    PLACED,
    PRESENT,
    SAYING,
    WEEKDAY,
    WHO_VERBS,
    holds_any,
    is_measure,
)
from qa.suggestions.names import NAME
from qa.suggestions.persons import is_person
from qa.suggestions.rest import is_cut_short
from qa.verbs import is_participle

_PREPOSITIONS = r"(?:for|to|in|on|from|at|with|into|over|during|across|near|against)"
_WHEN = re.compile(
    rf"(?:^| )(?:(?:on|in) (?P<date>{DATE})|(?:late |early )?(?P<day>{WEEKDAY}))(?=$|[ ,])"
)
_MONEY = re.compile(
    rf"(?P<whom>(?:(?:the )?{NAME} )?){ABOUT}(?P<amount>{MONEY})"
    rf"(?P<after>(?: {_PREPOSITIONS} .+)?)$"
)
_AGREED = re.compile(r"(?P<to>to (?P<verb>[a-z]+)) (?P<rest>.+)")
_COUNTED = re.compile(
    rf"{ABOUT}(?P<number>{NUMBER}) (?P<noun>(?:[a-z-]+ ){{0,2}}?(?:people|men|women|children|"
    rf"[a-z-]{{3,}}[^su\W]s))(?P<after>(?: {_PREPOSITIONS} .+)?)$"
)
_WHERE = re.compile(rf"(?P<done>(?:be )?(?:{'|'.join(sorted(PLACED))})) (?:in|at) (?P<place>.+)")
# "The Sarn Prize", "the recipe for Marlow's soup", but not "the seat".
_NAMED = re.compile(rf"(?:the|an?) (?:[^\s,]+ ){{0,3}}?[A-Z]|{NAME}")
_WAS = frozenset({"was", "were"})
# "Spent Monday", "began Monday with a walk": there the day is what was spent or begun.
_OF_A_DAY = frozenset("spend enter miss skip take lose win finish face need want".split())
# What is now of a day that has a date; other presents are of pictures: "is seen in May".
_SCHEDULED = frozenset("scheduled expected set due planned celebrated held".split())
_OWN = frozenset("his her its their himself herself itself themselves".split())


def _when(clause: Clause) -> Iterator[Made]:
    found = _WHEN.search(clause.rest)
    if found is None or not _may_be_dated(clause):
        return
    rest = f"{clause.rest[: found.start()]}{clause.rest[found.end() :]}".strip(" ,")
    whole = not (_is_object(found, clause, rest) or _WHEN.search(rest) or is_cut_short(rest))
    if whole and _happens(clause, rest):
        predicate = " ".join(filter(None, (clause.own_verb, rest)))
        yield Made(clause.asked("When", predicate), Asks.WHEN, found["date"] or found["day"])


def _is_object(found: re.Match[str], clause: Clause, rest: str) -> bool:
    """Return whether the day is what the verb is about, not when it was."""
    spent = bool(found["day"]) and clause.own_verb in _OF_A_DAY
    return not found.start() and (spent or rest.startswith("with "))


def _may_be_dated(clause: Clause) -> bool:
    """Return whether the clause tells of a deed, not of words or of what somebody had."""
    is_said = base_of(clause.verb) in SAYING
    held = clause.own_verb == "have" and any(c.isdigit() for c in clause.rest)
    return not (is_said or held or clause.verb in PRESENT or "not" in clause.rest.split())


def _happens(clause: Clause, rest: str) -> bool:
    """Return whether the clause tells what happened rather than how something was."""
    if clause.own_verb:
        return True
    done = rest.removeprefix("be ").split(" ")[0]
    if clause.verb in MODAL:
        return bool(rest) and (not rest.startswith("be ") or is_participle(done))
    if clause.verb in DOING:
        return bool(rest)
    return done in _SCHEDULED or (clause.verb in _WAS and is_participle(done))


def _how_much(clause: Clause) -> Iterator[Made]:
    lead, verb, rest = _led(clause)
    agreed = _AGREED.match(rest) if clause.own_verb else None
    if agreed:
        lead, verb, rest = f"{lead} {agreed['to']}", agreed["verb"], agreed["rest"]
    found = _MONEY.match(rest) if verb in MONEY_VERBS else None
    if found:
        whom = f" {found['whom'].rstrip()}" if found["whom"] else ""
        predicate = f"{lead}{whom}{found['after']}"
        yield Made(clause.asked("How much", predicate), Asks.HOW_MUCH, found["amount"])


def _led(clause: Clause) -> tuple[str, str, str]:
    """Return the verb as a question puts it, its base, and what follows it."""
    if clause.own_verb:
        return clause.own_verb, clause.own_verb, clause.rest
    verb, _, rest = clause.rest.partition(" ")
    if clause.verb in HAVING | BEING:
        return verb, base_of(verb) if is_participle(verb) else "", rest
    return verb, verb, rest


def _how_many(clause: Clause) -> Iterator[Made]:
    lead, verb, rest = _led(clause)
    found = _COUNTED.match(rest) if verb in COUNTED_VERBS else None
    if found is None or clause.verb in BEING or is_measure(found["noun"]):
        return
    if is_person(clause.subject) and (verb == "have" or not name_spans(found["after"])):
        return  # how many goals, in which game?
    asking = f"How many {found['noun']}"
    yield Made(clause.asked(asking, f"{lead}{found['after']}"), Asks.HOW_MANY, found["number"])


def _who(clause: Clause) -> Iterator[Made]:
    opens = _NAMED.match(clause.rest)
    does = clause.is_name and clause.verb in WHO_VERBS and not holds_any(clause.rest, _OWN)
    if opens and does and (clause.verb == "won" or is_person(clause.subject)):
        yield Made(f"Who {clause.verb} {clause.rest}?", Asks.WHO, clause.subject)


def _why(clause: Clause) -> Iterator[Made]:
    if clause.reason and clause.predicate and base_of(clause.verb) not in SAYING:
        yield Made(clause.asked("Why"), Asks.WHY, clause.reason)


def _where(clause: Clause) -> Iterator[Made]:
    found = _WHERE.fullmatch(clause.rest)
    if found and clause.verb in BEING | {"will"} and found["place"][:1].isupper():
        yield Made(clause.asked("Where", found["done"]), Asks.WHERE, found["place"])


RULES: tuple[Callable[[Clause], Iterator[Made]], ...] = (
    _when,
    _how_much,
    _how_many,
    _who,
    _why,
    _where,
)
"""Each yields the question that a clause answers, or none."""
