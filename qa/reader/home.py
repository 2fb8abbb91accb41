"""What a conversation is about, and what that speaks for: a follow-up mostly stays there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.reader.read import Scored

# What it speaks for a sentence to stand in the article just quoted: in its score, in log-odds.
HOME_BONUS = 1.0
HOME_ODDS = 0.7


@dataclass(frozen=True, slots=True)
class Home:
    """What a conversation is about: a follow-up mostly asks on about the article just quoted.

    Attributes:
        articles: Ids of the articles quoted last.
        quotes: What was quoted; it rarely answers the next question too.
    """

    articles: frozenset[str] = frozenset()
    quotes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is a conversation."""
        return bool(self.articles)

    def speaks_for(self, item: Scored) -> float:
        """Return 1 for a new sentence of an article at home, -1 for one that was quoted, else 0."""
        if item.text in self.quotes:
            return -1.0
        return float(item.source.article.id in self.articles)


NOWHERE = Home()


def at_home(scored: Sequence[Scored], home: Home) -> list[Scored]:
    """Return the sentences, best first, with what the conversation speaks for and against."""
    if not home:
        return list(scored)
    raised = [
        replace(item, score=item.score + HOME_BONUS * home.speaks_for(item)) for item in scored
    ]
    return sorted(raised, key=lambda item: item.score, reverse=True)
