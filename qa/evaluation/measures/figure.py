"""A measured figure with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import TypeAdapter

from qa.evaluation.measures.intervals import Statistic, interval, value_interval

Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over n questions.

    Attributes:
        low: Lower end of the 95 % interval; at most `value`.
        high: Upper end; at least `value`.
        n: Questions, or whatever was counted; at least 1.
        better: Which way is better; "neither" for what only describes.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    better: Better

    def __post_init__(self) -> None:
        """Refuse a figure over nothing, and one outside its interval (as NaN is)."""
        if self.n < 1:
            raise ValueError(f"{self.name}: there is nothing to report over: {self.n} questions")
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"{self.name}: {self.value} is outside its interval, {self.low} to {self.high}"
            )

    @classmethod
    def of_mean(cls, name: str, values: Sequence[float], better: Better) -> Figure:
        """Return the mean of one value a question; see `value_interval`.

        Raises:
            ValueError: There are no values, or one is not finite.
        """
        return cls(name, *value_interval(values), len(values), better)

    @classmethod
    def of_statistic(
        cls, name: str, rows: ArrayLike, statistic: Statistic, better: Better
    ) -> Figure:
        """Return a statistic of (n,) or (n, c) rows, one a question; see `interval`.

        Raises:
            ValueError: There are no rows, or a value is not finite.
        """
        table = np.asarray(rows, dtype=np.float64)
        return cls(name, *interval(table, statistic), len(table), better)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Figure:
        """Return the figure in a JSON object.

        Raises:
            ValueError: A field is missing, of another type or impossible.
        """
        return _FIGURE.validate_python(fields)

    def to_json(self) -> dict[str, object]:
        """Return the figure as a JSON object."""
        return asdict(self)


_FIGURE = TypeAdapter(Figure)
