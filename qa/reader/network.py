"""The reader's network in torch: the bundled MiniLM with two heads."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from qa.network import BundledEncoder


class ReaderNetwork(BundledEncoder):
    """Reads rows of a question and a window; see `qa.reader.window`."""

    def __init__(self, folder: Path, embedding_dropout: float = 0.1) -> None:
        """Start from the bundled model in `folder`."""
        super().__init__(folder, embedding_dropout)
        self.dense = nn.Linear(self.width, self.width)
        self.answers = nn.Linear(self.width, 1)
        self.span = nn.Linear(self.width, 2)

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        """Return "does it answer" logits (n,) and start and end logits (n, t, 2)."""
        states = self.states(ids, mask, segments)
        answers = self.answers(torch.tanh(self.dense(states[:, 0])))
        return answers[:, 0].float(), self.span(states).float()
