"""The trained weights, joined with the bundled model and converted for OpenVINO once.

Only what training changed is shipped, in half precision; the word embeddings are the bundled
model's. The weights are data: safetensors, of one known digest.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from index.export import check_digest, convert, kept, quiet_conversion

if TYPE_CHECKING:
    import openvino

WEIGHTS = Path(str(files("qa.reader"))) / "trained" / "reader.safetensors"
WEIGHTS_DIGEST = "874b5270e3bc0abc8bf03c2ed4e129157456d08f8d0ed3d65bc5b57f3ed9f14c"
INPUTS = ["ids", "mask", "segments"]


def prepare_reader(
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
    weights: Path = WEIGHTS,
    digest: str = WEIGHTS_DIGEST,
) -> Path:
    """Return the folder of the converted reader, making it first where needed.

    Args:
        progress: Called with a line of text before the conversion, which takes some seconds.
        cache: The cache folder instead of `index.export.cache_folder()`.
        weights: What `python -m qa.reader.training.train` wrote.
        digest: The sha256 that it must have.

    Raises:
        ModelError: The weights or the bundled package are missing or altered, or the cache cannot
            be written.
    """
    check_digest(weights, digest)
    return kept(
        f"reader-{digest[:12]}-1",
        "reader",
        lambda bundled: _converted(bundled, weights),
        progress,
        cache,
    )


def _converted(bundled: Path, weights: Path) -> openvino.Model:
    """Return (n, t) ids, mask and segments -> (n,) "does it answer", (n, t, 2) start and end."""
    with quiet_conversion():
        from safetensors.torch import load_file

        from qa.reader.network import ReaderNetwork

        network = ReaderNetwork(bundled)
        network.load_trained(load_file(weights))
        return convert(network.eval(), INPUTS)
