"""What a question names, and how much of it a text has: names, years and other numbers.

An answer about another person, place or amount than the question's is the wrong answer, however
well the rest fits. How rare a name is in the collection says how telling it is: "US" may go
without saying where "Cleveland" may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from corpus.article import Span
from qa.figures import Number, numbers
from qa.reader.lexicon import PLACES
from qa.reader.words import is_stop_word, stem, stems, words

# "No. 1" is a rank and no name.
_NAME = re.compile(
    r"\b(?!No\.\s?\d)(?:(?:[A-Z]\.)+|[A-Z][\w’'&-]*)"
    r"(?:\s+(?!No\.\s?\d)(?:(?:of|the|de|la|al|bin|van|von|for|and)\s+)?"
    r"(?:(?:[A-Z]\.)+|[A-Z][\w’'&-]*|\d+\b))*"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_LOWER_PLACE = re.compile(
    rf"\b(?:{'|'.join(re.escape(p.lower()) for p in sorted(PLACES) if len(p) > 4)})\b"
)
_OPENING = re.compile(r"(?:[?!:]|\w\w\w\.)[\s“\"]*$")
_OPENING_CHARACTERS = 80  # searching all that stands before each name takes quadratic time
_ASKING = frozenset("how when where who whom whose why which what".split())
_WEEKDAYS = {stem(f"{day}day") for day in "mon tues wednes thurs fri satur sun".split()}
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]*")
_COUNTED = re.compile(r"[\s-]+([^\W\d_]+)")
# What follows a name that opens a sentence: a thing that is not named mostly has an article.
_AFTER_SUBJECT = re.compile(
    r"['’]s\b|\s+(?:is|was|has|had|will|would|can|could|may|might|must|should|did|does|says?|said|"
    r"won|lost|made|took|gave|became|went|came|got|held|told|sold|bought|found|left|met|sent|ran|"
    r"\w\w+ed|\w{3,}ly)\b"
)
_PLURAL = re.compile(r"[^aiosu]s$")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|\w-?\d")
# A last name stands for the whole unless it is a common word, as in "Food Standards Agency".
_TELLING = 0.8


@dataclass(frozen=True, slots=True)
class Named:
    """A name or number of a question.

    Attributes:
        span: Where it stands in the question.
        text: It as typed there.
        terms: The stems of a name's words; none for a number.
        number: The number, or None for a name.
        counted: The stem of the noun that the number counts, or "".
    """

    span: Span
    text: str
    terms: tuple[str, ...] = ()
    number: Number | None = None
    counted: str = ""


def name_spans(text: str) -> list[Span]:
    """Return where names stand in a question; countries and cities also in lower case.

    A capital at the start of a sentence makes a name only together with a second one, if it is a
    known place, or if it stands there as a name does: "Pinterest announced", "McDonald's menu".
    """
    found = [span for match in _NAME.finditer(text) if (span := _name_span(text, match))]
    for match in _LOWER_PLACE.finditer(text):
        span = Span(*match.span())
        if not any(span.overlaps(other) for other in found):
            found.append(span)
    return sorted(found)


def _name_span(text: str, match: re.Match[str]) -> Span | None:
    """Return the name without function words at its front, or None if nothing is left."""
    start = match.start()
    pieces = list(re.finditer(r"\S+", match[0]))
    while pieces and pieces[0][0] != "New" and _is_function_word(pieces[0][0]):
        pieces = pieces[1:]
    if not pieces:
        return None
    span = Span(start + pieces[0].start(), start + len(_POSSESSIVE.sub("", match[0])))
    opens = span.start == 0 or bool(
        _OPENING.search(text, max(0, span.start - _OPENING_CHARACTERS), span.start)
    )
    return span if not opens or len(pieces) > 1 or _is_named(text, span) else None


def _is_named(text: str, opener: Span) -> bool:
    """Return whether the word that opens a sentence names something, going by its form."""
    word = opener.of(text)
    if word in PLACES or word.isupper() or _INNER_CAPITAL.search(word):
        return True
    return bool(_AFTER_SUBJECT.match(text, opener.end)) and not _PLURAL.search(word)


def _is_function_word(word: str) -> bool:
    plain = _POSSESSIVE.sub("", word)
    return is_stop_word(plain) or plain.lower() in _ASKING


def named_in(question: str) -> list[Named]:
    """Return the names of a question, without days of the week, then the numbers outside them."""
    names = list(_names(question))
    return [*names, *_numbers(question, [name.span for name in names])]


def _names(question: str) -> Iterator[Named]:
    for span in name_spans(question):
        own = [stem(word) for word in words(span.of(question)) if not is_stop_word(word)]
        telling = tuple(term for term in own if term not in _WEEKDAYS)
        if telling:
            yield Named(span, span.of(question), telling)


def _numbers(question: str, names: Sequence[Span]) -> Iterator[Named]:
    for number in numbers(question):
        # "One" is rarely a number: "one of", "which one".
        if number.value != 1 and not any(number.span.overlaps(name) for name in names):
            span = number.amount
            yield Named(span, span.of(question), number=number, counted=_counted(question, number))


def _counted(text: str, number: Number) -> str:
    noun = _COUNTED.match(text, number.span.end)
    return stem(noun[1]) if noun and not is_stop_word(noun[1]) else ""


@dataclass(frozen=True)
class Held:
    """What a number of texts hold together."""

    texts: Sequence[str]

    @cached_property
    def terms(self) -> frozenset[str]:
        """The stems of all words."""
        return frozenset(term for text in self.texts for term in stems(text))

    @cached_property
    def initials(self) -> str:
        """The initials of each text's capitalised words, to look acronyms up in."""
        return " ".join(
            "".join(match[0][0] for match in _CAPITALISED.finditer(text)) for text in self.texts
        )

    @cached_property
    def counts(self) -> frozenset[tuple[Fraction, str]]:
        """Every number with the stem of the noun that it counts."""
        return frozenset(
            (number.value, _counted(text, number))
            for text in self.texts
            for number in numbers(text)
        )

    def share_of(self, named: Named, rarity: Mapping[str, float]) -> float:
        """Return how much of the name or number is held, 0 to 1, rare words counting for more.

        Args:
            named: Of the question.
            rarity: Of each of the question's terms, 0 to 1.
        """
        if named.number is not None:
            return float(any(value == named.number.value for value, _ in self.counts))
        weights = [rarity.get(term, 1.0) for term in named.terms]
        held = [w for term, w in zip(named.terms, weights, strict=True) if term in self.terms]
        if len(held) == len(weights) or self._has_short_form(named):
            return 1.0
        if named.terms[-1] in self.terms and weights[-1] >= _TELLING * max(weights):
            return 1.0
        return sum(held) / max(sum(weights), 1e-6)

    def _has_short_form(self, named: Named) -> bool:
        """Return whether an acronym stands for the name here, or a name for its acronym."""
        plain = named.text.replace(".", "")
        if plain.isupper() and plain.isalpha():
            return len(plain) > 1 and plain in self.initials
        short = "".join(match[0][0] for match in _CAPITALISED.finditer(named.text))
        return len(short) > 1 and short.lower() in self.terms

    def counts_otherwise(self, named: Named) -> bool:
        """Return whether it has another number of what the question's number counts."""
        number = named.number
        return number is not None and any(
            noun == named.counted != "" and value != number.value for value, noun in self.counts
        )
