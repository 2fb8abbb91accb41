"""The figures of an evaluation, and how two compare, as lines for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cli.edge import printable
from corpus.counts import counted
from qa.evaluation.measures.figure import Figure
from qa.evaluation.runs.compare import Comparison, Difference
from qa.evaluation.runs.summary import GROUPS, SPEED

_MILLISECONDS = " ms"
_HEADER = ("", "figure", "95 % interval", "n")


def report_lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was asked on what, the figures by group, and what became of the questions."""
    rows = report["rows"]
    answerable = sum(row["answerable"] for row in rows)
    parts = (
        f"{counted(len(rows), 'question')} on {counted(report['data']['articles'], 'article')}",
        f"{answerable:,} answerable",
        f"{len(rows) - answerable:,} not",
    )
    yield ", ".join(parts)
    yield from _figure_lines([Figure.from_json(figure) for figure in report["figures"]])
    yield ""
    yield "Outcomes: " + _counts(row["outcome"] for row in rows)
    if lost := [row["lost"] for row in rows if row["lost"]]:
        yield "Lost: " + _counts(lost)


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Yield the differences, and which questions changed."""
    other = f"; other {' and '.join(comparison.other)}" if comparison.other else ""
    yield f"Compared on {counted(comparison.n, 'question')}{other}"
    table = [_difference_cells(difference) for difference in comparison.differences]
    header = ("", "before", "after", "change", "95 % interval", "n", "p (Holm)", "verdict")
    yield from _aligned([header, *table])
    unpaired = (
        ("questions only before", comparison.only_before),
        ("questions only now", comparison.only_after),
        ("figures only before", comparison.figures_only_before),
        ("figures only now", comparison.figures_only_after),
    )
    yield from (f"{what}: {printable(', '.join(names))}" for what, names in unpaired if names)
    yield f"{counted(len(comparison.changed), 'question')} came out otherwise"
    for changed in comparison.changed:
        yield f"  {printable(changed.id)}: {changed.before} -> {changed.after}"


def aligned_figures(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield the figures as one table."""
    yield from _aligned([_HEADER, *map(_figure_cells, figures)])


def _figure_lines(figures: Sequence[Figure]) -> Iterator[str]:
    rest = {figure.name: figure for figure in figures}
    groups = {
        group: [rest.pop(name) for name in names if name in rest] for group, names in GROUPS.items()
    }
    groups[SPEED] = list(rest.values())
    table: list[tuple[str, ...]] = [_HEADER]
    for group, found in groups.items():
        if found:
            table += [("",) * 4, (group, "", "", ""), *map(_figure_cells, found)]
    yield from _aligned(table)


def _figure_cells(figure: Figure) -> tuple[str, ...]:
    name, value = figure.name, figure.value
    interval = f"{_shown(name, figure.low)} to {_shown(name, figure.high)}"
    return f"  {name}", _shown(name, value), interval, f"{figure.n:,}"


def _difference_cells(found: Difference) -> tuple[str, ...]:
    name = found.name
    cells = (name, _shown(name, found.before), _shown(name, found.after))
    if found.change is None or found.low is None or found.high is None or found.adjusted_p is None:
        return (*cells, "", "", "", "", "")
    interval = f"{found.low:+.3f} to {found.high:+.3f}"
    p = f"{found.adjusted_p:.3f}"
    return (*cells, f"{found.change:+.3f}", interval, f"{found.n:,}", p, _said(found))


def _shown(name: str, value: float) -> str:
    return f"{value:.1f}" if name.endswith(_MILLISECONDS) else f"{value:.3f}"


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns aligned: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for first, *rest in table:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()


def _counts(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in Counter(names).most_common())


def _said(found: Difference) -> str:
    return "same" if found.low == found.high == 0 else found.verdict
