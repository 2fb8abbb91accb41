"""Short answers that a sentence could give: figures, dates, names, titles, phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.article import Span
from qa.figures import Number, numbers
from qa.moments import moments
from qa.reader.question import Kind
from qa.reader.words import is_stop_word, stem

_DAY_NAME = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_SCORE = re.compile(r"(?<![\w$£€¥.,–-])\d+[-–]\d+(?![\w–-])")
_TIME_UNIT = re.compile(
    r"[\s-](?:second|minute|hour|day|week|month|year|decade)s?\b|\scentur(?:y|ies)\b"
)
_MEASURE_UNIT = re.compile(
    r"[\s-](?:(?:square|cubic|nautical|metric) )?"
    r"(?:miles?|kilomet(?:er|re)s?|met(?:er|re)s?|feet|foot|inch(?:es)?|yards?|acres?|hectares?|pounds?|ounces?|grams?|kilo(?:gram)?s?|tons?|tonnes?"
    r"|gallons?|lit(?:er|re)s?|barrels?|degrees?(?: (?:Celsius|Fahrenheit))?|gigabytes?"
    r"|megawatts?|mph|kph|km/h|km|kg|cm|mm|ft|lbs?)(?: (?:per|an) (?:hour|second|day))?(?!\w)"
)
# "MOSCOW (Tallis Wire) - ", "Washington (CNN)": where it was written answers nothing.
_OUTLET = r"\([A-Z][^()\d]{1,40}\)"
_DATELINE = re.compile(
    rf"(?:(?:[A-Z][\w.,’' -]{{1,50}}?)?{_OUTLET}\s*[—–-]*\s*"
    rf"|[A-Z][A-Z.’' -]+(?:, [A-Z][\w.,’' ]{{1,40}}?)?(?: {_OUTLET})?\s*(?:[—–]|--?(?=\s))\s*)"
    r"(?=[“\"‘']?[A-Z\d])"
)
_DAY_OR_MONTH = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July"
    r"|August|September|October|November|December"
)
_QUOTED = re.compile(r"[“\"‘]([^”\"’“]{2,80})[”\"’]")
_CAPITAL = r"(?:[A-Z][\w’'&.+-]*\w|[A-Z]\.?|[a-z][A-Z]\w+)"
_NAME = re.compile(
    rf"{_CAPITAL}(?:(?:\s(?:of|the|of the|de|la|du|al|bin|van|von|for|on|in the|’n’|&|to)"
    rf"(?=\s[A-Z]))?\s(?:{_CAPITAL}|\d+\b))*"
)
_PIECE = re.compile(r"[^\s,;:()“”\"–—]+")
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’]s\b|['’](?=\s))")
_MAX_PHRASE_WORDS = 4


# Signs of a kind that are quick to look for in hundreds of sentences.
_WRITTEN = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|dozen|hundred)\b"
)
_SIGNS = {
    Kind.MONEY: r"[$£€¥]\s?\d"
    r"|\d[\w.,]*\s(?:\w+\s)?(?:dollars?|euros?|pounds?|yuan|rubles?|cents?)\b",
    Kind.NUMBER: _WRITTEN,
    Kind.PERCENT: r"%|\bper\s?cent\b|\bhalf\b|\bthirds?\b|\bquarters?\b",
    Kind.DATE: r"\b\d{4}\b|\b(?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\b"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\b\d0s\b|\bcentury\b",
    Kind.TIME: r"\d\s?[ap]\.?m\b|\d:\d\d|\bnoon\b|\bmidnight\b",
    Kind.DURATION: r"\b(?:second|minute|hour|day|week|month|year|decade|centur)(?:s|ies|y)?\b",
    Kind.MEASURE: _WRITTEN,
    Kind.QUOTATION: r"[“”\"]|\b(?:said|says|told|called|described|wrote|according)\b",
    Kind.REASON: r"\b(?:because|since|due to|owing to|as a result|so that|in order|reasons?|causes?"
    r"|caused|led to|prompted|blamed?|after|amid|following|over concerns|in response|to avoid)\b",
}
_SIGN = {kind: re.compile(pattern) for kind, pattern in _SIGNS.items()}
_NAMED = {Kind.PERSON, Kind.ORGANISATION, Kind.PLACE, Kind.TITLE, Kind.NAME}
_INNER_CAPITAL = re.compile(r"(?<=[\s“\"(—–-])[A-Z][\w’'-]*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible short answer: `span` in code points of the sentence's text."""

    span: Span
    text: str
    kind: Kind


