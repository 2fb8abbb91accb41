"""What callers send, checked: unknown fields are errors, as they are misspelt ones.

What a field means is said once, in its description, for those who read this and for the API's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from qa.evaluation.sets.feedback import LONGEST_REASON
from qa.given import NullIsLeftOut
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


def _says(words: str) -> FieldInfo:
    """Return what describes a field."""
    field: FieldInfo = Field(description=words)
    return field


class _Body(NullIsLeftOut, BaseModel):
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
    """A question."""

    question: Annotated[str, _says("In English, as a person would ask it.")]
    history: Annotated[
        History, _says("The turns before it, the first one first; not with `conversation`.")
    ] = []
    conversation: Annotated[
        str | None, _says("The id of a kept conversation, which the turn is added to.")
    ] = None
    asked: Annotated[
        Day, _says("The day that “this week” counts from; by default the newest article's.")
    ] = None
    without: Annotated[
        list[_Term],
        _says("Terms of earlier turns that are not to be carried over."),
        Field(max_length=MOST_WITHOUT),
    ] = []
    publisher: Annotated[str | None, _says("Only articles of this outlet.")] = None
    since: Annotated[Day, _says("Only articles from this day on (YYYY-MM-DD).")] = None
    until: Annotated[Day, _says("Only articles up to this day.")] = None
    everything: Annotated[
        bool, _says("Whether what the question states (“according to …”) limits nothing.")
    ] = False

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
    """A judgement of an answer."""

    verdict: Literal["good", "bad"]
    answer: Annotated[dict[str, Any], _says("As `ask` returned it.")]
    why: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    history: Annotated[list[str], _says("The questions before it.")] = []


class ArticleBody(_Body):
    """An article to be stored, as a line of JSON has it."""

    text: str
    id: str | None = None
    url: str | None = None
    publisher: str | None = None
    title: str | None = None
    authors: list[str] = []
    published: str | None = None
    groups: Annotated[
        list[str] | None,
        _says("Those that alone may see it; [] for everybody; left out, what is known stays."),
    ] = None


class ArticlesBody(_Body):
    """Articles to be stored."""

    articles: Annotated[list[ArticleBody], Field(min_length=1, max_length=MOST_ARTICLES)]


class Message(NullIsLeftOut, BaseModel):
    """A message of a chat, as other services have it; what else they have is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    role: str
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(NullIsLeftOut, BaseModel):
    """What a stream holds beside the answer; what else other services have is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    include_usage: Annotated[
        bool, _says("Whether a last chunk has the usage, which is 0: no model counts tokens here.")
    ] = False


class CompletionBody(NullIsLeftOut, BaseModel):
    """A request to complete a chat, as other services have it; what else they have is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    messages: Annotated[
        list[Message],
        _says("The last one is the question, those before it are the history."),
        Field(min_length=1),
    ]
    model: str = "onrecord"
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()


class VisitorBody(_Body):
    """A visitor for whom an embedding page vouches."""

    user: Annotated[str, _says("As the sign-in would name the same user.")]
    name: Annotated[str, _says("To be shown; by default the user's.")] = ""
    groups: Annotated[
        list[str], _says("Those whose articles may be seen."), Field(max_length=200)
    ] = []
    origin: Annotated[str, _says("That of the page (“https://intranet.example”).")]
