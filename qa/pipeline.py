"""The pipeline on one screen: what was understood becomes a verified answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date

from corpus.archive import Archive
from corpus.errors import QuestionError
from index.chunk_index import NO_LIMITS, ChunkIndex, Hit, Limits
from index.embed import Embedder
from qa.answer import Answer, Conversation, Draft, Evidence
from qa.compose import compose, unlike
from qa.deadline import Deadline
from qa.discourse.moves import Move
from qa.discourse.recall import says_why
from qa.discourse.replies import Replies
from qa.limits import narrowed
from qa.messages.say import say
from qa.reader.home import NOWHERE, Home, home_of
from qa.reader.question import Kind, Question, analyse
from qa.reader.read import Reader
from qa.resolve.resolve import Resolved, last_whole
from qa.retrieve import CHUNKS_READ, retrieve, with_home
from qa.spelling import Spelling
from qa.stopwatch import Stopwatch
from qa.understanding import Understood
from qa.verify import ask_back, verify
from qa.wording import joined_notes, limits_in_words, not_english, whom

NEAREST_SHOWN = 3
# Moves that are answered from what was answered; "why?" asks the collection.
REPLIED = frozenset(Move) - {Move.REASON}

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
class Asking:
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


class Pipeline:
    """Answers questions that were understood, from what one archive shows."""

    def __init__(
        self,
        archive: Archive,
        index: ChunkIndex,
        embedder: Embedder,
        reader: Reader,
        *,
        floor: float,
        quotes: int,
        chunks: int,
    ) -> None:
        """Join the parts; see `qa.assistant.Assistant`."""
        self._archive = archive
        self._index = index
        self._reader = reader
        self._quotes = quotes
        self._chunks = chunks
        self.embedder = embedder
        self.floor = floor

    def seen_by(self, archive: Archive) -> Pipeline:
        """Return the pipeline as a limited archive of the same store has it; models are shared."""
        pipeline = copy(self)
        pipeline._archive, pipeline._index = archive, self._index.seen_by(archive)
        pipeline._reader = self._reader.seen_by(archive, pipeline._index)
        return pipeline

    @property
    def settings(self) -> dict[str, object]:
        """Whatever may change an answer but the archive; ready for `json.dumps`."""
        return {
            "embedder": self.embedder.fingerprint,
            "reader": self._reader.model.fingerprint,
            "weights": self._reader.weights.sha256,
            "floor": self.floor,
            "quotes": self._quotes,
            "chunks": self._chunks,
        }

    def answer(self, asking: Asking) -> Trace:
        """Return what answers a question, in the way that it wants to be answered.

        Raises:
            TooLateError: if nobody waits any more.
            QuestionError: if there is nothing in it to search for.
        """
        trace = self._answer(asking)
        note = _with_unread(trace.answer.note, len(asking.unread))
        return replace(trace, answer=replace(trace.answer, note=note))

    def _answer(self, asking: Asking) -> Trace:
        resolved, before = asking.resolved, asking.understood.before
        if resolved.choices or resolved.unnamed:
            return Trace(_asked_back(asking), (), ())
        if asking.limits is None:
            return Trace(self._verified(asking, Draft(()), ()), (), ())
        if resolved.move in REPLIED:
            return self._reply(asking, resolved.move, before)
        if _asks_of_what_is_gone(asking):
            answer = self._verified(asking, Draft(()), ())
            return Trace(replace(answer, note=say("answer.withdrawn_asked")), (), ())
        return self._search_and_answer(asking, before)

    def _search_and_answer(self, asking: Asking, conversation: Conversation) -> Trace:
        """Return what the collection answers to the standalone question."""
        query = asking.resolved.standalone
        analysed = analyse(query)
        home = home_of(conversation, asking.resolved)
        asks_why = analysed.kind is Kind.REASON or asking.resolved.move is Move.REASON
        # A quote says why it is so only if it says so in words.
        shown = [quote for quote in home.quotes if not says_why(quote)] if asks_why else ()
        hits, evidence = self._read(query, asking, home=home, shown=shown)
        draft = compose(evidence, floor=self.floor, quotes=self._quotes, several=analysed.several)
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

    def _reply(self, asking: Asking, move: Move, conversation: Conversation) -> Trace:
        """Return what answers a follow-up about the last answer."""

        def search(
            question: str, *, since: date | None = None, shown: Collection[str] = ()
        ) -> list[Evidence]:
            within = narrowed(asking.limits or NO_LIMITS, Limits(since=since))
            return self._read(question, replace(asking, limits=within), shown=shown)[1]

        replies = Replies(self._archive, self.floor)
        found = replies.reply(move, last_whole(conversation), conversation, search)
        if found is None:
            return Trace(self._verified(asking, Draft(()), ()), (), ())
        answer = self._verified(asking, found.draft, found.evidence, found.note)
        return Trace(answer, (), found.evidence)

    def _read(
        self,
        query: str,
        asking: Asking,
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
            vector = self.embedder.embed_query(query)
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
        self, asking: Asking, draft: Draft, evidence: Sequence[Evidence], note: str = ""
    ) -> Answer:
        with asking.clock("verify"):
            return verify(
                draft,
                evidence,
                question=asking.question,
                standalone=asking.resolved.standalone,
                nearest=unlike(evidence)[:NEAREST_SHOWN],
                searched=self._scope(asking.limits),
                floor=self.floor,
                carried=asking.resolved.carried,
                note=note,
                otherwise=joined_notes(
                    not_english(asking.question),
                    say("answer.both") if asking.limits is None else "",
                ),
            )

    def _scope(self, limits: Limits | None) -> str:
        """Return in words what is searched: how many articles, and of which outlet and time."""
        if not limits:
            count = self._archive.article_count if limits == NO_LIMITS else 0
            return say("count.articles", count=count)
        count = self._index.article_count(limits)
        return f"{say('count.articles', count=count)} {limits_in_words(limits)}"


def _asked_back(asking: Asking) -> Answer:
    return ask_back(
        question=asking.question,
        standalone=asking.resolved.standalone,
        choices=asking.resolved.choices,
        note=whom(asking.resolved.unnamed) if asking.resolved.unnamed else "",
    )


def _asks_of_what_is_gone(asking: Asking) -> bool:
    """Return whether a bare "Who said that?" follows on an answer whose quotes were taken off."""
    last = next(reversed(asking.understood.before.turns), None)
    withdrawn = last is not None and last.answer is not None and last.answer.withdrawn
    return bool(withdrawn) and not analyse(asking.resolved.standalone).terms


def _with_unread(note: str, count: int) -> str:
    """Return a note that says as well how many articles could not be read, if there are any."""
    return joined_notes(note, say("note.unread", count=count) if count else "")


def _with_terms(asked: Question, otherwise: Question) -> Question:
    return asked if asked.terms else otherwise
