"""Where pronouns stand in a question, and which of them the question answers itself.

In "Did Rosneft say that it would sell its stake to them?" only "them" is left open.
"""

from __future__ import annotations

import re

from corpus.article import Span
from qa.reader.lexicon import PLACES
from qa.reader.named import name_spans
from qa.reader.question import KIND_OF_HEAD
from qa.reader.question import Kind as AnswerKind
from qa.reader.words import content_stems
from qa.resolve.phrases import Kind, kind_of

# The pronouns that a phrase can be put in the place of, by what they stand for.
_SLOT = re.compile(
    r"\b(?:(?P<person>he|she|him|his|hers|her)"
    r"|(?P<thing>it|its)(?!['’]s\b|\s+(?:true|possible|likely|clear|known|seems)\b)"
    r"|(?P<several>they|them|their|theirs)"
    r"|(?P<place>there)(?!['’]s|\s+(?:is|are|was|were|been|be|any)\b)"
    r"|(?P<time>then(?=\s*(?:[?.!,]|$))|that\s+(?:year|day|month|week|time))"
    r")(?![\w’'])",
    re.IGNORECASE,
)
_NEVER_THERE = re.compile(r"\b(?:is|are|was|were|did|does|has|have|had)\s+$", re.IGNORECASE)
NOUN_AFTER = re.compile(r"\s+(?!(?:in|at|on|to|from|by|for|with|and|or|as|when|if|that)\b)\w")
# Said before the question in the same breath: "Sacheen Littlefeather died this week. She ...".
LEAST_SAID = 3
# A question of so many terms tells by itself what it is about.
TERMS_OF_A_WHOLE = 10
_EARLIER_SENTENCE = re.compile(r".*[.?!;:](?=\s)", re.DOTALL)
_OPENS_A_CLAUSE = re.compile(
    r"\b(?:that|when|if|because|before|after|while|since|as|who|which|whether|said|says?|announced|"
    r"thinks?|thought|believes?|claims?|claimed|believed)\s+$",
    re.IGNORECASE,
)
_OWNING = re.compile(r"(?:his|her|its|their)\s+(?=\w)", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|what|an?)\s+(?P<noun>(?:[\w’'-]+\s+){1,5})", re.IGNORECASE)
_THINGS = {AnswerKind.ORGANISATION, AnswerKind.PLACE, AnswerKind.TITLE}
_ARTICLE = re.compile(r"\b(?:the|an?)\s+$", re.IGNORECASE)


def slots(question: str) -> list[tuple[Span, str]]:
    """Return where pronouns stand that something said before can stand for, and their kind."""
    found = []
    for match in _SLOT.finditer(question):
        kind = str(match.lastgroup)
        # "is there" at the end of a question asks about a place, before a noun it does not.
        asks_whether = kind == "place" and _NEVER_THERE.search(question[: match.start()])
        if asks_whether and NOUN_AFTER.match(question, match.end()):
            continue
        found.append((Span(*match.span()), kind))
    return found


def open_slots(question: str) -> list[tuple[Span, str]]:
    """Return the pronouns for which nothing in the question itself can stand, and their kind."""
    if len(content_stems(question)) >= TERMS_OF_A_WHOLE:
        return []
    return [
        (span, kind) for span, kind in slots(question) if not _is_answered(question, span, kind)
    ]


def _is_answered(question: str, pronoun: Span, kind: str) -> bool:
    before, after = question[: pronoun.start], question[pronoun.end :]
    earlier = _EARLIER_SENTENCE.match(before)
    if earlier and len(content_stems(earlier[0])) >= LEAST_SAID:
        return True
    if kind == "time":
        return False
    names = name_spans(question)
    owning = _OWNING.match(question, pronoun.start) is not None
    if owning and "," not in before and "," in after:  # "Following her ouster, Liz Cheney ..."
        comma = pronoun.end + after.index(",")
        later = any(_fits(question, name, kind) for name in names if name.start > comma)
        if later or _asked_for(question[comma:], kind):
            return True
    # What a clause does, it does not do to itself: in "What did Rosneft pay for it?" it is not it.
    if not owning and kind != "place" and not _OPENS_A_CLAUSE.search(before):
        return False
    named = any(_fits(question, name, kind) for name in names if name.end <= pronoun.start)
    return named or _asked_for(before, kind)


def _fits(question: str, name: Span, kind: str) -> bool:
    """Return whether a name of the question can be what its pronoun stands for."""
    text = name.of(question)
    if kind == "place":
        return text in PLACES
    is_person = kind_of(text) is Kind.PERSON or not (
        " " in text or text in PLACES or _ARTICLE.search(question[: name.start])
    )
    return is_person if kind == "person" else kind_of(text) is not Kind.PERSON


def _asked_for(before: str, kind: str) -> bool:
    """Return whether the question asks for what its pronoun stands for: "which brand ... its"."""
    wanted = {AnswerKind.PERSON} if kind == "person" else _THINGS
    nouns = (noun for match in _WHICH.finditer(before) for noun in match["noun"].split())
    return any(KIND_OF_HEAD.get(noun.lower()) in wanted for noun in nouns)
