"""The extractive composer: an answer worded from quoted sentences only."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.article import day_of
from qa.answer import Draft, DraftStatement, Evidence
from qa.figures import Number, first_number
from qa.reader.words import content_stems

# A sentence with fewer words that were not said yet adds nothing to a list or to reasons.
LEAST_NEW = 0.4


def compose(
    evidence: Sequence[Evidence], *, floor: float, quotes: int, several: bool = False
) -> Draft:
    """Return the statements to show: the best sentence and what adds to it.

    Args:
        evidence: Best first; `score` is the probability that the sentence answers.
        floor: The probability below which a sentence is no answer.
        quotes: How many statements at most.
        several: Whether one sentence may not be enough, as for a list or for reasons. Then the
            sentences after the best are those that together say the most, in their article's order.

    The same sentence at several outlets becomes one statement with several citations. Sentences
    that give another figure for the short answer come newest first, none of them below the floor.
    """
    answering = [item for item in evidence if item.score >= floor]
    if not answering:
        return Draft(())
    groups = _same_sentence_together(answering)
    groups = _covering(groups, quotes) if several else _newest_of_rivals_first(groups)
    statements = [
        DraftStatement(quote_of(group[0]), tuple(item.number for item in group)) for group in groups
    ]
    return Draft(tuple(statements[:quotes]), _short(groups[0][0]))


def unlike(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence in its order without what says (nearly) the same as one before it."""
    return [group[0] for group in _same_sentence_together(evidence)]


def quote_of(item: Evidence) -> str:
    """Return what is quoted of a piece of evidence."""
    return (item.quote_span or item.sentence.span).of(item.version.text)


def _short(item: Evidence) -> str | None:
    return item.answer_span.of(item.version.text) if item.answer_span else None


def _same_sentence_together(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    groups: dict[str, list[Evidence]] = {}
    for item in evidence:
        groups.setdefault(quote_of(item), []).append(item)
    kept: list[list[Evidence]] = []
    for group in groups.values():
        if not kept or _adds(group[0], [other[0] for other in kept]):
            kept.append(group)
    return kept


def _adds(item: Evidence, shown: Sequence[Evidence]) -> bool:
    """Return whether the sentence gives another short answer, or much that is not shown yet."""
    own = set(content_stems(quote_of(item)))
    for other in shown:
        theirs = set(content_stems(quote_of(other)))
        alike = len(own & theirs) / max(len(own | theirs), 1)
        if alike > 0.6 and not differ(item, other):
            return False
    return True


def _covering(groups: list[list[Evidence]], quotes: int) -> list[list[Evidence]]:
    """Return the best and those that add the most new words, the articles' own order kept."""
    chosen, said = groups[:1], set(content_stems(quote_of(groups[0][0])))
    rest = groups[1:]
    while rest and len(chosen) < quotes:
        best = max(rest, key=lambda group: group[0].score * _new_share(group[0], said))
        if _new_share(best[0], said) < LEAST_NEW:
            break
        chosen.append(best)
        rest.remove(best)
        said |= set(content_stems(quote_of(best[0])))
    articles = list(dict.fromkeys(group[0].version.id for group in chosen))
    order = {id_: place for place, id_ in enumerate(articles)}
    others = sorted(
        chosen[1:], key=lambda group: (order[group[0].version.id], group[0].sentence.position)
    )
    return [*chosen[:1], *others]


def _new_share(item: Evidence, said: set[str]) -> float:
    own = set(content_stems(quote_of(item)))
    return len(own - said) / max(len(own), 1)


def _newest_of_rivals_first(groups: list[list[Evidence]]) -> list[list[Evidence]]:
    """Put the newest first where sentences about as good as the best give another figure."""
    best = groups[0][0]
    rivals = [g for g in groups if g[0] is best or _are_rivals(g[0], best)]
    rivals.sort(key=lambda g: _day(g[0]), reverse=True)
    return rivals + [g for g in groups if g not in rivals]


def _are_rivals(item: Evidence, best: Evidence) -> bool:
    return item.score >= best.score * 0.6 and differ(item, best)


def differ(item: Evidence, other: Evidence) -> bool:
    """Return whether the two short answers are figures of one kind and not the same."""
    figures = [_figure(item), _figure(other)]
    if figures[0] is None or figures[1] is None:
        return False
    return figures[0].kind == figures[1].kind and figures[0].key != figures[1].key


def same_short(item: Evidence, other: Evidence) -> bool:
    """Return whether the two give the same short answer."""
    figures = [_figure(item), _figure(other)]
    if figures[0] and figures[1]:
        return figures[0].kind == figures[1].kind and figures[0].key == figures[1].key
    own, theirs = (set(content_stems(_short(e) or "")) for e in (item, other))
    return bool(own) and own == theirs


def _figure(item: Evidence) -> Number | None:
    return first_number(_short(item))


def _day(item: Evidence) -> int:
    day = day_of(item.version.published)
    return day.toordinal() if day else 0
