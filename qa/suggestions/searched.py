"""Questions whose answer has to be searched for: they are proposed only once it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.archive import Archive
from qa.answer import Answer
from qa.assistant import Trace
from qa.compose import quote_of
from qa.discourse.recall import Place, place_of
from qa.reader.lexicon import PLACES
from qa.reader.named import name_spans
from qa.reader.words import content_stems
from qa.suggestions.asks import Asks
from qa.suggestions.made import made_of
from qa.suggestions.nearby import Nearby, nearby_questions
from qa.suggestions.said import Said

# How much of what was said of a place another sentence has to say of another place.
LIKE = 0.6
# How many words a question has to share with one that was declined, to be of the same matter.
SHARED_WITH_DECLINED = 2
# Evidence less likely than this is of something else; its article is not looked at.
LEAST_OF_ARTICLE = 0.3
_WITH_THE = frozenset("US U.S USA UK U.K UAE Netherlands Philippines Bahamas Maldives".split())

Ask = Callable[[str], Answer]
"""Answers a question within the conversation."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A question that is likely answered, and how it shows in the answer that it is."""

    question: str
    answers: Callable[[Answer], bool]


def first_answered(likely: Iterable[Likely], said: Said, ask: Ask) -> list[str]:
    """Return the first question that was not asked before, if it is answered as it should be."""
    first = next((each for each in likely if not said.repeats(each.question)), None)
    if first is None:
        return []
    answer = ask(first.question)
    return [first.question] if answer.status == "answered" and first.answers(answer) else []


def likely_after(trace: Trace, place: Place, said: Said, archive: Archive) -> Iterator[Likely]:
    """Yield what the evidence of an answer is likely to answer too, the likeliest first."""
    yield from _renamed(trace, said)
    topic = f"{said.question} {place.texts[place.position]}"
    for other in _elsewhere(trace, place, archive):
        for found in nearby_questions(other, said.question, said.read):
            if _shared(found.made.question, topic):
                yield Likely(found.made.question, found.is_answered_by)


def _shared(question: str, topic: str) -> int:
    """Return how many words that carry meaning a question shares with what was spoken of."""
    return len(set(content_stems(question)).intersection(content_stems(topic)))


def _elsewhere(trace: Trace, place: Place, archive: Archive) -> Iterator[Place]:
    """Yield where the evidence of other articles stands, each article once."""
    seen = {place.article.id}
    for item in trace.evidence:
        if item.article.id not in seen and item.score >= LEAST_OF_ARTICLE:
            seen.add(item.article.id)
            sentences = archive.sentences(item.version.id)
            if sentences:
                position, span = item.sentence.position, item.sentence.span
                yield Place(item.article, item.version, sentences, position, span)


def _renamed(trace: Trace, said: Said) -> Iterator[Likely]:
    """Yield "And Russia?" where evidence says of Russia what was asked of another country."""
    asked = [span.of(said.question) for span in name_spans(said.question)]
    predicate = set(content_stems(said.question)) - set(content_stems(" ".join(asked)))
    for item in trace.evidence if trace.answer.short else ():
        text = quote_of(item)
        same = predicate.intersection(content_stems(text))
        missing = [name for name in asked if name not in text]
        is_other = text not in said.quotes and len(missing) == 1 and missing[0] in PLACES
        if is_other and item.answer_span and len(same) >= max(1, LIKE * len(predicate)):
            for name in _other_places(text, asked):
                if name not in said.read:
                    yield _likely_renamed(name, text)


def _other_places(text: str, asked: Sequence[str]) -> list[str]:
    """Return the countries and other known places in a text that were not asked about."""
    named = dict.fromkeys(span.of(text) for span in name_spans(text))
    return [name for name in named if name in PLACES and name not in asked]


def _likely_renamed(name: str, text: str) -> Likely:
    the = "the " if name in _WITH_THE or name.startswith("United ") else ""
    return Likely(f"And {the}{name}?", lambda answer: answer.citations[0].quote == text)


def likely_instead(answer: Answer, archive: Archive) -> Iterator[Likely]:
    """Yield questions that the nearest sentences do answer."""
    for citation in answer.nearest:
        place = place_of(archive, citation)
        if place and place.texts[place.position] == citation.quote:
            for made in made_of(citation.quote, place.version.text):
                found = Nearby(made, citation.quote, citation.article_id)
                alike = _shared(made.question, answer.standalone) >= SHARED_WITH_DECLINED
                if alike and made.asks is not Asks.WHO_IS:
                    yield Likely(made.question, found.is_answered_by)
