"""Which words of earlier turns belong to a follow-up: the trained model at work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpus.article import Span
from index.compiled import Compiled, padded
from index.embed import open_tokenizer
from qa.resolve.export import prepare_terms
from qa.resolve.phrases import Weighed
from qa.resolve.said import Said, write_row

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class TermModel(Protocol):
    """Weighs the words of earlier turns.

    Attributes:
        fingerprint: Of its weights; what changes it may change answers.
    """

    fingerprint: str

    def weigh(self, question: str, said: Sequence[Said], /) -> list[Weighed]:
        """Return, for each text, its words with how likely each belongs to the follow-up."""
        ...


def open_terms(cache: Path | None = None, threads: int = 1) -> TermModel:
    """Return the trained model; ModelError if it is missing or altered.

    Args:
        cache: Where the compiled model is kept; see `index.export.cache_folder`.
        threads: CPU threads that it uses.
    """
    return CompiledTerms(prepare_terms(cache=cache), threads)


class CompiledTerms:
    """The trained model in OpenVINO; loaded when the first follow-up comes."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the model that `qa.resolve.export.prepare_terms` put into `folder`."""
        self._folder, self._threads = folder, threads
        self.fingerprint = folder.name

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return open_tokenizer(self._folder)

    @cached_property
    def _model(self) -> Compiled:
        return Compiled(self._folder / "model.xml", self._threads)

    def weigh(self, question: str, said: Sequence[Said]) -> list[Weighed]:
        """Return, for each text, its words with how likely each belongs to the follow-up."""
        row = write_row(self._tokenizer, question, said)
        length = len(row.ids)
        ids = np.zeros((1, padded(length)), dtype=np.int64)
        mask, segments = np.zeros_like(ids), np.zeros_like(ids)
        ids[0, :length] = row.ids
        mask[0, :length] = 1
        segments[0, row.segment : length] = 1
        with self._model.request() as request:
            (logits,) = request.infer([ids, mask, segments]).values()
        chances = 1 / (1 + np.exp(-logits[0].astype(np.float64)))
        weighed: list[list[tuple[Span, float]]] = [[] for _ in said]
        for text, span, piece in row.words:
            weighed[text].append((span, float(chances[piece])))
        return [tuple(words) for words in weighed]
