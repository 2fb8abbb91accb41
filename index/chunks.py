"""Sentences -> chunks, the units of search.

A chunk is a run of whole sentences. Nothing is ever lost to the embedder's limit: whoever cuts
chunks passes `fits`, and what does not fit is cut smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.article import Sentence, Span
from index.tokens import LONGEST_TOKEN, clip_tokens, count_tokens


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of consecutive sentences of a version.

    Attributes:
        id: The archive's row id; 0 while not stored.
        span: From the first sentence's start to the last one's end; a part of the sentence where
            one alone is beyond the limit.
        sentences: Half-open range of sentence positions.
    """

    id: int
    version_id: int
    span: Span
    sentences: tuple[int, int]


def chunk_sentences(
    text: str, sentences: Sequence[Sentence], *, limit: int, fits: Callable[[str], bool]
) -> list[Chunk]:
    """Cut a text into chunks that overlap by a sentence, unless that fills half a chunk.

    Args:
        text: The canonical text.
        sentences: All its sentences, position i at index i.
        limit: The most tokens in a chunk.
        fits: Whether the embedder reads a chunk of this text whole.

    Raises:
        ValueError: Not even one character is allowed.
    """
    sizes = [count_tokens(sentence.span.of(text)) for sentence in sentences]

    def allowed(piece: str) -> bool:
        return count_tokens(piece) <= limit and fits(piece)

    chunks: list[Chunk] = []
    first = 0
    while first < len(sentences):
        last = _last_sentence(first, sizes, limit)
        while last > first and not allowed(_joined(sentences, first, last).of(text)):
            last -= 1
        whole = _joined(sentences, first, last)
        is_allowed = last > first or allowed(whole.of(text))
        parts = [whole] if is_allowed else _parts(text, whole, limit, allowed)
        version = sentences[first].version_id
        chunks += [Chunk(0, version, part, (first, last + 1)) for part in parts]
        first = _next_start(first, last, sizes, limit)
    return chunks


def _last_sentence(first: int, sizes: Sequence[int], limit: int) -> int:
    """Return the position of the last sentence that a chunk from `first` on can hold."""
    last, total = first, sizes[first]
    while last + 1 < len(sizes) and total + sizes[last + 1] <= limit:
        last += 1
        total += sizes[last]
    return last


def _next_start(first: int, last: int, sizes: Sequence[int], limit: int) -> int:
    """Return where the next chunk begins: at the last sentence again, where it leaves room."""
    is_end = last + 1 == len(sizes)
    if is_end or last == first or 2 * sizes[last] > limit or sizes[last] + sizes[last + 1] > limit:
        return last + 1
    return last


def _joined(sentences: Sequence[Sentence], first: int, last: int) -> Span:
    """Return the span from one sentence's start to another's end."""
    return Span(sentences[first].span.start, sentences[last].span.end)


def _parts(text: str, span: Span, limit: int, allowed: Callable[[str], bool]) -> list[Span]:
    """Split a sentence that is beyond the limit, at spaces where there are any."""
    parts: list[Span] = []
    start = span.start
    while start < span.end:
        end = _end_of_part(text, start, span.end, limit, allowed)
        piece = text[start:end]
        if piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            parts.append(Span(left, left + len(piece.strip())))
        start = end
    return parts


def _end_of_part(
    text: str, start: int, stop: int, limit: int, allowed: Callable[[str], bool]
) -> int:
    """Return where the longest allowed part from `start` on ends."""
    piece = clip_tokens(text[start : min(stop, start + limit * LONGEST_TOKEN)], limit)
    while not allowed(piece.strip()):
        if len(piece) == 1:
            raise ValueError("the limit allows not even one character")
        piece = piece[: len(piece) * 9 // 10]
    end = start + len(piece)
    if end >= stop:
        return stop
    space = max(piece.rfind(" ", len(piece) // 2), piece.rfind("\n", len(piece) // 2))
    return start + space + 1 if space > 0 else end
