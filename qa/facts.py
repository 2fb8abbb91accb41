"""What a sentence claims, in comparable pieces: figures, dates, names, negations, words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.article import Span
from qa.figures import Number, numbers
from qa.moments import Moment, moments

TokenKind = Literal["number", "moment", "name", "negation", "hedge", "pronoun", "word"]

FUNCTION_WORDS = frozenset(
    """a about above after again against all along also although am among an and another any are as
    at be because been before being below between both but by can could despite did do does doing
    down during each either even every few for from further had has have having he her here hers
    herself him himself his how however i if in into is it its itself just later like many may me
    meanwhile might more most much must my myself near nor not now of off on once one only or other
    our ours out over own per same she should since so some such than that the their theirs them
    then there these they this those though through thus to today too under unlike until up upon us
    very was we were what when where whereas whether which while who whom whose why will with
    within without would yes yesterday yet you your""".split()
)
NEGATIONS = frozenset(
    """not no never none neither nor nobody nothing nowhere without cannot hardly barely scarcely
    denied deny denies denying denial refused refuse refuses refusing refusal rejected reject
    rejects rejecting failed fail fails failing failure unable false lack lacks lacked""".split()
)
# Words whose loss makes a guess, a plan or a condition look like a fact.
HEDGES = frozenset(
    """may might could would should if unless except alleged alleges allegedly reportedly possibly
    perhaps probably almost nearly planned plans proposed expected""".split()
)
# A sentence with one of these says that it may not be so, whatever part of it is taken.
CONDITIONS = frozenset(
    "if unless except alleged alleges allegedly reportedly possibly perhaps probably".split()
)
PRONOUNS = frozenset(
    "he him his she her hers it its they them their theirs this these that those who whose".split()
)
# In capitals these may be names: the United States, the World Health Organization, Islamic State.
_NAMES_TOO = frozenset("am is it us who".split())
_LISTED = (FUNCTION_WORDS | NEGATIONS | HEDGES | PRONOUNS) - _NAMES_TOO
_CONTRACTED = {"can't": "can", "won't": "will", "shan't": "shall", "cannot": "can"}
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\w+(?:['’&-]\w+)*|[#@]\w+|[^\w\s]")
# Marks that say something where they stand: "5+", "<5", "5°", "24/7".
_SAYING = frozenset("%‰‱#&@*/§†")
_POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence.

    Attributes:
        key: The normal form; equal keys of one kind claim the same.
        source: The figure or date that the token stands for, else None.
    """

    span: Span
    kind: TokenKind
    key: str
    source: Number | Moment | None = None

    @property
    def word(self) -> str:
        """The key in lower case, by which lists of words are searched: "SUPPOSE" as "suppose"."""
        plain = self.key.lower()
        return self.key if plain in _NAMES_TOO else plain

    def says(self, other: Token) -> bool:
        """Return whether this token of a quote supports `other` of a statement."""
        if isinstance(self.source, Moment):
            return _moment_says(self.source, other)
        if self.source is not None or other.source is not None:
            return self.kind == other.kind and self.key == other.key
        if self.kind != other.kind and {self.kind, other.kind} != {"name", "word"}:
            return False
        return self.key == other.key


def tokens(text: str) -> list[Token]:
    """Return the text's pieces in order, "don't" as "do" and "not"; punctuation is left out."""
    found: list[Token] = []
    position = 0
    for figure in _figures(text):
        span = figure.whole if isinstance(figure, Number) else figure.span
        kind: TokenKind = "number" if isinstance(figure, Number) else "moment"
        found.extend(_words(text, position, span.start))
        found.append(Token(span, kind, figure.key, figure))
        position = span.end
    found.extend(_words(text, position, len(text)))
    return found


def negations(text: str) -> list[str]:
    """Return the negating words of the text in order, "n't" as "not", repeats kept."""
    return [token.key for token in tokens(text) if token.kind == "negation"]


def dates(text: str) -> list[str]:
    """Return the dates and years that the text names, as they stand there, in order."""
    return [
        figure.span.of(text)
        for figure in _figures(text)
        if (figure.minute is None if isinstance(figure, Moment) else figure.kind == "year")
    ]


def _figures(text: str) -> Iterator[Number | Moment]:
    """Yield dates, times and numbers in order, a number inside a date left out."""
    dates: list[Number | Moment] = [*moments(text)]
    free = (n for n in numbers(text) if not any(n.span.overlaps(d.span) for d in dates))
    yield from sorted([*dates, *free], key=lambda figure: figure.span)


def _words(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _WORD.finditer(text, start, end):
        word, span = match.group(), Span(*match.span())
        if not _is_mark(word):
            yield from _word_tokens(word, span)
        elif word in _SAYING or unicodedata.category(word) in ("Sm", "Sc", "So"):
            yield Token(span, "word", word)


def _is_mark(word: str) -> bool:
    return len(word) == 1 and not (word.isalnum() or word == "_")


def _word_tokens(word: str, span: Span) -> Sequence[Token]:
    plain = word.lower().replace("’", "'")
    if plain.endswith("n't") or plain == "cannot":
        stem = _CONTRACTED.get(plain, plain[:-3])
        return Token(span, "word", stem), Token(span, "negation", "not")
    plain = _POSSESSIVE.sub("", plain)
    return (Token(span, _kind(word, plain), _key(word, plain)),)


def _kind(word: str, plain: str) -> TokenKind:
    if _is_acronym(word):
        return "name"
    for kind, members in (("negation", NEGATIONS), ("hedge", HEDGES), ("pronoun", PRONOUNS)):
        if plain in members:
            return kind  # type: ignore[return-value]
    return "name" if word[0].isupper() and plain not in FUNCTION_WORDS else "word"


def _is_acronym(word: str) -> bool:
    """Return whether the word may be a name for its capitals: "NATO" and "US", but not "NOT"."""
    if len(word) == 1 or not word.isupper() or word.endswith(("'S", "’S")):
        return False
    return word.lower() not in _LISTED


def _key(word: str, plain: str) -> str:
    """Return the compared form; acronyms keep their capitals, so that "US" is not "us"."""
    return word.replace(".", "") if _is_acronym(word) else plain.replace(".", "")


def _moment_says(moment: Moment, other: Token) -> bool:
    """Return whether a date says another date, or a bare year ("in 2016" of "Nov. 3, 2016")."""
    if isinstance(other.source, Moment):
        return moment.covers(other.source)
    if isinstance(other.source, Number) and other.source.kind == "year":
        return moment.year == other.source.value
    return False
