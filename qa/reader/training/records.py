"""Reading-comprehension data and answer-selection data as passages with questions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from corpus.article import Span
from corpus.errors import UsageError
from corpus.sentences import split_sentences

Split = Literal["train", "dev"]

# Of reviews and posts the titles are shelf marks, and "the poster" may be any poster: questions
# about them hold within their passage only.
_BOUND_TO_PASSAGE = ("squadshifts-amazon_reviews", "squadshifts-reddit")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with its sentences.

    Attributes:
        title: Of the article that it is from, or "".
    """

    text: str
    title: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about a passage.

    Attributes:
        answer: Where the answer stands in the passage, or None.
        answering: The sentences that answer, by position; none where the passage does not answer.
        answers: All acceptable answers; none where only the sentence is known.
        is_bound: Whether it means something only to who knows which passage it is about.
    """

    question: str
    passage: Passage
    answer: Span | None
    answering: tuple[int, ...]
    answers: tuple[str, ...]
    is_bound: bool
    source: str
    split: Split


def read_spans(path: Path) -> Iterator[Asking]:
    """Yield the questions of a file of spans, one record a line; each question once.

    Fields: ``question, context, answer, answer_start, is_impossible, all_answers, title, source,
    split``.

    Raises:
        UsageError: A line is not such a record.
    """
    passages: dict[str, Passage] = {}
    seen: set[tuple[str, str]] = set()
    for number, record in numbered_records(path):
        try:
            context, source = record["context"], record["source"]
            bound = source in _BOUND_TO_PASSAGE
            title = "" if bound else record["title"].replace("_", " ")
            passage = passages.get(context) or passages.setdefault(
                context, _passage(context, title)
            )
            asking = _asking(record, passage, bound)
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}, line {number}: not a record of spans: {error!r}") from error
        key = (asking.question.lower(), context)
        if key not in seen and (asking.answer or record["is_impossible"]):
            seen.add(key)
            yield asking


def _asking(record: dict[str, Any], passage: Passage, bound: bool) -> Asking:
    start, text = record["answer_start"], record["answer"]
    stands = not record["is_impossible"] and passage.text[start : start + len(text)] == text != ""
    answer = Span(start, start + len(text)) if stands else None
    holding = [i for i, s in enumerate(passage.sentences) if answer and s.overlaps(answer)]
    return Asking(
        question=record["question"].strip(),
        passage=passage,
        answer=answer if holding else None,
        answering=tuple(holding),
        answers=tuple(record["all_answers"]) if stands else (),
        is_bound=bound,
        source=record["source"],
        split=record["split"],
    )


def _passage(text: str, title: str) -> Passage:
    return Passage(text, title, tuple(s.span for s in split_sentences(text)))


def read_pairs(path: Path) -> Iterator[Asking]:
    """Yield the questions of a file of question-sentence pairs.

    A question's sentences, in their order, are its passage.
    Fields: ``question, sentence, label, source, split, qid``.

    Raises:
        UsageError: A line is not such a record.
    """
    grouped: dict[str, list[dict[str, Any]]] = {}
    for number, record in numbered_records(path):
        try:
            grouped.setdefault(record["qid"], []).append(record)
        except (KeyError, TypeError) as error:
            raise UsageError(f"{path}, line {number}: not a pair: {error!r}") from error
    for records in grouped.values():
        answering = tuple(i for i, record in enumerate(records) if record["label"])
        if answering:
            yield Asking(
                question=records[0]["question"].strip(),
                passage=_joined([record["sentence"] for record in records]),
                answer=None,
                answering=answering,
                answers=(),
                is_bound=False,
                source=records[0]["source"],
                split="train",
            )


def _joined(sentences: Iterable[str]) -> Passage:
    text, spans = "", []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence)))
        text += sentence + " "
    return Passage(text, "", tuple(spans))


def numbered_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number of each line of a gzipped file with its record; UsageError if none."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise UsageError(f"{path}, line {number}: not JSON: {error}") from error
