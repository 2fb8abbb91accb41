"""Two runs over the same questions: what changed, and whether chance would do as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from corpus.errors import UsageError
from qa.evaluation.measures.figure import Better, Figure
from qa.evaluation.measures.intervals import holm, mean_interval, permutation_p
from qa.evaluation.runs.results import Results, Row

SIGNIFICANT = 0.05
"""Differences are called better or worse below this adjusted p."""

Verdict = Literal["better", "worse", "different", "unclear"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in both runs; `before` and `after` are over all questions of each run.

    What follows is over the n questions that have the measure in both. It is None where there are
    none, as for a figure that is not a mean over questions (an area, a percentile).

    Attributes:
        change: Mean of after less before.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: Two-sided p of the paired permutation test.
        adjusted_p: The same after Holm's correction for all figures tested.
    """

    name: str
    better: Better
    before: float
    after: float
    n: int
    change: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    adjusted_p: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Return what the difference means; "unclear" where chance would do as much."""
        if self.change is None or self.adjusted_p is None or self.adjusted_p >= SIGNIFICANT:
            return "unclear"
        if self.better == "neither":
            return "different"
        return "better" if (self.change > 0) == (self.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that came out otherwise ("right" before, "declined" after)."""

    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared.

    Attributes:
        differences: One a figure that both have, in the order of the later run.
        changed: In the order of the later run.
        n: Questions in both.
        only_before: Ids of questions that only the earlier run has; they are compared with nothing.
        only_after: Ids that only the later run has.
        figures_only_before: Names of figures that only the earlier run has.
        figures_only_after: Names that only the later run has.
        other: Which of "questions", "settings" and "data" were not the same.
    """

    differences: tuple[Difference, ...]
    changed: tuple[Changed, ...]
    n: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    figures_only_before: tuple[str, ...]
    figures_only_after: tuple[str, ...]
    other: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the comparison as a JSON object, each difference with its verdict."""
        differences = [{**asdict(d), "verdict": d.verdict} for d in self.differences]
        return {**asdict(self), "differences": differences}


def compare(before: Results, after: Results) -> Comparison:
    """Compare two runs, question by question; questions are paired by id.

    Raises:
        UsageError: They have no question in common.
    """
    earlier = {row.id: row for row in before.rows}
    later = {row.id: row for row in after.rows}
    pairs = [(earlier[row.id], row) for row in after.rows if row.id in earlier]
    if not pairs:
        raise UsageError(
            f"the two runs have no question in common: {len(earlier)} before, {len(later)} after; "
            "compare runs of the same question set"
        )
    old, new = ({f.name: f for f in results.figures} for results in (before, after))
    return Comparison(
        differences=_differences([(old[name], new[name]) for name in new if name in old], pairs),
        changed=tuple(
            Changed(a.id, a.outcome, b.outcome) for a, b in pairs if a.outcome != b.outcome
        ),
        n=len(pairs),
        only_before=tuple(id_ for id_ in earlier if id_ not in later),
        only_after=tuple(id_ for id_ in later if id_ not in earlier),
        figures_only_before=tuple(name for name in old if name not in new),
        figures_only_after=tuple(name for name in new if name not in old),
        other=tuple(k for k, sha in before.digests.items() if sha != after.digests[k]),
    )


def _differences(
    figures: Sequence[tuple[Figure, Figure]], pairs: Sequence[tuple[Row, Row]]
) -> tuple[Difference, ...]:
    found = [_difference(before, after, pairs) for before, after in figures]
    adjusted = iter(holm([d.p for d in found if d.p is not None]))
    return tuple(d if d.p is None else replace(d, adjusted_p=next(adjusted)) for d in found)


def _difference(before: Figure, after: Figure, pairs: Sequence[tuple[Row, Row]]) -> Difference:
    name = after.name
    changes = [
        b.values[name] - a.values[name] for a, b in pairs if name in a.values and name in b.values
    ]
    found = Difference(name, after.better, before.value, after.value, len(changes))
    if not changes:
        return found
    change, low, high = mean_interval(changes)
    return replace(found, change=change, low=low, high=high, p=permutation_p(changes))
