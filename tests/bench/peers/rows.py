"""The rows of the comparison: what a figure is called, where it stands, which end is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure that every system has.

    Attributes:
        path: The keys that lead to it in a system's results.
        better: Which end is better; None where neither is.
        digits: Decimals shown.
        part_of: The key beside it of what it is counted in.
    """

    label: str
    path: tuple[str, str]
    better: Literal["higher", "lower"] | None
    digits: int = 2
    part_of: str | None = None

    def value(self, system: Record) -> float:
        """Return a system's figure; a share where it is counted in something."""
        part, name = self.path
        # Of none at all, where every kill came too late, none is the share.
        whole = (system[part][self.part_of] or 1) if self.part_of else 1
        return float(system[part][name]) / whole

    def text(self, system: Record) -> str:
        """Return a system's figure in words."""
        part, name = self.path
        if self.part_of:
            return f"{system[part][name]} of {system[part][self.part_of]}"
        text = f"{self.value(system):,.{self.digits}f}"
        return text.removeprefix("0") if self.better == "higher" else text

    def order(self, system: Record) -> float:
        """Return a number that is higher the better the figure is."""
        return -self.value(system) if self.better == "lower" else self.value(system)


QUALITY = (
    Row("relevant article at rank 1 (Success@1)", ("scores", "success_1"), "higher"),
    Row("reciprocal rank of it, ten articles (RR@10)", ("scores", "rr_10"), "higher"),
    Row("first piece found holds the answer", ("scores", "found_right"), "higher"),
    Row("… its length, characters, median", ("scores", "found_characters"), None, 0),
    Row("what is shown first holds the answer", ("scores", "first_right"), "higher"),
    Row("… and is not shown as a near miss", ("scores", "first_right_and_answered"), "higher"),
    Row("… its length, characters, median", ("scores", "shown_characters"), None, 0),
    Row("first 300 characters shown hold the answer", ("scores", "right_within_read"), "higher"),
)
COSTS = (
    Row("ingest, CPU s", ("ingest", "cpu_s"), "lower", 1),
    Row("ingest, peak memory, MB", ("ingest", "peak_mb"), "lower", 0),
    Row("index on disk, MB", ("ingest", "index_mb"), "lower", 1),
    Row("cold start to first result, CPU s", ("first", "cpu_s"), "lower"),
    Row("cold start to first result, s on the clock", ("first", "wall_s"), "lower"),
    Row("cold start, peak memory, MB", ("first", "peak_mb"), "lower", 0),
    Row("search, warm, CPU ms, median", ("scores", "search_ms"), "lower", 1),
    Row("what is shown, warm, CPU ms, median", ("scores", "show_ms"), "lower", 1),
)
KILLS = (
    Row("killed in a save, opens", ("kills", "opens"), "higher", 0, "kills"),
    Row("killed in a save, has every article", ("kills", "articles_kept"), "higher", 0, "kills"),
    Row(
        "killed in a save, finds what it should", ("kills", "searches_equal"), "higher", 0, "kills"
    ),
)
