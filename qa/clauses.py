"""May what is left out of a quote be left out, without changing what the rest of it says?

A part of a sentence says what the sentence says only where it is a clause of its own, joined to the
others by "and" or a semicolon, and the others take nothing back: "China lent $5 billion" is none of
"The mother of China lent …", "Fewer than …" or "It is untrue that …". Of what follows a clause, the
year or date in which it happened may be left out too. Where two readings are possible, nothing may.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.facts import CONDITIONS, FUNCTION_WORDS
from qa.units import BE, NOMINATIVE, REPORTS, Unit
from qa.verbs import is_only_past, may_be_past

# A clause with one of these may hang on another, or another on it.
_DEPENDENT = frozenset(
    """although and as because before but either else except for how if instead lest neither nor
    once only or provided rather since so such than then though unless until what when whenever
    where whereas whether which while who whom whose why would yet""".split()
)
# At the beginning these make up what follows.
_SUPPOSING = frozenset(
    """assume assuming consider fancy had imagine let pretend say should suppose supposing were
    rumors rumours""".split()
)
# What somebody holds to be so may reach beyond the next comma.
_HOLDING = frozenset(
    """assumed believed claimed doubted dreamed dreamt expected feared hoped imagined insisted
    predicted pretended suggested suspected thought wanted wished""".split()
)
_MODALS = frozenset("can could may might must shall should will would do does".split())
# With one of these, it matters which time is meant.
_MEASURED_BY_TIME = frozenset(
    """all any best each every exactly few fewer first last least less more most only record than
    total under up worst""".split()
)
_WHEN = frozenset(("in", "on", "since"))


def may_stand_alone(said: Sequence[Unit], start: int, end: int) -> bool:
    """Return whether the units ``[start, end)`` say alone what they say among the others."""
    before, kept, after = said[:start], said[start:end], said[end:]
    if any('"' in unit.mark for unit in (*before, *after)):
        return False
    return _may_go_before(before, kept) and _may_go_after(kept, after)


def _may_go_before(before: Sequence[Unit], kept: Sequence[Unit]) -> bool:
    if not before:
        return True
    joining = before[-1]
    if joining.key == "and":
        joined = len(before) > 1 and _is_closed(before[-2], joining)
        return joined and _is_clause(before[:-1]) and _is_clause(kept)
    return kept[0].mark == ";" and _is_clause(before) and _is_clause(kept)


def _may_go_after(kept: Sequence[Unit], after: Sequence[Unit]) -> bool:
    if not after:
        return True
    if after[0].key == "and":
        joined = _is_closed(kept[-1], after[0])
        return joined and _is_clause(after[1:]) and _is_clause(kept)
    if after[0].mark == ";":
        return _is_clause(after) and _is_clause(kept)
    return _says_when(after) and _is_clause(kept) and not _is_measured_by_time(kept)


def _is_closed(last: Unit, joining: Unit) -> bool:
    """Return whether "and" joins clauses: in "Brazil and Peru paid" it joins names."""
    return joining.mark in (",", ";") or last.token.source is not None


# What a clause is


def _is_clause(units: Sequence[Unit]) -> bool:
    """Return whether the units are one plain clause: a subject, its one verb, the rest."""
    units = _without_lower_bounds(units)
    if any(_hangs_on_another(unit) for unit in units) or any(unit.mark for unit in units[1:]):
        return False
    verbs = [place for place in range(1, len(units)) if _is_verb(units, place)]
    if len(verbs) != 1 or not _is_finite(units, verbs[0]):
        return False
    return _is_subject(units[: verbs[0]])


def _hangs_on_another(unit: Unit) -> bool:
    key = unit.key
    # Also where "Said" and "SAID" look like a name.
    return key.endswith("ly") or key in REPORTS | CONDITIONS | _DEPENDENT | _HOLDING


def _without_lower_bounds(units: Sequence[Unit]) -> list[Unit]:
    """Return the units without "more than" before a figure, which depends on nothing."""
    kept: list[Unit] = []
    for unit in units:
        if unit.token.source is not None and [u.key for u in kept[-2:]] == ["more", "than"]:
            del kept[-2:]
        kept.append(unit)
    return kept


def _is_verb(units: Sequence[Unit], place: int) -> bool:
    """Return whether a form of a verb stands there that is not the second of two ("was sold")."""
    unit, before = units[place], units[place - 1]
    if unit.token.kind in ("name", "number", "moment", "pronoun"):
        return False
    if before.token.kind == "negation" and place > 1:
        before = units[place - 2]
    if before.key in BE or before.key in _MODALS:
        return False
    return _is_auxiliary(unit) or may_be_past(unit.key)


def _is_auxiliary(unit: Unit) -> bool:
    return bool(unit.auxiliary) or unit.key in BE or unit.key in _MODALS


def _is_finite(units: Sequence[Unit], place: int) -> bool:
    unit = units[place]
    return _is_auxiliary(unit) or unit.is_finite or is_only_past(unit.key)


def _is_subject(units: Sequence[Unit]) -> bool:
    """Return whether the units are one pronoun, one name, or words without a name."""
    units = [unit for unit in units if unit.token.kind != "negation"]  # counted elsewhere
    words = {unit.key for unit in units}
    if words & NOMINATIVE:
        return len(units) == 1
    kinds = {unit.token.kind for unit in units}
    plain = bool(units) and not words & (FUNCTION_WORDS | _SUPPOSING)
    return plain and (kinds == {"name"} or "name" not in kinds)


# Times that may go


def _says_when(units: Sequence[Unit]) -> bool:
    """Return whether the units say in which year or on which day, and no more."""
    if len(units) != 2 or any(unit.mark for unit in units):
        return False
    dated = units[1].token.source is not None and units[1].is_time
    return units[0].key in _WHEN and dated


def _is_measured_by_time(units: Sequence[Unit]) -> bool:
    return any(
        unit.token.kind == "negation"
        or unit.key in _MEASURED_BY_TIME
        or unit.key.endswith("est")
        or getattr(unit.token.source, "kind", "") == "ordinal"
        for unit in _without_lower_bounds(units)
    )
