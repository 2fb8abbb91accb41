"""Questions about one archive, in conversation: understood, answered by the pipeline."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import date
from typing import TypedDict, Unpack

from corpus.archive import Archive
from corpus.article import Article, Version
from corpus.catalogue import Stats
from corpus.database import Sight
from corpus.errors import OnRecordError
from index.chunk_index import NO_LIMITS, ChunkIndex, Limits
from index.embed import Embedder
from qa.answer import Answer, Conversation, Turn
from qa.checks import check_question, check_text, said_before
from qa.current import current, current_answer, current_evidence
from qa.deadline import NO_DEADLINE, Deadline
from qa.limits import Stated, narrowed, stated_limits
from qa.messages.say import say
from qa.pipeline import Asking, Pipeline, Progress, Trace
from qa.reader.read import Reader
from qa.resolve.resolve import Resolver
from qa.retrieve import CHUNKS_EACH
from qa.stopwatch import Stopwatch
from qa.suggestions.proposals import Proposals
from qa.understanding import Understood, understand
from qa.verify import ask_back

__all__ = ["Assistant", "Progress", "Trace"]

WARMING_QUESTION = "How much money was lent in 2015, and by whom?"
WARMING_FOLLOW_UP = "How many people died in the flood?"
NEW_CONVERSATION = Conversation()


class Beside(TypedDict, total=False):
    """What may be given with a question; see `Assistant.trace`."""

    conversation: Conversation
    without: Collection[str]
    asked: date | None
    limits: Limits
    everything: bool
    progress: Progress
    deadline: Deadline


class Assistant:
    """Answers questions about the articles of one archive; safe to use from several threads."""

    def __init__(
        self,
        archive: Archive,
        index: ChunkIndex,
        embedder: Embedder,
        reader: Reader,
        resolver: Resolver,
        *,
        floor: float,
        quotes: int,
        chunks: int = CHUNKS_EACH,
    ) -> None:
        """Join the parts.

        Args:
            archive: Where every quote comes from.
            index: Searches the archive.
            embedder: The one that made the index's vectors.
            reader: Ranks sentences.
            resolver: Understands follow-ups.
            floor: The confidence, 0 to 1, below which a question is declined.
            quotes: How many statements an answer has at most.
            chunks: How many are retrieved by meaning, and how many by words.
        """
        self._archive = archive
        self._resolver = resolver
        self._pipeline = Pipeline(
            archive, index, embedder, reader, floor=floor, quotes=quotes, chunks=chunks
        )
        self._proposals = Proposals(archive)

    def seen_by(self, archive: Archive) -> Assistant:
        """Return the assistant as a limited archive of the same store has it; models are shared."""
        assistant = copy(self)
        assistant._archive, assistant._pipeline = archive, self._pipeline.seen_by(archive)
        assistant._proposals = Proposals(archive)
        return assistant

    @property
    def embedder(self) -> Embedder:
        """The one that made the index's vectors."""
        return self._pipeline.embedder

    @property
    def floor(self) -> float:
        """The confidence, 0 to 1, below which a question is declined."""
        return self._pipeline.floor

    @property
    def settings(self) -> dict[str, object]:
        """Whatever may change an answer but the archive; ready for `json.dumps`."""
        return {**self._pipeline.settings, "resolver": self._resolver.fingerprint}

    def ask(self, question: str, **beside: Unpack[Beside]) -> Answer:
        """Return a verified answer, or a decline with the nearest sentences, as `trace` does."""
        return self.trace(question, **beside).answer

    def trace(
        self,
        question: str,
        *,
        conversation: Conversation = NEW_CONVERSATION,
        without: Collection[str] = (),
        asked: date | None = None,
        limits: Limits = NO_LIMITS,
        everything: bool = False,
        progress: Progress = lambda _: None,
        deadline: Deadline = NO_DEADLINE,
    ) -> Trace:
        """Return a verified answer, or a decline with the nearest sentences, and what led to it.

        Args:
            question: As typed; at most `qa.checks.MAX_QUESTION_CHARACTERS` code points.
            conversation: The turns before it.
            without: Terms of earlier turns that are not to be carried over.
            asked: The day that "this week" counts from; the newest article's where None.
            limits: Publisher and period outside which nothing is quoted. What the question states
                ("according to Tallis Wire") narrows them for it and for what goes on from it.
            everything: Whether what it states limits nothing.
            progress: Told in words what is being done.
            deadline: When nobody waits for the answer any more.

        Raises:
            TooLateError: if nobody waits any more.
            QuestionError: if there is nothing in it to search for, or it is too long or not text.
        """
        check_question(question)
        check_text(limits.publisher or "", *said_before(conversation))
        deadline.look()
        sight, conversation = self._archive.sight, self.current(conversation)
        clock = Stopwatch()
        with clock("resolve"):
            understood = self._understood(question, conversation, asked, without, everything)
        if not understood.asks:
            greeted = replace(self._greeted(question), ms=clock.milliseconds(), as_of=sight)
            return self._as_it_stands(Trace(greeted, (), ()), conversation)
        within = narrowed(understood.stated, limits)
        trace = self._pipeline.answer(
            Asking(question, understood, asked, within, progress, clock, deadline)
        )
        answer = replace(
            trace.answer,
            limits=limits if within is None else within,
            stated=understood.stated,
            ms=clock.milliseconds(),
            as_of=sight,
        )
        return self._as_it_stands(replace(trace, answer=answer), conversation)

    @property
    def sight(self) -> Sight:
        """What is seen of the articles now; `current` has to be asked where it was another."""
        return self._archive.sight

    def current(self, conversation: Conversation) -> Conversation:
        """Return a conversation as it stands now; the same one where nothing changed since."""
        return current(conversation, self._archive)

    def standing(self, answer: Answer, before: Conversation) -> Answer:
        """Return an answer that nobody has seen yet as it stands now, after the turns before it."""
        return current_answer(answer, before, self._archive)

    def _as_it_stands(self, trace: Trace, before: Conversation) -> Trace:
        """Return what was found without what was removed, or limited, while it was sought."""
        answer = self.standing(trace.answer, before)
        if answer is trace.answer:
            return trace
        return Trace(answer, trace.hits, current_evidence(trace.evidence, self._archive))

    def _understood(
        self,
        question: str,
        conversation: Conversation,
        asked: date | None,
        without: Collection[str] = (),
        everything: bool = False,
    ) -> Understood:
        def today() -> date:
            return asked or self._archive.newest_date or date.today()

        def limits_in(question: str) -> Stated:
            return stated_limits(question, self._archive.publishers, today)

        return understand(
            question,
            conversation,
            self._resolver,
            limits_in,
            without=without,
            everything=everything,
        )

    def _greeted(self, question: str) -> Answer:
        """Return what is said to who asks nothing of the collection, and what it can answer."""
        offered = self._proposals(self.ask)
        note = say("answer.small_talk", count=len(offered)) if offered else ""
        note = note or say("answer.small_talk_alone")
        return ask_back(question=question, standalone=question, choices=offered, note=note)

    def understand(
        self, question: str, conversation: Conversation, asked: date | None = None
    ) -> Turn:
        """Return the turn of a question that somebody else answers, as it stands by itself."""
        check_question(question)
        check_text(*said_before(conversation))
        understood = self._understood(question, conversation, asked)
        return Turn(question, understood.resolved.standalone, limits=understood.stated)

    def warm_up(self) -> None:
        """Load what the first questions would otherwise wait a second for, by asking two."""
        with suppress(OnRecordError):  # whoever asks first is told
            self.ask(WARMING_QUESTION)
            before = Turn(WARMING_QUESTION, WARMING_QUESTION, said="$5 billion, by China.")
            self.understand(WARMING_FOLLOW_UP, Conversation((before,)))

    def source(self, article_id: str, version: int, sha256: str) -> tuple[Article, Version] | None:
        """Return the article and the version a citation names, or None if it is gone.

        The sha256 of its text may be cut to `corpus.lookup.LEAST_DIGITS` digits, as links do.
        """
        return self._archive.cited(article_id, version, sha256)

    def numbered(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return what bears this id and number now, which need not be what was quoted once."""
        return self._archive.numbered(article_id, version)

    def stats(self) -> Stats:
        """Return what the archive holds."""
        return self._archive.stats()

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        """Return the newest articles that have a date, newest first."""
        return self._archive.newest(count)

    def publishers(self) -> dict[str, int]:
        """Return the outlets' names and how many articles each has, most first."""
        return self._archive.publishers()
