"""A follow-up becomes a question that stands by itself, by carrying over the last question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.answer import Answer, Conversation
from qa.reader.lexicon import PLACES
from qa.reader.named import name_spans
from qa.reader.words import content_stems

# No question of its own but a piece of one: "and Russia?", "what about arms?", "no, in 2016".
_INSTEAD = re.compile(
    r"(?:(?:and|or|but|no),?\s+)?(?:what|how)\s+about\s+(.+?)\s*\?*$"
    r"|(?:and|or|but|no),?\s+(?:i\s+meant?\s+)?(?!(?:who|what|which|where|when|why|how)\b)(.+?)\s*\?*$"
    r"|((?:in|on|at|from|by|since|until|before|after|during|for|to|with)\s+(?:\S+\s*){1,4}?)\?*$",
    re.IGNORECASE,
)
# Words that stand for something said before; "that" and "this" only where no noun follows them.
_LEANING = re.compile(
    r"\b(?:he|she|they|them|their|him|his|her|hers|its|(?:what|who|where|anything|anyone) else"
    r"|it(?!\s+(?:true|possible|likely|clear|known)\b)"
    r"|(?:that|this|those|these)(?=\s*(?:[?.!,]|$|(?:is|was|are|were|did|does|mean|happen)\b))"
    r"|(?:there|then)(?=\s*(?:[?.!,]|$)))\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"\bthe (?:company|deal|country|president|leader|minister|two|money|loans?|group|report)\b",
    re.IGNORECASE,
)
LONG_QUESTION = 10
"""Words; a longer one is not repeated with a follow-up, only its names are."""

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A standalone question, and the names and terms that came from earlier turns."""

    standalone: str
    carried: tuple[str, ...] = ()


def resolve(question: str, conversation: Conversation) -> Resolved:
    """Return the question as understood after the turns so far.

    "And Russia?" puts Russia where the last question had a name of its kind; a question that leans
    on a pronoun without a name before it, or is a bare "when?", is asked together with the last
    one; any other stands by itself.
    """
    if not conversation.turns:
        return Resolved(question)
    last = _last_whole(conversation)
    piece = _INSTEAD.match(question.strip())
    if piece:
        swapped = _swap(last, next(filter(None, piece.groups())).strip())
        if swapped:
            return _after(last, swapped, question)
    if _is_bare(question) and _was_declined(conversation):
        return Resolved(question)  # "who said that?" of nothing that was said
    if piece or _leans(question) or _is_bare(question):
        topic = _topic(last, conversation.turns[-1].answer)
        # All of a long question would be found again in place of what is asked now.
        if topic and len(last.split()) > LONG_QUESTION and content_stems(question):
            return _after(last, f"{question} (about {topic})", question)
        return _after(last, f"{last} {question[:1].upper()}{question[1:]}", question)
    return Resolved(question)


def _topic(last: str, answer: Answer | None) -> str:
    """Return the names that a pronoun may stand for: the last answer's and the last question's."""
    names = [span.of(last) for span in name_spans(last)]
    if answer and answer.short and answer.short[:1].isupper():
        names.insert(0, answer.short)
    return ", ".join(name for name in dict.fromkeys(names) if len(name) > 1)


def _last_whole(conversation: Conversation) -> str:
    """Return the last question as understood, without what was only asked together with it."""
    understood = [turn.standalone for turn in conversation.turns]
    while len(understood) > 1 and understood[-1].startswith(f"{understood[-2]} "):
        understood.pop()
    return understood[-1]


def _leans(question: str) -> bool:
    names = name_spans(question)
    if not names and _DEFINITE.search(question):
        return True
    leaning = _LEANING.search(question)
    return leaning is not None and not any(name.end <= leaning.start() for name in names)


def _is_bare(question: str) -> bool:
    """Return whether it names nothing at all: "when?", "how many?", "who said so?"."""
    return not name_spans(question) and not content_stems(question)


def _was_declined(conversation: Conversation) -> bool:
    last = conversation.turns[-1].answer
    return last is not None and last.status == "declined"


def _swap(last: str, new: str) -> str | None:
    """Return the last question with its first name or year of the same kind replaced."""
    if _YEAR.search(new) and _YEAR.search(last):
        return _YEAR.sub(_YEAR.search(new)[0], last, count=1)  # type: ignore[index]
    if len(new.split()) > 5 or not name_spans(new):
        return None
    names = name_spans(last)
    alike = [s for s in names if (s.of(last) in PLACES) == (new in PLACES)]
    for span in alike or names:
        return last[: span.start] + new + last[span.end :]
    return None


def _after(last: str, standalone: str, question: str) -> Resolved:
    own = set(content_stems(question))
    kept = (span.of(last) for span in name_spans(last))
    carried = (
        name
        for name in dict.fromkeys(kept)
        if name in standalone and not set(content_stems(name)) <= own
    )
    return Resolved(standalone, tuple(carried))
