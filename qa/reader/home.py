"""What a conversation is about, and what that speaks for: a follow-up mostly stays there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import TYPE_CHECKING

from qa.answer import Conversation
from qa.reader.question import analyse
from qa.reader.words import content_stems

if TYPE_CHECKING:
    from qa.reader.read import Scored
    from qa.resolve.resolve import Resolved

# What it speaks for a sentence to stand in the article just quoted: in its score, in log-odds.
HOME_BONUS = 4.0
HOME_ODDS = 1.0
# For what was quoted before half of it: it seldom answers the next question too.
QUOTED_SHARE = 0.5
# What it speaks for the sentence after a quote, where an article mostly tells more of the matter;
# for those farther on it is a third after every so many.
NEXT_BONUS = 3.0
NEXT_SENTENCES = 3.0


@dataclass(frozen=True, slots=True)
class Home:
    """What a conversation is about: a follow-up mostly asks on about the article just quoted.

    Attributes:
        articles: Ids of the articles quoted last, the first quoted first.
        quotes: What was quoted in the conversation.
    """

    articles: tuple[str, ...] = ()
    quotes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is a conversation."""
        return bool(self.articles)

    def speaks_for(self, item: Scored) -> float:
        """Return 1 for a sentence of an article at home, less for one quoted before, else 0."""
        if item.text in self.quotes:
            return QUOTED_SHARE
        return float(item.source.article.id in self.articles)

    def standing(self, item: Scored) -> float:
        """Return the score of a sentence with what the conversation speaks for it."""
        return item.score + HOME_BONUS * self.speaks_for(item) + NEXT_BONUS * self._goes_on(item)

    def _goes_on(self, item: Scored) -> float:
        """Return 1 for the sentence after a quote, less for those farther on, else 0."""
        if item.source.article.id not in self.articles:
            return 0.0
        before = item.source.reading.texts[: item.position]
        quoted = [position for position, text in enumerate(before) if text in self.quotes]
        return exp(-(item.position - quoted[-1] - 1) / NEXT_SENTENCES) if quoted else 0.0


NOWHERE = Home()


def home_of(conversation: Conversation, resolved: Resolved) -> Home:
    """Return what was quoted last, if the question goes on about it."""
    answers = [turn.answer for turn in conversation.turns if turn.answer and turn.answer.citations]
    if not answers:
        return NOWHERE
    last = answers[-1]
    named = {term for name in analyse(resolved.standalone).names for term in name}
    said = f"{last.standalone} {last.citations[0].quote}"
    if not (resolved.leans or named.intersection(content_stems(said))):
        return NOWHERE
    return Home(
        tuple(dict.fromkeys(citation.article_id for citation in last.citations)),
        frozenset(citation.quote for answer in answers for citation in answer.citations),
    )


def by_standing(weighed: Sequence[Scored], home: Home) -> list[Scored]:
    """Return the sentences, those that a conversation at `home` speaks for earlier."""
    return sorted(weighed, key=home.standing, reverse=True)


def at_home(scored: Sequence[Scored], home: Home) -> list[Scored]:
    """Return the sentences, best first, scored with what the conversation speaks for."""
    return by_standing([replace(item, score=home.standing(item)) for item in scored], NOWHERE)
