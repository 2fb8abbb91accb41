"""Any sentence-transformers model as an embedder: it needs torch, and is slower than the bundled.

How it is found, and what is refused: see `index.local_models`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Span
from corpus.errors import ModelError
from index.embed import Offsets, Passage, PassageVectors, Vectors, pieces_of, unit
from index.local_models import folder_of, loading, read_json, weights_digest

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_RECIPE = "sentence-transformers-1"


class SentenceTransformersEmbedder:
    """A sentence-transformers model on the CPU; its own pooling, also for single sentences."""

    def __init__(self, model: str, threads: int = 1) -> None:
        """Load a model by folder or name; ModelError if it is missing, damaged or unsafe."""
        folder = folder_of(model)
        _refuse_code(folder)
        weights = weights_digest(folder, nested=True)
        self._model = _load(folder, threads)
        self._prefix = (self._model.prompts or {}).get("document", "")
        self.limit = self._model.max_seq_length or 512
        self.dimension = len(self.embed_query(""))
        self.fingerprint = f"{model} {self.dimension} {weights} {_RECIPE}"

    def fits(self, text: str) -> bool:
        """Return whether the whole text is read."""
        return len(self._offsets(text)) <= self.limit

    def embed_query(self, text: str) -> Vectors:
        """Return the (d,) vector of a question; a tail beyond the limit is not read."""
        return unit(self._model.encode_query(text, show_progress_bar=False))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return the (n, d) vectors of n texts; tails beyond the limit are not read."""
        rows = self._model.encode_document(list(texts), show_progress_bar=False)
        return unit(np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimension))

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        """Return the vectors of passages and their sentences; ValueError if one does not fit."""
        offsets = [self._offsets(passage.text) for passage in passages]
        longest = max((len(rows) for rows in offsets), default=0)
        if longest > self.limit:
            raise ValueError(f"a passage has {longest} word pieces, at most {self.limit} are read")
        read = self._model.encode_document(
            [passage.text for passage in passages], output_value=None, show_progress_bar=False
        )
        return [
            self._pooled(features, passage, rows)
            for features, passage, rows in zip(read, passages, offsets, strict=True)
        ]

    def _offsets(self, text: str) -> Offsets:
        """Return the (t, 2) code point offsets of the prompt's and the text's word pieces."""
        encoded = self._model.tokenizer(
            self._prefix + text, return_offsets_mapping=True, verbose=False
        )
        return np.array(encoded["offset_mapping"], dtype=np.int64).reshape(-1, 2)

    def _pooled(
        self, features: dict[str, torch.Tensor], passage: Passage, offsets: Offsets
    ) -> PassageVectors:
        """Pool the passage and each sentence's slice of token states by the model's own rule."""
        states = features["token_embeddings"][features["attention_mask"].bool()]
        whole = features["sentence_embedding"].numpy()
        rows = np.empty((len(passage.sentences), self.dimension), dtype=np.float32)
        for row, span in enumerate(passage.sentences):
            shifted = Span(span.start + len(self._prefix), span.end + len(self._prefix))
            inside = states[pieces_of(shifted, offsets)]
            rows[row] = self._pool(inside) if len(inside) else whole
        return PassageVectors(unit(whole), unit(rows))

    def _pool(self, states: torch.Tensor) -> Vectors:
        """Return the vector that the modules after the transformer make of (t, d) token states."""
        mask = states.new_ones((1, len(states)), dtype=int)
        features = {"token_embeddings": states[None], "attention_mask": mask}
        for module in list(self._model)[1:]:
            features = module(features)
        vector: Vectors = features["sentence_embedding"][0].numpy()
        return vector


def _load(folder: Path, threads: int) -> SentenceTransformer:
    """Return the model, loaded from its folder alone and without running any code of it."""
    with loading(folder, threads):
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        ).eval()


def _refuse_code(folder: Path) -> None:
    """Raise ModelError if a model names modules of its own, which would be run as code."""
    modules = folder / "modules.json"
    if not modules.is_file():
        raise ModelError(f"E_MODEL {modules}: missing, so this is no sentence-transformers model")
    try:
        kinds = [str(module["type"]) for module in read_json(modules)]
    except (KeyError, TypeError) as error:
        raise ModelError(f"E_MODEL {modules}: not a list of modules: {error}") from error
    for kind in kinds:
        if not kind.startswith("sentence_transformers."):
            raise ModelError(f"E_MODEL {modules}: {kind} is code of its own, which is never run")
