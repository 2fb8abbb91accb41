from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from qa.evaluation.figure import Better, Figure
from qa.evaluation.results import Results, Row

MakeResults = Callable[..., Results]


def _results(
    values: Mapping[str, Sequence[float]],
    *,
    lower: Sequence[str] = (),
    ids: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    questions: str = "questions",
    settings: str = "settings",
    data: str = "data",
) -> Results:
    size = max(map(len, values.values()), default=0)
    ids = ids or [f"q{number}" for number in range(size)]
    rows = [
        Row(
            ids[n],
            {name: column[n] for name, column in values.items() if n < len(column)},
            outcomes[n] if outcomes else "right",
        )
        for n in range(size)
    ]
    better: dict[bool, Better] = {False: "higher", True: "lower"}
    figures = [Figure.of_mean(n, column, better[n in lower]) for n, column in values.items()]
    return Results(
        tuple(figures),
        tuple(rows),
        {"sha256": questions},
        {"model": settings},
        {"articles": 3, "sha256": data},
    )


@pytest.fixture
def make_results() -> MakeResults:
    """Return a maker of results in which each figure is the mean of a column."""
    return _results
