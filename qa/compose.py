"""The extractive composer: an answer worded from quoted sentences only."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.article import day_of
from qa.answer import Draft, DraftStatement, Evidence
from qa.figures import Number, numbers
from qa.reader.words import content_stems


def compose(evidence: Sequence[Evidence], *, floor: float, quotes: int) -> Draft:
    """Return the statements to show: the best sentence and what adds to it.

    Args:
        evidence: Best first; `score` is the probability that the sentence answers.
        floor: The probability below which a sentence is no answer.
        quotes: How many statements at most.

    The same sentence at several outlets becomes one statement with several citations. Sentences
    that give another figure for the short answer come newest first.
    """
    answering = [item for item in evidence if item.score >= floor]
    if not answering:
        return Draft(())
    groups = _newest_of_rivals_first(_same_sentence_together(answering))
    statements = [
        DraftStatement(_quote(group[0]), tuple(item.number for item in group)) for group in groups
    ]
    return Draft(tuple(statements[:quotes]), _short(groups[0][0]))


def _quote(item: Evidence) -> str:
    return (item.quote_span or item.sentence.span).of(item.version.text)


def _short(item: Evidence) -> str | None:
    return item.answer_span.of(item.version.text) if item.answer_span else None


def _same_sentence_together(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    groups: dict[str, list[Evidence]] = {}
    for item in evidence:
        groups.setdefault(_quote(item), []).append(item)
    kept: list[list[Evidence]] = []
    for group in groups.values():
        if not kept or _adds(group[0], [other[0] for other in kept]):
            kept.append(group)
    return kept


def _adds(item: Evidence, shown: Sequence[Evidence]) -> bool:
    """Return whether the sentence gives another short answer, or much that is not shown yet."""
    own = set(content_stems(_quote(item)))
    for other in shown:
        theirs = set(content_stems(_quote(other)))
        alike = len(own & theirs) / max(len(own | theirs), 1)
        if alike > 0.6 and not _differ(item, other):
            return False
    return True


def _newest_of_rivals_first(groups: list[list[Evidence]]) -> list[list[Evidence]]:
    """Put the newest first where sentences about as good as the best give another figure."""
    best = groups[0][0]
    rivals = [g for g in groups if g[0] is best or _are_rivals(g[0], best)]
    rivals.sort(key=lambda g: _day(g[0]), reverse=True)
    return rivals + [g for g in groups if g not in rivals]


def _are_rivals(item: Evidence, best: Evidence) -> bool:
    return item.score >= best.score * 0.6 and _differ(item, best)


def _differ(item: Evidence, other: Evidence) -> bool:
    """Return whether the two short answers are figures of one kind and not the same."""
    figures = [_figure(item), _figure(other)]
    if figures[0] is None or figures[1] is None:
        return False
    return figures[0].kind == figures[1].kind and figures[0].key != figures[1].key


def _figure(item: Evidence) -> Number | None:
    short = _short(item)
    found = numbers(short) if short else []
    return found[0] if found else None


def _day(item: Evidence) -> int:
    day = day_of(item.version.published)
    return day.toordinal() if day else 0
