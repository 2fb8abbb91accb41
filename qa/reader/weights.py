"""The reader's fitted numbers, and where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import sha256_of
from corpus.errors import SettingsError
from corpus.strict_json import StrictJsonError, parse_json
from qa.reader import confidence, features, pointing, views

NAMES: Mapping[str, Sequence[str]] = {
    "sentence": features.NAMES,
    "view": views.NAMES,
    "answer": pointing.NAMES,
    "confidence": confidence.NAMES,
    "short": confidence.SHORT_NAMES,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """Linear weights by feature name; higher sums are better.

    Attributes:
        sentence: For `features.NAMES`; by these the sentences are chosen that the model reads.
        view: For `views.NAMES`, of the sentences that it has read.
        answer: For `pointing.NAMES`.
        confidence: For `confidence.NAMES`, and "bias"; their sum is a log-odds.
        short: For `confidence.SHORT_NAMES`; their sum is a log-odds.
        risk: Floors of confidence, rising to 1, with the share of the answers shown that is wrong.
        floor: The confidence below which the reader declines.
        short_floor: The probability, 0 to 1, below which it gives no short answer.
    """

    sentence: Mapping[str, float]
    view: Mapping[str, float]
    answer: Mapping[str, float]
    confidence: Mapping[str, float]
    short: Mapping[str, float]
    risk: Sequence[tuple[float, float]]
    floor: float
    short_floor: float

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Weights:
        """Return what `python -m qa.reader.fit` wrote; KeyError if a part is missing."""
        parts = {field.name: stored[field.name] for field in fields(cls)}
        return cls(**parts | {"risk": tuple((f, w) for f, w in stored["risk"])})

    def floor_for(self, may_be_wrong: float) -> float:
        """Return the least confidence at which no larger share of the answers shown is wrong."""
        return next((floor for floor, wrong in self.risk if wrong <= may_be_wrong), 1.0)

    @property
    def sha256(self) -> str:
        """Return a digest of them all."""
        return sha256_of(json.dumps(asdict(self), sort_keys=True))


def shipped_weights() -> Weights:
    """Return the weights that ship."""
    return Weights.from_json(
        json.loads(files("qa.reader").joinpath("weights.json").read_text("utf-8"))
    )


def read_weights(path: Path) -> Weights:
    """Return the weights that `python -m qa.reader.fit` wrote into a file.

    Raises:
        SettingsError: It cannot be read, is no JSON, or lacks a part or a feature's weight.
    """
    if path.exists() and not path.is_file():
        raise SettingsError(f"{path}: the file of weights is not a regular file")
    try:
        stored = parse_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(
            f"{path}: the file of weights cannot be read: {error.strerror}"
        ) from error
    except StrictJsonError as error:
        raise SettingsError(f"{path}: {error}; {_EXPECTED}") from error
    if not isinstance(stored, dict):
        raise SettingsError(f"{path}: no object with parts; {_EXPECTED}")
    if problems := [f"{path}: {problem}; {_EXPECTED}" for problem in _problems(stored)]:
        raise SettingsError("\n".join(problems))
    return Weights.from_json(stored)


_EXPECTED = "expected what `python -m qa.reader.fit` of this version writes"
_BEYOND_FLOAT32 = 1e38


def _problems(stored: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with each part of the weights."""
    for part in (field.name for field in fields(Weights)):
        value = stored.get(part)
        if part not in stored:
            yield f"the part {part!r} is missing"
        elif part == "risk":
            yield from _not_pairs(value)
        elif part not in NAMES:
            yield from _not_numbers({part: value})
        elif not isinstance(value, dict):
            yield f"{part}: no object of weights by feature"
        else:
            missing = [name for name in NAMES[part] if name not in value]
            yield from [f"{part}: no weight for {', '.join(missing)}"] if missing else ()
            yield from _not_numbers({f"{part}.{name}": value[name] for name in value})


def _not_pairs(value: object) -> Iterator[str]:
    pairs = value if isinstance(value, list) else [value]
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair))):
            yield f"risk: no pair of numbers but {pair!r:.60}"


def _not_numbers(values: Mapping[str, object]) -> Iterator[str]:
    for key, value in values.items():
        if not _is_number(value):
            yield f"{key}: no number but {value!r:.60}"


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < _BEYOND_FLOAT32


def in_order(weights: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float32]:
    """Return the weights as a float32 vector; KeyError if a feature has none."""
    return np.array([weights[name] for name in names], dtype=np.float32)
