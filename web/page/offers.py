"""What the chat page is made from: who answers, and what is offered beside answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.article import Article, Version
from corpus.catalogue import Catalogue
from corpus.database import Sight
from index.adding import Added
from index.chunk_index import Limits
from qa.answer import Conversation
from qa.assistant import Trace
from qa.deadline import Deadline
from qa.messages.say import say
from web.identity import Visitor
from web.page.judging import Judges
from web.page.shelf import Keeps, shelf_note


class Assists(Protocol):
    """What the page needs of `qa.assistant.Assistant`."""

    def trace(
        self,
        question: str,
        *,
        conversation: Conversation,
        without: Collection[str],
        limits: Limits,
        everything: bool,
        progress: Callable[[str], None],
        deadline: Deadline,
    ) -> Trace:
        """Answer one question; OnRecordError says why not, in words for the user."""

    @property
    def sight(self) -> Sight:
        """What is seen of the store now."""

    def current(self, conversation: Conversation, /) -> Conversation:
        """Return a conversation as it stands now; the same one where nothing changed since."""

    def source(self, article_id: str, version: int, sha256: str) -> tuple[Article, Version] | None:
        """Return the article and the version that a citation names, or None if it is gone."""

    def numbered(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return what bears this id and number now."""

    def publishers(self) -> dict[str, int]:
        """Return the outlets' names and how many articles each has, most first."""

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        """Return the newest articles, newest first."""


class Suggests(Protocol):
    """What the page needs of `qa.suggestions.suggest.Suggestions`."""

    def following(
        self,
        trace: Trace,
        conversation: Conversation,
        limits: Limits,
        /,
        *,
        search: bool,
        deadline: Deadline,
    ) -> list[str]:
        """Return questions to go on with after the last answer."""


class Adds(Protocol):
    """What the page needs of `index.adding.Adding`."""

    def file(self, name: str, content: bytes, /) -> Added:
        """Store the articles of a file."""

    def pasted(self, given: dict[str, str], /) -> Added:
        """Store one text with what is known of it."""

    def page(self, url: str, /) -> Added:
        """Fetch the page behind a link and store its article."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one visitor is served: nothing of what they may not see is in it.

    Attributes:
        assistant: Answers the questions.
        archive: What is searched; None where nothing of it is shown but answers.
        suggests: Proposes questions to go on with; None where none are.
        adds: Adds articles; None where none can be.
    """

    assistant: Assists
    archive: Catalogue | None = None
    suggests: Suggests | None = None
    adds: Adds | None = None


See = Callable[[Visitor], Seen]
"""Returns what a visitor is served, at that moment."""


def to_all(
    assistant: Assists,
    archive: Catalogue | None = None,
    suggests: Suggests | None = None,
    adds: Adds | None = None,
) -> See:
    """Serve every visitor the same."""
    seen = Seen(assistant, archive, suggests, adds)
    return lambda _visitor: seen


@dataclass(frozen=True, slots=True)
class Offers:
    """What a page offers beside answers.

    Attributes:
        examples: Returns questions to try, offered at the start.
        is_sample: Whether the collection is the invented sample, which is said at the top.
        kept: Keeps the conversations; None where none are kept.
        judges: Keeps what readers say of answers; None where it is not asked.
        signs_out: Whether visitors can sign out here.
        has_owner: Whether whoever sits at the serving machine has rights that the others lack.
    """

    examples: Callable[[], Sequence[str]] = tuple
    is_sample: bool = False
    kept: Keeps | None = None
    judges: Judges | None = None
    signs_out: bool = False
    has_owner: bool = False

    def note_to(self, visitor: Visitor) -> str:
        """Return how whoever sits at this machine comes by their rights, where they lack them."""
        return say("owner.passing") if self.has_owner and not visitor.is_known else ""

    def shelf_of_nobody(self, visitor: Visitor) -> str:
        """Return what stands in the place of a visitor's conversations, where there are none."""
        return shelf_note(self.note_to(visitor))
