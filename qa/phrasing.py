"""Does a statement in other words say only what its quote says?

Both are taken apart into units. Word for word these have to agree, in order and without a gap, but
for what leaves the claim as it is: articles; other forms of a figure or date; a name for the
pronoun that stands for it; a perfect for a past; what is or will be, told in the past, and with it
what somebody said; an attribution, or the time, first or last. Where two readings are possible the
statement is refused: an honest paraphrase is then shown as a quote instead. What is left out is
judged by `qa.clauses`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.clauses import may_stand_alone
from qa.facts import CONDITIONS, negations, tokens
from qa.fold import fold, occurrences
from qa.moments import Moment
from qa.units import CLAUSE_WORDS, SAY, Unit, subjects, units_of

# A statement may say these though its quote attributes nothing: they add no fact.
_ATTRIBUTING = SAY - {"according"} | {"reported", "reports"}
# After these, a date that names less says something else: "after November" of "after Nov. 3".
_DATE_BOUNDS = frozenset(
    "after and before between by from not or since than through till to until".split()
)
_ANY_MARK = "*"
_QUOTING = '"()'
_LISTING = frozenset(("and", "or"))
_FIRST_PERSON = frozenset("i me my mine myself we us our ours ourselves".split())
_QUOTED = re.compile(r'"([^"]*)"')
_LONGEST_ATTRIBUTION = 25


def is_phrased(text: str, quote: str, context: str | None) -> bool:
    """Return whether a statement in other words says only what the quote says.

    Args:
        text: The statement.
        quote: The stored words.
        context: What is shown around the quote; a name in it may stand for a pronoun of the quote.
    """
    folded, stored = fold(text), fold(quote)
    if not _quotes_truly(folded, stored) or not keeps_mood(folded, stored):
        return False
    if Counter(negations(folded)) != Counter(negations(stored)):
        return False
    claims, said = units_of(folded), units_of(stored)
    ours = _FIRST_PERSON | {"US"} if folded.isupper() else _FIRST_PERSON
    if '"' in stored and '"' not in folded and any(c.key in ours for c in claims):
        return False  # whose "we" it is, the marks said
    if not any(unit.reports for unit in said):
        claims = list(_without_attributing(claims))
    names = subjects(context or "") - {unit.token.key for unit in said}
    return bool(claims) and (
        _stands_in(claims, said, names)
        or any(_end(claims, order, names) == len(order) for order in _attributions_moved(said))
        or any(_end(claims, order, names) == len(order) for order in _times_moved(said))
    )


def keeps_mood(text: str, quote: str) -> bool:
    """Return whether the text leaves out no condition of the quote, and asks if the quote asks."""
    said, stored = ({t.key for t in tokens(part)} & CONDITIONS for part in (text, quote))
    return stored <= said and _asks(text) == _asks(quote)


def _asks(text: str) -> bool:
    return text.rstrip("\"'”’) ").endswith("?")


def _quotes_truly(text: str, quote: str) -> bool:
    """Return whether the quote has, word for word, whatever stands between quotation marks."""
    passages = (passage.strip(" ,.") for passage in _QUOTED.findall(text))
    return text.count('"') % 2 == 0 and all(any(occurrences(p, quote)) for p in passages)


def _without_attributing(claims: Sequence[Unit]) -> Iterator[Unit]:
    """Yield the units but for words such as "said"; between two names they would join these."""
    for place, unit in enumerate(claims):
        around = claims[max(place - 1, 0) : place + 2]
        joins = len(around) == 3 and around[0].token.kind == around[2].token.kind == "name"
        if unit.key not in _ATTRIBUTING or unit.token.kind == "name" or joins:
            yield unit


# Units against units


def _stands_in(claims: Sequence[Unit], said: Sequence[Unit], names: frozenset[str]) -> bool:
    """Return whether the claims stand in a row in what is said and can do without the rest."""
    ends = ((start, _end(claims, said[start:], names)) for start in range(len(said)))
    return any(end and may_stand_alone(said, start, start + end) for start, end in ends)


def _end(claims: Sequence[Unit], said: Sequence[Unit], names: frozenset[str]) -> int | None:
    """Return how many units say the claims, from the first on, or None where they do not."""
    position = 0
    renamed = False  # the last unit was a pronoun that a name of the context stands for
    for claim in claims:
        named = claim.token.kind == "name" and claim.token.key in names
        if renamed and named:
            continue
        if position == len(said):
            return None
        renamed = named and said[position].token.kind == "pronoun"
        if not renamed and not said[position].says(claim):
            return None
        if position and not _agree(claim, said[position - 1], said[position]):
            return None
        position += 1
    return position


def _agree(claim: Unit, before: Unit, unit: Unit) -> bool:
    """Return whether the marks before both units agree, and what bounds a date leaves it whole."""
    is_bounded = before.key in _DATE_BOUNDS and isinstance(unit.token.source, Moment)
    if is_bounded and claim.key != unit.key:
        return False
    free = unit.mark == _ANY_MARK or before.reports or before.tells_time or unit.key in _LISTING
    return free or bool(claim.mark.strip(_QUOTING)) == bool(unit.mark.strip(_QUOTING))


# Other orders of what is said


def _attributions_moved(said: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Yield what is said with an attribution first, and last, its verb before or after the name."""
    for verb, unit in enumerate(said):
        for start, end in _attributions(said, verb) if unit.reports else ():
            attribution = _freed(said[start:end])
            claim = [*_freed(said[:start]), *_freed(said[end:])]
            if claim and len(attribution) <= _LONGEST_ATTRIBUTION:
                for order in _verb_moved(attribution, verb - start):
                    yield [*order, *claim]
                    yield [*claim, *order]


