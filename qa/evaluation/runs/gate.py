"""A gate for releases: figures may not fall below the floors pinned from an earlier run.

A run is deterministic: the same code, settings, articles and questions give the same figures, so a
rerun never fails, and a lower figure means that something did get worse on these questions. How a
figure would differ on other questions, which is what its interval says, is not asked here: held to
intervals, five or more of 80 questions could go wrong unnoticed, and again at the next release.

Noise is only what another processor's arithmetic does to near ties. So a floor lies below the
pinned figure by what one question in 200, and at least one, can move a mean (`Floor.of`): of 80
questions one may go wrong, and two fail. Where lower is better a ceiling lies above by as much. A
floor stays where it is pinned, so small losses cannot add up; `pin` raises it where a figure rose,
and lowers it only when told to. What arithmetic cannot break, such as whether quotes are exact, is
pinned exactly.

Other settings are noted and judged: whether they do harm is what a gate is for. Other questions or
articles cannot be judged by these floors, and fail.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import UsageError
from qa.evaluation.measures.figure import Figure
from qa.evaluation.runs.floors import Floor, Floors
from qa.evaluation.runs.results import Results

_TEXT_OF = {"questions": "the questions", "data": "the articles"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says, in sentences for the user."""

    failures: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Return whether nothing failed."""
        return not self.failures


def check(results: Results, floors: Floors) -> Verdict:
    """Return whether a run holds all floors, with a sentence for each that it does not."""
    digests = results.digests
    same_settings = digests["settings"] == floors.digests["settings"]
    notes = () if same_settings else ("the settings are not those the floors were pinned with",)
    failures = list(_strange(digests, floors))
    if not failures:
        figures = {figure.name: figure for figure in results.figures}
        found = (_failure(floor, figures.get(floor.name)) for floor in floors.floors)
        failures = [failure for failure in found if failure]
    return Verdict(tuple(failures), notes)


def pin(
    results: Results,
    names: Collection[str],
    earlier: Floors | None = None,
    *,
    exact: Collection[str] = (),
    lower: bool = False,
) -> Floors:
    """Return the floors of a run for the named figures.

    Without `lower` the stricter of the earlier and the new floor is kept, figure by figure. With
    it, the new ones replace the earlier.

    Args:
        results: The run.
        names: Figures to pin; not timings, which no rerun repeats.
        earlier: The floors pinned so far, if any.
        exact: Those of them that may not fall at all.
        lower: Whether floors may be lowered, dropped or pinned on other questions or articles.

    Raises:
        UsageError: `lower` is needed and was not given, or the run lacks a named figure.
        ValueError: Neither way is better for a named figure.
    """
    figures = {figure.name: figure for figure in results.figures}
    if missing := [name for name in names if name not in figures]:
        raise UsageError(f"cannot pin {', '.join(missing)}: the run has no such figure")
    new = {n: Floor.of(f, exact=n in exact) for n, f in figures.items() if n in names}
    if earlier is not None and not lower:
        if lowered := [*_strange(results.digests, earlier), *_lowered(earlier, new, figures)]:
            raise UsageError("\n".join([*lowered, "nothing was pinned: allow lowering floors"]))
        new |= {old.name: old for old in earlier.floors if not old.holds(new[old.name].limit)}
    return Floors(tuple(new.values()), results.digests)


def _lowered(
    earlier: Floors, new: Mapping[str, Floor], figures: Mapping[str, Figure]
) -> Iterator[str]:
    for old in earlier.floors:
        if failure := _failure(old, figures.get(old.name)):
            yield failure
        elif old.name not in new:
            yield f"{old.name}: its limit, {old.limit:.4f}, would be dropped"
        elif new[old.name].higher != old.higher:
            yield f"{old.name}: a floor would become a ceiling, or a ceiling a floor"


def _failure(floor: Floor, figure: Figure | None) -> str | None:
    """Return what is wrong with a figure, or None."""
    kind, side = ("floor", "below") if floor.higher else ("ceiling", "above")
    pinned = f"{floor.limit:.4f} (pinned at {floor.pinned:.4f}, n = {floor.n})"
    if figure is None:
        return f"{floor.name}: missing from the run; its {kind} is {pinned}"
    if floor.holds(figure.value):
        return None
    return f"{floor.name}: {figure.value:.4f} (n = {figure.n}) is {side} its {kind} {pinned}"


def _strange(digests: Mapping[str, str], floors: Floors) -> Iterator[str]:
    """Yield a sentence for the questions and for the articles if they are others."""
    for kind, what in _TEXT_OF.items():
        seen, pinned = digests[kind], floors.digests[kind]
        if seen != pinned:
            yield (
                f"{what} are not those the floors were pinned on (sha256 {seen:.12}…, "
                f"pinned {pinned:.12}…): run on those, or pin floors for these"
            )
