"""Question sets: what to ask, and what a right answer says and quotes.

JSONL: single questions and dialogues, mixed as one likes. An article is named by its id or by its
link. A question that is still blank, and one whose ``answerable`` is null, is left out with a
remark, so that an editor can complete a set over days.

CSV: see `qa.evaluation.sets.tables`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from corpus.days import parse_day
from corpus.errors import UsageError
from qa.evaluation.sets.records import Problem, Record, json_records, read_bytes
from qa.evaluation.sets.tables import is_csv, table_records
from qa.fold import fold

_SHOWN = 20
_SOURCES = ("gold_sentences", "relevant_articles")


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence that answers, word for word, and the article that it stands in."""

    article_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a set; a dialogue gives one query a turn.

    Attributes:
        id: Unique in its set; that of a turn is ``conversation.turn``.
        asked: The day it is asked, for words such as "last week".
        answers: Acceptable short answers, the preferred one first; empty where unanswerable.
        gold: Sentences that answer; not necessarily all there are.
        relevant: Articles that are known to answer.
        possible: Articles that may answer too, not judged.
        line: Where in the file, from 1.
        turn: How many turns of the conversation came before.
        history: The earlier questions of the conversation, as asked.
        standalone: The question as it would be asked without a conversation.
    """

    id: str
    question: str
    asked: date | None
    answerable: bool
    answers: tuple[str, ...]
    gold: tuple[GoldSentence, ...]
    relevant: tuple[str, ...]
    possible: tuple[str, ...]
    line: int = 0
    conversation: str | None = None
    turn: int = 0
    history: tuple[str, ...] = ()
    standalone: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of a file that can be asked, and what is wrong with the others.

    Attributes:
        sha256: Digest of the file's bytes.
        source: The column of a table that names articles; "" for JSONL.
    """

    path: Path
    sha256: str
    queries: tuple[Query, ...]
    problems: tuple[Problem, ...]
    source: str = ""

    def as_written(self, problem: Problem) -> Problem:
        """Return the problem with its field named as in this kind of file."""
        names = {"answers": "answer"} | dict.fromkeys(_SOURCES, self.source)
        field = names.get(problem.field.partition(".")[0]) if self.source else None
        return replace(problem, field=field) if field else problem


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, str_strip_whitespace=True)


def _day(value: object) -> date | None:
    return None if value is None else parse_day(value)


def _as_text(value: object) -> object:
    return str(value) if type(value) is int else value


_Text = Annotated[str, Field(min_length=1)]
_Id = Annotated[_Text, BeforeValidator(_as_text)]
_Day = Annotated[date | None, BeforeValidator(_day)]


class _Gold(_Model):
    article_id: _Text
    sentence: _Text


