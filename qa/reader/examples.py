"""Questions as examples to fit on: as asked, undated, and turned into ones without an answer."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.archive import Archive
from index.chunk_index import NO_LIMITS, ChunkIndex
from index.embed import Embedder
from qa.evaluation.measures import normal
from qa.reader.features import Asked, Floats, sentence_features
from qa.reader.lexicon import PLACES
from qa.reader.question import analyse, name_spans
from qa.reader.read import CHUNKS_READ, Reader, Scored
from qa.retrieve import retrieve

Family = Literal["asked", "undated", "without_articles", "near_miss"]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a question set (`DESIGN`'s contract), as far as fitting needs it."""

    id: str
    question: str
    day: date
    answers: tuple[str, ...]
    gold: frozenset[str]
    articles: frozenset[str]

    @property
    def week(self) -> str:
        """Return the ISO week of asking: questions of one week are kept in one fold."""
        year, week, _ = self.day.isocalendar()
        return f"{year}-{week:02}"

    @classmethod
    def from_json(cls, line: Mapping[str, object]) -> Item:
        """Return the item in a line of a question set; KeyError if a field is missing."""
        gold = line.get("gold_sentences") or []
        known = [*line.get("relevant_articles", []), *line.get("possible_articles", [])]  # type: ignore[misc]
        return cls(
            id=str(line["id"]),
            question=str(line["question"]),
            day=date.fromisoformat(str(line["date_asked"])),
            answers=tuple(normal(a) for a in line["answers"]),  # type: ignore[attr-defined]
            gold=frozenset(normal(g["sentence"]) for g in gold),  # type: ignore[attr-defined]
            articles=frozenset(known),
        )


@dataclass(frozen=True, slots=True)
class Example:
    """An item as put to the reader once, with every sentence that was retrieved.

    Attributes:
        scored: The sentences, not scored yet.
        rows: Their features, (n, f) float32.
        holds: (n,) whether the sentence holds an acceptable answer.
        right: (n,) the same, in an article that is known to answer, or a gold sentence.
    """

    item: Item
    family: Family
    asked: Asked
    scored: Sequence[Scored]
    rows: Floats
    holds: NDArray[np.float32]
    right: NDArray[np.float32]

    @property
    def answerable(self) -> bool:
        """Whether the collection, as shown to the reader, answers the question."""
        return bool(self.item.answers) and self.family in ("asked", "undated")


def read_items(path: Path) -> list[Item]:
    """Return the items of a question set in JSONL."""
    with path.open(encoding="utf-8") as lines:
        return [Item.from_json(json.loads(line)) for line in lines if line.strip()]


def examples_of(
    items: Sequence[Item], archive: Archive, reader: Reader, index: ChunkIndex, embedder: Embedder
) -> Iterator[Example]:
    """Yield each item as asked and undated, and what was made unanswerable of it."""
    chance = random.Random(0)  # noqa: S311 - only has to be repeatable
    for item in items:
        shown: list[tuple[Item, Family]] = [(item, "asked"), (item, "undated")]
        if item.answers:
            shown.append((item, "without_articles"))
            swapped = near_miss(item, items, chance)
            shown += [(swapped, "near_miss")] if swapped else []
        for asked, family in shown:
            example = _example(asked, family, archive, reader, index, embedder)
            if example:
                yield example


def near_miss(item: Item, items: Sequence[Item], chance: random.Random) -> Item | None:
    """Return the question with one name or figure swapped for another of its kind, or None."""
    spans = name_spans(item.question)
    figures = list(re.finditer(r"\b(?:19|20)\d\d\b", item.question))
    if figures and (not spans or chance.random() < 0.5):
        span, new = figures[0].span(), str(int(figures[0][0]) - chance.randint(2, 9))
    elif spans:
        chosen = chance.choice(spans)
        span, old = (chosen.start, chosen.end), chosen.of(item.question)
        pool = [
            other
            for entry in items
            for s in name_spans(entry.question)
            if (other := s.of(entry.question)) not in item.question
            and (other in PLACES) == (old in PLACES)
            and len(other.split()) == len(old.split())
        ]
        if not pool:
            return None
        new = chance.choice(pool)
    else:
        return None
    return replace(item, question=item.question[: span[0]] + new + item.question[span[1] :])


def _example(
    item: Item,
    family: Family,
    archive: Archive,
    reader: Reader,
    index: ChunkIndex,
    embedder: Embedder,
) -> Example | None:
    """Return the item as put to the reader once, or None where nothing is left to read."""
    question = analyse(item.question)
    vector = embedder.embed_query(item.question)
    day = None if family == "undated" else item.day
    asked = Asked(question, vector, reader.rarity(question.terms), day)
    hits = retrieve(archive, index, item.question, vector, day, NO_LIMITS)[:CHUNKS_READ]
    sources = reader.sources(asked, hits)
    if family == "without_articles":
        sources = [s for s in sources if not _answers(s.article.id, s.reading.texts, item)]
    rows = [sentence_features(asked, source.reading) for source in sources]
    scored = [
        Scored(source, position, row, 0.0)
        for source, found in zip(sources, rows, strict=True)
        for position, row in zip(source.reading.positions, found, strict=True)
    ]
    if not scored:
        return None
    judged = [judge(item, s.source.article.id, s.text) for s in scored]
    holds, right = (np.array(column, dtype=np.float32) for column in zip(*judged, strict=True))
    return Example(item, family, asked, scored, np.concatenate(rows), holds, right)


def judge(item: Item, article_id: str, sentence: str) -> tuple[bool, bool]:
    """Return whether the sentence holds an acceptable answer, and whether it is known as right."""
    plain = normal(sentence)
    holds = any(f" {answer} " in f" {plain} " for answer in item.answers)
    return holds, (holds and article_id in item.articles) or plain in item.gold


def _answers(article_id: str, texts: Collection[str], item: Item) -> bool:
    """Return whether the article is known to answer, or holds a long answer by chance."""
    if article_id in item.articles:
        return True
    long = [a for a in item.answers if len(a) > 6]
    return any(f" {a} " in f" {normal(t)} " for a in long for t in texts)
