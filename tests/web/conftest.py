from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import ModuleType

import pytest

from corpus.article import Article, Span, Version, sha256_of
from corpus.errors import QuestionError
from qa.answer import Answer, Citation, Conversation, Statement


def pytest_configure(config: pytest.Config) -> None:
    # Gradio makes event loops that it never closes (gradio.utils.safe_get_lock)
    config.addinivalue_line("filterwarnings", "ignore:unclosed event loop:ResourceWarning")
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket.* family=1,:ResourceWarning")


TEXT = (
    "LOWHAVEN - The council met on Monday.\n\nThe new pier will cost $12 million. "
    "It will open in May 2021, the mayor said.\nNobody voted against it."
)
ARTICLE = Article("pier", "https://gazette.example/pier?a=1&b=2", "Lowhaven Gazette")
VERSION = Version(
    id=1,
    article_id="pier",
    number=2,
    title="Pier <approved>",
    authors=("Ada Bell",),
    published=date(2019, 4, 2),
    fetched=datetime(2020, 1, 1, tzinfo=UTC),
    language="en",
    text=TEXT,
    sha256=sha256_of(TEXT),
)
COST = "The new pier will cost $12 million."
OPENING = "It will open in May 2021, the mayor said."


def cite(quote: str, context: str | None = None) -> Citation:
    span = Span(TEXT.index(quote), TEXT.index(quote) + len(quote))
    return Citation(
        article_id="pier",
        version=2,
        sha256=VERSION.sha256,
        span=span,
        quote=quote,
        sentence=span,
        title=VERSION.title,
        publisher=ARTICLE.publisher,
        url=ARTICLE.url,
        published=VERSION.published,
        context=context,
    )


def answered(question: str, short: str | None = "$12 million") -> Answer:
    citations = (cite(COST), cite(OPENING, f"{COST} {OPENING}"))
    statements = tuple(Statement(c.quote, (c,)) for c in citations)
    return Answer(question, question, "answered", statements, short)


def declined(question: str) -> Answer:
    return Answer(question, question, "declined", nearest=(cite(COST),), searched="1 article")


@dataclass
class AssistantDouble:
    """Answers by the first word of the question; remembers the conversations it was given."""

    given: list[Conversation] = field(default_factory=list)

    def ask(
        self, question: str, *, conversation: Conversation, progress: Callable[[str], None]
    ) -> Answer:
        self.given.append(conversation)
        if not question.strip():
            raise QuestionError("empty", "Please ask a question in words.")
        if question.startswith("fail"):
            raise RuntimeError("/secret/path")
        progress("searching 1 article")
        progress("checking quotes")
        return declined(question) if question.startswith("who") else answered(question)

    def source(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        return (ARTICLE, VERSION) if (article_id, version) == ("pier", 2) else None


@pytest.fixture
def assistant() -> AssistantDouble:
    return AssistantDouble()


@pytest.fixture(scope="session")
def double() -> ModuleType:
    """This module's hand-made articles and answers."""
    return sys.modules[__name__]
