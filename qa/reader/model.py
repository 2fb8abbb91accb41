"""The trained reader at work: windows in, scores of windows and of their words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.article import Span
from index.compiled import Compiled, padded
from index.embed import open_tokenizer
from qa.deadline import NO_DEADLINE, Deadline, until
from qa.reader.export import prepare_reader
from qa.reader.window import Row, pad_rows, write_row

Floats = NDArray[np.float32]

_BATCH = 4
LONGEST_ANSWER = 24


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model makes of a window of w word pieces; higher is better, all are logits.

    Attributes:
        answers: That the window answers.
        start: Of an answer at each word piece, over that of no answer, shape (w,).
        end: The same of its last word piece.
        offsets: Where each word piece stands in the window, shape (w, 2), code points.
    """

    answers: float
    start: Floats
    end: Floats
    offsets: NDArray[np.int64]

    def best_span(self, within: Span) -> tuple[float, Span | None]:
        """Return the best answer inside a stretch of the window, with its score; None if unread."""
        found = self._best(within, 1)
        return found[0] if found else (NOT_READ, None)

    def best_spans(self, within: Span, count: int) -> list[Span]:
        """Return the best answers inside a stretch of the window, best first."""
        return [span for _, span in self._best(within, count)]

    def _best(self, within: Span, count: int) -> list[tuple[float, Span]]:
        pieces = np.flatnonzero(
            (self.offsets[:, 0] >= within.start) & (self.offsets[:, 1] <= within.end)
        )
        if not len(pieces):
            return []
        first, last = int(pieces[0]), int(pieces[-1]) + 1
        table = self._spans(first, last)
        flat = table.ravel()
        most = min(count, len(flat))
        order = np.argpartition(-flat, most - 1)[:most]
        found = []
        for place in order[np.argsort(-flat[order])]:
            start, length = divmod(int(place), table.shape[1])
            if start + length < last - first:
                begin, end = self.offsets[first + start, 0], self.offsets[first + start + length, 1]
                found.append((float(flat[place]), Span(int(begin), int(end))))
        return found

    def of(self, span: Span) -> float:
        """Return the score of an answer that overlaps exactly the word pieces of this span."""
        pieces = np.flatnonzero((self.offsets[:, 0] < span.end) & (self.offsets[:, 1] > span.start))
        return float(self.start[pieces[0]] + self.end[pieces[-1]]) if len(pieces) else NOT_READ

    def _spans(self, first: int, last: int) -> Floats:
        """Return the score of each span by start and length, (last - first, LONGEST_ANSWER)."""
        starts, ends = self.start[first:last], self.end[first:last]
        padded = np.concatenate([ends, np.full(LONGEST_ANSWER, -1e4, np.float32)])
        table: Floats = (
            starts[:, None]
            + np.lib.stride_tricks.sliding_window_view(padded, LONGEST_ANSWER)[: len(starts)]
        )
        return table


NOT_READ = -30.0


class ReaderModel(Protocol):
    """Reads a question with windows.

    Attributes:
        fingerprint: Of its weights; what changes it may change answers.
    """

    fingerprint: str

    def read(
        self,
        question: str,
        windows: Sequence[tuple[str, str]],
        deadline: Deadline = NO_DEADLINE,
        /,
    ) -> list[Scores]:
        """Return the scores of each window, given as its heading and its text, in order."""
        ...


def open_reader(model: str = "bundled", cache: Path | None = None, threads: int = 1) -> ReaderModel:
    """Return the reader of that name; ModelError if it is missing, altered, unsafe or no reader.

    Args:
        model: "bundled", the folder of a cross-encoder or question answering model, or the name
            of one that was downloaded to this machine before; see `qa.reader.plugged`.
        cache: Where the compiled bundled reader is kept; see `index.export.cache_folder`.
        threads: CPU threads that it uses.
    """
    if model == "bundled":
        return CompiledReader(prepare_reader(cache=cache), threads)
    from qa.reader.plugged import open_plugged  # imports torch

    return open_plugged(model, threads)


class CompiledReader:
    """The trained reader in OpenVINO: bf16 where the CPU has it, no torch."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the model that `qa.reader.export.prepare_reader` put into `folder`."""
        self._tokenizer = open_tokenizer(folder)
        self._model = Compiled(folder / "model.xml", threads)
        self.fingerprint = folder.name

    def read(
        self,
        question: str,
        windows: Sequence[tuple[str, str]],
        deadline: Deadline = NO_DEADLINE,
        /,
    ) -> list[Scores]:
        """Return the scores of each window, given as its heading and its text, in order."""
        rows = [write_row(self._tokenizer, question, heading, text) for heading, text in windows]
        order = sorted(range(len(rows)), key=lambda place: len(rows[place].ids))
        found: dict[int, Scores] = {}
        for start in until(deadline, range(0, len(order), _BATCH)):
            batch = order[start : start + _BATCH]
            least = padded(len(rows[batch[-1]].ids))  # the longest of them
            inputs = list(pad_rows([rows[place] for place in batch], least))
            with self._model.request() as request:
                answers, spans = request.infer(
                    inputs, share_inputs=True, share_outputs=True
                ).values()
                for line, place in enumerate(batch):
                    found[place] = _scores(rows[place], float(answers[line]), spans[line])
        return [found[place] for place in range(len(rows))]


def _scores(row: Row, answers: float, spans: Floats) -> Scores:
    inside = spans[row.first : row.first + len(row.offsets)] - spans[0]
    return Scores(answers, inside[:, 0].copy(), inside[:, 1].copy(), row.offsets)