def _attributions(said: Sequence[Unit], verb: int) -> Iterator[tuple[int, int]]:
    """Yield where the attribution by this verb may start and end.

    It stands between marks such as commas, or opens the sentence and ends with its verb. Only after
    a quotation may it have a comma of its own (", said Ingrid Vass, the mayor").
    """
    start = max(i for i in range(verb + 1) if said[i].mark)
    marks = [i for i in range(verb + 1, len(said)) if said[i].mark.strip("()")] + [len(said)]
    if start == verb:
        quoting = '"' in said[start].mark
        closed = (i for i in marks if i == len(said) or '"' in said[i].mark)
        last = next(closed) if quoting else marks[0]
        yield from ((start, end) for end in marks if end <= last)
    elif _ends_clause(said, verb):
        yield start, marks[0]
    if not said[verb].mark.strip("()") and verb + 1 != marks[0]:
        yield 0, verb + 1


def _ends_clause(said: Sequence[Unit], verb: int) -> bool:
    """Return whether the verb ends its clause, but for whom or when it was said."""
    after = verb + 1
    while said[verb].key == "told" and after < len(said) and said[after].token.kind != "word":
        after += 1
    return after == len(said) or bool(said[after].mark) or said[after].is_adjunct


def _verb_moved(attribution: list[Unit], verb: int) -> Iterator[list[Unit]]:
    """Yield the attribution as it is, the verb first, or a verb that came first further on."""
    others = attribution[:verb] + attribution[verb + 1 :]
    said = replace(attribution[verb], mark=_ANY_MARK)
    yield attribution
    yield [said, *others]
    if verb == 0:
        yield from (_freed([*others[:k], said, *others[k:]]) for k in range(1, len(others) + 1))


def _times_moved(said: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Yield what a simple sentence says with the time that opens it last, or the reverse."""
    if any(unit.reports or unit.key in CLAUSE_WORDS for unit in said):
        return
    timeless = [i for i, unit in enumerate(said) if not unit.tells_time]
    if timeless:
        first, last = timeless[0], timeless[-1] + 1
        for place in (first, last):
            times = said[:first] if place == first else said[last:]
            if times and times[-1].is_time:  # "late" tells of "Late President Abbott" no time
                yield [*_freed(said[place:]), *_freed(said[:place])]


def _freed(units: Sequence[Unit]) -> list[Unit]:
    """Return the units with any mark allowed before the first: they have other neighbours now."""
    return [replace(unit, mark=_ANY_MARK) if n == 0 else unit for n, unit in enumerate(units)]
