"""Ask every question of a set, dialogues as conversations, and say what became of each."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, Protocol

from corpus.archive import Archive
from corpus.article import sha256_of
from corpus.errors import QuestionError, UsageError
from qa.answer import Conversation, Turn
from qa.assistant import Trace
from qa.evaluation.runs.journal import Journal
from qa.evaluation.runs.row import Attempt, Json, Sources, row_of
from qa.evaluation.sets.questions import Query, QuestionSet


class Assistant(Protocol):
    """What is measured."""

    def trace(self, question: str, *, conversation: Conversation, asked: date | None) -> Trace:
        """Return the answer and what led to it; QuestionError where it cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `source` is the question that was asked last."""

    done: int
    total: int
    source: str


def first_questions(questions: QuestionSet, count: int | None) -> QuestionSet:
    """Return the set with its first questions only; a part is another set, with its own digest."""
    if count is None or count >= len(questions.queries):
        return questions
    sha256 = sha256_of(f"the first {count} of {questions.sha256}")
    return replace(questions, sha256=sha256, queries=questions.queries[:count])


def data_of(archive: Archive) -> dict[str, Any]:
    """Return how many articles there are, and a digest of their current texts."""
    current = sorted((a.id, v.number, v.sha256) for a, v in archive.current_versions())
    digest = hashlib.sha256()
    for named in current:
        digest.update(json.dumps(named).encode() + b"\n")
    return {"articles": len(current), "sha256": digest.hexdigest()}


def run(
    questions: QuestionSet,
    assistant: Assistant,
    archive: Archive,
    journal: Journal,
    progress: Callable[[Progress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Json] | None:
    """Return the row of every question, in their order; None where it was stopped before the end.

    A dialogue that was broken off is held again from its beginning, for an answer depends on the
    turns before it.

    Raises:
        UsageError: No question could be asked, so that there is nothing to report over.
    """
    asking = _Asking(assistant, Sources(archive))
    for dialogue in _dialogues(questions.queries):
        if all(query.id in journal.rows for query in dialogue):
            continue
        for row in asking.of_dialogue(dialogue):
            journal.add(row)
            progress(Progress(len(journal.rows), len(questions.queries), row["question"]))
            if stopped():
                return None
    rows = [journal.rows[query.id] for query in questions.queries]
    if all(row["outcome"] == "failed" for row in rows):
        message = f"there is nothing to report over: none of {len(rows)} questions could be asked"
        raise UsageError(f"{message}; {rows[0]['error']}")
    return rows


def _dialogues(queries: Sequence[Query]) -> Iterator[list[Query]]:
    """Yield the turns of each dialogue together, and each single question by itself."""
    # neither is ever equal to the other: an id is no tuple
    for _, group in groupby(queries, lambda query: query.conversation or (query.id,)):
        yield list(group)


class _Asking:
    def __init__(self, assistant: Assistant, sources: Sources) -> None:
        self._assistant = assistant
        self._sources = sources

    def of_dialogue(self, queries: Sequence[Query]) -> Iterator[Json]:
        """Yield the rows of a dialogue or single question, asked in one conversation."""
        conversation = Conversation()
        for past in queries[0].history:
            earlier = replace(queries[0], question=past)
            conversation = _continued(conversation, self.attempt(earlier, conversation))
        for query in queries:
            attempt = self.attempt(query, conversation)
            yield row_of(attempt, right_standalone=self._is_right_standalone(query))
            conversation = _continued(conversation, attempt)

    def attempt(self, query: Query, conversation: Conversation) -> Attempt:
        """Ask once."""
        start = time.process_time()
        trace, problem = None, None
        try:
            trace = self._assistant.trace(
                query.question, conversation=conversation, asked=query.asked
            )
        except QuestionError as error:
            problem = str(error)
        spent = (time.process_time() - start) * 1000
        return Attempt(query, trace, self._sources, spent, problem)

    def _is_right_standalone(self, query: Query) -> bool:
        if not (query.answerable and query.turn and query.standalone):
            return False
        alone = replace(query, question=query.standalone)
        return self.attempt(alone, Conversation()).is_right


def _continued(conversation: Conversation, attempt: Attempt) -> Conversation:
    """Return the conversation with the turn, which must have been asked to be one."""
    if attempt.trace is None:
        return conversation
    answer = attempt.trace.answer
    return conversation.with_turn(Turn(answer.question, answer.standalone, answer))
