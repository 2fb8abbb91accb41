"""Which words of a sentence are the short answer: candidates weighed against the question."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.article import Span
from qa.reader.candidates import (
    Candidate,
    dateline_end,
    figure_candidates,
    name_candidates,
    phrase_candidates,
)
from qa.reader.lexicon import COUNTRY_OF_PEOPLE, PLACES
from qa.reader.question import Kind, Question
from qa.reader.words import is_stop_word, placed_stems, stem, stems, words

NAMES = (
    "sentence",
    "right_kind",
    "other_figure",
    "votes",
    "votes_elsewhere",
    "closeness",
    "beside_focus",
    "described_as_focus",
    "place_for_place",
    "place_for_other",
    "full_name_for_person",
    "one_word_for_person",
    "quoted_for_title",
    "partly_in_question",
    "after_copula",
    "length",
    "early",
)

_APPOSITION = re.compile(r"['’”\"]?,['’”\"]? (?:an?|the|its|his|her|their|one of)\b[^,;:.]{,80}")
_FIGURE_KINDS = {
    Kind.MONEY: {Kind.MONEY},
    Kind.NUMBER: {Kind.NUMBER, Kind.DURATION, Kind.MEASURE, Kind.MONEY, Kind.PERCENT},
    Kind.MEASURE: {Kind.MEASURE, Kind.NUMBER, Kind.DURATION, Kind.PERCENT},
    Kind.PERCENT: {Kind.PERCENT, Kind.NUMBER},
    Kind.DATE: {Kind.DATE},
    Kind.DURATION: {Kind.DURATION, Kind.MEASURE, Kind.NUMBER},
    Kind.TIME: {Kind.TIME},
}
ANSWERED_BY_SENTENCE = {Kind.REASON, Kind.WHETHER}
_NO_PLACES = {Kind.PERSON, Kind.ORGANISATION, Kind.TITLE}
_NAME_KINDS = {Kind.PERSON, Kind.ORGANISATION, Kind.PLACE, Kind.TITLE, Kind.NAME}


def _is_place(candidate: Candidate) -> bool:
    plain = candidate.text.strip(".")
    return plain in PLACES or plain.lower() in COUNTRY_OF_PEOPLE


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence under consideration: its text, its article and its share of belief, 0 to 1."""

    text: str
    article: int
    share: float


def candidates_of(
    question: Question, sentence: str, proposed: Sequence[Span] = ()
) -> list[Candidate]:
    """Return the possible short answers of a kind that fits, none made of the question's words.

    Args:
        question: What is asked.
        sentence: The text that they stand in.
        proposed: Further ones of whatever kind, unless only the whole sentence can answer.
    """
    asked = set(question.terms)
    begin = dateline_end(sentence)
    found: dict[Span, Candidate] = {}
    others = [] if question.kind in ANSWERED_BY_SENTENCE else proposed
    pointed = (Candidate(span, span.of(sentence), Kind.THING) for span in others)
    for candidate in (*_of_kind(question.kind, sentence), *pointed):
        own = [w for w in words(candidate.text) if not is_stop_word(w)] or words(candidate.text)
        if own and candidate.span.start >= begin and not all(stem(w) in asked for w in own):
            found.setdefault(candidate.span, candidate)
    return list(found.values())


def _of_kind(kind: Kind, sentence: str) -> Iterable[Candidate]:
    if kind in _FIGURE_KINDS:
        return (c for c in figure_candidates(sentence) if c.kind in _FIGURE_KINDS[kind])
    if kind in _NAME_KINDS:
        return (c for c in name_candidates(sentence) if kind not in _NO_PLACES or not _is_place(c))
    if kind in ANSWERED_BY_SENTENCE:
        return ()
    return (*name_candidates(sentence), *figure_candidates(sentence), *phrase_candidates(sentence))


