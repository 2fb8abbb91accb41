"""The short answers that the trained reader points at, and what it makes of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Span
from qa.reader import answers
from qa.reader.candidates import Candidate
from qa.reader.features import Floats
from qa.reader.model import NOT_READ

if TYPE_CHECKING:
    from qa.reader.read import Scored

PROPOSED = 3
NAMES = (*answers.NAMES, "pointed_at", "behind_best", "is_best")

_EDGES = re.compile(r"^[\s“”\"'‘’(\[,.;:–—-]+|[\s“”\"'‘’)\],.;:!?–—-]+$")
_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\S)", re.IGNORECASE)
_WORD = re.compile(r"[\w$£€¥%]")


def proposals(item: Scored) -> list[Span]:
    """Return the stretches of the sentence that the reader would point at, best first."""
    if item.view is None:
        return []
    found = item.view.scores.best_spans(item.view.within, PROPOSED)
    start = item.view.within.start
    trimmed = (_trimmed(item.text, Span(s.start - start, s.end - start)) for s in found)
    return list(dict.fromkeys(span for span in trimmed if span))


def _trimmed(text: str, span: Span) -> Span | None:
    """Return whole words without the marks around them and without an article before them."""
    start, end = span.start, span.end
    while start > 0 and _WORD.match(text[start - 1]) and _WORD.match(text[start]):
        start -= 1
    while end < len(text) and _WORD.match(text[end]) and _WORD.match(text[end - 1]):
        end += 1
    inner = text[start:end]
    kept = _EDGES.sub("", inner)
    if not kept:
        return None
    start += inner.index(kept)
    if article := _ARTICLE.match(kept):
        start, kept = start + article.end(), kept[article.end() :]
    return Span(start, start + len(kept))


def pointed(item: Scored, candidates: Sequence[Candidate]) -> Floats:
    """Return, for each candidate, how the reader sees it, float32, shape (n, 3)."""
    if item.view is None or item.view.best is None:
        return np.zeros((len(candidates), 3), dtype=np.float32)
    start = item.view.within.start
    scores = [
        item.view.scores.of(Span(c.span.start + start, c.span.end + start)) for c in candidates
    ]
    best = max(scores, default=NOT_READ)
    rows = [
        (np.clip(score, -12, 12), np.clip(score - best, -12, 0), float(score == best))
        for score in scores
    ]
    return np.array(rows, dtype=np.float32).reshape(len(candidates), 3)
