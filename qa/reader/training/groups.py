"""Questions as groups of windows: one that answers, and others that do not though they seem to.

What is drawn depends on the seed, the epoch and the question alone, so that training may be
interrupted and gives the same groups again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.article import Span
from qa.reader.training.records import Asking, Passage
from qa.reader.training.swaps import Swapper
from qa.reader.window import Row, heading_of, write_row
from qa.reader.words import content_stems, stems

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BUDGETS = (170, 250, 330, 410, 480)
_RETRIEVED = 8
_NEWSLIKE = (" this week", " this month", " recently", " on Tuesday", " last week", " this year")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What groups are made of: shares, 0 to 1, and counts. Each is one ablation of the model card.

    Attributes:
        same_text: Windows of the same text that do not answer, a group.
        retrieved: Windows of other texts that the question finds.
        near_miss: Share of groups with a near miss.
        prefaced: Share of questions with a statement of the passage put before them.
        headlined: Share of windows with a sentence of their passage for a title.
        dated: Share of windows with a date in their heading.
    """

    same_text: int = 1
    retrieved: int = 2
    near_miss: float = 0.6
    prefaced: float = 0.15
    headlined: float = 0.2
    dated: float = 0.6


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with a window, as word pieces, and what is right.

    Attributes:
        answers: 1 where the window answers, else 0.
        start: Of the answer among the row's ids; 0 where the window does not answer; -1 unknown.
        end: The last word piece of the answer, likewise.
    """

    row: Row
    answers: int
    start: int
    end: int


Group = list[Labelled]


class Groups:
    """Draws the group of each question."""

    def __init__(
        self,
        askings: Sequence[Asking],
        neighbours: NDArray[np.int64],
        passages: Sequence[Passage],
        swapper: Swapper,
        tokenizer: Tokenizer,
        recipe: Recipe,
        seed: int,
    ) -> None:
        """Prepare to draw.

        Args:
            askings: n questions.
            neighbours: The passages that each question finds, best first, shape (n, k), positions
                in `passages`.
            passages: All passages.
            swapper: Makes near misses.
            tokenizer: Of the bundled MiniLM.
            recipe: What groups are made of.
            seed: Of all that is drawn.
        """
        self.askings = askings
        self._neighbours = neighbours
        self._passages = passages
        self._swapper = swapper
        self.tokenizer = tokenizer
        self._recipe = recipe
        self.seed = seed

    def draw(self, number: int, epoch: int) -> Group:
        """Return the group of a question in an epoch; the window that answers, if any, first."""
        chance = random.Random(f"{self.seed} {epoch} {number}")  # noqa: S311 - to be repeatable
        return _Drawing(self, number, chance).group()


class _Drawing:
    """One group being drawn."""

    def __init__(self, groups: Groups, number: int, chance: random.Random) -> None:
        self._all = groups
        self._asking = groups.askings[number]
        self._found = groups._neighbours[number]
        self._chance = chance
        self._budget = chance.choice(BUDGETS)
        self._terms = set(content_stems(self._asking.question))

    def group(self) -> Group:
        recipe = self._all._recipe
        asking = self._asking
        question = self._worded(asking.question)
        if not asking.answering:
            window = self._best_window(asking.passage, ())
            return [self._label(question, asking.passage, window, 0)] if window else []
        right = self._window(asking.passage, self._chance.choice(asking.answering))
        group = [self._label(question, asking.passage, right, 1)]
        if group[0].start < 0 and asking.answer:  # cut off by the limit
            return []
        negatives = [(asking.passage, asking.answering)] * recipe.same_text
        if not asking.is_bound:
            negatives += [(passage, ()) for passage in self._retrieved(recipe.retrieved)]
        group += [
            self._label(question, passage, window, 0)
            for passage, barred in negatives
            if (window := self._best_window(passage, barred))
        ]
        if self._chance.random() < recipe.near_miss and (miss := self._near_miss(question, right)):
            group.append(miss)
        return group

    def _worded(self, question: str) -> str:
        """Return the question, sometimes as one about the news would be put."""
        draw = self._chance.random()
        passage, answering = self._asking.passage, self._asking.answering
        others = [s for i, s in enumerate(passage.sentences) if i not in answering]
        if draw < self._all._recipe.prefaced and others and not self._asking.is_bound:
            preface = self._chance.choice(others).of(passage.text).strip()
            if len(preface) < 160:
                return f"{preface} {question}"
        if draw > 0.95 and question.endswith("?"):
            return question[:-1] + self._chance.choice(_NEWSLIKE) + "?"
        return question[:-1] if draw > 0.92 and question.endswith("?") else question

    def _window(self, passage: Passage, position: int, barred: Sequence[int] = ()) -> Span:
        """Return a sentence with neighbours, up to the budget, without the barred ones."""
        first = last = position
        start, end = passage.sentences[position].start, passage.sentences[position].end
        while True:
            sides = []
            if first > 0 and first - 1 not in barred:
                sides.append(-1)
            if last + 1 < len(passage.sentences) and last + 1 not in barred:
                sides.append(1)
            sides = [
                side
                for side in sides
                if len(passage.sentences[first - 1 if side < 0 else last + 1])
                <= self._budget - (end - start)
            ]
            if not sides:
                return Span(start, end)
            if self._chance.choice(sides) < 0:
                first -= 1
                start = passage.sentences[first].start
            else:
                last += 1
                end = passage.sentences[last].end

    def _best_window(self, passage: Passage, barred: Sequence[int]) -> Span | None:
        """Return a window around a sentence that shares many words with the question."""
        free = [i for i in range(len(passage.sentences)) if i not in barred]
        if not free:
            return None
        shared = [
            (
                len(self._terms.intersection(stems(passage.sentences[i].of(passage.text))))
                + 1.5 * self._chance.random(),
                i,
            )
            for i in free
        ]
        return self._window(passage, max(shared)[1], barred)

    def _retrieved(self, count: int) -> list[Passage]:
        answers = [f" {' '.join(stems(a))} " for a in self._asking.answers]
        chosen: list[Passage] = []
        for place in self._chance.sample(list(self._found), len(self._found)):
            passage = self._all._passages[int(place)]
            if len(chosen) == count:
                break
            if passage is self._asking.passage:
                continue
            key = f" {' '.join(stems(passage.text))} "
            if not any(answer in key for answer in answers):
                chosen.append(passage)
        return chosen

    def _near_miss(self, question: str, window: Span) -> Labelled | None:
        passage, answer = self._asking.passage, self._asking.answer
        text = window.of(passage.text)
        if self._chance.random() < 0.6:
            swapped = self._all._swapper.question(question, text, self._chance)
            return self._label(swapped, passage, window, 0) if swapped else None
        kept = answer and Span(
            max(answer.start - window.start, 0), max(answer.end - window.start, 1)
        )
        other = self._all._swapper.shared(question, text, kept, self._chance)
        if other is None:
            return None
        heading = self._dated(other.apply(self._title(passage, window)))
        row = write_row(self._all.tokenizer, question, heading, other.apply(text))
        return Labelled(row, 0, 0, 0)

    def _label(self, question: str, passage: Passage, window: Span, answers: int) -> Labelled:
        heading = self._dated(self._title(passage, window))
        row = write_row(self._all.tokenizer, question, heading, window.of(passage.text))
        if not answers:
            return Labelled(row, 0, 0, 0)
        start, end = _pieces(row, self._asking.answer, window)
        return Labelled(row, 1, start, end)

    def _title(self, passage: Passage, window: Span) -> str:
        others = [s for s in passage.sentences if not s.overlaps(window)]
        others = [
            s
            for s in others
            if not (
                self._asking.answer
                and passage is self._asking.passage
                and s.overlaps(self._asking.answer)
            )
        ]
        if others and self._chance.random() < self._all._recipe.headlined:
            return self._chance.choice(others).of(passage.text)[:90].strip()
        return passage.title

    def _dated(self, title: str) -> str:
        if self._chance.random() >= self._all._recipe.dated:
            return title
        day = date(1995, 1, 1) + timedelta(days=self._chance.randrange(11_500))
        return heading_of(title, day)


def _pieces(row: Row, answer: Span | None, window: Span) -> tuple[int, int]:
    """Return the first and the last word piece of the answer among the row's ids, or -1 twice."""
    if answer is None:
        return -1, -1
    start, end = answer.start - window.start, answer.end - window.start
    inside = np.flatnonzero((row.offsets[:, 0] < end) & (row.offsets[:, 1] > start))
    whole = len(inside) > 0 and row.offsets[inside[-1], 1] >= min(end, row.offsets[-1, 1])
    cut = end > row.offsets[-1, 1] + 1 if len(row.offsets) else True
    if not whole or cut:
        return -1, -1
    return row.first + int(inside[0]), row.first + int(inside[-1])
