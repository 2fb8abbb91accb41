"""Read what was retrieved: rank its sentences, find the short answer, say how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from math import log

import numpy as np

from corpus.archive import Archive
from corpus.article import Article, Sentence, Span, Version, day_of
from index.chunk_index import ChunkIndex, Hit
from qa.answer import Evidence
from qa.deadline import NO_DEADLINE, Deadline, until
from qa.reader import confidence, features, pointing, views
from qa.reader.answers import Ballot, ReadSentence, answer_features, candidates_of
from qa.reader.candidates import Candidate
from qa.reader.context import context_of, quoted_part
from qa.reader.contrast import contrast_of
from qa.reader.features import Asked, Floats, Reading, sentence_features
from qa.reader.home import HOME_ODDS, NOWHERE, Home, at_home, by_standing
from qa.reader.model import ReaderModel
from qa.reader.pointing import pointed, proposals
from qa.reader.question import Question
from qa.reader.views import View, rank, view_windows
from qa.reader.weights import Weights, in_order

SENTENCES_WEIGHED = 30
SENTENCES_SEARCHED = 12
EVIDENCE_KEPT = 8
# How much a good short answer speaks for its sentence; .5 to 1 do equally well.
ANSWER_SHARE = 0.7
# What a sentence without any short answer counts as: about the worst that one can have.
NO_CANDIDATE = -2.0


@dataclass(frozen=True, slots=True)
class Source:
    """A retrieved version with its sentences, and how it is read."""

    article: Article
    version: Version
    sentences: Sequence[Sentence]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence with its features, its score and, once looked for, its best short answer.

    Attributes:
        row: Its plain features.
        view: How the trained reader saw it, or None before.
        candidate_share: How much of all belief in the sentence's short answers is in the best.
    """

    source: Source
    position: int
    row: Floats
    score: float
    view: View | None = None
    candidate: Candidate | None = None
    candidate_score: float = NO_CANDIDATE
    candidate_share: float = 0.0

    @property
    def text(self) -> str:
        """Return the sentence as it stands."""
        return self.source.reading.texts[self.position]

    @property
    def around(self) -> list[str]:
        """What it is read with: the sentences beside it, the article's title and date."""
        reading, position = self.source.reading, self.position
        before = reading.texts[max(position - 2, 0) : position]
        return [*before, *reading.texts[position + 1 : position + 2], reading.heading]


