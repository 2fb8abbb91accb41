"""How the questions came out by kind of answer, publisher, year and length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.counts import counted
from qa.evaluation.measures.intervals import value_interval
from qa.evaluation.report import pictures
from qa.evaluation.report.measured import SCALE
from qa.evaluation.report.wording import AS_IT_SHOULD, Json, likely, percent
from qa.markup import text

_SHOWN = 12
_FOLDED = 4  # fewer more are shown as well
_FEW = 5
"""Fewer questions than this say nothing: resampling so few would show false certainty."""
_TITLES = {
    "kind": "By kind of answer",
    "publisher": "By publisher",
    "year": "By year",
    "length": "By length of the question",
}
_LENGTHS = ("short", "medium", "long")


def slices(rows: Sequence[Json]) -> str:
    """Return a table for each way in which the questions are told apart; "" where there is none."""
    whole = sum(map(_came_out, rows)) / len(rows) if rows else 0.0
    names = [*_TITLES, *sorted({name for row in rows for name in row["slices"]} - set(_TITLES))]
    return "".join(_table(name, _groups(name, rows), whole) for name in names)


def _groups(name: str, rows: Sequence[Json]) -> dict[str, list[float]]:
    """Return whether each question came out as it should, by group, in the order to be shown."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if value := row["slices"].get(name):
            found.setdefault(value, []).append(_came_out(row))
    if name == "year":
        return dict(sorted(found.items()))
    if name == "length":
        return dict(sorted(found.items(), key=lambda item: _length_order(item[0])))
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _length_order(value: str) -> int:
    first = value.split()[0]
    return _LENGTHS.index(first) if first in _LENGTHS else len(_LENGTHS)


def _came_out(row: Json) -> float:
    return float(row["outcome"] in AS_IT_SHOULD)


def _table(name: str, groups: Mapping[str, Sequence[float]], whole: float) -> str:
    if len(groups) < 2:  # nothing to tell apart
        return ""
    lines = [_line(value, group, whole) for value, group in groups.items()]
    title = text(_TITLES.get(name, f"By {name}"))
    shown = _SHOWN if len(lines) >= _SHOWN + _FOLDED else len(lines)
    rest = lines[shown:]
    more = (
        f"<details><summary>{counted(len(rest), 'more group')}</summary>{_body(rest)}</details>"
        if rest
        else ""
    )
    return f'<div class="slice"><h3>{title}</h3>{_body(lines[:shown])}{more}</div>'


def _body(lines: Sequence[str]) -> str:
    return (
        '<table class="figures"><thead><tr><th scope="col">Group</th>'
        f'{SCALE}<th scope="col">Right</th><th scope="col">Range</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def _line(value: str, group: Sequence[float], whole: float) -> str:
    mean, low, high = value_interval(group)
    few = len(group) < _FEW
    if few:
        rests = f"<span>too few to tell</span> <span>{counted(len(group), 'question')}</span>"
        low = high = mean
    else:
        rests = likely(low, high, "share", len(group))
    return (
        f'<tr><th scope="row" dir="auto">{text(value)}</th>'
        f'<td class="picture">{pictures.dot(mean, low, high, reference=whole)}</td>'
        f'<td class="value">{percent(mean)}</td>'
        f'<td class="range">{rests}</td></tr>'
    )
