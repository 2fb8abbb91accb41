"""Questions about what an article says beside a quote that was shown.

They go on from what was read: "the bridge" and "it" may mean what the quote named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.answer import Answer
from qa.discourse.recall import Place
from qa.reader.named import name_spans
from qa.reader.words import content_stems
from qa.suggestions.asks import Asks, Made
from qa.suggestions.made import made_of
from qa.suggestions.persons import persons_in

SENTENCES_BACK, SENTENCES_ON = 8, 24
SENTENCES_OF_PERSONS = 60
SURELY = 0.6
"""How sure an answer has to be, 0 to 1, to be what was meant."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """A question that a sentence beside a quote answers.

    Attributes:
        sentence: The one it was made of.
        article_id: Of the article that has the sentence.
    """

    made: Made
    sentence: str
    article_id: str

    def is_answered_by(self, answer: Answer) -> bool:
        """Return whether the answer is what the question was made of, and surely so."""
        if answer.status != "answered" or answer.confidence < SURELY:
            return False
        first = answer.citations[0]
        holds = first.article_id == self.article_id and self.made.expected in first.quote
        return holds or first.quote == self.sentence


def nearby_questions(place: Place, question: str, read: str) -> Iterator[Nearby]:
    """Yield what the article answers beside the quote, the most fitting first, one a sentence.

    Args:
        place: Of the quote.
        question: The one that it answered, standing by itself.
        read: All that was shown; what stands in it is not asked for.
    """
    texts = place.texts
    quote = texts[place.position]
    yield from _persons(place, quote, read)
    known = f"{question} {quote}"
    asked = set(content_stems(question))
    for position in _around(place):
        text = texts[position]
        if text in read:
            continue
        leaning = position == place.position + 1 and bool(name_spans(quote))
        for made in made_of(text, place.version.text, known, leaning=leaning):
            is_new = made.expected not in read and not set(content_stems(made.question)) <= asked
            if is_new and made.asks is not Asks.WHO_IS:
                yield Nearby(made, text, place.article.id)
                break


def _around(place: Place) -> list[int]:
    """Return the positions around the quote, those after it first, the nearest first."""
    here = place.position
    last = min(here + 1 + SENTENCES_ON, len(place.sentences))
    first = max(here - SENTENCES_BACK, 0)
    return [*range(here + 1, last), *range(here - 1, first - 1, -1)]


def _persons(place: Place, quote: str, read: str) -> Iterator[Nearby]:
    """Yield who those are that the quote names, where the article says so in another sentence."""
    for text in place.texts[:SENTENCES_OF_PERSONS]:
        if text not in read:
            for made in persons_in(text, place.version.text):
                if re.search(rf"\b{re.escape(made.name.split()[-1])}\b", quote):
                    yield Nearby(made, text, place.article.id)