class _Turn(_Model):
    """What a single question and a turn of a dialogue have in common."""

    question: str
    answers: list[_Text]  # may be left out where "answerable" says that there is none
    answerable: bool | None = None
    gold_sentences: list[_Gold] = []
    relevant_articles: list[_Text] = []
    possible_articles: list[_Text] = []
    standalone: _Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_answers(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the line holds
        """Need no list of answers where the line says that there is none."""
        is_none = isinstance(given, dict) and given.get("answerable") is False
        return given | {"answers": []} if is_none and given.get("answers") is None else given

    @property
    def is_answerable(self) -> bool | None:
        """What the line says, else whether it names an answer; None where it leaves it open."""
        said = "answerable" in self.model_fields_set
        return self.answerable if said else bool(self.answers)


class _Question(_Turn):
    id: _Id
    date_asked: _Day = None
    history: list[_Text] = []


class _Dialogue(_Model):
    conversation_id: _Id
    date_asked: _Day = None
    turns: Annotated[list[_Turn], Field(min_length=1)]


def read_questions(path: Path) -> QuestionSet:
    """Read a question set: CSV by its name, else JSONL.

    A question with an error is not among the queries. Whether a store has the articles and
    sentences is not looked at here: `qa.evaluation.sets.check` does that.

    Raises:
        UsageError: The file cannot be read.
    """
    data = read_bytes(path)
    if is_csv(path):
        records, source = table_records(data, str(path))
    else:
        records, source = list(json_records(data)), ""
    found = list(_checked(item for record in records for item in _read(record)))
    queries = tuple(item for item in found if isinstance(item, Query))
    read = QuestionSet(path, hashlib.sha256(data).hexdigest(), queries, (), source)
    problems = [read.as_written(item) for item in found if isinstance(item, Problem)]
    if not queries:
        problems.append(Problem(0, "", "holds no question that can be asked", "word one"))
    return replace(read, problems=tuple(problems))


def refuse_errors(path: Path, problems: Iterable[Problem]) -> None:
    """Raise UsageError where a problem is an error; the message names the first places."""
    errors = [problem.shown(path) for problem in problems if problem.is_error]
    more = [f"and {len(errors) - _SHOWN} more; `onrecord eval check` lists them"]
    if errors:
        shown = errors[:_SHOWN] + more * (len(errors) > _SHOWN)
        raise UsageError("\n".join(["the questions cannot be used:", *shown]))


def _read(record: Record | Problem) -> Iterator[Query | Problem]:
    if isinstance(record, Problem):
        yield record
        return
    try:
        yield from _queries(record)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            field = ".".join(map(str, found["loc"]))
            yield Problem(record.line, field, found["msg"].removeprefix("Value error, "))


def _queries(record: Record) -> Iterator[Query | Problem]:
    if "turns" in record.fields:
        dialogue = _Dialogue.model_validate(record.fields)
        name, asked, turns = dialogue.conversation_id, dialogue.date_asked, dialogue.turns
        open_turns = [problem for turn in turns for problem in _left_open(turn, record.line)]
        yield from open_turns or _turns(name, asked, turns, record.line)
    else:
        question = _Question.model_validate(record.fields)
        query = _query(question, question.id, question.date_asked, question.history)
        left_open = _left_open(question, record.line)
        yield from left_open or (replace(query, line=record.line),)


def _turns(
    conversation: str, asked: date | None, turns: Sequence[_Turn], line: int
) -> Iterator[Query]:
    for number, turn in enumerate(turns):
        history = [earlier.question for earlier in turns[:number]]
        query = _query(turn, f"{conversation}.{number}", asked, history)
        yield replace(query, line=line, conversation=conversation)


def _query(turn: _Turn, identity: str, asked: date | None, history: Sequence[str]) -> Query:
    gold = tuple(GoldSentence(entry.article_id, entry.sentence) for entry in turn.gold_sentences)
    return Query(
        id=identity,
        question=turn.question,
        asked=asked,
        answerable=bool(turn.is_answerable),
        answers=tuple(turn.answers),
        gold=gold,
        relevant=tuple(dict.fromkeys([*turn.relevant_articles, *(g.article_id for g in gold)])),
        possible=tuple(turn.possible_articles),
        turn=len(history),
        history=tuple(history),
        standalone=turn.standalone,
    )


def _left_open(turn: _Turn, line: int) -> list[Problem]:
    if not turn.question:
        field, message = "question", "not worded yet, so it is left out"
    elif turn.is_answerable is None:
        field, message = "answerable", "not yet said to be true or false, so it is left out"
    else:
        return []
    return [Problem(line, field, message, is_error=False)]


def _checked(items: Iterable[Query | Problem]) -> Iterator[Query | Problem]:
    """Yield the problems, and the queries without an error."""
    ids: dict[str, int] = {}
    asked: dict[object, int] = {}
    for item in items:
        if isinstance(item, Problem):
            yield item
            continue
        problems = [*_contradictions(item), *_repeats(item, ids, asked)]
        yield from problems
        if not any(problem.is_error for problem in problems):
            yield item


def _contradictions(query: Query) -> Iterator[Problem]:
    if query.answerable and not query.answers:
        yield Problem(query.line, "answers", "an answerable question needs an acceptable answer")
    if query.answerable and not query.relevant:
        hint = "say which sentence answers it, or at least which article"
        yield Problem(query.line, "gold_sentences", "an answerable question needs a source", hint)
    if not query.answerable and query.answers:
        yield Problem(query.line, "answers", "an unanswerable question has no answer")
    if not query.answerable and query.relevant:
        field = _SOURCES[0] if query.gold else _SOURCES[1]
        yield Problem(query.line, field, "an unanswerable question has no source")


def _repeats(query: Query, ids: dict[str, int], asked: dict[object, int]) -> Iterator[Problem]:
    same = (fold(query.standalone or query.question).casefold(), query.asked, query.history)
    first, twin = ids.setdefault(query.id, query.line), asked.setdefault(same, query.line)
    if twin != query.line:
        message = f"stands in line {twin} already"
        yield Problem(query.line, "question", message, is_error=first == twin)
    if first not in (query.line, twin):
        field = "conversation_id" if query.conversation else "id"
        yield Problem(query.line, field, f"{query.id!r} stands in line {first} already")