class Reader:
    """Ranks retrieved sentences: first by plain features, then by what a trained model reads."""

    def __init__(
        self, archive: Archive, index: ChunkIndex, weights: Weights, model: ReaderModel
    ) -> None:
        self._archive = archive
        self._index = index
        self.model = model
        self.weights = weights
        self._sentence = in_order(weights.sentence, features.NAMES)
        self._view = in_order(weights.view, views.NAMES)
        self._answer = in_order(weights.answer, pointing.NAMES)
        self._confidence = in_order(weights.confidence, confidence.NAMES)
        self._short = in_order(weights.short, confidence.SHORT_NAMES)
        self._short_floor = weights.short_floor

    def seen_by(self, archive: Archive, index: ChunkIndex) -> Reader:
        """Return the reader over a limited archive and its index; the model is shared."""
        reader = copy(self)
        reader._archive, reader._index = archive, index
        return reader

    def read(
        self,
        question: Question,
        vector: Floats,
        hits: Sequence[Hit],
        day: date | None,
        *,
        home: Home = NOWHERE,
        shown: Collection[str] = (),
        deadline: Deadline = NO_DEADLINE,
        unread: Callable[[str], None] = lambda _: None,
    ) -> list[Evidence]:
        """Return the best `EVIDENCE_KEPT` sentences of the hits, best first.

        Args:
            question: The question, analysed.
            vector: Of the standalone question, a unit vector, shape (d,), float32.
            hits: Chunks to read, best first.
            day: The day that relative dates count from.
            home: What a conversation is about; sentences of its articles come earlier.
            shown: Sentences that are not to be found again.
            deadline: When nobody waits for them any more (TooLateError).
            unread: Told the id of each article that is damaged.
        """
        asked = Asked(question, vector, self.rarity(question.terms), day)
        sources = self.sources(asked, hits, deadline, unread)
        weighed = self.weigh(asked, sources, deadline)
        weighed = [item for item in weighed if item.text not in shown]
        standing = by_standing(weighed, home)
        seen = view_windows(question.text, standing, self.model, deadline=deadline)
        scored = at_home(rank(seen, self._view), home)[:SENTENCES_WEIGHED]
        searched = find_answers(asked, scored, self._answer, deadline)
        return [
            self._evidence(number, item, asked, searched, home)
            for number, item in enumerate(until(deadline, searched[:EVIDENCE_KEPT]), start=1)
        ]

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """Return how rare each term is among the chunks, 0 to 1.

        BM25's inverse document frequency, divided by that of a term which occurs nowhere, so that
        it means the same in small and large collections.
        """
        count = self._index.chunk_count()
        frequency = self._index.document_frequency(terms)
        most = log(2 * count + 2)
        return {
            t: log(1 + (count - frequency[t] + 0.5) / (frequency[t] + 0.5)) / most for t in terms
        }

    def sources(
        self,
        asked: Asked,
        hits: Sequence[Hit],
        deadline: Deadline = NO_DEADLINE,
        unread: Callable[[str], None] = lambda _: None,
    ) -> list[Source]:
        """Return each retrieved version once, with the sentences its chunks hold.

        Damaged ones are left out; `unread` is told the ids of their articles.
        """
        grouped: dict[int, list[Hit]] = {}
        for hit in hits:
            grouped.setdefault(hit.chunk.version_id, []).append(hit)
        best = hits[0].score if hits else 1.0
        versions = until(deadline, grouped.items())
        found = (self._source(asked, id_, group, best, unread) for id_, group in versions)
        return [source for source in found if source]

    def _source(
        self,
        asked: Asked,
        version_id: int,
        hits: Sequence[Hit],
        best: float,
        unread: Callable[[str], None],
    ) -> Source | None:
        try:
            version = self._archive.version(version_id)
        except KeyError:  # removed since it was found
            return None
        article = self._archive.article_of(version)
        sentences = self._archive.sentences(version_id)
        if article is None:
            return None
        if not version.is_intact:
            unread(article.id)
            return None
        vectors = self._index.sentence_vectors(version_id)
        if len(vectors) != len(sentences):  # damaged; the words are still found
            vectors = np.zeros((len(sentences), len(asked.vector)), np.float32)
        fused: dict[int, float] = {}
        similar: dict[int, float] = {}
        for hit in hits:
            first, last = hit.chunk.sentences
            cosine = float(_unit(vectors[first:last].mean(axis=0)) @ asked.vector)
            for position in range(first, last):
                fused[position] = max(fused.get(position, 0.0), hit.score / best)
                similar[position] = max(similar.get(position, -1.0), cosine)
        positions = sorted(fused)
        reading = Reading(
            title=version.title or "",
            published=day_of(version.published),
            texts=[s.span.of(version.text) for s in sentences],
            vectors=vectors,
            positions=positions,
            fused=[fused[p] for p in positions],
            similarity=[similar[p] for p in positions],
        )
        return Source(article, version, sentences, reading)

    def weigh(
        self, asked: Asked, sources: Sequence[Source], deadline: Deadline = NO_DEADLINE
    ) -> list[Scored]:
        """Return all sentences scored by their plain features, best first."""
        scored = []
        for source in until(deadline, sources):
            rows = sentence_features(asked, source.reading)
            scores = rows @ self._sentence
            scored += [
                Scored(source, position, row, float(score))
                for position, row, score in zip(source.reading.positions, rows, scores, strict=True)
            ]
        return sorted(scored, key=lambda item: item.score, reverse=True)

    def _evidence(
        self,
        number: int,
        item: Scored,
        asked: Asked,
        searched: Sequence[Scored],
        home: Home,
    ) -> Evidence:
        sentence = item.source.sentences[item.position]
        row = confidence.confidence_features(asked, item, searched)
        odds = HOME_ODDS * home.speaks_for(item)
        sure = confidence.probability(row, self._confidence, odds)
        answer_span = self._answer_span(asked, item, sentence, sure)
        contrast = contrast_of(asked.question, item.text, item.around, asked.rarity)
        return Evidence(
            number=number,
            article=item.source.article,
            version=item.source.version,
            sentence=sentence,
            score=sure,
            context=context_of(item.source.version, item.source.sentences, item.position),
            answer_span=answer_span,
            missing=contrast.missing,
            differs=tuple(
                Span(sentence.span.start + span.start, sentence.span.start + span.end)
                for span in contrast.differs
            ),
            quote_span=quoted_part(
                item.source.version.text, sentence.span, answer_span, asked.question.terms
            ),
        )

    def _answer_span(
        self, asked: Asked, item: Scored, sentence: Sentence, sure: float
    ) -> Span | None:
        """Return where the short answer stands, or None if it is too unlikely to be right."""
        row = confidence.short_features(asked, item, sure)
        if not item.candidate or confidence.probability(row, self._short) < self._short_floor:
            return None
        start = sentence.span.start + item.candidate.span.start
        return Span(start, start + len(item.candidate.span))


