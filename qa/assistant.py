"""The pipeline on one screen: a question becomes a verified answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

from corpus.archive import Archive
from corpus.article import Article, Version
from corpus.catalogue import Stats
from corpus.counts import counted
from corpus.errors import OnRecordError, QuestionError
from index.chunk_index import NO_LIMITS, ChunkIndex, Hit, Limits
from index.embed import Embedder
from qa.answer import Answer, Conversation, Evidence
from qa.compose import compose
from qa.reader.question import analyse
from qa.reader.read import Reader
from qa.resolve import resolve
from qa.retrieve import CHUNKS_EACH, retrieve
from qa.verify import verify

MAX_QUESTION_CHARACTERS = 4000
NEAREST_SHOWN = 3
NOTHING_ASKED = "Please ask a whole question: who, what, when, where, why or how much?"
WARMING_QUESTION = "How much money was lent in 2015, and by whom?"
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


class Assistant:
    """Answers questions about the articles of one archive; safe to use from several threads."""

    def __init__(
        self,
        archive: Archive,
        index: ChunkIndex,
        embedder: Embedder,
        reader: Reader,
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
            floor: The confidence, 0 to 1, below which a question is declined.
            quotes: How many statements an answer has at most.
            chunks: How many are retrieved by meaning, and how many by words.
        """
        self._archive = archive
        self._index = index
        self._embedder = embedder
        self._reader = reader
        self._floor = floor
        self._quotes = quotes
        self._chunks = chunks

    @property
    def settings(self) -> dict[str, object]:
        """Whatever may change an answer but the archive; ready for `json.dumps`."""
        return {
            "embedder": self._embedder.fingerprint,
            "reader": self._reader.model.fingerprint,
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
        asked: date | None = None,
        limits: Limits = NO_LIMITS,
        progress: Progress = lambda _: None,
    ) -> Answer:
        """Return a verified answer, or a decline with the nearest sentences.

        Args:
            question: As typed; at most `MAX_QUESTION_CHARACTERS` code points.
            conversation: The turns before it.
            asked: The day that "this week" counts from; the newest article's where None.
            limits: Publisher and period outside which nothing is quoted.
            progress: Told in words what is being done.

        Raises:
            QuestionError: if there is nothing in it to search for, or it is too long or not text.
        """
        trace = self.trace(
            question, conversation=conversation, asked=asked, limits=limits, progress=progress
        )
        return trace.answer

    def trace(
        self,
        question: str,
        *,
        conversation: Conversation = NEW_CONVERSATION,
        asked: date | None = None,
        limits: Limits = NO_LIMITS,
        progress: Progress = lambda _: None,
    ) -> Trace:
        """Return the answer, as `ask` does, with what led to it."""
        check_question(question)
        clock = Stopwatch()
        with clock("resolve"):
            resolved = resolve(question, conversation)
            query = resolved.standalone
            analysed = analyse(query)
        if not analysed.terms:
            raise QuestionError("E_EMPTY", NOTHING_ASKED)
        searched = self._scope(limits)
        progress(f"searching {searched}")
        with clock("retrieve"):
            vector = self._embedder.embed_query(query)
            day = asked or (self._archive.newest_date if analysed.relative else None)
            hits = retrieve(self._archive, self._index, query, vector, day, limits, self._chunks)
        progress(f"reading {len({hit.chunk.version_id for hit in hits})} articles")
        with clock("read"):
            evidence = self._reader.read(analysed, vector, hits, day)
        progress("checking quotes")
        with clock("verify"):
            answer = verify(
                compose(evidence, floor=self._floor, quotes=self._quotes, several=analysed.several),
                evidence,
                question=question,
                standalone=query,
                confidence=evidence[0].score if evidence else 0.0,
                nearest=evidence[:NEAREST_SHOWN],
                searched=searched,
                carried=resolved.carried,
            )
        return Trace(replace(answer, ms=clock.milliseconds()), tuple(hits), tuple(evidence))

    def warm_up(self) -> None:
        """Load what the first question would otherwise wait a second for, by asking one."""
        with suppress(OnRecordError):  # whoever asks first is told
            self.ask(WARMING_QUESTION)

    def source(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return the article and the version a citation names, or None if it is gone."""
        article = self._archive.article(article_id)
        found = self._archive.version_number(article_id, version)
        return (article, found) if article and found else None

    def stats(self) -> Stats:
        """Return what the archive holds."""
        return self._archive.stats()

    def publishers(self) -> dict[str, int]:
        """Return the outlets' names and how many articles each has, most first."""
        return self._archive.publishers()

    def _scope(self, limits: Limits) -> str:
        count = self._archive.article_count
        words = [counted(count, "article")]
        words += [f"from {limits.publisher}"] if limits.publisher else []
        words += [f"since {limits.since}"] if limits.since else []
        words += [f"until {limits.until}"] if limits.until else []
        return " ".join(words)


def check_question(question: str) -> None:
    """Raise QuestionError if the question is too long, not text or holds no word to search for."""
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            "E_TOO_LONG",
            f"The question has {len(question):,} characters; "
            f"at most {MAX_QUESTION_CHARACTERS:,} can be asked.",
        )
    if any(0xD800 <= ord(c) <= 0xDFFF for c in question):
        raise QuestionError("E_NOT_TEXT", "The question is not valid Unicode text.")
    if not re.search(r"[^\W_]", question):
        raise QuestionError("E_EMPTY", NOTHING_ASKED)


class Stopwatch:
    """Wall-clock milliseconds per named stage."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time the block under this name."""
        start = perf_counter()
        yield
        self._stages[stage] = (perf_counter() - start) * 1000

    def milliseconds(self) -> dict[str, float]:
        """Return the stages so far, and "total" since the start."""
        return {**self._stages, "total": (perf_counter() - self._start) * 1000}
