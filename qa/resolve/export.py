"""The trained term model, converted once."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from qa.export import prepare_trained

if TYPE_CHECKING:
    from qa.resolve.network import TermNetwork

WEIGHTS = Path(str(files("qa.resolve"))) / "trained" / "terms.safetensors"
WEIGHTS_DIGEST = "191b8e62abeb65007f49c8ba42930724957142b8074e569383f9e729c740e141"


def prepare_terms(
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
    weights: Path = WEIGHTS,
    digest: str = WEIGHTS_DIGEST,
) -> Path:
    """Return the folder of the converted model; see `qa.export.prepare_trained`."""
    return prepare_trained(
        "terms", "model for follow-ups", weights, digest, _network, progress, cache
    )


def _network(bundled: Path) -> TermNetwork:
    from qa.resolve.network import TermNetwork  # imports torch

    return TermNetwork(bundled)