def find_answers(
    asked: Asked,
    scored: Sequence[Scored],
    weights: Floats,
    deadline: Deadline = NO_DEADLINE,
) -> list[Scored]:
    """Return the best sentences again, with the short answer of each, best first.

    Args:
        asked: The question.
        scored: Sentences with their scores, best first.
        weights: For `answers.NAMES`, shape (f,).
        deadline: When nobody waits for them any more (TooLateError).
    """
    ballot = ballot_of(scored)
    searched = []
    best_ones = zip(scored[:SENTENCES_SEARCHED], ballot.sentences, strict=False)
    for item, read in until(deadline, best_ones):
        candidates, rows = weighed_candidates(asked, item, read, ballot)
        if not candidates:
            searched.append(item)
            continue
        scores = rows @ weights
        best = int(np.argmax(scores))
        searched.append(
            replace(
                item,
                candidate=candidates[best],
                candidate_score=float(scores[best]),
                candidate_share=float(1 / np.exp(scores - scores[best]).sum()),
            )
        )
    return sorted(searched, key=_preference, reverse=True)


def weighed_candidates(
    asked: Asked, item: Scored, read: ReadSentence, ballot: Ballot
) -> tuple[list[Candidate], Floats]:
    """Return the possible short answers of a sentence and a row of `pointing.NAMES` for each."""
    candidates = candidates_of(asked.question, item.text, proposals(item))
    rows = answer_features(asked.question, read, candidates, ballot, asked.rarity)
    return candidates, np.concatenate([rows, pointed(item, candidates)], axis=1)


def ballot_of(scored: Sequence[Scored]) -> Ballot:
    """Return the sentences with their shares of belief, in the same order."""
    scores = np.array([item.score for item in scored])
    shares = np.exp(scores - scores.max(initial=0.0)) if len(scores) else scores
    shares = shares / max(float(shares.sum()), 1e-9)
    articles = {id(item.source): number for number, item in enumerate(scored)}
    return Ballot.of(
        [
            ReadSentence(item.text, articles[id(item.source)], float(share))
            for item, share in zip(scored, shares, strict=True)
        ]
    )


def _preference(item: Scored) -> float:
    return item.score + ANSWER_SHARE * item.candidate_score


def _unit(vector: Floats) -> Floats:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
