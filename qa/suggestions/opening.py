"""Questions to open a conversation with: of what the newest articles say, each tried before.

A question is made of a sentence by rule, then asked; it is proposed only if it is answered by that
sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.archive import Archive
from corpus.article import Article, Version
from corpus.catalogue import Catalogue
from qa.answer import Answer
from qa.reader.named import name_spans
from qa.reader.words import content_stems
from qa.suggestions.asks import Asks, Made
from qa.suggestions.made import made_of

ARTICLES_READ = 60
SENTENCES_READ = 40
"""Of each article; what matters stands at the beginning."""
MOST_ASKED = 24
MADE_OF_EACH = 3
LEAST_CONFIDENCE = 0.7
"""How sure an answer has to be, 0 to 1."""
MOST_OF_A_KIND = 3
# For a person any article can be asked.
MOST_PERSONS = 1

Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that an article seems to answer.

    Attributes:
        sentence: What it was made of.
        place: Of its article among the newest, from 0.
    """

    made: Made
    sentence: str
    article: Article
    version: Version
    place: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A question to begin with, and the text that it was made of, as a citation names it."""

    question: str
    article_id: str
    version: int
    sha256: str

    def stands(self, archive: Catalogue) -> bool:
        """Whether that text is still there; what it asks may be told by nothing else."""
        return archive.cited(self.article_id, self.version, self.sha256) is not None


def opening_questions(
    archive: Archive, ask: Ask, count: int = 4, most: int = MOST_ASKED, *, apart: bool = True
) -> list[Opening]:
    """Return questions about the newest articles that are answered rightly, best first.

    Where no article has a date, about those that were added first.

    Takes as long as asking up to `most` questions.

    Args:
        archive: What is asked about.
        ask: Answers a question that stands by itself.
        count: How many at most; there may be fewer, or none.
        most: How many are tried.
        apart: Whether there are rather fewer than several about one article.
    """
    articles = archive.newest(ARTICLES_READ) or [
        (article, version)
        for article, version in islice(archive.current_versions(), ARTICLES_READ)
        if version.is_intact
    ]
    made = _candidates(articles, archive)
    candidates = list({c.made.question: c for c in made}.values())
    kept: list[Candidate] = []
    for _ in range(most):
        others = [c for c in candidates if _adds(c, kept)] or ([] if apart else candidates)
        if len(kept) == count or not others:
            break
        candidate = min(others, key=lambda c: _order(c, kept))
        candidates.remove(candidate)
        if is_answered(candidate, ask(candidate.made.question)):
            kept.append(candidate)
    return [
        Opening(c.made.question, c.article.id, c.version.number, c.version.sha256) for c in kept
    ]


def _candidates(
    articles: Sequence[tuple[Article, Version]], archive: Archive
) -> Iterator[Candidate]:
    for place, (article, version) in enumerate(articles):
        yield from islice(_of_article(article, version, archive, place), MADE_OF_EACH)


def _of_article(
    article: Article, version: Version, archive: Archive, place: int
) -> Iterator[Candidate]:
    for sentence in archive.sentences(version.id)[:SENTENCES_READ]:
        text = sentence.span.of(version.text)
        for made in made_of(text, version.text):
            yield Candidate(made, text, article, version, place)


def _adds(candidate: Candidate, kept: Sequence[Candidate]) -> bool:
    """Return whether a candidate is about something else than those that were kept."""
    alike = [other for other in kept if other.made.asks is candidate.made.asks]
    if len(alike) >= (MOST_PERSONS if candidate.made.asks is Asks.WHO_IS else MOST_OF_A_KIND):
        return False
    own = _named(candidate)
    return not any(
        other.article.id == candidate.article.id or own & _named(other) for other in kept
    )


def _named(candidate: Candidate) -> set[str]:
    """Return the stems of the names in a question."""
    question = candidate.made.question
    return {term for span in name_spans(question) for term in content_stems(span.of(question))}


def _order(candidate: Candidate, kept: Sequence[Candidate]) -> tuple[int, int]:
    """Return what sorts candidates: of kinds and outlets that were not kept yet first, then newest.

    Questions that every article could give, for a person or a weekday, come later.
    """
    kind = sum(other.made.asks is candidate.made.asks for other in kept)
    outlet = sum(other.article.publisher == candidate.article.publisher for other in kept)
    common = candidate.made.asks in _COMMON or candidate.made.expected.split()[0].endswith("day")
    return 2 * kind + outlet + common, candidate.place


_COMMON = frozenset({Asks.WHO_IS, Asks.SAID})


def is_answered(candidate: Candidate, answer: Answer) -> bool:
    """Return whether the answer is what the question was made of, and surely so."""
    if answer.status != "answered" or answer.confidence < LEAST_CONFIDENCE:
        return False
    first = answer.citations[0]
    expected, whole = candidate.made.expected, first.quote == candidate.sentence
    if not (whole or expected in first.quote):
        return False
    # What somebody is may be said in the same words elsewhere.
    if first.article_id != candidate.article.id and candidate.made.asks is not Asks.WHO_IS:
        return False
    return (
        answer.short is None or candidate.made.asks not in _SHORT or _agree(answer.short, expected)
    )


# Asked for a short thing; otherwise a short answer may be anything in the sentence.
_SHORT = frozenset({Asks.WHEN, Asks.HOW_MUCH, Asks.HOW_MANY})


def _agree(short: str, expected: str) -> bool:
    own, theirs = set(content_stems(short)), set(content_stems(expected))
    return own <= theirs or theirs <= own
