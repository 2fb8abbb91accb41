"""What is told of an ingest, meanwhile and at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.errors import ItemError


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is.

    Attributes:
        done: Articles stored, found unchanged or refused so far.
        source: The file that the last one came from.
        total: How many there will be, None where that is not known.
    """

    done: int
    added: int
    updated: int
    unchanged: int
    refused: int
    source: str
    total: int | None = None


@dataclass(slots=True)
class IngestReport:
    """What an ingest did; every item of the sources is counted exactly once.

    Attributes:
        refused: The items refused, the first 10,000 of them.
        notes: Remarks for the user (an encoding that was guessed, say), "source: remark".
        interrupted: Whether it was asked to stop before the end.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused_count: int = 0
    refused: list[ItemError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def done(self) -> int:
        """How many items there were."""
        return self.added + self.updated + self.unchanged + self.refused_count
