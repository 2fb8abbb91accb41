"""Questions as examples to fit on: as asked, undated, and turned into ones without an answer."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.archive import Archive
from index.chunk_index import NO_LIMITS, ChunkIndex
from index.embed import Embedder
from qa.evaluation.measures.answers import holds_answer, normal
from qa.evaluation.sets.questions import Query, QuestionSet
from qa.reader.features import Asked, Floats, sentence_features
from qa.reader.named import named_in
from qa.reader.question import analyse
from qa.reader.read import Reader, Scored
from qa.reader.training.swaps import Swapper
from qa.retrieve import CHUNKS_READ, retrieve

Family = Literal["asked", "undated", "without_articles", "near_miss"]


@dataclass(frozen=True)
class Example:
    """A question as put to the reader once, with every sentence that was retrieved.

    Attributes:
        questions: Name of the question set that it is of.
        scored: The sentences, not scored yet.
        rows: Their features, (n, f) float32.
        holds: (n,) whether the sentence holds an acceptable answer.
        right: (n,) the same, in an article that is known to answer, or a gold sentence.
    """

    questions: str
    query: Query
    family: Family
    asked: Asked
    scored: Sequence[Scored]
    rows: Floats
    holds: NDArray[np.float32]
    right: NDArray[np.float32]

    @cached_property
    def places(self) -> dict[tuple[int, int], int]:
        """Where each sentence stands in `scored`, by the id of its source and its position."""
        return {(id(s.source), s.position): i for i, s in enumerate(self.scored)}

    @property
    def answerable(self) -> bool:
        """Whether the collection, as shown to the reader, answers the question."""
        return self.query.answerable and self.family in ("asked", "undated")

    @property
    def answers(self) -> frozenset[str]:
        """The acceptable answers, as `normal` gives them."""
        return frozenset(map(normal, self.query.answers))

    @property
    def fold_key(self) -> str:
        """What is kept in one fold: the ISO week of asking, else the article or the question."""
        if self.query.asked:
            return f"{self.query.asked:%G-%V}"
        return self.query.gold[0].article_id if self.query.gold else self.query.id


def examples_of(
    questions: QuestionSet,
    archive: Archive,
    reader: Reader,
    index: ChunkIndex,
    embedder: Embedder,
) -> Iterator[Example]:
    """Yield each question as asked and undated, and what was made unanswerable of it."""
    chance = random.Random(0)  # noqa: S311 - only has to be repeatable
    name = questions.path.stem
    swapper = Swapper((q.question for q in questions.queries), {}, embedder.embed_texts)
    for query in questions.queries:
        for asked, family in _shown(query, swapper, chance):
            example = _example(name, asked, family, archive, reader, index, embedder)
            if example:
                yield example


def _shown(query: Query, swapper: Swapper, chance: random.Random) -> Iterator[tuple[Query, Family]]:
    yield query, "asked"
    if query.asked:
        yield query, "undated"
    if query.answerable:
        yield query, "without_articles"
        swapped = near_miss(query, swapper, chance)
        if swapped:
            yield swapped, "near_miss"


def near_miss(query: Query, swapper: Swapper, chance: random.Random) -> Query | None:
    """Return the question with one name, figure or number swapped for another, or None."""
    named = [named.span for named in named_in(query.question)]
    swaps = [
        swap
        for swap in swapper.named(query.question, chance)
        if any(swap.span.overlaps(span) for span in named)
    ]
    return replace(query, question=chance.choice(swaps).apply(query.question)) if swaps else None


def _example(
    questions: str,
    query: Query,
    family: Family,
    archive: Archive,
    reader: Reader,
    index: ChunkIndex,
    embedder: Embedder,
) -> Example | None:
    """Return the question as put to the reader once, or None where nothing is left to read."""
    question = analyse(query.question)
    vector = embedder.embed_query(query.question)
    day = None if family == "undated" else query.asked
    asked = Asked(question, vector, reader.rarity(question.terms), day)
    hits = retrieve(archive, index, query.question, vector, day, NO_LIMITS)[:CHUNKS_READ]
    sources = reader.sources(asked, hits)
    if family == "without_articles":
        sources = [s for s in sources if not _answers(s.article.id, s.reading.texts, query)]
    rows = [sentence_features(asked, source.reading) for source in sources]
    scored = [
        Scored(source, position, row, 0.0)
        for source, found in zip(sources, rows, strict=True)
        for position, row in zip(source.reading.positions, found, strict=True)
    ]
    if not scored:
        return None
    judged = [judge(query, s.source.article.id, s.text) for s in scored]
    holds, right = (np.array(column, dtype=np.float32) for column in zip(*judged, strict=True))
    table = np.concatenate(rows)
    return Example(questions, query, family, asked, scored, table, holds, right)


def judge(query: Query, article_id: str, sentence: str) -> tuple[bool, bool]:
    """Return whether the sentence holds an acceptable answer, and whether it is known as right."""
    holds = bool(query.answers and holds_answer(sentence, query.answers))
    gold = {normal(entry.sentence) for entry in query.gold}
    return holds, (holds and _is_known(article_id, query)) or normal(sentence) in gold


def _answers(article_id: str, texts: Collection[str], query: Query) -> bool:
    """Return whether the article is known to answer, or holds a long answer by chance."""
    if _is_known(article_id, query):
        return True
    long = [answer for answer in query.answers if len(normal(answer)) > 6]
    return bool(long) and any(holds_answer(text, long) for text in texts)


def _is_known(article_id: str, query: Query) -> bool:
    return article_id in query.relevant or article_id in query.possible
