"""The trained reader, converted once."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from qa.export import prepare_trained

if TYPE_CHECKING:
    from qa.reader.network import ReaderNetwork

WEIGHTS = Path(str(files("qa.reader"))) / "trained" / "reader.safetensors"
WEIGHTS_DIGEST = "874b5270e3bc0abc8bf03c2ed4e129157456d08f8d0ed3d65bc5b57f3ed9f14c"


def prepare_reader(
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
    weights: Path = WEIGHTS,
    digest: str = WEIGHTS_DIGEST,
) -> Path:
    """Return the folder of the converted model; see `qa.export.prepare_trained`."""
    return prepare_trained("reader", "reader", weights, digest, _network, progress, cache)


def _network(bundled: Path) -> ReaderNetwork:
    from qa.reader.network import ReaderNetwork  # imports torch

    return ReaderNetwork(bundled)
