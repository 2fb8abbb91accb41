"""A turn as it is kept: JSON that holds every field, read strictly.

What is read is a record that nobody has to believe: `qa.restore` makes an answer of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from corpus.article import Span
from corpus.errors import QuestionError
from corpus.rows import moment_from
from index.lexical import Limits
from qa.answer import Status, Turn


def _moment(stored: object) -> date | datetime | None:
    if stored is not None and not isinstance(stored, str):
        raise ValueError("not a date")
    moment = moment_from(stored)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


class _Record(BaseModel):
    # an unknown field is not ignored: whatever it says would be lost
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class KeptCitation(_Record):
    """A `Citation` without what reopening finds out anew."""

    article_id: str
    version: Annotated[int, Field(ge=1, lt=1 << 63)]  # what SQLite can look up
    sha256: str
    span: Span
    quote: str
    sentence: Span
    title: str | None
    publisher: str | None
    url: str | None
    published: Annotated[date | datetime | None, PlainValidator(_moment)]
    context: str | None
    short: str | None
    dates: tuple[str, ...]
    missing: tuple[str, ...]
    differs: tuple[str, ...]


class KeptStatement(_Record):
    """A `Statement`."""

    text: str
    citations: tuple[KeptCitation, ...]


class KeptLimits(_Record):
    """What a search was limited to."""

    publisher: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def limits(self) -> Limits:
        """As the search takes them."""
        return Limits(self.publisher, self.since, self.until)


class KeptAnswer(_Record):
    """An `Answer` without what reopening finds out anew."""

    question: str
    standalone: str
    status: Status
    statements: tuple[KeptStatement, ...]
    short: str | None
    nearest: tuple[KeptCitation, ...]
    confidence: float
    carried: tuple[str, ...]
    choices: tuple[str, ...]
    note: str
    searched: str
    ms: dict[str, float]
    limits: KeptLimits = KeptLimits()
    stated: KeptLimits = KeptLimits()


class KeptTurn(_Record):
    """A `Turn`."""

    question: str
    standalone: str
    answer: KeptAnswer | None
    said: str = ""
    without: tuple[str, ...] = ()
    everything: bool = False
    limits: KeptLimits = KeptLimits()


def encode_turn(turn: Turn) -> str:
    """Return the turn as JSON.

    Raises:
        QuestionError: There is something in it that is no text (half a surrogate pair).
        ValueError: Quotes of its answer were withdrawn: it is an earlier one, and kept already.
    """
    record = asdict(turn)
    if record["answer"] is not None:
        if record["answer"].pop("withdrawn"):
            raise ValueError("an answer whose quotes were withdrawn is not kept again")
        del record["answer"]["as_of"]
        for citation in _citations(record["answer"]):
            del citation["changed"]
    encoded = json.dumps(record, ensure_ascii=False, allow_nan=False, default=_iso)
    try:
        encoded.encode()
    except UnicodeEncodeError as error:
        raise QuestionError("E_NOT_TEXT", "The question is not valid Unicode text.") from error
    return encoded


def _citations(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for statement in answer["statements"]:
        yield from statement["citations"]
    yield from answer["nearest"]


def _iso(moment: object) -> str:
    if not isinstance(moment, date):
        raise TypeError(f"cannot keep a {type(moment).__name__}")
    return moment.isoformat()


def decode_turn(encoded: str) -> KeptTurn:
    """Return the record; ValueError where it is none, or of a version that keeps more."""
    return KeptTurn.model_validate_json(encoded)
