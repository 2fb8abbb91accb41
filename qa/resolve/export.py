"""The trained weights of the term model, joined with the bundled model and converted once."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from index.export import check_digest, convert, kept, quiet_conversion

if TYPE_CHECKING:
    import openvino

WEIGHTS = Path(str(files("qa.resolve"))) / "trained" / "terms.safetensors"
WEIGHTS_DIGEST = "191b8e62abeb65007f49c8ba42930724957142b8074e569383f9e729c740e141"
INPUTS = ["ids", "mask", "segments"]


def prepare_terms(
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
    weights: Path = WEIGHTS,
    digest: str = WEIGHTS_DIGEST,
) -> Path:
    """Return the folder of the converted model, making it first where needed.

    Args:
        progress: Called with a line of text before the conversion, which takes some seconds.
        cache: The cache folder instead of `index.export.cache_folder()`.
        weights: What `python -m qa.resolve.training.train` wrote.
        digest: The sha256 that it must have.

    Raises:
        ModelError: The weights or the bundled package are missing or altered, or the cache cannot
            be written.
    """
    check_digest(weights, digest)
    return kept(
        f"terms-{digest[:12]}-1",
        "model for follow-ups",
        lambda bundled: _converted(bundled, weights),
        progress,
        cache,
    )


def _converted(bundled: Path, weights: Path) -> openvino.Model:
    """Return (n, t) ids, mask and segments -> (n, t) logits."""
    with quiet_conversion():
        from safetensors.torch import load_file

        from qa.resolve.network import TermNetwork

        network = TermNetwork(bundled)
        network.load_trained(load_file(weights))
        return convert(network.eval(), INPUTS)