def holds_kind(kind: Kind, sentence: str, terms: Sequence[str]) -> bool:
    """Return whether the sentence shows a sign of the kind of answer that is asked for.

    Args:
        kind: Those without a sign of their own are taken to be anywhere.
        sentence: Its text.
        terms: Stems of the question, which are no answer to it.
    """
    if kind in _NAMED:
        return any(stem(m[0]) not in terms for m in _INNER_CAPITAL.finditer(sentence))
    return kind not in _SIGN or _SIGN[kind].search(sentence) is not None


def figure_candidates(sentence: str) -> Iterator[Candidate]:
    """Yield dates, times of day, money, percentages, durations, measures, scores and numbers.

    A duration or measure is yielded with its unit and, as a number, without.
    """
    found = moments(sentence)
    dates = [m.span for m in found if m.minute is None]
    yield from (
        Candidate(m.span, m.span.of(sentence), Kind.TIME) for m in found if m.minute is not None
    )
    dates += [Span(*match.span()) for match in _DAY_NAME.finditer(sentence)]
    scores = [Span(*match.span()) for match in _SCORE.finditer(sentence)]
    yield from (Candidate(span, span.of(sentence), Kind.DATE) for span in dates)
    yield from (Candidate(span, span.of(sentence), Kind.NUMBER) for span in scores)
    for number in numbers(sentence):
        if not any(number.span.overlaps(span) for span in (*dates, *scores)):
            yield from _of_number(sentence, number)


_KIND_OF_NUMBER = {
    "money": Kind.MONEY,
    "percent": Kind.PERCENT,
    "year": Kind.DATE,
    "decade": Kind.DATE,
}


def _of_number(sentence: str, number: Number) -> Iterator[Candidate]:
    kind = _KIND_OF_NUMBER.get(number.kind, Kind.NUMBER)
    yield Candidate(number.span, number.span.of(sentence), kind)
    if kind is not Kind.NUMBER:
        return
    for unit, with_unit in ((_TIME_UNIT, Kind.DURATION), (_MEASURE_UNIT, Kind.MEASURE)):
        if match := unit.match(sentence, number.span.end):
            span = Span(number.span.start, match.end())
            yield Candidate(span, span.of(sentence), with_unit)


def dateline_end(sentence: str) -> int:
    """Return where the text begins after a dateline; 0 where there is none."""
    match = _DATELINE.match(sentence)
    return match.end() if match else 0


def name_candidates(sentence: str) -> Iterator[Candidate]:
    """Yield capitalised names, their parts around a possessive, and quoted titles."""
    for match in _QUOTED.finditer(sentence):
        inner = match[1].rstrip(",.?!")
        if inner:
            start = match.start(1)
            yield Candidate(Span(start, start + len(inner)), inner, Kind.TITLE)
    for match in _NAME.finditer(sentence):
        for start, end in _without_possessive(match):
            yield from _trimmed_name(sentence, start, end)


def _without_possessive(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    start = match.start()
    for mark in _POSSESSIVE.finditer(match[0]):
        yield start, match.start() + mark.start()
        start = match.start() + mark.end()
    if start < match.end():
        yield start, match.end()


def _trimmed_name(sentence: str, start: int, end: int) -> Iterator[Candidate]:
    """Drop function words at the front, which a sentence's first word often is."""
    pieces = list(re.finditer(r"\S+", sentence[start:end]))
    while pieces and is_stop_word(pieces[0][0]) and pieces[0][0] != "US":
        pieces = pieces[1:]
    while pieces and (_DAY_OR_MONTH.match(pieces[-1][0]) or pieces[-1][0].islower()):
        pieces.pop()  # "Lindqvist Group on Tuesday"
    if not any(c.isupper() for piece in pieces for c in piece[0]):
        return
    span = Span(start + pieces[0].start(), start + pieces[-1].end())
    text = span.of(sentence).rstrip(".,'’-") if len(span) > 3 else span.of(sentence)
    yield Candidate(Span(span.start, span.start + len(text)), text, Kind.NAME)


def phrase_candidates(sentence: str) -> Iterator[Candidate]:
    """Yield runs of up to four content words, for answers that are common nouns."""
    run: list[re.Match[str]] = []
    for piece in _PIECE.finditer(sentence):
        word = piece[0].rstrip(".!?'’")
        gap = sentence[run[-1].end() : piece.start()] if run else " "
        if is_stop_word(word) or gap != " ":
            yield from _runs(sentence, run)
            run = []
        if word and not is_stop_word(word):
            run.append(piece)
    yield from _runs(sentence, run)


def _runs(sentence: str, run: list[re.Match[str]]) -> Iterator[Candidate]:
    for first in range(len(run)):
        for last in range(first, min(first + _MAX_PHRASE_WORDS, len(run))):
            text = sentence[run[first].start() : run[last].end()].rstrip(".!?'’")
            span = Span(run[first].start(), run[first].start() + len(text))
            yield Candidate(span, text, Kind.THING)
