"""Models of others on this machine: found by folder or name, refused where they would run code.

Nothing is ever fetched. A model is data: one that brings code or pickled weights, which run code,
is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.errors import ModelError
from index.export import file_digest

_PICKLED = {".bin", ".pt", ".pth", ".pkl", ".ckpt"}


def folder_of(model: str) -> Path:
    """Return the folder of a model given by folder or by the name it was downloaded under."""
    if Path(model).is_dir():
        return Path(model)
    if Path(model).exists():
        raise ModelError(f"E_MODEL {model}: expected a folder, found a file")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"E_MODEL {model}: no such folder, and no model of this name on this machine"
            f" (to download one: hf download {model})"
        ) from error


def read_json(path: Path) -> Any:  # noqa: ANN401
    """Return what a file of a model's description holds; ModelError if it is missing or no JSON."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise ModelError(f"E_MODEL {path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"E_MODEL {path}: not JSON: {error}") from error


def weights_digest(folder: Path, *, nested: bool = False) -> str:
    """Return the digest of a model's weights; ModelError if it has none, or pickled ones.

    Args:
        folder: Of the model.
        nested: Whether parts of the model lie in folders of their own.
    """
    files = sorted(folder.rglob("*") if nested else folder.glob("*"))
    for path in files:
        if _is_pickled(path) and not any(path.parent.glob("*.safetensors")):
            raise ModelError(f"E_MODEL {path}: pickled weights; expected .safetensors beside it")
    digests = [file_digest(path) for path in files if path.suffix == ".safetensors"]
    if not digests:
        raise ModelError(f"E_MODEL {folder}: no .safetensors file in it")
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def _is_pickled(path: Path) -> bool:
    # Many models come with a copy for OpenVINO, plain numbers that end in .bin and are not loaded.
    return path.suffix in _PICKLED and not path.name.startswith("openvino_model")


@contextmanager
def loading(folder: Path, threads: int) -> Iterator[None]:
    """Surround the loading of a model with torch; ModelError whatever a damaged folder raises.

    Args:
        folder: Of the model.
        threads: CPU threads that torch uses from now on.
    """
    import torch  # with transformers 5 CPU seconds, so only where such a model is asked for
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(threads)
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(f"E_MODEL {folder}: cannot be loaded: {error}") from error
