"""The pipeline on one screen: a question becomes a verified answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date

from corpus.archive import Archive
from corpus.article import Article, Version
from corpus.catalogue import Stats
from corpus.errors import OnRecordError, QuestionError
from index.chunk_index import NO_LIMITS, ChunkIndex, Hit, Limits
from index.embed import Embedder
from qa.answer import Answer, Conversation, Draft, Evidence, Turn
from qa.checks import check_question, check_text, said_before
from qa.compose import compose
from qa.deadline import NO_DEADLINE, Deadline
from qa.discourse.moves import Move
from qa.discourse.recall import says_why
from qa.discourse.replies import Replies
from qa.messages.say import say
from qa.reader.home import NOWHERE, Home, home_of
from qa.reader.question import Kind, Question, analyse
from qa.reader.read import Reader
from qa.resolve.resolve import Resolved, Resolver, last_whole
from qa.retrieve import CHUNKS_EACH, CHUNKS_READ, retrieve, with_home
from qa.stopwatch import Stopwatch
from qa.verify import ask_back, verify
from qa.wording import not_english, shown_date, whom

NEAREST_SHOWN = 3
WARMING_QUESTION = "How much money was lent in 2015, and by whom?"
WARMING_FOLLOW_UP = "How many people died in the flood?"
# Moves that are answered from what was answered; "why?" asks the collection.
REPLIED = frozenset(Move) - {Move.REASON}
NEW_CONVERSATION = Conversation()

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer and what led to it.

    Attributes:
        hits: The chunks retrieved, best first; more than are read.
        evidence: The best sentences of them, best first.
    """

    answer: Answer
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question on its way through the pipeline.

    Attributes:
        unread: The ids of articles that were found and are damaged.
    """

    question: str
    resolved: Resolved
    day: date | None
    limits: Limits
    progress: Progress
    clock: Stopwatch
    deadline: Deadline
    unread: set[str] = field(default_factory=set)


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
        self._index = index
        self._embedder = embedder
        self._reader = reader
        self._resolver = resolver
        self._floor = floor
        self._quotes = quotes
        self._chunks = chunks

    def seen_by(self, archive: Archive) -> Assistant:
        """Return the assistant as a limited archive of the same store has it; models are shared."""
        assistant = copy(self)
        assistant._archive, assistant._index = archive, self._index.seen_by(archive)
        assistant._reader = self._reader.seen_by(archive, assistant._index)
        return assistant

    @property
    def embedder(self) -> Embedder:
        """The one that made the index's vectors."""
        return self._embedder

    @property
    def floor(self) -> float:
        """The confidence, 0 to 1, below which a question is declined."""
        return self._floor

    @property
    def settings(self) -> dict[str, object]:
        """Whatever may change an answer but the archive; ready for `json.dumps`."""
        return {
            "embedder": self._embedder.fingerprint,
            "reader": self._reader.model.fingerprint,
            "resolver": self._resolver.fingerprint,
            "weights": self._reader.weights.sha256,
            "floor": self._floor,
            "quotes": self._quotes,
            "chunks": self._chunks,
        }

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation = NEW_CONVERSATION,
        without: Collection[str] = (),
        asked: date | None = None,
        limits: Limits = NO_LIMITS,
        progress: Progress = lambda _: None,
        deadline: Deadline = NO_DEADLINE,
    ) -> Answer:
        """Return a verified answer, or a decline with the nearest sentences.

        Args:
            question: As typed; at most `qa.checks.MAX_QUESTION_CHARACTERS` code points.
            conversation: The turns before it.
            without: Terms of earlier turns that are not to be carried over.
            asked: The day that "this week" counts from; the newest article's where None.
            limits: Publisher and period outside which nothing is quoted.
            progress: Told in words what is being done.
            deadline: When nobody waits for the answer any more.

        Raises:
            TooLateError: if nobody waits any more.
            QuestionError: if there is nothing in it to search for, or it is too long or not text.
        """
        trace = self.trace(
            question,
            conversation=conversation,
            without=without,
            asked=asked,
            limits=limits,
            progress=progress,
            deadline=deadline,
        )
        return trace.answer

    def trace(
        self,
        question: str,
        *,
        conversation: Conversation = NEW_CONVERSATION,
        without: Collection[str] = (),
        asked: date | None = None,
        limits: Limits = NO_LIMITS,
        progress: Progress = lambda _: None,
        deadline: Deadline = NO_DEADLINE,
    ) -> Trace:
        """Return the answer, as `ask` does, with what led to it."""
        check_question(question)
        check_text(limits.publisher or "", *said_before(conversation))
        deadline.look()
        clock = Stopwatch()
        with clock("resolve"):
            resolved = self._resolver.resolve(question, conversation, without)
        asking = _Asking(question, resolved, asked, limits, progress, clock, deadline)
        if resolved.choices or resolved.unnamed:
            trace = Trace(_asked_back(asking), (), ())
        elif resolved.move in REPLIED:
            trace = self._reply(asking, resolved.move, conversation)
        else:
            trace = self._search_and_answer(asking, conversation)
        note = _with_unread(trace.answer.note, len(asking.unread))
        return replace(trace, answer=replace(trace.answer, note=note, ms=clock.milliseconds()))

    def _search_and_answer(self, asking: _Asking, conversation: Conversation) -> Trace:
        """Return what the collection answers to the standalone question."""
        query = asking.resolved.standalone
        analysed = analyse(query)
        home = home_of(conversation, asking.resolved)
        asks_why = analysed.kind is Kind.REASON or asking.resolved.move is Move.REASON
        # A quote says why it is so only if it says so in words.
        shown = [quote for quote in home.quotes if not says_why(quote)] if asks_why else ()
        hits, evidence = self._read(query, asking, home=home, shown=shown)
        draft = compose(evidence, floor=self._floor, quotes=self._quotes, several=analysed.several)
        return Trace(self._verified(asking, draft, evidence), tuple(hits), tuple(evidence))

    def _reply(self, asking: _Asking, move: Move, conversation: Conversation) -> Trace:
        """Return what answers a follow-up about the last answer."""

        def search(
            question: str, *, since: date | None = None, shown: Collection[str] = ()
        ) -> list[Evidence]:
            later = max(filter(None, (since, asking.limits.since)), default=None)
            within = replace(asking, limits=replace(asking.limits, since=later))
            return self._read(question, within, shown=shown)[1]

        replies = Replies(self._archive, self._floor)
        found = replies.reply(move, last_whole(conversation), conversation, search)
        if found is None:
            return Trace(self._verified(asking, Draft(()), ()), (), ())
        answer = self._verified(asking, found.draft, found.evidence, found.note)
        return Trace(answer, (), found.evidence)

    def _read(
        self,
        query: str,
        asking: _Asking,
        home: Home = NOWHERE,
        shown: Collection[str] = (),
    ) -> tuple[list[Hit], list[Evidence]]:
        """Return the chunks found for a standalone question and the best sentences of them."""
        analysed = analyse(query)
        if not analysed.terms:
            raise QuestionError("E_EMPTY", say("refused.nothing_asked"))
        if home:  # there it is read as it was typed: what it leaves unsaid is known there
            analysed = _with_terms(analyse(asking.resolved.in_place), analysed)
        limits, progress = asking.limits, asking.progress
        progress(say("progress.searching", scope=self._scope(limits)))
        with asking.clock("retrieve"):
            asking.deadline.look()
            vector = self._embedder.embed_query(query)
            day = asking.day or (self._archive.newest_date if analysed.relative else None)
            hits = retrieve(
                self._archive,
                self._index,
                query,
                vector,
                day,
                limits,
                self._chunks,
                deadline=asking.deadline,
            )
        read = hits[:CHUNKS_READ]
        if home and limits == NO_LIMITS:
            read = with_home(hits, self._archive, self._index, home.articles)
        progress(say("progress.reading", count=len(read)))
        with asking.clock("read"):
            evidence = self._reader.read(
                analysed,
                vector,
                read,
                day,
                home=home,
                shown=shown,
                deadline=asking.deadline,
                unread=asking.unread.add,
            )
        progress(say("progress.checking"))
        return hits, evidence

    def _verified(
        self, asking: _Asking, draft: Draft, evidence: Sequence[Evidence], note: str = ""
    ) -> Answer:
        with asking.clock("verify"):
            return verify(
                draft,
                evidence,
                question=asking.question,
                standalone=asking.resolved.standalone,
                nearest=evidence[:NEAREST_SHOWN],
                searched=self._scope(asking.limits),
                floor=self._floor,
                carried=asking.resolved.carried,
                note=note,
                otherwise=not_english(asking.question),
            )

    def understand(self, question: str, conversation: Conversation) -> str:
        """Return the question as it stands by itself after the turns before it."""
        check_question(question)
        check_text(*said_before(conversation))
        return self._resolver.resolve(question, conversation).standalone

    def warm_up(self) -> None:
        """Load what the first questions would otherwise wait a second for, by asking two."""
        with suppress(OnRecordError):  # whoever asks first is told
            self.ask(WARMING_QUESTION)
            before = Turn(WARMING_QUESTION, WARMING_QUESTION, said="$5 billion, by China.")
            self.understand(WARMING_FOLLOW_UP, Conversation((before,)))

    def source(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return the article and the version a citation names, or None if it is gone."""
        article = self._archive.article(article_id)
        found = self._archive.version_number(article_id, version)
        return (article, found) if article and found else None

    def stats(self) -> Stats:
        """Return what the archive holds."""
        return self._archive.stats()

    @property
    def newest_date(self) -> date | None:
        """The day of the newest article, from which "last week" counts."""
        return self._archive.newest_date

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        """Return the newest articles that have a date, newest first."""
        return self._archive.newest(count)

    def publishers(self) -> dict[str, int]:
        """Return the outlets' names and how many articles each has, most first."""
        return self._archive.publishers()

    def _scope(self, limits: Limits) -> str:
        words = [say("count.articles", count=self._archive.article_count)]
        words += [say("scope.from", publisher=limits.publisher)] if limits.publisher else []
        words += [say("scope.since", day=shown_date(limits.since))] if limits.since else []
        words += [say("scope.until", day=shown_date(limits.until))] if limits.until else []
        return " ".join(words)


def _asked_back(asking: _Asking) -> Answer:
    return ask_back(
        question=asking.question,
        standalone=asking.resolved.standalone,
        choices=asking.resolved.choices,
        note=whom(asking.resolved.unnamed) if asking.resolved.unnamed else "",
    )


def _with_unread(note: str, count: int) -> str:
    """Return a note that says as well how many articles could not be read, if there are any."""
    return " ".join(filter(None, (note, say("note.unread", count=count) if count else "")))


def _with_terms(asked: Question, otherwise: Question) -> Question:
    return asked if asked.terms else otherwise
