"""The windows that the trained reader is shown, and what it makes of each sentence in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from corpus.article import Span
from qa.deadline import NO_DEADLINE, Deadline
from qa.reader import features
from qa.reader.features import Floats
from qa.reader.model import NOT_READ, ReaderModel, Scores

if TYPE_CHECKING:
    from qa.reader.read import Scored, Source

WINDOWS_READ = 12
# About what fits beside a long question and a headline; training saw windows up to this length.
WINDOW_CHARACTERS = 400

NAMES = (*features.NAMES, "plain_score", "window_answers", "best_span", "share", "is_middle")


@dataclass(frozen=True, slots=True)
class View:
    """A sentence as seen in a window.

    Attributes:
        scores: Of the window.
        within: Where the sentence stands in the window, code points.
        is_middle: Whether the window was made around this sentence.
        best: The best answer in it, within the window, or None if no word of it was read.
        best_score: Of that answer, over that of no answer.
    """

    scores: Scores
    within: Span
    is_middle: bool
    best: Span | None
    best_score: float

    @property
    def certainty(self) -> float:
        """How much speaks for the sentence in this window, to choose among several windows."""
        return self.scores.answers + self.best_score


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of a source, positions `first` to `last`, made around `middle`."""

    source: Source
    first: int
    middle: int
    last: int

    @property
    def text(self) -> str:
        """Return the article's text from the first to the last sentence."""
        start, end = self.place(self.first).start, self.place(self.last).end
        return Span(start, end).of(self.source.version.text)

    @property
    def heading(self) -> str:
        """Return what is read before it: the article's title and date."""
        return self.source.reading.heading

    def place(self, position: int) -> Span:
        """Return where a sentence stands in the article's text."""
        return self.source.sentences[position].span

    def within(self, position: int) -> Span:
        """Return where a sentence stands in the window."""
        start, place = self.place(self.first).start, self.place(position)
        return Span(place.start - start, place.end - start)


def windows_of(weighed: Sequence[Scored], count: int = WINDOWS_READ) -> list[Window]:
    """Return windows around the best sentences; one that a window holds already makes none."""
    windows: list[Window] = []
    covered: set[tuple[int, int]] = set()
    for item in weighed:
        if (id(item.source), item.position) not in covered:
            window = _around(item.source, item.position)
            windows.append(window)
            covered |= {(id(item.source), p) for p in range(window.first, window.last + 1)}
        if len(windows) == count:
            break
    return windows


def _around(source: Source, middle: int) -> Window:
    """Return the window of a sentence, with the one before and the one after if they fit."""
    sentences = source.sentences
    first = last = middle
    if middle > 0 and _length(source, middle - 1, middle) <= WINDOW_CHARACTERS:
        first -= 1
    if middle + 1 < len(sentences) and _length(source, first, middle + 1) <= WINDOW_CHARACTERS:
        last += 1
    return Window(source, first, middle, last)


def _length(source: Source, first: int, last: int) -> int:
    return source.sentences[last].span.end - source.sentences[first].span.start


def view_windows(
    question: str,
    weighed: Sequence[Scored],
    model: ReaderModel,
    count: int = WINDOWS_READ,
    *,
    deadline: Deadline = NO_DEADLINE,
) -> list[Scored]:
    """Return the sentences that stand in windows around the best, each as it was seen.

    Args:
        question: The standalone question.
        weighed: All retrieved sentences, scored by their plain features, best first.
        model: Reads the windows.
        count: How many windows are read.
        deadline: When nobody waits for them any more (TooLateError).
    """
    windows = windows_of(weighed, count)
    known = {(id(item.source), item.position): item for item in weighed}
    read = model.read(question, [(window.heading, window.text) for window in windows], deadline)
    best: dict[tuple[int, int], View] = {}
    for window, scores in zip(windows, read, strict=True):
        for position, view in _views(window, scores):
            key = (id(window.source), position)
            if key in known and (key not in best or view.certainty > best[key].certainty):
                best[key] = view
    return [replace(known[key], view=view) for key, view in best.items()]


def _views(window: Window, scores: Scores) -> Iterator[tuple[int, View]]:
    for position in range(window.first, window.last + 1):
        within = window.within(position)
        score, best = scores.best_span(within)
        yield position, View(scores, within, position == window.middle, best, score)


def view_features(seen: Sequence[Scored]) -> Floats:
    """Return a row of `NAMES` for each sentence seen, float32."""
    views = [item.view for item in seen if item.view]
    answers = np.array([view.scores.answers for view in views], dtype=np.float32)
    spans = np.array([view.best_score for view in views], dtype=np.float32)
    together = answers + np.maximum(spans, NOT_READ)
    shares = np.exp(together - together.max(initial=0.0))
    columns = [
        [item.score for item in seen],
        np.clip(answers, -8, 8),
        np.clip(spans, -12, 12),
        shares / max(float(shares.sum()), 1e-9),
        [float(view.is_middle) for view in views],
    ]
    plain = np.array([item.row for item in seen], dtype=np.float32).reshape(len(seen), -1)
    return np.concatenate([plain, np.stack(columns, axis=1).astype(np.float32)], axis=1)


def rank(seen: Sequence[Scored], weights: Floats) -> list[Scored]:
    """Return the sentences with the scores that all of their features give them, best first."""
    if not seen:
        return []
    scores = view_features(seen) @ weights
    ranked = [replace(item, score=float(s)) for item, s in zip(seen, scores, strict=True)]
    return sorted(ranked, key=lambda item: item.score, reverse=True)
