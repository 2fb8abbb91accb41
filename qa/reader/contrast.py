"""What a question names and the nearest sentence does not: where the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from corpus.article import Span
from qa.figures import numbers
from qa.reader.candidates import (
    Candidate,
    dateline_end,
    figure_candidates,
    name_candidates,
)
from qa.reader.lexicon import COUNTRY_OF_PEOPLE, PLACES
from qa.reader.named import Held, Named
from qa.reader.question import Kind, Question
from qa.reader.words import stems

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# More than two others of a kind are no contrast but a list.
_MOST_SHOWN = 2
# A name of which less than half is there is missing.
_MISSING = 0.5


@dataclass(frozen=True, slots=True)
class Contrast:
    """Where a sentence differs from what was asked.

    Attributes:
        missing: Names and figures of the question, as typed, that stand nowhere near the sentence.
        differs: What the sentence has in their place, spans of the sentence's text.
    """

    missing: tuple[str, ...] = ()
    differs: tuple[Span, ...] = ()


def contrast_of(
    question: Question,
    sentence: str,
    around: Sequence[str],
    rarity: Mapping[str, float] = MappingProxyType({}),
) -> Contrast:
    """Return what the question names and neither the sentence nor what is around it has.

    Args:
        question: What was asked.
        sentence: The sentence nearest to it.
        around: What it is read with: the sentences beside it, the title, the date in words.
        rarity: Of each of the question's terms, 0 to 1; 1 if not given.
    """
    near = Held([sentence, *around])
    missing = [n for n in question.named if near.share_of(n, rarity) < _MISSING]
    kinds = {kind for named in missing for kind in _kinds_like(named)}
    begin = dateline_end(sentence)
    others = [
        candidate.span
        for candidate in _candidates(sentence)
        if candidate.span.start >= begin
        and _kind_of_candidate(candidate) in kinds
        and not _is_asked(candidate, question)
    ]
    return Contrast(tuple(named.text for named in missing), _apart(others)[:_MOST_SHOWN])


def _kinds_like(named: Named) -> tuple[str, ...]:
    """Return the kinds that can stand in a name's place: for "Brazilian" also "China"."""
    kind = _kind_of(named.text)
    return (kind, "place") if kind == "people" else (kind,)


def _kind_of(text: str) -> str:
    plain = text.strip(".")
    if _YEAR.fullmatch(plain):
        return "year"
    if plain in PLACES:
        return "place"
    if plain.lower() in COUNTRY_OF_PEOPLE:
        return "people"
    return "figure" if numbers(plain) else "name"


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
