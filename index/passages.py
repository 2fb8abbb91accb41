"""From a text and its sentences to chunks, what is embedded of them, and the vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from corpus.article import Sentence, Span, day_of
from index.chunks import Chunk, chunk_sentences
from index.embed import Embedder, Passage

# Tokens of the shipped encoding; with the heading this stays below MiniLM's 256 word pieces for
# nearly every text, and `Embedder.fits` decides about the rest.
CHUNK_TOKENS = 180
# A headline is far shorter; a page that calls its whole text a title must leave room for a chunk.
_LONGEST_HEADING = 160


@dataclass(frozen=True, slots=True)
class ChunkedText:
    """A text cut for search: its chunks and, for each, the passage that is embedded."""

    sentences: Sequence[Sentence]
    chunks: Sequence[Chunk]
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class TextVectors:
    """The vectors of one text, all of unit length.

    Attributes:
        chunks: (number of chunks, d) float32.
        sentences: (number of sentences, d) float32.
    """

    chunks: NDArray[np.float32]
    sentences: NDArray[np.float32]


def heading(title: str | None, published: date | datetime | None) -> str:
    """Return the line that goes before a chunk when it is embedded, or an empty string.

    It helps retrieval (most chunks name neither the story nor the time) and never enters a quote.
    """
    day = day_of(published)
    parts = [(title or "")[:_LONGEST_HEADING].strip(), f"({day.isoformat()})" if day else ""]
    line = " ".join(part for part in parts if part)
    return f"{line}\n" if line else ""


def chunk_text(
    text: str,
    sentences: Sequence[Sentence],
    embedder: Embedder,
    *,
    title: str | None,
    published: date | datetime | None,
) -> ChunkedText:
    """Cut a text into chunks that `embedder` reads whole, each with its heading."""
    top = heading(title, published)
    chunks = chunk_sentences(
        text, sentences, limit=CHUNK_TOKENS, fits=lambda piece: embedder.fits(top + piece)
    )
    return ChunkedText(sentences, chunks, [_passage(top, text, c, sentences) for c in chunks])


def _passage(top: str, text: str, chunk: Chunk, sentences: Sequence[Sentence]) -> Passage:
    moved = len(top) - chunk.span.start
    first, last = chunk.sentences
    spans = tuple(
        # A sentence too long for one chunk reaches beyond it.
        Span(max(s.span.start, chunk.span.start) + moved, min(s.span.end, chunk.span.end) + moved)
        for s in sentences[first:last]
    )
    return Passage(top + chunk.span.of(text), spans)


def embed_all(texts: Sequence[ChunkedText], embedder: Embedder) -> list[TextVectors]:
    """Embed several texts at once, which fills batches of equal length better than one by one.

    A sentence that stands in several chunks gets the mean of its vectors.
    """
    found = iter(embedder.embed_passages([p for text in texts for p in text.passages]))
    results = []
    for text in texts:
        sums = np.zeros((len(text.sentences), embedder.dimension), np.float32)
        rows = np.empty((len(text.chunks), embedder.dimension), np.float32)
        for number, chunk in enumerate(text.chunks):
            vectors = next(found)
            rows[number] = vectors.vector
            sums[slice(*chunk.sentences)] += vectors.sentences
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        results.append(TextVectors(rows, sums / np.maximum(lengths, 1e-12)))
    return results
