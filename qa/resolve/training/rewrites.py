"""Follow-ups with what a person, or our own rules, would have them say in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from corpus.errors import UsageError
from qa.reader.training.records import numbered_records
from qa.reader.words import content_stems
from qa.resolve.said import Row, Said, write_row

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Split = Literal["train", "dev"]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A follow-up, what was said before it, newest turn first, and what it says in full."""

    question: str
    said: tuple[Said, ...]
    full: str
    split: Split

    @property
    def added(self) -> frozenset[str]:
        """The stems of the content words that the full question adds."""
        return frozenset(content_stems(self.full)) - frozenset(content_stems(self.question))


@dataclass(frozen=True, slots=True)
class Marked:
    """A follow-up as word pieces, and which of them begin words that belong to it.

    Attributes:
        places: First word pieces of the content words that are read.
        belongs: For each of them, 1 if its word belongs to the follow-up, else 0.
        stems: For each of them, the stem of its word.
    """

    rewrite: Rewrite
    row: Row
    places: tuple[int, ...]
    belongs: tuple[float, ...]
    stems: tuple[str, ...]


def read_rewrites(path: Path) -> Iterator[Rewrite]:
    """Yield the follow-ups of a file, those with something before them.

    Fields: ``history: [{question, answer?}], question, rewrite, split``.

    Raises:
        UsageError: A line is not such a record.
    """
    for number, record in numbered_records(path):
        try:
            said = tuple(_said(record["history"]))
            rewrite = Rewrite(record["question"], said, record["rewrite"], record["split"])
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}, line {number}: not a rewrite: {error!r}") from error
        if said:
            yield rewrite


def _said(history: Sequence[dict[str, str]]) -> Iterator[Said]:
    for ago, turn in enumerate(reversed(history), 1):
        yield Said(turn["question"], ago, is_answer=False)
        if answer := turn.get("answer"):
            yield Said(answer, ago, is_answer=True)


def mark(rewrite: Rewrite, tokenizer: Tokenizer) -> Marked:
    """Return the follow-up as it is read, every content word marked."""
    row = write_row(tokenizer, rewrite.question, rewrite.said)
    added = rewrite.added
    places, belongs, stems = [], [], []
    for text, span, piece in row.words:
        word = content_stems(span.of(rewrite.said[text].text))
        if word:
            places.append(piece)
            belongs.append(float(not added.isdisjoint(word)))
            stems.append(word[0])
    return Marked(rewrite, row, tuple(places), tuple(belongs), tuple(stems))
