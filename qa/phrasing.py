"""Does a statement in other words say only what its quote says?

Both are taken apart into units. Word for word these have to agree, in order and without a gap, but
for what leaves the claim as it is: articles; other forms of a figure or date; a name for the
pronoun that stands for it; a perfect for a past; what somebody said, told in the past with it; an
attribution, or the time, first or last. Where two readings are possible the statement is refused:
an honest paraphrase is then shown as a quote instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from qa.facts import CONDITIONS, negations, tokens
from qa.fold import fold, occurrences
from qa.units import CLAUSE_WORDS, SAY, Unit, subjects, units_of

# A statement may say these though its quote attributes nothing: they add no fact.
_ATTRIBUTING = SAY | {"reported", "reports"}
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
    if not any(unit.reports for unit in said):
        claims = [unit for unit in claims if unit.key not in _ATTRIBUTING]
    names = subjects(context or "") - {unit.key for unit in said}
    return bool(claims) and (
        _stands_in(claims, said, names)
        or any(_agree(claims, order, names) for order in _attributions_moved(said))
        or any(_agree(claims, order, names) for order in _times_moved(said))
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


# Units against units


def _stands_in(claims: Sequence[Unit], said: Sequence[Unit], names: frozenset[str]) -> bool:
    """Return whether the claims stand in a row in what is said, not cut off from a hedge."""
    starts = range(len(said) - len(claims) + 1) if not names else range(len(said))
    return any(
        _agree(claims, said[start:], names, whole=False)
        for start in starts
        if start == 0 or said[start - 1].token.kind not in ("negation", "hedge")
    )


def _agree(
    claims: Sequence[Unit], said: Sequence[Unit], names: frozenset[str], *, whole: bool = True
) -> bool:
    """Return whether the claims are what is said, from its start and, if `whole`, to its end."""
    position = 0
    renamed = False  # the last unit was a pronoun that a name of the context stands for
    for claim in claims:
        named = claim.token.kind == "name" and claim.key in names
        if renamed and named:
            continue
        if position == len(said):
            return False
        renamed = named and said[position].token.kind == "pronoun"
        if not renamed and not said[position].says(claim):
            return False
        position += 1
    return not whole or position == len(said)


# Other orders of what is said


def _attributions_moved(said: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Yield what is said with an attribution first, and last, its verb before or after the name."""
    for verb, unit in enumerate(said):
        for start, end in _attributions(said, verb) if unit.reports else ():
            attribution, claim = list(said[start:end]), [*said[:start], *said[end:]]
            if claim and len(attribution) <= _LONGEST_ATTRIBUTION:
                for order in _verb_moved(attribution, verb - start):
                    yield [*order, *claim]
                    yield [*claim, *order]


def _attributions(said: Sequence[Unit], verb: int) -> Iterator[tuple[int, int]]:
    """Yield where the attribution by this verb may start and end.

    It stands between marks such as commas, or opens the sentence and ends with its verb.
    """
    start = max(i for i in range(verb + 1) if said[i].after_mark)
    marks = [i for i in range(verb + 1, len(said)) if said[i].after_mark]
    yield from ((start, end) for end in (*marks, len(said)))
    if said[verb].key != "according" and verb + 1 not in marks:
        yield 0, verb + 1


def _verb_moved(attribution: list[Unit], verb: int) -> Iterator[list[Unit]]:
    """Yield the attribution as it is, the verb first, or a verb that came first further on."""
    said, others = attribution[verb], attribution[:verb] + attribution[verb + 1 :]
    yield attribution
    yield [said, *others]
    if verb == 0:
        yield from ([*others[:k], said, *others[k:]] for k in range(1, len(others) + 1))


def _times_moved(said: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Yield what a simple sentence says with the time that opens it last, or the reverse."""
    if any(unit.reports or unit.key in CLAUSE_WORDS for unit in said):
        return
    timeless = [i for i, unit in enumerate(said) if not unit.tells_time]
    if timeless:
        first, last = timeless[0], timeless[-1] + 1
        yield [*said[first:], *said[:first]]
        yield [*said[last:], *said[:last]]
