"""The reader's fitted numbers, and where they come from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import sha256_of


@dataclass(frozen=True, slots=True)
class Weights:
    """Linear weights by feature name; higher sums are better.

    Attributes:
        sentence: For `features.NAMES`.
        answer: For `answers.NAMES`.
        confidence: For `confidence.NAMES`, and "bias"; their sum is a log-odds.
        short: For `confidence.SHORT_NAMES`; their sum is a log-odds.
        floor: The confidence below which the reader declines.
        short_floor: The probability, 0 to 1, below which it gives no short answer.
    """

    sentence: Mapping[str, float]
    answer: Mapping[str, float]
    confidence: Mapping[str, float]
    short: Mapping[str, float]
    floor: float
    short_floor: float

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Weights:
        """Return what `python -m qa.reader.fit` wrote; KeyError if a part is missing."""
        return cls(**{field.name: stored[field.name] for field in fields(cls)})

    @property
    def sha256(self) -> str:
        """Return a digest of them all."""
        return sha256_of(json.dumps(asdict(self), sort_keys=True))


def shipped_weights() -> Weights:
    """Return the weights that ship."""
    return Weights.from_json(
        json.loads(files("qa.reader").joinpath("weights.json").read_text("utf-8"))
    )


def in_order(weights: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float32]:
    """Return the weights as a float32 vector; KeyError if a feature has none."""
    return np.array([weights[name] for name in names], dtype=np.float32)
