"""What a run measured, as its JSON says it: figures, one row a question, and on what."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from corpus.errors import UsageError
from qa.evaluation.measures.figure import Figure


@dataclass(frozen=True, slots=True)
class Row:
    """One question.

    Attributes:
        values: The measures that apply to it, by name; a figure that is a mean has its name.
        outcome: What became of it, in a word or two ("right", "declined").
    """

    id: str
    values: Mapping[str, float]
    outcome: str


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a run.

    Attributes:
        questions: The question set; its "sha256" is compared.
        settings: Whatever may change an answer; compared whole.
        data: The articles; its "sha256" is compared.
    """

    figures: tuple[Figure, ...]
    rows: tuple[Row, ...]
    questions: Mapping[str, Any]
    settings: Mapping[str, Any]
    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Refuse what cannot be told apart: two figures or rows of one name."""
        _refuse_twice("figure", [figure.name for figure in self.figures])
        _refuse_twice("row", [row.id for row in self.rows])

    @property
    def digests(self) -> dict[str, str]:
        """Return the sha256 of "questions", "settings" and "data"."""
        return {
            "questions": str(self.questions.get("sha256") or _digest(self.questions)),
            "settings": _digest(self.settings),
            "data": str(self.data.get("sha256") or _digest(self.data)),
        }

    @classmethod
    def from_json(cls, text: str | bytes, source: str) -> Results:
        """Return the results in a report; fields it has besides are ignored.

        Raises:
            UsageError: The text is no such report; the message begins with `source`.
        """
        try:
            return _RESULTS.validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            where = f"{source}: {place}" if place else source
            raise UsageError(
                f"{where}: not the JSON of an evaluation: {first['msg']}; "
                "give a file written by `onrecord eval run --json`"
            ) from error


def read_results(path: Path) -> Results:
    """Read the JSON of an earlier run.

    Raises:
        UsageError: The file cannot be read or is no such JSON.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    return Results.from_json(content, str(path))


def _refuse_twice(kind: str, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"the {kind} {twice[0]!r} is given twice")


def _digest(value: Mapping[str, Any]) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


_RESULTS = TypeAdapter(Results)
