"""Trained weights that ship, joined with the bundled model and converted for OpenVINO once.

Only what training changed is shipped, in half precision; the word embeddings are the bundled
model's. The weights are data: safetensors, of one known digest.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index.export import check_digest, convert, kept, quiet_conversion

if TYPE_CHECKING:
    import openvino

    from qa.network import BundledEncoder

INPUTS = ["ids", "mask", "segments"]


def prepare_trained(
    name: str,
    what: str,
    weights: Path,
    digest: str,
    network: Callable[[Path], BundledEncoder],
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
) -> Path:
    """Return the folder of a converted network, making it first where needed.

    Args:
        name: Of the folder, before the digest.
        what: The network in words.
        weights: What training wrote.
        digest: The sha256 that it must have.
        network: Makes the network of the bundled model's folder; called only for a conversion.
        progress: Called with a line of text before the conversion, which takes some seconds.
        cache: The cache folder instead of `index.export.cache_folder()`.

    Raises:
        ModelError: The weights or the bundled package are missing or altered, or the cache cannot
            be written.
    """

    def converted(bundled: Path) -> openvino.Model:
        with quiet_conversion():
            from safetensors.torch import load_file

            made = network(bundled)
            made.load_trained(load_file(weights))
            return convert(made.eval(), INPUTS)

    check_digest(weights, digest)
    return kept(f"{name}-{digest[:12]}-1", what, converted, progress, cache)
