"""A question and a window of an article as one row of word pieces, as the trained reader reads it.

``[CLS] question [SEP] heading [SEP] window [SEP]``: the question is segment 0, the rest segment 1.
The heading is the article's title and date. Training and inference share this one way of writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LIMIT = 128
QUESTION_LIMIT = 44
HEADING_LIMIT = 26
_CLS, _SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Row:
    """Word pieces of a question with a window.

    Attributes:
        ids: Of the word pieces, shape (t,), int64, t at most `LIMIT`.
        first: Where the window's word pieces begin among them.
        offsets: Where each of the window's word pieces stands in the window, shape (w, 2), code
            points. Pieces beyond the limit are not read.
        segment: Where segment 1 begins among the ids.
    """

    ids: NDArray[np.int64]
    first: int
    offsets: NDArray[np.int64]
    segment: int


def heading_of(title: str, published: date | None) -> str:
    """Return the heading of an article's windows: its title and its date, as far as known."""
    dated = f"{published.day} {published:%B %Y}" if published else ""
    return f"{title} ({dated})" if title and dated else title or dated


def write_row(tokenizer: Tokenizer, question: str, heading: str, window: str) -> Row:
    """Return the row of word pieces of a question, a heading and a window.

    Args:
        tokenizer: Of the bundled MiniLM, without padding and truncation.
        question: The standalone question; of a very long one the end is kept, which asks.
        heading: See `heading_of`; its beginning is kept.
        window: Consecutive sentences of the article's text; its beginning is kept.
    """
    asked, head, read = tokenizer.encode_batch(
        [question, heading, window], add_special_tokens=False
    )
    front = [_CLS, *asked.ids[-QUESTION_LIMIT:], _SEP]
    ids = [*front, *head.ids[:HEADING_LIMIT], _SEP]
    room = LIMIT - len(ids) - 1
    return Row(
        ids=np.array([*ids, *read.ids[:room], _SEP], dtype=np.int64),
        first=len(ids),
        offsets=np.array(read.offsets[:room], dtype=np.int64).reshape(-1, 2),
        segment=len(front),
    )


def pad_rows(
    rows: list[Row], least: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return ids, mask and segments of rows, each (n, longest or `least`), padded with zeros."""
    longest = max(least, *(len(row.ids) for row in rows))
    ids = np.zeros((len(rows), longest), dtype=np.int64)
    mask, segments = np.zeros_like(ids), np.zeros_like(ids)
    for line, row in enumerate(rows):
        ids[line, : len(row.ids)] = row.ids
        mask[line, : len(row.ids)] = 1
        segments[line, row.segment : len(row.ids)] = 1
    return ids, mask, segments
