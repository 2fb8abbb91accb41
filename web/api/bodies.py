"""What callers send, checked: unknown fields are errors, as they are misspelt ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from qa.evaluation.sets.feedback import LONGEST_REASON
from qa.history import Day, PastQuestion

LONGEST_QUOTE = 10_000
"""Characters; comparing word by word takes time that grows with the square of the length."""
MOST_TURNS = 50
"""Turns of a history; what is older is no context for a follow-up."""
MOST_UNANSWERED = 5
"""Turns of a history without an answer: each is answered first, and counts as a question."""
MOST_WITHOUT = 20
"""Terms of earlier turns that are not to be carried over; a question carries a few."""
LONGEST_TERM = 200
MOST_ARTICLES = 1_000


_Term = Annotated[str, Field(max_length=LONGEST_TERM)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def unanswered(history: Sequence[PastQuestion]) -> int:
    """Return how many turns of a history have to be answered first."""
    return sum(past.answer is None for past in history)


def _not_too_many(history: list[PastQuestion]) -> list[PastQuestion]:
    if (count := unanswered(history)) > MOST_UNANSWERED:
        message = "at most {most} turns without an answer can be answered first, here are {count}"
        raise PydanticCustomError("unanswered", message, {"most": MOST_UNANSWERED, "count": count})
    return history


History = Annotated[list[PastQuestion], Field(max_length=MOST_TURNS), AfterValidator(_not_too_many)]
"""The turns before a question, the earliest first."""


class AskBody(_Body):
    """A question.

    Attributes:
        history: The turns before it; not with `conversation`.
        conversation: The id of a kept conversation, which the turn is added to.
        asked: The day that "this week" counts from; by default the newest article's.
        without: Terms of earlier turns that are not to be carried over.
        everything: Whether what the question states ("according to …") limits nothing.
    """

    question: str
    history: History = []
    conversation: str | None = None
    asked: Day = None
    without: Annotated[list[_Term], Field(max_length=MOST_WITHOUT)] = []
    publisher: str | None = None
    since: Day = None
    until: Day = None
    everything: bool = False

    @property
    def cost(self) -> int:
        """As how many questions it counts."""
        return 1 + unanswered(self.history)


class NameBody(_Body):
    """A conversation's name."""

    name: str


class QuoteBody(_Body):
    """Words that somebody may have written."""

    quote: Annotated[str, Field(min_length=1, max_length=LONGEST_QUOTE)]


class FeedbackBody(_Body):
    """A judgement of an answer, which is given as `ask` returned it."""

    verdict: Literal["good", "bad"]
    answer: dict[str, Any]
    why: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    history: list[str] = []


class ArticleBody(_Body):
    """An article to be stored, as a line of JSON has it.

    Attributes:
        groups: Those that alone may see it; [] for everybody, None leaves what is known.
    """

    text: str
    id: str | None = None
    url: str | None = None
    publisher: str | None = None
    title: str | None = None
    authors: list[str] = []
    published: str | None = None
    groups: list[str] | None = None


class ArticlesBody(_Body):
    """Articles to be stored."""

    articles: Annotated[list[ArticleBody], Field(min_length=1, max_length=MOST_ARTICLES)]


class Message(BaseModel):
    """A message of a chat, as other services have it; what else they have is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    role: str
    content: str | list[dict[str, Any]] | None = None


class CompletionBody(BaseModel):
    """A request to complete a chat, as other services have it; what else they have is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    messages: Annotated[list[Message], Field(min_length=1)]
    model: str = "onrecord"
    stream: bool = False


class VisitorBody(_Body):
    """A visitor for whom an embedding page vouches.

    Attributes:
        user: As the sign-in would name the same user.
        name: To be shown; by default the user's.
        groups: Those whose articles may be seen.
        origin: That of the page ("https://intranet.example").
    """

    user: str
    name: str = ""
    groups: Annotated[list[str], Field(max_length=200)] = []
    origin: str
