"""The loop that trains a network here: warm-up and decay, bfloat16, checkpoints, resuming."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

logger = logging.getLogger(__name__)

Batch = TypeVar("Batch")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train.

    Attributes:
        epochs: Passes over the examples; a part of one is possible.
        batch: Rows a step, about.
        peak: The highest learning rate, reached after `warm_up` of all steps; it falls to nothing.
        seed: Of the order, of what is drawn and of the heads.
    """

    epochs: float = 2.0
    batch: int = 48
    peak: float = 1.6e-4
    warm_up: float = 0.06
    decay: float = 0.01
    seed: int = 1

    def rate(self, share: float) -> float:
        """Return the learning rate when this share of all steps is done."""
        rising = share / self.warm_up
        falling = (1 - share) / (1 - self.warm_up)
        return self.peak * max(min(rising, falling), 0.0)


class Trainable(Protocol):
    """A network of which only some parameters are trained."""

    def trained(self) -> dict[str, Tensor]:
        """Return the parameters that training changes, by name."""
        ...

    def to(self, device: torch.device) -> object:
        """Move it to a device."""
        ...


class Training(Generic[Batch]):
    """A run in a folder; a checkpoint is written every `SAVE_EVERY` seconds.

    Uses a GPU where there is one, else all CPU cores.
    """

    SAVE_EVERY = 180.0

    def __init__(self, folder: Path, network: Trainable, schedule: Schedule) -> None:
        """Prepare the optimizer; nothing is written yet."""
        self.folder, self.network, self.schedule = folder, network, schedule
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network.to(self.device)
        self.optimizer = torch.optim.AdamW(
            network.trained().values(), lr=0.0, weight_decay=schedule.decay, fused=True
        )

    def __call__(
        self,
        epochs: Iterable[Iterable[Batch]],
        total: int,
        loss_of: Callable[[Batch, torch.device], Tensor],
        measure: Callable[[torch.device], Mapping[str, float]],
        measure_every: int = 400,
    ) -> dict[str, float]:
        """Train for `total` steps, from the last checkpoint on, and return the held-out figures.

        Args:
            epochs: The batches of each epoch; the same again when a run is resumed.
            total: Steps.
            loss_of: The loss of a batch.
            measure: The held-out figures.
            measure_every: Steps.
        """
        step, done = 0, self._resume()
        saved = time.monotonic()
        for batch in (batch for epoch in epochs for batch in epoch):
            step += 1
            if step > total:
                break
            if step <= done:
                continue
            loss = self._step(loss_of(batch, self.device), step / total)
            if step % 20 == 0:
                logger.info("step %d of %d, loss %.3f", step, total, loss)
            if step % measure_every == 0:
                logger.info("held out %s", measure(self.device))
            if time.monotonic() - saved > self.SAVE_EVERY:
                self._save(step)
                saved = time.monotonic()
        self._save(min(step, total))
        return dict(measure(self.device))

    def _step(self, loss: Tensor, share: float) -> float:
        for place in self.optimizer.param_groups:
            place["lr"] = self.schedule.rate(share)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.trained().values(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return float(loss.detach())

    def _save(self, step: int) -> None:
        state = {f"network.{name}": p.detach() for name, p in self.network.trained().items()}
        names = {id(p): name for name, p in self.network.trained().items()}
        for parameter, moments in self.optimizer.state.items():
            for key, value in moments.items():
                state[f"{key}.{names[id(parameter)]}"] = value
        path = self.folder / "checkpoint.safetensors"
        save_file(state, path.with_suffix(".part"), {"step": str(step)})
        path.with_suffix(".part").replace(path)

    def _resume(self) -> int:
        path = self.folder / "checkpoint.safetensors"
        if not path.exists():
            return 0
        state = load_file(path)
        with torch.no_grad():
            for name, parameter in self.network.trained().items():
                parameter.copy_(state[f"network.{name}"])
                self.optimizer.state[parameter] = {
                    key: state[f"{key}.{name}"] for key in ("step", "exp_avg", "exp_avg_sq")
                }
        with safe_open(path, "pt") as file:
            return int(file.metadata()["step"])


def save_trained(network: Trainable, path: Path) -> None:
    """Write what training changed, in half precision, as safetensors."""
    save_file(
        {n: p.detach().to(torch.float16).contiguous().cpu() for n, p in network.trained().items()},
        path,
    )
