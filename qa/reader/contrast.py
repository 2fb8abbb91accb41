"""What a question names and the nearest sentence does not: where the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.article import Span
from qa.reader.candidates import Candidate, figure_candidates, name_candidates
from qa.reader.lexicon import COUNTRY_OF_PEOPLE, PLACES
from qa.reader.question import FIGURE, Kind, Question, name_spans
from qa.reader.words import is_stop_word, stem, stems, words

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# More than two others of a kind are no contrast but a list.
_MOST_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Contrast:
    """Where a sentence differs from what was asked.

    Attributes:
        missing: Names and figures of the question, as typed, that stand nowhere near the sentence.
        differs: What the sentence has in their place, spans of the sentence's text.
    """

    missing: tuple[str, ...] = ()
    differs: tuple[Span, ...] = ()


def contrast_of(question: Question, sentence: str, around: Sequence[str]) -> Contrast:
    """Return what the question names and neither the sentence nor what is around it has.

    Args:
        question: What was asked.
        sentence: The sentence nearest to it.
        around: What it is read with: the sentences beside it, the title, the date in words.
    """
    near = {term for text in (sentence, *around) for term in stems(text)}
    missing = [named for named in _named(question.text) if not _stands_in(named, near)]
    kinds = {_kind_of(named) for named in missing}
    others = [
        candidate.span
        for candidate in _candidates(sentence)
        if _kind_of_candidate(candidate) in kinds and not _is_asked(candidate, question)
    ]
    return Contrast(tuple(missing), _apart(others)[:_MOST_SHOWN])


def _named(text: str) -> Iterator[str]:
    """Yield the names, then the figures outside of them, as they stand in a question."""
    names = name_spans(text)
    yield from (span.of(text) for span in names)
    for match in FIGURE.finditer(text):
        if not any(span.overlaps(Span(*match.span())) for span in names):
            yield match[0]


def _stands_in(named: str, near: set[str]) -> bool:
    """Return whether the words of a name stand there; of a person's, the last may do alone."""
    own = [stem(word) for word in words(named) if not is_stop_word(word)]
    if not own or set(own) <= near:
        return True
    return len(own) > 1 and named not in PLACES and own[-1] in near


def _kind_of(text: str) -> str:
    plain = text.strip(".")
    if _YEAR.fullmatch(plain):
        return "year"
    if FIGURE.search(plain):
        return "figure"
    return "place" if plain in PLACES or plain.lower() in COUNTRY_OF_PEOPLE else "name"


def _kind_of_candidate(candidate: Candidate) -> str:
    if candidate.kind is Kind.DATE:
        return "year" if _YEAR.search(candidate.text) else "day"
    return _kind_of(candidate.text) if candidate.kind is Kind.NAME else "figure"


def _candidates(sentence: str) -> Iterator[Candidate]:
    yield from (c for c in name_candidates(sentence) if c.kind is not Kind.TITLE)
    yield from figure_candidates(sentence)


def _is_asked(candidate: Candidate, question: Question) -> bool:
    return any(term in question.terms for term in stems(candidate.text))


def _apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans in order, of overlapping ones the first."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or not kept[-1].overlaps(span):
            kept.append(span)
    return tuple(kept)
