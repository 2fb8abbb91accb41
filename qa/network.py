"""What the networks trained here share: the bundled MiniLM, its word embeddings kept."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn


class BundledEncoder(nn.Module):
    """The bundled MiniLM, to be extended with heads.

    No dropout inside by default: it costs a third of the speed on a CPU.
    """

    def __init__(self, folder: Path, embedding_dropout: float = 0.1, dropout: float = 0.0) -> None:
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
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
            local_files_only=True,
            use_safetensors=True,
        )
        self.bert.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
        self.bert.embeddings.dropout.p = embedding_dropout
        self.width: int = self.bert.config.hidden_size

    def states(self, ids: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        """Return the state of each word piece, (n, t, width)."""
        states: Tensor = self.bert(
            input_ids=ids, attention_mask=mask, token_type_ids=segments
        ).last_hidden_state
        return states

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
