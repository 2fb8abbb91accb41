"""Texts to unit vectors: the bundled MiniLM compiled for the CPU, or a model by name.

One pass over a passage gives its vector and, pooled from the same token states, one vector a
sentence. All vectors have length 1, so that a dot product is a cosine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.article import Span
from index.compiled import Compiled, padded
from index.export import BUNDLED_DIGESTS, BUNDLED_NAME, prepare

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
Offsets = NDArray[np.int64]

# Pooling, limit and heading; a change makes vectors incomparable, so it is in the fingerprint.
_RECIPE = "mean-256-heading-1"
# Batches of 4 to 16 passages of like length are equally fast; larger ones leave the cache.
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded of a chunk.

    Attributes:
        text: A heading line, a line break and the chunk's text.
        sentences: Where each sentence of the chunk stands within `text`.
    """

    text: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The (d,) unit vector of a passage and the (n, d) unit vectors of its n sentences."""

    vector: Vectors
    sentences: Vectors


class Embedder(Protocol):
    """Turns texts into unit vectors.

    Attributes:
        fingerprint: Model, dimension, digest of the weights and recipe. Vectors may be compared
            only where it is the same.
        dimension: Components of a vector.
        limit: The most word pieces that are read, with the two marks around a text.
    """

    fingerprint: str
    dimension: int
    limit: int

    def fits(self, text: str) -> bool:
        """Return whether the whole text is read."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return the (d,) vector of a question; a tail beyond the limit is not read."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return the (n, d) vectors of n texts; tails beyond the limit are not read."""
        ...

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        """Return the vectors of passages and their sentences; ValueError if one does not fit."""
        ...


def open_embedder(model: str = "bundled", cache: Path | None = None, threads: int = 1) -> Embedder:
    """Return the embedder of that name; ModelError if it is missing, altered or unsafe.

    Args:
        model: "bundled", the folder of a sentence-transformers model, or the name of one that
            was downloaded to this machine before.
        cache: Where the compiled bundled model is kept; see `index.export.cache_folder`.
        threads: CPU threads of the bundled model.
    """
    if model == "bundled":
        return CompiledMiniLM(prepare(cache=cache), threads)
    from index.embed_torch import SentenceTransformersEmbedder  # imports torch

    return SentenceTransformersEmbedder(model)


def unit(vector: Vectors) -> Vectors:
    """Return the vector, or each row of a matrix, scaled to length 1 as float32."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    scaled: Vectors = (vector / np.maximum(length, 1e-12)).astype(np.float32)
    return scaled


def pieces_of(span: Span, offsets: Offsets) -> slice:
    """Return which word pieces overlap a span of the text; perhaps none.

    Args:
        span: A span of the text that was tokenised.
        offsets: (t, 2) code point starts and ends of the t pieces; (0, 0) for the marks around.
    """
    inside = np.flatnonzero((offsets[:, 0] < span.end) & (offsets[:, 1] > span.start))
    return slice(int(inside[0]), int(inside[-1]) + 1) if len(inside) else slice(0, 0)


class CompiledMiniLM:
    """The bundled MiniLM in OpenVINO: bf16 where the CPU has it, one thread, no torch."""

    dimension = 384
    limit = 256
    fingerprint = f"{BUNDLED_NAME} 384 {BUNDLED_DIGESTS['model.safetensors']} {_RECIPE}"

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the model that `index.export.prepare` put into `folder`."""
        self._tokenizer = open_tokenizer(folder)
        self._model = Compiled(folder / "model.xml", threads)

    def fits(self, text: str) -> bool:
        """Return whether the whole text is read."""
        return len(self._tokenizer.encode(text).ids) <= self.limit

    def embed_query(self, text: str) -> Vectors:
        """Return the (d,) vector of a question; a tail beyond the limit is not read."""
        row: Vectors = self.embed_texts([text])[0]
        return row

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return the (n, d) vectors of n texts; tails beyond the limit are not read."""
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        ids = [self._ids(text) for text in texts]
        for position, states in self._token_states(ids):
            rows[position] = states.mean(axis=0)
        return unit(rows)

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        """Return the vectors of passages and their sentences; ValueError if one does not fit."""
        rows, offsets = [], []
        for passage in passages:
            encoding = self._tokenizer.encode(passage.text)
            if len(encoding.ids) > self.limit:
                raise ValueError(
                    f"a passage has {len(encoding.ids)} word pieces, at most {self.limit} are read"
                )
            rows.append(encoding.ids)  # the whole encoding would take 80 kB
            offsets.append(np.array(encoding.offsets, dtype=np.int64))
        vectors: dict[int, PassageVectors] = {}
        for position, states in self._token_states(rows):
            vectors[position] = _pool(states, passages[position], offsets[position])
        return [vectors[position] for position in range(len(passages))]

    def _ids(self, text: str) -> list[int]:
        """Return the ids of a text's word pieces, cut to the limit but for the closing mark."""
        # Tokenising megabytes takes seconds; words rarely have 100 code points a piece.
        ids: list[int] = self._tokenizer.encode(text[: 100 * self.limit]).ids
        return ids if len(ids) <= self.limit else [*ids[: self.limit - 1], ids[-1]]

    def _token_states(self, rows: Sequence[list[int]]) -> Iterator[tuple[int, Vectors]]:
        """Yield each row's position and its (t, d) token states, in batches of like length.

        The states are valid until the next one is asked for.
        """
        order = sorted(range(len(rows)), key=lambda position: len(rows[position]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            ids = np.zeros((len(batch), padded(len(rows[batch[-1]]))), dtype=np.int64)
            mask = np.zeros_like(ids)
            for line, position in enumerate(batch):
                ids[line, : len(rows[position])] = rows[position]
                mask[line, : len(rows[position])] = 1
            with self._model.request() as request:
                states = request.infer([ids, mask], share_inputs=True, share_outputs=True)[0]
                for line, position in enumerate(batch):
                    yield position, states[line, : len(rows[position])]


def _pool(states: Vectors, passage: Passage, offsets: Offsets) -> PassageVectors:
    """Average all token states, as the model was trained to, and those of each sentence."""
    whole = states.mean(axis=0)
    rows = np.empty((len(passage.sentences), states.shape[1]), dtype=np.float32)
    for row, span in enumerate(passage.sentences):
        inside = states[pieces_of(span, offsets)]
        rows[row] = inside.mean(axis=0) if len(inside) else whole
    return PassageVectors(unit(whole), unit(rows))


def open_tokenizer(folder: Path) -> Tokenizer:
    """Return the bundled model's tokenizer, which neither pads nor cuts."""
    from tokenizers import Tokenizer  # with OpenVINO .2 CPU seconds, only models need them

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
