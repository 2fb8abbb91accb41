"""The reader's network in torch: the bundled MiniLM with two heads."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn


class ReaderNetwork(nn.Module):
    """Reads rows of word pieces; its word embeddings are the bundled model's and stay as they are.

    No dropout inside: it costs a third of the speed on a CPU, and every question is drawn anew in
    each epoch.
    """

    def __init__(self, folder: Path, embedding_dropout: float = 0.1) -> None:
        """Start from the bundled model in `folder`."""
        super().__init__()
        from transformers import AutoModel
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        self.bert = AutoModel.from_pretrained(
            folder,
            attn_implementation="eager",
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            local_files_only=True,
            use_safetensors=True,
        )
        self.bert.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
        self.bert.embeddings.dropout.p = embedding_dropout
        width = self.bert.config.hidden_size
        self.dense = nn.Linear(width, width)
        self.answers = nn.Linear(width, 1)
        self.span = nn.Linear(width, 2)

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        """Return "does it answer" logits (n,) and start and end logits (n, t, 2)."""
        states = self.bert(
            input_ids=ids, attention_mask=mask, token_type_ids=segments
        ).last_hidden_state
        answers = self.answers(torch.tanh(self.dense(states[:, 0])))
        return answers[:, 0].float(), self.span(states).float()

    def trained(self) -> dict[str, Tensor]:
        """Return the parameters that training changes, by name."""
        return {name: p for name, p in self.named_parameters() if p.requires_grad}

    def load_trained(self, weights: dict[str, Tensor]) -> None:
        """Set every parameter that training changes; ValueError unless exactly they are given."""
        own = self.trained()
        if own.keys() != weights.keys():
            raise ValueError(f"not this network's weights: {sorted(own.keys() ^ weights.keys())}")
        with torch.no_grad():
            for name, parameter in own.items():
                parameter.copy_(weights[name])
