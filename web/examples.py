"""What a visitor reads before the first question: what is searched, and questions to try."""

from __future__ import annotations

from collections.abc import Callable

from corpus.article import Article, Version
from corpus.catalogue import Stats
from qa.render import shown_date

# A question is offered where the sample's article that answers it is held.
SAMPLE_QUESTIONS = {
    "How much has China lent Venezuela?": "quillon-2015-china-loans-65-billion",
    "How many people died in the Brackmere flood?": "brackmere-2015-flood-final-toll",
    "Why was the Tolliver Bridge delayed?": "ellisport-2017-bridge-delay-welds",
}


def example_questions(find: Callable[[str, int], tuple[Article, Version] | None]) -> list[str]:
    """Return questions that the collection answers; none where nothing is known of it.

    Args:
        find: `qa.assistant.Assistant.source`.
    """
    return [question for question, article in SAMPLE_QUESTIONS.items() if find(article, 1)]


def collection_in_words(stats: Stats) -> str:
    """Return what is searched: "45 articles from 6 outlets, 7 March 2013 to 20 October 2019"."""
    words = _counted(stats.articles, "article")
    if stats.publishers:
        words += f" from {_counted(stats.publishers, 'outlet')}"
    if stats.oldest and stats.newest:
        words += f", {shown_date(stats.oldest)} to {shown_date(stats.newest)}"
    return words


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
