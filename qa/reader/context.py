"""What is shown of a sentence: the one before if it leans on that, a part if it is very long."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from corpus.article import Sentence, Span, Version
from qa.figures import numbers
from qa.reader.candidates import name_candidates
from qa.reader.words import placed_stems

LONGEST_QUOTE = 600
QUOTED_OF_LONG = 400
MAX_CONTEXT_SENTENCES = 2
LONGEST_CONTEXT = 700

_LEANING = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|this|that|these|those|"
    r"the (?:company|deal|agreement|group|pair|two|move|firm|agency|country|report|study|"
    r"figure|minister|president|ministry))\b",
    re.IGNORECASE,
)
_OPENING_CHARACTERS = 60
_LONGEST_FIGURE = 60


def context_of(version: Version, sentences: Sequence[Sentence], position: int) -> Span | None:
    """Return the span from the sentence(s) that a pronoun leans on to the quote's end, or None."""
    first = position
    while (
        first > 0
        and position - first < MAX_CONTEXT_SENTENCES
        and _leans(sentences[first].span.of(version.text))
    ):
        first -= 1
    span = Span(sentences[first].span.start, sentences[position].span.end)
    if first == position or len(span) > LONGEST_CONTEXT + len(sentences[position].span):
        return None
    return span


def _leans(sentence: str) -> bool:
    """Return whether the sentence opens with a pronoun that no name stands before."""
    match = _LEANING.search(sentence[:_OPENING_CHARACTERS])
    return match is not None and next(name_candidates(sentence[: match.start()]), None) is None


def quoted_part(
    text: str, sentence: Span, answer: Span | None, terms: Collection[str]
) -> Span | None:
    """Return what to quote of a very long sentence; None quotes all of it.

    Args:
        text: The canonical text.
        sentence: Where the sentence stands.
        answer: The short answer, which the part is then around.
        terms: Stems of the question; without an answer the part has as many of them as can be.
    """
    if len(sentence) <= LONGEST_QUOTE:
        return None
    middle = answer or _densest(text, sentence, terms)
    margin = max((QUOTED_OF_LONG - len(middle)) // 2, 0)
    start = _border(text, max(sentence.start, middle.start - margin), sentence, -1)
    end = max(middle.end, min(sentence.end, start + QUOTED_OF_LONG))
    end = _border(text, end, sentence, 1)
    start, end = _beside_figure(text, start, -1), _beside_figure(text, end, 1)
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    return Span(max(start, sentence.start), min(end, sentence.end))


def _beside_figure(text: str, cut: int, step: int) -> int:
    """Return where to cut instead of inside a figure: before it going back, behind it going on."""
    near = max(0, cut - _LONGEST_FIGURE)
    for number in numbers(text[near : cut + _LONGEST_FIGURE]):
        start, end = near + number.uncut.start, near + number.uncut.end
        if start < cut < end:
            return end if step > 0 else start
    return cut


def _densest(text: str, sentence: Span, terms: Collection[str]) -> Span:
    """Return the stretch that a quote can hold and that has most of the terms."""
    marks = [mark for mark in placed_stems(text, sentence.start, sentence.end) if mark[1] in terms]
    best, most = Span(sentence.start, sentence.start + 1), 0
    for first, (start, _) in enumerate(marks):
        near = [mark for mark in marks[first : first + 100] if mark[0] < start + QUOTED_OF_LONG]
        if (count := len({term for _, term in near})) > most:
            best, most = Span(start, near[-1][0] + 1), count
    return best


def _border(text: str, at: int, sentence: Span, step: int) -> int:
    """Return the next word border from `at` on, within 100 code points, else `at`."""
    for here in range(at, at + 100 * step, step):
        if here <= sentence.start or here >= sentence.end:
            return min(max(here, sentence.start), sentence.end)
        if text[here - 1].isspace() != text[here].isspace():
            return here + (1 if text[here].isspace() and step < 0 else 0)
    return at
