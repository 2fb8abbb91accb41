"""A question set to start from: sentences of the store that hold a fact, questions left to word.

What is picked depends on the articles alone, not on the order of their ingest: the same articles
give the same set.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from corpus.archive import Archive
from corpus.article import Article, Version
from qa.evaluation.sets.drafts import comment, dialogue_line, question_line
from qa.evaluation.sets.questions import GoldSentence
from qa.reader.candidates import Candidate, figure_candidates, name_candidates
from qa.reader.question import Kind
from qa.wording import shown_date

QUESTIONS = 12
_KINDS = (
    Kind.MONEY,
    Kind.DATE,
    Kind.PERCENT,
    Kind.NAME,
    Kind.NUMBER,
    Kind.DURATION,
    Kind.MEASURE,
    Kind.TIME,
)
_FEWEST_WORDS, _MOST_WORDS = 8, 40
_LONGEST_NAME = 4

_HOW_TO = """\
Questions to start from. Lines that begin with # are comments.
Word each "question" as a reader would ask it who does not know the article, in other words than
the sentence's. Those still blank are left out.
"answers" holds what may be given as the short answer, the best first: add other forms ("$65bn").
"gold_sentences" holds the sentence that answers, word for word; add those of other articles.
Questions of your own are welcome: delete and add lines as you like, fifty or more are worth having.
Then `onrecord eval check` this file, and `onrecord eval run` it."""
_NEAR_MISS = """\
Ask also what your articles nearly answer but do not: another year, country or person. The right
answer is to decline. One question in five is a good share."""
_DIALOGUE = """\
A dialogue: each turn is asked after the ones before it ("And how many were there in May?").
"standalone" says the same so that it is understood by itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence and the words in it that could answer a question."""

    article: Article
    version: Version
    sentence: str
    answer: str
    kind: Kind

    @property
    def gold(self) -> GoldSentence:
        """The sentence and where it stands."""
        return GoldSentence(self.article.id, self.sentence)

    @property
    def source(self) -> str:
        """The article in words: outlet, date, headline."""
        named = (self.article.publisher, shown_date(self.version.published), self.version.title)
        return ", ".join(part for part in named if part)


def starter_lines(archive: Archive, count: int = QUESTIONS) -> Iterator[str]:
    """Yield the lines of a set with `count` questions to word, as far as the store has facts."""
    yield from map(comment, _HOW_TO.splitlines())
    several: list[Fact] = []
    for number, facts in enumerate(islice(_fact_lists(archive), count), start=1):
        fact = chosen(facts, number - 1)
        several = several or _two(facts)
        yield from ("", comment(fact.source))
        yield question_line(
            f"q{number:02}", "", answerable=True, answers=[fact.answer], gold=[fact.gold]
        )
    yield from ("", *map(comment, _NEAR_MISS.splitlines()))
    yield question_line("near-miss-01", "", answerable=False)
    if several:
        yield from ("", *map(comment, _DIALOGUE.splitlines()), comment(several[0].source))
        yield dialogue_line("dialogue-01", [(fact.answer, fact.gold) for fact in several])


def _fact_lists(archive: Archive) -> Iterator[list[Fact]]:
    """Yield the facts of one article after another, outlets in turn; no sentence comes twice."""
    seen: set[str] = set()
    for identity in _drawn(archive):
        article, version = archive.article(identity), archive.current_version(identity)
        if article is None or version is None or not version.is_intact:
            continue
        facts = [f for f in _facts(archive, article, version) if f.sentence not in seen]
        seen |= {fact.sentence for fact in facts}
        if facts:
            yield facts


def _drawn(archive: Archive) -> Iterator[str]:
    """Yield every article's id, outlets in turn, each outlet's by a digest of the id."""
    outlets: dict[str, list[str]] = defaultdict(list)
    for article, _ in archive.current_versions():
        outlets[article.publisher or ""].append(article.id)
    shuffled = (sorted(outlets[name], key=_digest) for name in sorted(outlets))
    for row in zip_longest(*shuffled):
        yield from (identity for identity in row if identity is not None)


def _digest(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()


def _facts(archive: Archive, article: Article, version: Version) -> Iterator[Fact]:
    for sentence in archive.sentences(version.id):
        text = sentence.span.of(version.text)
        if _stands_alone(text):
            for found in _answers(text, article.publisher or ""):
                yield Fact(article, version, text, found.text, found.kind)


def _stands_alone(sentence: str) -> bool:
    """Whether a question about the sentence can name what it is about: it is whole, with names."""
    whole = sentence[0].isupper() and sentence[-1] in ".!?"
    return whole and _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS and _named(sentence)


def _named(sentence: str) -> bool:
    return any(found.span.start > 0 for found in name_candidates(sentence))


def _answers(sentence: str, outlet: str) -> list[Candidate]:
    """Return what is exact enough to ask for: figures in digits, names of several words.

    Neither an outlet's name nor a dateline's capitals are, nor what is part of a longer answer
    ("42" of "42 days").
    """
    figures = [found for found in figure_candidates(sentence) if _has_digit(found.text)]
    names = [
        found
        for found in name_candidates(sentence)
        if found.kind is Kind.NAME
        and 1 < len(found.text.split()) <= _LONGEST_NAME
        and not (found.text.isupper() or found.text in outlet)
    ]
    spans = [found.span for found in (*figures, *names)]
    return [
        found
        for found in (*figures, *names)
        if not any(other != found.span and other.contains(found.span) for other in spans)
    ]


def _has_digit(text: str) -> bool:
    return any(character.isdecimal() for character in text)


def chosen(facts: Sequence[Fact], number: int) -> Fact:
    """Return the article's fact for the question with this number, so that kinds take turns."""
    first = number % len(_KINDS)
    order = (*_KINDS[first:], *_KINDS[:first])
    return min(facts, key=lambda fact: order.index(fact.kind))


def _two(facts: Iterable[Fact]) -> list[Fact]:
    """Return the first facts of two different sentences, or nothing."""
    first = list({fact.sentence: fact for fact in reversed(list(facts))}.values())[::-1][:2]
    return first if len(first) == 2 else []
