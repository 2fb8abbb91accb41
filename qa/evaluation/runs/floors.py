"""Pinned floors, and the TOML file that keeps them; people may edit it."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus.errors import UsageError
from corpus.files import write_whole
from qa.evaluation.measures.figure import Figure

QUESTIONS_MOVED_BY_NOISE = 1 / 200
_ROUNDING = 1e-9
_HEADING = """\
# Floors (ceilings where lower is better) that an evaluation may not pass, and what they were pinned
# on. `pinned` is the figure as measured over n questions; only `floor` and `ceiling` are enforced.
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """What a figure may not pass.

    Attributes:
        pinned: The figure as it was measured.
        limit: The lowest value that passes; for a figure where lower is better, the highest.
        n: Questions it was measured over.
        higher: Whether higher is better, so that `limit` is a floor and not a ceiling.
    """

    name: str
    pinned: float
    limit: float
    n: int
    higher: bool

    @classmethod
    def of(cls, figure: Figure, *, exact: bool = False) -> Floor:
        """Return the limit that goes with a figure.

        Its distance from the figure is ``ceil(n / 200) / n``: what one question in 200, and at
        least one, moves a mean of values from 0 to 1. It is 0 if `exact`.

        Raises:
            ValueError: Neither way is better for this figure.
        """
        if figure.better == "neither":
            raise ValueError(f"{figure.name}: neither way is better, so there is nothing to pin")
        higher = figure.better == "higher"
        margin = 0.0 if exact else math.ceil(figure.n * QUESTIONS_MOVED_BY_NOISE) / figure.n
        limit = figure.value - margin if higher else figure.value + margin
        return cls(figure.name, figure.value, limit, figure.n, higher)

    def holds(self, value: float) -> bool:
        """Return whether the value passes."""
        missing = self.limit - value if self.higher else value - self.limit
        return missing <= _ROUNDING


@dataclass(frozen=True, slots=True)
class Floors:
    """Pinned floors.

    Attributes:
        digests: sha256 of the "questions", "settings" and "data" they were pinned on.
    """

    floors: tuple[Floor, ...]
    digests: Mapping[str, str]


def write_floors(path: Path, floors: Floors) -> None:
    """Write the file in UTF-8, as a whole or not at all.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        write_whole(path, to_toml(floors))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


def read_floors(path: Path) -> Floors:
    """Read the file.

    Raises:
        UsageError: It cannot be read or is not of this form.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 at byte {error.start}") from error
    return from_toml(text, str(path))


def to_toml(floors: Floors) -> str:
    """Return the content of the file."""
    return "\n".join([_HEADING, *_lines(floors)]) + "\n"


def from_toml(text: str, source: str) -> Floors:
    """Return the floors in a file's content.

    Raises:
        UsageError: It is not of this form; the message begins with `source` and names the key.
    """
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{source}: {place}: {first['msg']}") from error
    floors = tuple(entry.floor_of(name) for name, entry in file.figures.items())
    return Floors(floors, file.pinned_on.model_dump())


def _lines(floors: Floors) -> Iterator[str]:
    yield "[pinned_on]"
    yield from (f"{kind} = {_quoted(sha)}" for kind, sha in floors.digests.items())
    for floor in floors.floors:
        kind = "floor" if floor.higher else "ceiling"
        yield f"\n[figures.{_quoted(floor.name)}]"
        yield f"pinned = {float(floor.pinned)!r}"
        yield f"{kind} = {float(floor.limit)!r}"
        yield f"n = {floor.n}"


def _quoted(text: str) -> str:
    """Return a basic string of TOML: that of JSON, but for the one character JSON leaves bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _PinnedOn(_Part):
    questions: str
    settings: str
    data: str


class _Entry(_Part):
    pinned: float
    floor: float | None = None
    ceiling: float | None = None
    n: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _one_limit(self) -> _Entry:
        if (self.floor is None) == (self.ceiling is None):
            raise ValueError("give either a floor or a ceiling")
        return self

    def floor_of(self, name: str) -> Floor:
        """Return the entry under its name."""
        if self.floor is not None:
            return Floor(name, self.pinned, self.floor, self.n, higher=True)
        return Floor(name, self.pinned, self.ceiling or 0.0, self.n, higher=False)


class _File(_Part):
    pinned_on: _PinnedOn
    figures: Annotated[dict[str, _Entry], Field(min_length=1)]
