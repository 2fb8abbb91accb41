"""Models compiled by OpenVINO, and how several threads use one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import LifoQueue
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from index.export import import_openvino

if TYPE_CHECKING:
    import openvino

AT_ONCE = 2
"""Threads that one model serves at the same time; the next one waits."""
_STEP = 16
"""Rows are padded to multiples of this: OpenVINO prepares itself for each length once, which takes
as long as reading, and keeps what it prepared; so there are few."""


def padded(length: int) -> int:
    """Return the length that a row of so many word pieces is padded to."""
    return -(-length // _STEP) * _STEP


class Compiled:
    """A compiled model that several threads may use; bf16 where the CPU multiplies in it."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        """Compile a model's XML file; ModelError where OpenVINO cannot.

        Args:
            model: With its weights beside it.
            threads: CPU threads of one inference.
        """
        core = import_openvino().Core()
        fast = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options = {
            "INFERENCE_PRECISION_HINT": "bf16" if fast else "f32",
            "INFERENCE_NUM_THREADS": str(threads * AT_ONCE),
            "NUM_STREAMS": str(AT_ONCE),
        }
        try:
            compiled = core.compile_model(model, "CPU", options)
        except RuntimeError as error:
            raise ModelError(f"E_MODEL {model}: OpenVINO cannot load it: {error}") from error
        self._idle: LifoQueue[openvino.InferRequest] = LifoQueue()
        for _ in range(AT_ONCE):
            self._idle.put(compiled.create_infer_request())

    @contextmanager
    def request(self) -> Iterator[openvino.InferRequest]:
        """Lend what infers; its results stay in memory of its own, valid until it is given back."""
        request = self._idle.get()
        try:
            yield request
        finally:
            self._idle.put(request)
