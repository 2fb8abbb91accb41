"""The network that weighs the words of earlier turns: the bundled MiniLM with one head."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from qa.network import BundledEncoder

DROPOUT = 0.1


class TermNetwork(BundledEncoder):
    """Reads rows of a follow-up and what was said before; see `qa.resolve.said`."""

    def __init__(self, folder: Path) -> None:
        """Start from the bundled model in `folder`."""
        super().__init__(folder, DROPOUT, DROPOUT)
        self.terms = nn.Sequential(
            nn.Dropout(DROPOUT), nn.Linear(self.width, self.width), nn.GELU(),
            nn.Linear(self.width, 1),
        )  # fmt: skip

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        """Return, for each word piece, the logit that its word belongs to the follow-up, (n, t)."""
        logits: Tensor = self.terms(self.states(ids, mask, segments))[..., 0].float()
        return logits
