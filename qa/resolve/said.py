"""What was said before a follow-up, and the row of word pieces in which the model reads it.

``[CLS] follow-up [SEP] text [SEP] text [SEP] …``: the follow-up is segment 0, the texts segment 1,
newest turn first, so that a word's place says how long ago it was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from corpus.article import Span
from qa.answer import Answer, Conversation
from qa.reader.candidates import dateline_end

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LIMIT = 192
FOLLOW_UP_LIMIT = 64
TEXT_LIMIT = 48
ANSWER_CHARACTERS = 240
TURNS_READ = 12
LONGEST_TEXT = 1000
"""Characters of one; the model reads no more of it than a quarter of that."""
_CLS, _SEP = 101, 102
_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Said:
    """A text of an earlier turn.

    Attributes:
        text: A question as it was understood, or what answered it.
        ago: How many turns ago, from 1.
        is_answer: Whether it answered.
        answered: The turn's short answer, or "".
    """

    text: str
    ago: int
    is_answer: bool
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A follow-up with what was said before, as word pieces.

    Attributes:
        ids: At most `LIMIT`.
        segment: Where segment 1 begins among them.
        words: For each word that is read: which text it is of, where it stands in that, and its
            first word piece.
    """

    ids: list[int]
    segment: int
    words: list[tuple[int, Span, int]]


def said_before(conversation: Conversation) -> list[Said]:
    """Return the questions and answers of the last turns, newest turn first."""
    return list(_said(conversation))


def _said(conversation: Conversation) -> Iterator[Said]:
    for ago, turn in enumerate(islice(reversed(conversation.turns), TURNS_READ), 1):
        short = (turn.answer.short if turn.answer else "") or ""
        asked = turn.standalone[:LONGEST_TEXT]
        yield Said(asked, ago, is_answer=False, answered=short)
        said = turn.said[:LONGEST_TEXT]
        if text := answer_text(turn.answer) if turn.answer else _without_dateline(said):
            yield Said(text, ago, is_answer=True, answered=short)


def answer_text(answer: Answer) -> str:
    """Return what an answer said, its short answer first; "" where it said nothing."""
    if not answer.citations:
        return ""
    quote = _without_dateline(answer.citations[0].quote)
    return f"{answer.short}. {quote}" if answer.short else quote


def _without_dateline(text: str) -> str:
    """Return the text without "LONDON (Wire) -", whose place is seldom what is asked on about."""
    return text[dateline_end(text) :]


def write_row(tokenizer: Tokenizer, question: str, said: Sequence[Said]) -> Row:
    """Return the row of a follow-up; what does not fit, the oldest, is not read.

    Args:
        tokenizer: Of the bundled MiniLM, without padding and truncation.
        question: The follow-up; of a very long one the end is kept.
        said: The texts before it, newest turn first; of a long text the beginning is kept.
    """
    texts = [each.text[:ANSWER_CHARACTERS] if each.is_answer else each.text for each in said]
    asked, *read = tokenizer.encode_batch([question, *texts], add_special_tokens=False)
    ids = [_CLS, *asked.ids[-FOLLOW_UP_LIMIT:], _SEP]
    segment = len(ids)
    words: list[tuple[int, Span, int]] = []
    for number, (text, pieces) in enumerate(zip(texts, read, strict=True)):
        room = min(LIMIT - len(ids) - 1, TEXT_LIMIT)
        if room < 1:
            break
        places = {start: i for i, (start, _) in reversed([*enumerate(pieces.offsets[:room])])}
        words += [
            (number, Span(*match.span()), len(ids) + places[match.start()])
            for match in _WORD.finditer(text)
            if match.start() in places
        ]
        ids += [*pieces.ids[:room], _SEP]
    return Row(ids, segment, words)
