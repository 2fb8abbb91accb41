"""Which windows are read, and how a sentence is seen in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from corpus.article import Article, Span, Version, sha256_of
from corpus.sentences import split_sentences
from qa.reader import features
from qa.reader.answers import NAMES as ANSWERS
from qa.reader.candidates import Candidate
from qa.reader.features import Reading
from qa.reader.model import NOT_READ, Scores
from qa.reader.pointing import NAMES as POINTING
from qa.reader.pointing import pointed, proposals
from qa.reader.question import Kind
from qa.reader.read import Scored, Source
from qa.reader.views import NAMES, WINDOW_CHARACTERS, rank, view_features, view_windows, windows_of

SENTENCES = [
    "China lends money.",
    "It has lent Venezuela $65 billion since 2007.",
    "Rosneft, a Russian company, has lent it $6 billion.",
    "The weather was fine.",
    "Nobody knows why.",
]


class WordModel:
    """Points at every word of the question that a window holds; sees how many there are."""

    fingerprint = "words"

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []

    def read(
        self, question: str, windows: Sequence[tuple[str, str]], _deadline: object = None, /
    ) -> list[Scores]:
        self.shown += windows
        return [self._scores(set(question.split()), text) for _, text in windows]

    def _scores(self, asked: set[str], text: str) -> Scores:
        starts = [i for i in range(len(text)) if text[i] != " " and (i == 0 or text[i - 1] == " ")]
        spans = [(start, start + len(text[start:].split(" ")[0])) for start in starts]
        points = np.array([3.0 if text[a:b] in asked else -3.0 for a, b in spans], np.float32)
        return Scores(float(points.max(initial=-3)), points, points, np.array(spans).reshape(-1, 2))


def source_of(sentences: Sequence[str], positions: Sequence[int] | None = None) -> Source:
    text = " ".join(sentences)
    split = list(split_sentences(text))
    assert len(split) == len(sentences)
    reading = Reading(
        title="Loans",
        published=None,
        texts=sentences,
        vectors=np.zeros((len(sentences), 4), np.float32),
        positions=positions or range(len(sentences)),
        fused=[1.0] * len(sentences),
        similarity=[0.5] * len(sentences),
    )
    version = Version(
        1, "a", 1, None, (), None, datetime(2026, 1, 2, tzinfo=UTC), None, text, sha256_of(text)
    )
    return Source(Article("a", None, None), version, split, reading)


def weighed(source: Source, scores: Sequence[float]) -> list[Scored]:
    row = np.zeros(len(features.NAMES), np.float32)
    items = [Scored(source, n, row, score) for n, score in enumerate(scores)]
    return sorted(items, key=lambda item: item.score, reverse=True)


def test_a_window_holds_the_neighbours_and_makes_others_needless() -> None:
    windows = windows_of(weighed(source_of(SENTENCES), [0, 5, 4, 3, 1]))
    assert [(w.first, w.middle, w.last) for w in windows] == [(0, 1, 2), (2, 3, 4)]
    assert windows[0].text == " ".join(SENTENCES[:3])
    assert windows[0].within(1).of(windows[0].text) == SENTENCES[1]


def test_no_more_windows_than_asked_for() -> None:
    assert len(windows_of(weighed(source_of(SENTENCES), [5, 0, 0, 4, 0]), count=1)) == 1


def test_long_neighbours_are_left_out() -> None:
    long = "It was said that " + "and so on " * 40 + "."
    assert len(long) > WINDOW_CHARACTERS
    (window,) = windows_of(weighed(source_of([long, "It was short.", long]), [0, 9, 0]), count=1)
    assert (window.first, window.last) == (1, 1)
    (window,) = windows_of(weighed(source_of([long, "It was short."]), [9, 0]), count=1)
    assert window.text == long


def test_each_sentence_is_seen_with_its_best_answer() -> None:
    model = WordModel()
    seen = view_windows("Rosneft, billion", weighed(source_of(SENTENCES), [0, 5, 4, 3, 1]), model)
    assert [heading for heading, _ in model.shown] == ["Loans", "Loans"]
    best = {item.position: item.view.best_score for item in seen if item.view}
    assert sorted(best) == [0, 1, 2, 3, 4]
    assert best[1] == best[2] == 6.0
    assert best[0] == best[3] == -6.0
    for item in seen:
        assert item.view is not None
        window = next(text for _, text in model.shown if item.text in text)
        assert item.view.within.of(window) == item.text
    assert {item.position for item in seen if item.view and item.view.is_middle} == {1, 3}


def test_only_retrieved_sentences_are_seen() -> None:
    items = [item for item in weighed(source_of(SENTENCES), [0, 5, 4, 3, 1]) if item.position != 2]
    assert {item.position for item in view_windows("Why", items, WordModel())} == {0, 1, 3, 4}


def test_ranking_by_one_feature() -> None:
    items = weighed(source_of(SENTENCES), [3, 5, 4, 2, 1])
    seen = view_windows("Rosneft, lends", items, WordModel())
    assert view_features(seen).shape == (5, len(NAMES))
    assert np.isfinite(view_features(seen)).all()
    weights = np.array([float(name == "plain_score") for name in NAMES], np.float32)
    assert [item.position for item in rank(seen, weights)] == [1, 2, 0, 3, 4]
    assert rank([], weights) == []


def test_what_the_reader_points_at_is_proposed_first() -> None:
    seen = view_windows("Rosneft,", weighed(source_of(SENTENCES), [0, 0, 9, 0, 0]), WordModel())
    item = next(item for item in seen if item.position == 2)
    first = proposals(item)[0]
    assert first.of(item.text) == "Rosneft"  # without the comma that the word model points at
    there = Candidate(first, "Rosneft", Kind.NAME)
    elsewhere = Candidate(Span(11, 18), "Russian", Kind.NAME)
    rows = pointed(item, [there, elsewhere])
    assert rows.shape == (2, len(POINTING) - len(ANSWERS))
    assert rows[0].tolist() == [6.0, 0.0, 1.0]
    assert rows[1].tolist() == [-6.0, -12.0, 0.0]


def test_a_sentence_beyond_the_limit_is_not_read() -> None:
    offsets = np.array([[0, 4]])
    points = np.array([1.0], np.float32)
    scores = Scores(0.0, points, points, offsets)
    assert scores.best_span(Span(10, 20)) == (NOT_READ, None)
    assert scores.best_span(Span(0, 10)) == (2.0, Span(0, 4))
    assert scores.of(Span(10, 12)) == NOT_READ


@pytest.mark.parametrize(
    ("start", "end", "best"),
    [
        pytest.param([0, 5, 0], [0, 0, 5], Span(3, 8), id="over two pieces"),
        pytest.param([0, 0, 5], [4, 0, 0], Span(6, 8), id="never backwards"),
    ],
)
def test_the_best_span_begins_before_it_ends(start: list[int], end: list[int], best: Span) -> None:
    offsets = np.array([[0, 2], [3, 5], [6, 8]])
    scores = Scores(0.0, np.array(start, np.float32), np.array(end, np.float32), offsets)
    assert scores.best_span(Span(0, 8))[1] == best