@dataclass(frozen=True, slots=True)
class Ballot:
    """Every sentence as a string of stems, so that candidates can be looked up in all of them."""

    keys: Sequence[str]
    sentences: Sequence[ReadSentence]

    @classmethod
    def of(cls, sentences: Sequence[ReadSentence]) -> Ballot:
        """Return the ballot of these sentences."""
        return cls([f" {' '.join(stems(s.text))} " for s in sentences], sentences)

    def votes(self, key: str, own_article: int) -> tuple[float, float]:
        """Return the share of belief in sentences that hold the key; then other articles' only."""
        everywhere = elsewhere = 0.0
        for text, sentence in zip(self.keys, self.sentences, strict=True):
            if key in text:
                everywhere += sentence.share
                if sentence.article != own_article:
                    elsewhere += sentence.share
        return everywhere, elsewhere


def answer_features(
    question: Question,
    sentence: ReadSentence,
    candidates: Sequence[Candidate],
    ballot: Ballot,
    rarity: Mapping[str, float],
) -> NDArray[np.float32]:
    """Return a row of `NAMES` for each candidate of the sentence, float32."""
    marks = _marks(question, sentence.text, rarity)
    focus = {stem(w) for w in words(question.focus) if not is_stop_word(w)}
    beside = _starts(sentence.text, focus)
    rows = []
    for candidate in candidates:
        key = f" {' '.join(stems(candidate.text))} "
        votes, elsewhere = ballot.votes(key, sentence.article)
        rows.append(
            (
                math.log(sentence.share + 1e-4),
                *_kind_fit(question.kind, candidate),
                math.log(votes + 1e-3),
                elsewhere,
                _closeness(candidate.span, marks),
                max((_near(candidate.span, at) for at in beside), default=0.0),
                _is_described(sentence.text, candidate.span, beside),
                *_name_fit(question.kind, candidate),
                _share_asked(question, candidate),
                _after_copula(sentence.text, candidate),
                math.log(len(candidate.text)) / 3,
                candidate.span.start / len(sentence.text),
            )
        )
    return np.array(rows, dtype=np.float32).reshape(len(candidates), len(NAMES))


def _marks(question: Question, text: str, rarity: Mapping[str, float]) -> list[tuple[int, float]]:
    """Return where the question's terms stand in the text, with their share of all rarity."""
    weight = {t: rarity.get(t, 0.0) for t in question.terms}
    total = sum(weight.values()) or 1.0
    return [(at, weight[term] / total) for at, term in placed_stems(text) if weight.get(term)]


def _starts(text: str, wanted: set[str]) -> list[int]:
    return [at for at, term in placed_stems(text) if term in wanted] if wanted else []


def _closeness(span: Span, marks: Sequence[tuple[int, float]]) -> float:
    return sum(
        share / (1 + min(abs(at - span.start), abs(at - span.end)) / 30) for at, share in marks
    )


def _near(span: Span, at: int) -> float:
    return math.exp(-min(abs(at - span.start), abs(at - span.end)) / 15)


def _is_described(text: str, span: Span, beside: Sequence[int]) -> float:
    """Return 1 where an apposition names the focus: "Rosneft, the oil company" for a company."""
    apposition = _APPOSITION.match(text, span.end)
    return float(apposition is not None and any(span.end < at < apposition.end() for at in beside))


def _kind_fit(kind: Kind, candidate: Candidate) -> tuple[float, float]:
    is_figure = candidate.kind in _FIGURE_KINDS
    return float(candidate.kind == kind), float(is_figure and candidate.kind != kind)


def _name_fit(kind: Kind, candidate: Candidate) -> tuple[float, ...]:
    count = len(candidate.text.split())
    place = candidate.text.strip(".") in PLACES
    person = kind is Kind.PERSON
    return (
        float(place and kind is Kind.PLACE),
        float(_is_place(candidate) and kind is not Kind.PLACE),
        float(person and 2 <= count <= 4 and not place),
        float(person and count == 1),
        float(kind is Kind.TITLE and candidate.kind is Kind.TITLE),
    )


def _share_asked(question: Question, candidate: Candidate) -> float:
    own = stems(candidate.text)
    return sum(s in question.terms for s in own) / max(len(own), 1)


_COPULAS = ("is", "was", "are", "were", "called", "named", "dubbed", "to", "became")


def _after_copula(text: str, candidate: Candidate) -> float:
    before = text[: candidate.span.start].rstrip(" “\"'").rsplit(" ", 2)[-2:]
    return float(any(word.lower() in _COPULAS for word in before[-1:]))
