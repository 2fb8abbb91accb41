"""From a text and its sentences to chunks, what is embedded of them, and the vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

import numpy as np
from numpy.typing import NDArray

from corpus.article import Sentence, Span, day_of
from index.chunks import Chunk, chunk_sentences
from index.embed import Embedder, Passage, PassageVectors

# Tokens of the shipped encoding; with the heading this stays below MiniLM's 256 word pieces for
# nearly every text, and `Embedder.fits` decides about the rest.
CHUNK_TOKENS = 180
PASSAGES_AT_ONCE = 32
"""Between which a stop is asked for: a second of work, or two on a slow machine."""
PIECES_AT_ONCE = 64
"""Of a text that is cut; a stop is asked for after so many."""
# A headline is far shorter; a page that calls its whole text a title must leave room for a chunk.
_LONGEST_HEADING = 160

Stop = Callable[[], bool]
"""Tells whether a stop was asked for."""


def never() -> bool:
    """Return that no stop was asked for."""
    return False


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
    stop: Stop = never,
) -> ChunkedText:
    """Cut a text into chunks that `embedder` reads whole, each with its heading.

    `stop` is asked now and then, as a long text takes seconds; InterruptedError where it says so.
    """
    top = heading(title, published)
    looked = count(1)

    def fits(piece: str) -> bool:
        if next(looked) % PIECES_AT_ONCE == 0:
            _go_on(stop)
        return embedder.fits(top + piece)

    chunks = chunk_sentences(text, sentences, limit=CHUNK_TOKENS, fits=fits)
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


def _embedded(
    passages: Sequence[Passage], embedder: Embedder, stop: Stop
) -> Iterator[PassageVectors]:
    """Return the vectors of passages in their order, embedded in batches of like length."""
    order = sorted(range(len(passages)), key=lambda place: len(passages[place].text))
    vectors: dict[int, PassageVectors] = {}
    for start in range(0, len(order), PASSAGES_AT_ONCE):
        if start:
            _go_on(stop)
        places = sorted(order[start : start + PASSAGES_AT_ONCE])
        batch = embedder.embed_passages([passages[place] for place in places])
        vectors |= zip(places, batch, strict=True)
    return (vectors[place] for place in range(len(passages)))


def _go_on(stop: Stop) -> None:
    if stop():
        raise InterruptedError("a stop was asked for")


def embed_all(
    texts: Sequence[ChunkedText], embedder: Embedder, stop: Stop = never
) -> list[TextVectors]:
    """Embed several texts at once, which fills batches of equal length better than one by one.

    A sentence that stands in several chunks gets the mean of its vectors. `stop` is asked between
    batches, as one text may take minutes; InterruptedError where it says so.
    """
    found = iter(_embedded([p for text in texts for p in text.passages], embedder, stop))
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
