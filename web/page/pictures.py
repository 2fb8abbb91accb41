"""What is seen of an answer's quotes at one glance: a mark for each, how they differ, and when.

Whatever can be pressed carries ``data-turn`` and ``data-cite`` and opens the quote in its article.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from corpus.article import day_of
from qa.answer import Answer, Citation
from qa.figures import first_number
from qa.markup import day, outlet, text
from qa.messages.say import say
from qa.wording import named_years

LEAST_DATES = 3
"""Different days that make a timeline worth its room."""
_MOST_ABREAST = 4  # labels that have room side by side
_LEAST_APART = 0.75  # of an even share of the line, so that no label lies upon another


def mark(turn: int, position: int, citation: Citation, place: str = "short") -> str:
    """Return the number of a quote, with a card that shows it when pointed at or focused.

    In each place of an answer a quote has one mark at most.
    """
    card = f"{place}-{turn}-{position}"
    label = text(say("answer.open_quote", number=position + 1))
    return (
        f'<span class="mark"><button type="button" data-turn="{turn}" data-cite="{position}" '
        f'aria-label="{label}" aria-describedby="{card}">{position + 1}</button>'
        f'<span class="card" role="tooltip" id="{card}"><q dir="auto">{text(citation.quote)}</q> '
        f'<span class="origin">{outlet(citation.publisher)} {day(citation.published)}</span>'
        "</span></span>"
    )


def differing(turn: int, answer: Answer) -> str:
    """Return a table of the figures that the quotes give, or nothing where they give one."""
    rows = differing_figures(answer.citations)
    if not rows:
        return ""
    heads = "".join(
        f'<th scope="col">{text(say(f"answer.{name}"))}</th>'
        for name in ("figure", "outlet", "published")
    )
    body = "".join(_row(turn, position, answer.citations[position]) for position in rows)
    return (
        f'<table class="differ"><caption>{text(say("answer.differ"))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )


def differing_figures(citations: Sequence[Citation]) -> list[int]:
    """Return which citations give figures of the first one's kind, if these are not all the same.

    In the order of the citations; a figure is compared by what it says, not by how it is written.
    """
    figures = [first_number(citation.short) for citation in citations]
    first = figures[0] if figures else None
    if first is None:
        return []
    alike = [n for n, figure in enumerate(figures) if figure and figure.kind == first.kind]
    keys = {figure.key for n in alike if (figure := figures[n])}
    return alike if len(keys) > 1 else []


def _row(turn: int, position: int, citation: Citation) -> str:
    years = named_years(citation)
    return (
        f'<tr><th scope="row"><bdi>{text(citation.short or "")}</bdi> '
        f"{mark(turn, position, citation, 'differ')}</th><td>{outlet(citation.publisher)}</td>"
        f"<td>{day(citation.published)}{f' <span>{text(years)}</span>' if years else ''}</td></tr>"
    )


def timeline(turn: int, answer: Answer) -> str:
    """Return the quotes on a line of time, by publication, or nothing for fewer than three days."""
    dated = [
        (published, position)
        for position, citation in enumerate(answer.citations)
        if (published := day_of(citation.published))
    ]
    if len({published for published, _ in dated}) < LEAST_DATES:
        return ""
    dated.sort()
    places = _places([published for published, _ in dated])
    points = "".join(
        _point(turn, position, answer.citations[position], place)
        for (_, position), place in zip(dated, places, strict=True)
    )
    label = text(say("answer.timeline"))
    size = " long" if len(dated) > _MOST_ABREAST else ""
    return f'<div class="when{size}"><h3>{label}</h3><ol class="timeline">{points}</ol></div>'


def _point(turn: int, position: int, citation: Citation, place: float) -> str:
    said = text(citation.short or citation.publisher or say("answer.no_outlet"))
    label = text(say("answer.open_quote", number=position + 1))
    return (
        f'<li style="--at:{place:.3f}"><button type="button" data-turn="{turn}" '
        f'data-cite="{position}" title="{label}"><span class="number">{position + 1}</span> '
        f'{day(citation.published)} <bdi class="figure">{said}</bdi></button></li>'
    )


def _places(days: Sequence[date]) -> list[float]:
    """Return where each day lies, 0 to 1, in order and not nearer to the one before than allowed.

    Distances are as the days are apart, as far as `_LEAST_APART` lets them.
    """
    even = 1 / (len(days) - 1)
    least = even * _LEAST_APART
    whole = max((days[-1] - days[0]).days, 1)
    free = 1 - least * (len(days) - 1)
    places = [0.0]
    for earlier, later in pairwise(days):
        places.append(places[-1] + least + free * (later - earlier).days / whole)
    return places
