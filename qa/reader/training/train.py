"""Train the reader: ``python -m qa.reader.training.train SPANS.jsonl.gz PAIRS.jsonl.gz FOLDER``.

Uses a GPU where there is one, else all CPU cores, in bfloat16. A run in FOLDER is continued from
its last checkpoint; a finished one is left alone. FOLDER then holds ``reader.safetensors`` (what
training changed, in half precision) and ``training.json`` (recipe, seed, digests, figures).
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from index.embed import open_embedder, open_tokenizer
from index.export import bundled_folder, file_digest
from qa.reader.network import ReaderNetwork
from qa.reader.training.groups import Group, Groups, Recipe
from qa.reader.training.losses import loss_of, measure
from qa.reader.training.records import Asking, Passage, read_pairs, read_spans
from qa.reader.training.swaps import Swapper, related_words
from qa.reader.words import is_stop_word, words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

_POOL = 60
_COMMON = 3


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train.

    Attributes:
        epochs: Passes over the questions; a part of one is possible.
        batch: Windows a step, about.
        peak: The highest learning rate, reached after `warm_up` of all steps; it falls to nothing.
        seed: Of the order, the groups and the heads.
    """

    epochs: float = 2.0
    batch: int = 48
    peak: float = 1.6e-4
    warm_up: float = 0.06
    decay: float = 0.01
    seed: int = 1


