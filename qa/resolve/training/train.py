"""Train the term model: ``python -m qa.resolve.training.train REWRITES SPANS FOLDER``.

First on follow-ups made of questions about one text, then on follow-ups that a person wrote out in
full, mixed with some of the made ones. Uses a GPU where there is one, else all CPU cores, in
bfloat16. A run in FOLDER is continued from its last checkpoint. FOLDER then holds
``terms.safetensors`` (what training changed, in half precision) and ``training.json``.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from index.embed import open_tokenizer
from index.export import bundled_folder, file_digest
from qa.reader.training.records import read_spans
from qa.reader.words import content_stems
from qa.resolve.network import TermNetwork
from qa.resolve.training.made import made_of
from qa.resolve.training.rewrites import Marked, mark, read_rewrites
from qa.training import Schedule, Training, save_trained

logger = logging.getLogger(__name__)

# A word that belongs counts more than one that does not: there are few.
BELONGING_WEIGHT = 1.5
LEAST = 0.5
_POOL = 16


def batches(marked: Sequence[Marked], epoch: int, schedule: Schedule) -> Iterator[list[Marked]]:
    """Yield the follow-ups of an epoch in batches of like length."""
    chance = np.random.default_rng([schedule.seed, epoch])
    order = chance.permutation(len(marked))
    pool = schedule.batch * _POOL
    for start in range(0, len(order), pool):
        alike = sorted(order[start : start + pool], key=lambda i: len(marked[i].row.ids))
        starts = range(0, len(alike), schedule.batch)
        for place in chance.permutation(len(starts)):
            first = starts[place]
            yield [marked[i] for i in alike[first : first + schedule.batch]]


def padded(batch: Sequence[Marked]) -> tuple[NDArray[np.int64], ...]:
    """Return ids, mask and segments, each (n, longest)."""
    longest = max(len(each.row.ids) for each in batch)
    ids = np.zeros((len(batch), longest), dtype=np.int64)
    mask, segments = np.zeros_like(ids), np.zeros_like(ids)
    for line, each in enumerate(batch):
        length = len(each.row.ids)
        ids[line, :length] = each.row.ids
        mask[line, :length] = 1
        segments[line, each.row.segment : length] = 1
    return ids, mask, segments


def logits_of(network: TermNetwork, batch: Sequence[Marked], device: torch.device) -> list[Tensor]:
    """Return the logits of each follow-up's content words."""
    ids, mask, segments = (torch.from_numpy(part).to(device) for part in padded(batch))
    with torch.autocast(device.type, torch.bfloat16):
        logits = network(ids, mask, segments)
    return [logits[line, list(each.places)] for line, each in enumerate(batch)]


def loss_of(network: TermNetwork, batch: Sequence[Marked], device: torch.device) -> Tensor:
    """Return the mean weighted cross-entropy of all content words."""
    logits = torch.cat(logits_of(network, batch, device))
    belongs = torch.tensor([b for each in batch for b in each.belongs], device=device)
    weights = torch.where(belongs > 0, BELONGING_WEIGHT, 1.0)
    return functional.binary_cross_entropy_with_logits(logits, belongs, weight=weights)


@torch.no_grad()  # type: ignore[untyped-decorator]
def measure(
    network: TermNetwork, held_out: Sequence[Marked], device: torch.device, least: float = LEAST
) -> dict[str, float]:
    """Return figures on held-out follow-ups, words counted by their stems.

    ``found``: share of the words added by the person and said before that are found; ``right``:
    share of the words found that the person's question has; ``unchanged``: share of the follow-ups
    to which the person added nothing said before and for which nothing is found.
    """
    network.eval()
    found = wanted = given = right = 0
    unchanged = []
    for start in range(0, len(held_out), 32):
        batch = held_out[start : start + 32]
        for each, logits in zip(batch, logits_of(network, batch, device), strict=True):
            own = {*content(each.rewrite.question)}
            chosen = {
                s for s, x in zip(each.stems, logits, strict=True) if torch.sigmoid(x) >= least
            } - own
            said = {stem for text in each.rewrite.said for stem in content(text.text)}
            added = each.rewrite.added & said
            wanted, found = wanted + len(added), found + len(added & chosen)
            given, right = given + len(chosen), right + len(chosen & content(each.rewrite.full))
            unchanged += [not chosen] if each.rewrite.full == each.rewrite.question else []
    network.train()
    return {
        "found": round(found / max(wanted, 1), 4),
        "right": round(right / max(given, 1), 4),
        "unchanged": round(float(np.mean(unchanged)), 4) if unchanged else 1.0,
    }


def content(text: str) -> frozenset[str]:
    """Return the stems of the content words of a text."""
    return frozenset(content_stems(text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rewrites", type=Path)
    parser.add_argument("spans", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--held-out", type=Path, required=True, help="rewrites to measure on")
    parser.add_argument(
        "--start", type=Path, metavar="WEIGHTS", help="of the reader, to start from"
    )
    parser.add_argument("--share", type=float, default=1.0, help="of the follow-ups, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    given.folder.mkdir(parents=True, exist_ok=True)
    tokenizer = open_tokenizer(bundled_folder())
    chance = np.random.default_rng(given.seed)
    made, written = (
        [mark(r, tokenizer) for r in rewrites if chance.random() < given.share]
        for rewrites in (
            made_of(list(read_spans(given.spans)), given.seed),
            read_rewrites(given.rewrites),
        )
    )
    held_out = [mark(r, tokenizer) for r in read_rewrites(given.held_out)]
    torch.manual_seed(given.seed)
    network = TermNetwork(bundled_folder())
    if given.start:
        load_encoder(network, given.start)
    stages = (
        ("made", made, Schedule(1.0, 32, 1.5e-4, seed=given.seed)),
        (
            "written",
            [*written, *made[: len(written) // 3]],
            Schedule(2.0, 32, 1.2e-4, seed=given.seed),
        ),
    )
    figures: dict[str, float] = {}
    for name, marked, schedule in stages:
        figures = train(network, given.folder / name, marked, held_out, schedule)
        logger.info("after %s: %s", name, figures)
    save_trained(network, given.folder / "terms.safetensors")
    summary = {
        "stages": {name: {"follow_ups": len(m), **asdict(s)} for name, m, s in stages},
        "share": given.share,
        "start": file_digest(given.start) if given.start else None,
        "data": {p.name: file_digest(p) for p in (given.rewrites, given.spans)},
        "weights": file_digest(given.folder / "terms.safetensors"),
        "held_out": figures,
    }
    (given.folder / "training.json").write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def load_encoder(network: TermNetwork, weights: Path) -> None:
    """Start from the encoder of the reader's weights; its heads are left out."""
    stored = load_file(weights)
    own = network.trained()
    network.load_trained(
        {name: stored[name] if name.startswith("bert.") else own[name].detach() for name in own}
    )


def train(
    network: TermNetwork,
    folder: Path,
    marked: Sequence[Marked],
    held_out: Sequence[Marked],
    schedule: Schedule,
) -> dict[str, float]:
    """Train one stage in its folder and return the held-out figures."""
    folder.mkdir(exist_ok=True)
    training: Training[list[Marked]] = Training(folder, network, schedule)
    return training(
        (batches(marked, epoch, schedule) for epoch in range(int(np.ceil(schedule.epochs)))),
        max(int(len(marked) * schedule.epochs / schedule.batch), 1),
        lambda batch, device: loss_of(network, batch, device),
        lambda device: measure(network, held_out, device),
        measure_every=100,
    )


if __name__ == "__main__":
    sys.exit(main())
