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
from qa.compose import compose, unlike
from qa.deadline import NO_DEADLINE, Deadline
from qa.discourse.moves import Move
from qa.discourse.recall import says_why
from qa.discourse.replies import Replies
from qa.limits import Stated, narrowed, stated_limits
from qa.messages.say import say
from qa.reader.home import NOWHERE, Home, home_of
from qa.reader.question import Kind, Question, analyse
from qa.reader.read import Reader
from qa.resolve.resolve import Resolved, Resolver, last_whole
from qa.retrieve import CHUNKS_EACH, CHUNKS_READ, retrieve, with_home
from qa.spelling import Spelling
from qa.stopwatch import Stopwatch
from qa.suggestions.proposals import Proposals
from qa.understanding import Understood, understand
from qa.verify import ask_back, verify
from qa.wording import joined_notes, limits_in_words, not_english, whom

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
        limits: What is stated and what is set together; None where nothing can be both.
        unread: The ids of articles that were found and are damaged.
    """

    question: str
    understood: Understood
    day: date | None
    limits: Limits | None
    progress: Progress
    clock: Stopwatch
    deadline: Deadline
    unread: set[str] = field(default_factory=set)

    @property
    def resolved(self) -> Resolved:
        """What the question was understood as."""
        return self.understood.resolved


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
        self._proposals = Proposals(archive, self.ask)

    def seen_by(self, archive: Archive) -> Assistant:
        """Return the assistant as a limited archive of the same store has it; models are shared."""
        assistant = copy(self)
        assistant._archive, assistant._index = archive, self._index.seen_by(archive)
        assistant._reader = self._reader.seen_by(archive, assistant._index)
        assistant._proposals = Proposals(archive, assistant.ask)
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
        everything: bool = False,
        progress: Progress = lambda _: None,
        deadline: Deadline = NO_DEADLINE,
    ) -> Answer:
        """Return a verified answer, or a decline with the nearest sentences.

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
        trace = self.trace(
            question,
            conversation=conversation,
            without=without,
            asked=asked,
            limits=limits,
            everything=everything,
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
        everything: bool = False,
        progress: Progress = lambda _: None,
        deadline: Deadline = NO_DEADLINE,
    ) -> Trace:
        """Return the answer, as `ask` does, with what led to it."""
        check_question(question)
        check_text(limits.publisher or "", *said_before(conversation))
        deadline.look()
        clock = Stopwatch()
        with clock("resolve"):
            understood = self._understood(question, conversation, asked, without, everything)
        within = narrowed(understood.stated, limits)
        asking = _Asking(question, understood, asked, within, progress, clock, deadline)
        answer = (trace := self._traced(asking)).answer
        note = _with_unread(answer.note, len(asking.unread))
        within = limits if within is None else within
        answer = replace(answer, note=note, limits=within, stated=understood.stated)
        return replace(trace, answer=replace(answer, ms=clock.milliseconds()))

    def _traced(self, asking: _Asking) -> Trace:
        """Return what answers a question, in the way that it wants to be answered."""
        resolved, before = asking.resolved, asking.understood.before
        if not asking.understood.asks:
            return Trace(self._greeted(asking), (), ())
        if resolved.choices or resolved.unnamed:
            return Trace(_asked_back(asking), (), ())
        if asking.limits is None:
            return Trace(self._verified(asking, Draft(()), ()), (), ())
        if resolved.move in REPLIED:
            return self._reply(asking, resolved.move, before)
        return self._search_and_answer(asking, before)

    def _understood(
        self,
        question: str,
        conversation: Conversation,
        asked: date | None,
        without: Collection[str] = (),
        everything: bool = False,
    ) -> Understood:
        def limits_in(question: str) -> Stated:
            def today() -> date:
                return asked or self._archive.newest_date or date.today()

            return stated_limits(question, self._archive.publishers, today)

        return understand(
            question,
            conversation,
            self._resolver,
            limits_in,
            without=without,
            everything=everything,
        )

    def _greeted(self, asking: _Asking) -> Answer:
        """Return what is said to who asks nothing of the collection, and what it can answer."""
        return ask_back(
            question=asking.question,
            standalone=asking.question,
            choices=(offered := self._proposals()),
            note=say("answer.small_talk", count=len(offered))
            if offered
            else say("answer.small_talk_alone"),
        )

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
        answer = self._spelled(self._verified(asking, draft, evidence))
        return Trace(answer, tuple(hits), tuple(evidence))

    def _spelled(self, answer: Answer) -> Answer:
        """Return the answer with what may have been meant by words that stand nowhere."""
        if not_english(answer.question):
            return answer
        spelling = Spelling(self._archive, self._index)
        meant = spelling.meant(answer.standalone, names_only=answer.status == "answered")
        if meant is None:
            return answer
        did_you = say("answer.meant", words=", ".join(meant.words))
        return replace(answer, choices=meant.questions, note=joined_notes(answer.note, did_you))

    def _reply(self, asking: _Asking, move: Move, conversation: Conversation) -> Trace:
        """Return what answers a follow-up about the last answer."""

        def search(
            question: str, *, since: date | None = None, shown: Collection[str] = ()
        ) -> list[Evidence]:
            within = narrowed(asking.limits or NO_LIMITS, Limits(since=since))
            return self._read(question, replace(asking, limits=within), shown=shown)[1]

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
        limits, progress = asking.limits or NO_LIMITS, asking.progress
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
                nearest=unlike(evidence)[:NEAREST_SHOWN],
                searched=self._scope(asking.limits),
                floor=self._floor,
                carried=asking.resolved.carried,
                note=note,
                otherwise=joined_notes(
                    not_english(asking.question),
                    say("answer.both") if asking.limits is None else "",
                ),
            )

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

    def source(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return the article and the version a citation names, or None if it is gone."""
        article = self._archive.article(article_id)
        found = self._archive.version_number(article_id, version)
        return (article, found) if article and found else None

    def stats(self) -> Stats:
        """Return what the archive holds."""
        return self._archive.stats()

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        """Return the newest articles that have a date, newest first."""
        return self._archive.newest(count)

    def publishers(self) -> dict[str, int]:
        """Return the outlets' names and how many articles each has, most first."""
        return self._archive.publishers()

    def _scope(self, limits: Limits | None) -> str:
        """Return in words what is searched: how many articles, and of which outlet and time."""
        if not limits:
            count = self._archive.article_count if limits == NO_LIMITS else 0
            return say("count.articles", count=count)
        count = self._index.article_count(limits)
        return f"{say('count.articles', count=count)} {limits_in_words(limits)}"


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
