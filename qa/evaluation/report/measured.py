"""The figures as dots with their intervals: headlines, then all of them by group, then speed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa.evaluation.report import pictures
from qa.evaluation.report.wording import (
    GROUPS,
    HEADLINES,
    Json,
    duration,
    full_label,
    likely,
    shown,
    span,
    speed_of,
    stage,
    wording,
)
from qa.markup import text

ENDS = '<div class="ends" aria-hidden="true"><span>0</span><span>100%</span></div>'
SCALE = f'<td class="picture">{ENDS}</td>'
_BETTER = {"higher": "higher is better", "lower": "lower is better"}


def headlines(figures: Sequence[Json]) -> str:
    """Return the few figures that say most, large; "" where the run has none of them."""
    by_name = {figure["name"]: figure for figure in figures}
    tiles = "".join(_tile(by_name[name]) for name in HEADLINES if name in by_name)
    return f'<ul class="tiles">{tiles}</ul>' if tiles else ""


def everything(figures: Sequence[Json]) -> str:
    """Return all figures that are no times, by group; those that have no group come last."""
    by_name = {figure["name"]: figure for figure in figures if not speed_of(figure["name"])}
    groups = {
        title: [by_name.pop(name) for name in names if name in by_name]
        for title, names in GROUPS.items()
    }
    groups["Other figures"] = list(by_name.values())
    return "".join(_group(title, found) for title, found in groups.items() if found)


def speed(figures: Sequence[Json]) -> str:
    """Return how long each stage took; "" where nothing was timed."""
    stages: dict[str, dict[str, Json]] = {}
    for figure in figures:
        if part := speed_of(figure["name"]):
            stages.setdefault(part[0], {})[part[1]] = figure
    timed = {name: both for name, both in stages.items() if len(both) == 2}
    if not timed:
        return ""
    reach = max(figure["high"] for both in timed.values() for figure in both.values())
    rows = "".join(_time(name, both, reach) for name, both in timed.items())
    return (
        '<table class="figures speed"><thead><tr><th scope="col">Step</th>'
        '<td class="picture"></td><th scope="col">Half within</th>'
        f'<th scope="col">19 in 20 within</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def range_words(figure: Json) -> str:
    """Return what the figure rests on: "likely 69 to 89%", "60 questions"."""
    unit = wording(figure["name"]).unit
    return likely(figure["low"], figure["high"], unit, figure["n"])


def better_words(figure: Json) -> str:
    """Return which way is better, or "" where neither is."""
    return _BETTER.get(figure["better"], "")


def _tile(figure: Json) -> str:
    words = wording(figure["name"])
    return (
        f'<li><h3>{text(words.label)}</h3><p class="value">{shown(figure["value"], words.unit)}</p>'
        f"{_dot(figure)}{ENDS}"
        f'<p class="range">{range_words(figure)}<br><b>{better_words(figure)}</b></p>'
        f'<p class="meaning">{text(words.meaning)}</p></li>'
    )


def _group(title: str, figures: Iterable[Json]) -> str:
    rows = "".join(map(_row, figures))
    return (
        f'<h3>{title}</h3><table class="figures"><thead><tr>'
        f'<th scope="col">Figure</th>{SCALE}<th scope="col">Measured</th>'
        f'<th scope="col">Range</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(figure: Json) -> str:
    words = wording(figure["name"])
    name = "" if words.label == figure["name"] else f" <code>{text(figure['name'])}</code>"
    return (
        f'<tr><th scope="row" title="{text(full_label(figure["name"]))}">{text(words.label)}'
        f'<span class="meaning">{text(words.meaning)}{name}</span></th>'
        f'<td class="picture">{_dot(figure)}</td>'
        f'<td class="value">{shown(figure["value"], words.unit)}</td>'
        f'<td class="range">{range_words(figure)}<br><b>{better_words(figure)}</b></td></tr>'
    )


def _dot(figure: Json) -> str:
    return pictures.dot(figure["value"], figure["low"], figure["high"])


def _time(name: str, both: dict[str, Json], reach: float) -> str:
    points = [(both[p]["value"], both[p]["low"], both[p]["high"]) for p in ("p50", "p95")]
    values = "".join(_time_cell(both[percentile]) for percentile in ("p50", "p95"))
    return (
        f'<tr><th scope="row">{text(stage(name))}</th>'
        f'<td class="picture">{pictures.times(points, reach)}</td>{values}</tr>'
    )


def _time_cell(figure: Json) -> str:
    within = span(figure["low"], figure["high"], "time")
    return f'<td class="value">{duration(figure["value"])}<span class="range">{within}</span></td>'
