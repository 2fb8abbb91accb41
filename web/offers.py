"""What the chat page is made from: who answers, and what is offered beside answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from corpus.article import Article, Version
from corpus.catalogue import Stats
from index.chunk_index import Limits
from qa.answer import Conversation
from qa.assistant import Trace
from web.judging import Judges
from web.shelf import Keeps


class Assists(Protocol):
    """What the page needs of `qa.assistant.Assistant`."""

    def trace(
        self,
        question: str,
        *,
        conversation: Conversation,
        without: Collection[str],
        limits: Limits,
        progress: Callable[[str], None],
    ) -> Trace:
        """Answer one question; OnRecordError says why not, in words for the user."""

    def source(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return a stored version and its article."""

    def stats(self) -> Stats:
        """Return how much is searched."""

    def publishers(self) -> dict[str, int]:
        """Return the outlets' names and how many articles each has, most first."""

    @property
    def newest_date(self) -> date | None:
        """The day of the newest article."""

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        """Return the newest articles, newest first."""


class Suggests(Protocol):
    """What the page needs of `qa.suggestions.suggest.Suggestions`."""

    def following(
        self, trace: Trace, conversation: Conversation, limits: Limits, /, *, search: bool
    ) -> list[str]:
        """Return questions to go on with after the last answer."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a page offers beside answers.

    Attributes:
        examples: Returns questions to try, offered at the start.
        is_sample: Whether the collection is the invented sample, which is said at the top.
        kept: Keeps the conversations; None where none are kept.
        judges: Keeps what readers say of answers; None where it is not asked.
        suggests: Proposes questions to go on with; None where none are.
        adds: Whether articles can be added, by those who may.
        signs_out: Whether visitors can sign out here.
    """

    examples: Callable[[], Sequence[str]] = tuple
    is_sample: bool = False
    kept: Keeps | None = None
    judges: Judges | None = None
    suggests: Suggests | None = None
    adds: bool = False
    signs_out: bool = False
