"""What a batch of groups costs, and how good the network is on groups held out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from qa.reader.network import ReaderNetwork
from qa.reader.training.groups import Group, Labelled
from qa.reader.window import pad_rows


def loss_of(network: ReaderNetwork, batch: Sequence[Group], device: torch.device) -> Tensor:
    """Return the mean loss of a batch: "does it answer" alone and within the group, and span."""
    flat = [each for group in batch for each in group]
    ids, mask, segments = (
        torch.from_numpy(part).to(device) for part in pad_rows([each.row for each in flat])
    )
    with torch.autocast(device.type, torch.bfloat16):
        answers, spans = network(ids, mask, segments)
    right = torch.tensor([float(each.answers) for each in flat], device=device)
    alone = functional.binary_cross_entropy_with_logits(answers, right)
    within = _loss_within(answers, batch)
    spans = spans.masked_fill(_unanswering(flat, spans.shape[1]).to(device)[..., None], -1e4)
    start, end = (
        functional.cross_entropy(
            spans[..., side],
            torch.tensor([(each.start, each.end)[side] for each in flat], device=device),
            ignore_index=-1,
        )
        for side in (0, 1)
    )
    return alone + within + (start + end) / 2


def _loss_within(answers: Tensor, batch: Sequence[Group]) -> Tensor:
    """Return how far each group's answering window, its first, is from being preferred."""
    losses, at = [], 0
    for group in batch:
        if len(group) > 1 and group[0].answers:
            losses.append(-torch.log_softmax(answers[at : at + len(group)], dim=0)[0])
        at += len(group)
    return torch.stack(losses).mean() if losses else answers.sum() * 0


def _unanswering(flat: Sequence[Labelled], width: int) -> Tensor:
    """Return which word pieces cannot be an answer, (n, width): all but [CLS] and the window's."""
    barred = torch.ones(len(flat), width, dtype=torch.bool)
    barred[:, 0] = False
    for line, each in enumerate(flat):
        row = each.row
        barred[line, row.first : row.first + len(row.offsets)] = False
    return barred


@torch.no_grad()  # type: ignore[untyped-decorator]
def measure(
    network: ReaderNetwork, groups: Sequence[Group], device: torch.device
) -> dict[str, float]:
    """Return figures on held-out groups.

    ``first``: share of groups whose answering window is preferred; ``auc``: of answering over
    other windows; ``exact``: share of answering windows with exactly the right span preferred.
    """
    network.eval()
    first: list[float] = []
    exact: list[float] = []
    positive: list[float] = []
    negative: list[float] = []
    for start in range(0, len(groups), 16):
        batch = groups[start : start + 16]
        flat = [each for group in batch for each in group]
        ids, mask, segments = (
            torch.from_numpy(part).to(device) for part in pad_rows([each.row for each in flat])
        )
        with torch.autocast(device.type, torch.bfloat16):
            answers, spans = network(ids, mask, segments)
        barred = _unanswering(flat, spans.shape[1]).to(device)
        barred[:, 0] = True
        best = spans.masked_fill(barred[..., None], -1e4).argmax(1)
        at = 0
        for group in batch:
            scores = answers[at : at + len(group)]
            if group[0].answers and len(group) > 1:
                first.append(float(scores.argmax() == 0))
            for each, score, place in zip(group, scores, best[at:], strict=False):
                (positive if each.answers else negative).append(float(score))
                if each.start > 0:
                    exact.append(float(place.tolist() == [each.start, each.end]))
            at += len(group)
    network.train()
    order = np.searchsorted(np.sort(negative), positive)
    return {
        "first": round(float(np.mean(first)), 4),
        "auc": round(float(np.mean(order) / max(len(negative), 1)), 4),
        "exact": round(float(np.mean(exact)), 4),
    }
