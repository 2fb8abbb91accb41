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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from index.embed import open_embedder, open_tokenizer
from index.export import bundled_folder, file_digest
from qa.reader.network import ReaderNetwork
from qa.reader.training.groups import Group, Groups, Recipe
from qa.reader.training.losses import loss_of, measure
from qa.reader.training.records import Asking, Passage, read_pairs, read_spans
from qa.reader.training.swaps import Swapper, related_words
from qa.reader.words import is_stop_word, words
from qa.training import Schedule, Training, save_trained

if TYPE_CHECKING:
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

_POOL = 60
_COMMON = 3


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
    """A training run of the reader in a folder."""

    def __init__(
        self, folder: Path, groups: Groups, network: ReaderNetwork, schedule: Schedule
    ) -> None:
        """Prepare; `groups` hold the questions of both splits."""
        self.groups, self.network, self.schedule = groups, network, schedule
        self.training: Training[list[Group]] = Training(folder, network, schedule)
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
        return self.training(
            (
                batches(self.groups, self.train, epoch, self.schedule.batch)
                for epoch in range(int(np.ceil(self.schedule.epochs)))
            ),
            self.steps(),
            lambda batch, device: loss_of(self.network, batch, device),
            lambda device: measure(self.network, self.held_out, device),
            measure_every,
        )


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
    parser.add_argument(
        "--keep", type=float, default=0.0, help="share of the start's weights in the result, 0 to 1"
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
    if given.start and given.keep:
        run.network.load_trained(blended(run.network.trained(), load_file(given.start), given.keep))
        figures = measure(run.network, run.held_out, run.training.device)
    save_trained(run.network, given.folder / "reader.safetensors")
    summary = {
        "recipe": asdict(recipe),
        "schedule": asdict(schedule),
        "share": given.share,
        "start": file_digest(given.start) if given.start else None,
        "keep": given.keep,
        "data": {path.name: file_digest(path) for path in (given.spans, given.pairs)},
        "weights": file_digest(given.folder / "reader.safetensors"),
        "held_out": figures,
    }
    (given.folder / "training.json").write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def blended(
    trained: Mapping[str, Tensor], start: Mapping[str, Tensor], keep: float
) -> dict[str, Tensor]:
    """Return the mean of both weights, the start's counting `keep`, 0 to 1.

    Means of a network and of what it was trained on from are better on other questions than either
    (Wortsman et al., Robust fine-tuning of zero-shot models, 2022).
    """
    halved = {name: p.detach().to(torch.float16).cpu() for name, p in trained.items()}
    return {name: (1 - keep) * p.float() + keep * start[name].float() for name, p in halved.items()}


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
