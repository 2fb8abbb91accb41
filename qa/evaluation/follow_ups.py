"""How follow-ups are understood, against what a person wrote for each: no store, no answer needed.

Words are content words: those of `qa.reader.words.content_stems`, that is its tokens less its stop
words, cut to their stems by Snowball's English stemmer ("lent" and "lend" are one); possessive
endings are left out.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import QuestionError, UsageError
from qa.answer import Conversation, Turn
from qa.evaluation.measures.figure import Figure
from qa.evaluation.sets.records import Problem, json_records, read_bytes
from qa.reader.words import content_stems

Understand = Callable[[str, Conversation], str]

FOUND = "added words found"
RIGHT = "added words right"
AS_THEY_ARE = "left as they are"
NEW_SUBJECTS = "new subjects left as they are"
INVENTED = "invented words a question"
_GZIP = b"\x1f\x8b"
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b|(?<=s)['’](?!\w)")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Past(_Model):
    question: str
    answer: str | None = None


class FollowUp(_Model):
    """A follow-up of a person's conversation.

    Attributes:
        history: The turns before it, oldest first, as they were said.
        rewrite: What the person would have asked without them.
        needs_rewrite: Whether that differs from the question.
    """

    conversation_id: str
    history: tuple[_Past, ...]
    question: str
    rewrite: str
    needs_rewrite: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of a follow-up.

    Attributes:
        said: The stems of the content words of the turns before it.
    """

    follow_up: FollowUp
    standalone: str
    said: frozenset[str]

    @property
    def added(self) -> frozenset[str]:
        """The stems that were added to the question."""
        return _stems(self.standalone) - _stems(self.follow_up.question)

    @property
    def wanted(self) -> frozenset[str]:
        """The stems that the person added and that were said before."""
        asked = _stems(self.follow_up.question)
        return (_stems(self.follow_up.rewrite) - asked) & self.said

    @property
    def is_left(self) -> bool:
        """Whether the question was left as it is."""
        return self.standalone.strip() == self.follow_up.question.strip()


def read_follow_ups(path: Path) -> list[FollowUp]:
    """Return the follow-ups of a file: JSONL, also packed by gzip.

    Raises:
        UsageError: It cannot be read, or a line of it is no follow-up.
    """
    found = []
    for record in json_records(_unpacked(path)):
        if isinstance(record, Problem):
            raise UsageError(record.shown(path))
        try:
            found.append(FollowUp.model_validate(record.fields))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"]))
            raise UsageError(Problem(record.line, field, first["msg"]).shown(path)) from error
    if not found:
        raise UsageError(f"{path}: holds no follow-up")
    return found


def _unpacked(path: Path) -> bytes:
    data = read_bytes(path)
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: damaged gzip data: {error}") from error


class Replay:
    """Understands follow-ups as a conversation would, every earlier question first.

    What was answered is known by its words only, so that a figure does not depend on a store.
    """

    def __init__(self, understand: Understand) -> None:
        self._understand = understand
        self._known: dict[tuple[_Past, ...], Conversation] = {(): Conversation()}

    def __call__(self, history: tuple[_Past, ...], question: str) -> str:
        """Return the question as understood after the history."""
        try:
            return self._understand(question, self._after(history))
        except QuestionError:  # nothing can be asked of it: it stays what it is
            return question

    def _after(self, history: tuple[_Past, ...]) -> Conversation:
        if history not in self._known:
            *before, last = history
            turn = Turn(last.question, self(tuple(before), last.question), said=last.answer or "")
            self._known[history] = self._after(tuple(before)).with_turn(turn)
        return self._known[history]


def figures(follow_ups: Sequence[FollowUp], understand: Understand) -> list[Figure]:
    """Return how the follow-ups of a set are understood.

    ``added words found`` and ``right``: of the words that the person added and that were said
    before, those that we added; of those that we added, those that the person's question has.
    ``left as they are``: of the questions that need no rewriting, first ones included. ``new
    subjects``: every conversation's first question, asked after another conversation.
    """
    replay = Replay(understand)
    found = [_understood(f, replay) for f in follow_ups]
    rows = [
        (
            len(u.wanted & u.added),
            len(u.wanted),
            len(u.added & _stems(u.follow_up.rewrite)),
            len(u.added),
        )
        for u in found
    ]
    invented = [len(_stems(u.standalone) - _stems(u.follow_up.question) - u.said) for u in found]
    alone = [float(u.is_left) for u in found if not u.follow_up.needs_rewrite]
    changes = [float(replay(h, q).strip() == q.strip()) for h, q in _new_subjects(follow_ups)]
    return [
        *_share(FOUND, [row[:2] for row in rows]),
        *_share(RIGHT, [row[2:] for row in rows]),
        *([Figure.of_mean(AS_THEY_ARE, alone, "higher")] if alone else []),
        *([Figure.of_mean(NEW_SUBJECTS, changes, "higher")] if changes else []),
        Figure.of_mean(INVENTED, invented, "lower"),
    ]


def _understood(follow_up: FollowUp, replay: Replay) -> Understood:
    said = " ".join(f"{past.question} {past.answer or ''}" for past in follow_up.history)
    standalone = replay(follow_up.history, follow_up.question)
    return Understood(follow_up, standalone, _stems(said))


def _new_subjects(follow_ups: Sequence[FollowUp]) -> Iterator[tuple[tuple[_Past, ...], str]]:
    """Yield the longest history of each conversation with the next one's first question."""
    longest: dict[str, tuple[_Past, ...]] = {}
    for each in follow_ups:
        if len(each.history) > len(longest.get(each.conversation_id, ())):
            longest[each.conversation_id] = each.history
    histories = list(longest.values())
    for history, other in pairwise(histories):
        yield history, other[0].question


def _share(name: str, rows: Sequence[Sequence[int]]) -> list[Figure]:
    """Return the share that the first column is of the second, over rows that have some."""
    some = [row for row in rows if row[1]]
    return [Figure.of_statistic(name, some, _ratio, "higher")] if some else []


def _ratio(rows: NDArray[np.float64]) -> float:
    return float(rows[:, 0].sum() / rows[:, 1].sum())


def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(_POSSESSIVE.sub("", text)))