def neighbours_of(
    askings: Sequence[Asking], passages: Sequence[Passage], count: int = 8
) -> NDArray[np.int64]:
    """Return the passages nearest to each question by the bundled model, shape (n, count)."""
    embedder = open_embedder(threads=2)
    vectors = embedder.embed_texts([f"{p.title}\n{p.text}" for p in passages])
    found = np.empty((len(askings), count), dtype=np.int64)
    for start in range(0, len(askings), 500):
        part = embedder.embed_texts([a.question for a in askings[start : start + 500]])
        scores = part @ vectors.T
        best = np.argpartition(-scores, count, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        found[start : start + 500] = np.take_along_axis(best, order, axis=1)
    return found


def swapper_of(askings: Sequence[Asking], tokenizer: Tokenizer, network: ReaderNetwork) -> Swapper:
    """Return a swapper over all questions, its nouns related by the model's word embeddings."""
    counts: dict[str, int] = {}
    for asking in askings:
        for word in words(asking.question):
            if word.islower() and len(word) > 3 and not is_stop_word(word):
                counts[word] = counts.get(word, 0) + 1
    common = [w for w, n in counts.items() if n >= _COMMON and tokenizer.token_to_id(w)]
    ids = [tokenizer.token_to_id(word) for word in common]
    table = network.bert.embeddings.word_embeddings.weight.detach().float().numpy()

    def embed(names: Sequence[str]) -> NDArray[np.float32]:
        encoded = tokenizer.encode_batch(list(names), add_special_tokens=False)
        means = [table[each.ids].mean(axis=0) for each in encoded]
        vectors = np.array(means, dtype=np.float32).reshape(len(names), table.shape[1])
        unit: NDArray[np.float32] = vectors / np.maximum(
            np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9
        )
        return unit

    return Swapper((a.question for a in askings), related_words(common, table[ids]), embed)


def batches(groups: Groups, numbers: Sequence[int], epoch: int, size: int) -> Iterator[list[Group]]:
    """Yield the groups of an epoch in batches of about `size` windows of like length."""
    order = np.random.default_rng([groups.seed, epoch]).permutation(numbers)
    pool: list[Group] = []
    chance = np.random.default_rng([groups.seed, epoch, 1])
    for place, number in enumerate(order, start=1):
        if group := groups.draw(int(number), epoch):
            pool.append(group)
        if sum(map(len, pool)) >= _POOL * size or place == len(order):
            yield from _in_batches(pool, size, chance)
            pool = []


def _in_batches(pool: list[Group], size: int, chance: np.random.Generator) -> Iterator[list[Group]]:
    pool.sort(key=lambda group: max(len(each.row.ids) for each in group))
    ready: list[list[Group]] = [[]]
    for group in pool:
        if sum(map(len, ready[-1])) >= size:
            ready.append([])
        ready[-1].append(group)
    for place in chance.permutation(len(ready)):
        yield ready[place]


class Run:
    """A training run in a folder; a checkpoint is written every `SAVE_EVERY` seconds."""

    SAVE_EVERY = 180.0

    def __init__(
        self, folder: Path, groups: Groups, network: ReaderNetwork, schedule: Schedule
    ) -> None:
        """Prepare; `groups` hold the questions of both splits."""
        self.folder, self.groups, self.network, self.schedule = folder, groups, network, schedule
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network.to(self.device)
        self.optimizer = torch.optim.AdamW(
            network.trained().values(), lr=0.0, weight_decay=schedule.decay, fused=True
        )
        numbers = range(len(groups.askings))
        self.train = [n for n in numbers if groups.askings[n].split == "train"]
        held_out = [n for n in numbers if groups.askings[n].split == "dev"]
        self.held_out = [
            g for n in held_out[:: max(len(held_out) // 500, 1)] if (g := groups.draw(n, 0))
        ]

    def steps(self) -> int:
        """Return how many steps the run has, about: batches vary in size."""
        drawn = [len(self.groups.draw(n, 0)) for n in self.train[:: max(len(self.train) // 400, 1)]]
        windows = float(np.mean(drawn)) * len(self.train) * self.schedule.epochs
        return max(int(windows / (self.schedule.batch + 2)), 1)

    def __call__(self, measure_every: int = 400) -> dict[str, float]:
        """Train to the end and return the held-out figures."""
        total, step, done = self.steps(), 0, self._resume()
        saved, began, seen = time.monotonic(), time.monotonic(), 0
        for epoch in range(int(np.ceil(self.schedule.epochs))):
            for batch in batches(self.groups, self.train, epoch, self.schedule.batch):
                step += 1
                if step > total:
                    break
                if step <= done:
                    continue
                for place in self.optimizer.param_groups:
                    place["lr"] = self.rate(step / total)
                loss = loss_of(self.network, batch, self.device)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.network.trained().values(), 1.0)
                self.optimizer.step()
                self.optimizer.zero_grad()
                seen += sum(map(len, batch))
                if step % 20 == 0:
                    speed = seen / (time.monotonic() - began)
                    logger.info(
                        "step %d of %d, loss %.3f, %.0f windows/s", step, total, loss.item(), speed
                    )
                if step % measure_every == 0:
                    logger.info("held out %s", measure(self.network, self.held_out, self.device))
                if time.monotonic() - saved > self.SAVE_EVERY:
                    self._save(step)
                    saved = time.monotonic()
        self._save(min(step, total))
        figures: dict[str, float] = measure(self.network, self.held_out, self.device)
        return figures

    def rate(self, share: float) -> float:
        """Return the learning rate when this share of all steps is done."""
        rising = share / self.schedule.warm_up
        falling = (1 - share) / (1 - self.schedule.warm_up)
        return self.schedule.peak * max(min(rising, falling), 0.0)

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
        from safetensors import safe_open

        state = load_file(path)
        with torch.no_grad():
            for name, parameter in self.network.trained().items():
                parameter.copy_(state[f"network.{name}"])
                self.optimizer.state[parameter] = {
                    key: state[f"{key}.{name}"] for key in ("step", "exp_avg", "exp_avg_sq")
                }
        with safe_open(path, "pt") as file:
            return int(file.metadata()["step"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spans", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the questions, 0 to 1")
    parser.add_argument("--epochs", type=float, default=Schedule().epochs)
    parser.add_argument("--peak", type=float, default=Schedule().peak, help="learning rate")
    parser.add_argument("--seed", type=int, default=Schedule().seed)
    parser.add_argument(
        "--start", type=Path, metavar="WEIGHTS", help="of an earlier run, to go on from"
    )
    for name, value in asdict(Recipe()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    recipe = Recipe(**{name: getattr(given, name) for name in asdict(Recipe())})
    schedule = Schedule(epochs=given.epochs, peak=given.peak, seed=given.seed)
    given.folder.mkdir(parents=True, exist_ok=True)
    run = prepare_run(given.spans, given.pairs, given.folder, given.share, recipe, schedule)
    if given.start:
        run.network.load_trained(load_file(given.start))
    figures = run()
    save_file(
        {
            n: p.detach().to(torch.float16).contiguous().cpu()
            for n, p in run.network.trained().items()
        },
        given.folder / "reader.safetensors",
    )
    summary = {
        "recipe": asdict(recipe),
        "schedule": asdict(schedule),
        "share": given.share,
        "start": file_digest(given.start) if given.start else None,
        "data": {path.name: file_digest(path) for path in (given.spans, given.pairs)},
        "weights": file_digest(given.folder / "reader.safetensors"),
        "held_out": figures,
    }
    (given.folder / "training.json").write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def prepare_run(
    spans: Path, pairs: Path, folder: Path, share: float, recipe: Recipe, schedule: Schedule
) -> Run:
    """Read the data, find what each question retrieves, and return the run."""
    askings = [*read_spans(spans), *read_pairs(pairs)]
    if share < 1:
        chosen = np.random.default_rng(schedule.seed).random(len(askings)) < share
        askings = [asking for asking, keep in zip(askings, chosen, strict=True) if keep]
    passages = list({id(a.passage): a.passage for a in askings}.values())
    logger.info("%d questions about %d passages", len(askings), len(passages))
    cached = folder / "neighbours.npy"
    neighbours = np.load(cached) if cached.exists() else neighbours_of(askings, passages)
    np.save(cached, neighbours)
    torch.manual_seed(schedule.seed)
    network = ReaderNetwork(bundled_folder())
    tokenizer = open_tokenizer(bundled_folder())
    swapper = swapper_of(askings, tokenizer, network)
    groups = Groups(askings, neighbours, passages, swapper, tokenizer, recipe, schedule.seed)
    return Run(folder, groups, network, schedule)


if __name__ == "__main__":
    sys.exit(main())
