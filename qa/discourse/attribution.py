"""Who says what a sentence says: the speaker that it or a sentence beside it names.

Read from the form of English news: "..., said Ingrid Vass, who", "Ms. Osterman said", "according to
the ministry", "a spokesman for Rosneft told". A pronoun is followed back to the last speaker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.article import Span
from qa.resolve.phrases import Kind, kind_of

SENTENCES_BACK = 4

_SAYING = (
    "said says told tells added adds noted notes wrote writes explained explains warned warns "
    "argued argues claimed claims announced announces confirmed confirms stated states tweeted "
    "insisted insists acknowledged acknowledges recalled recalls testified concluded estimated "
    "estimates reported reports predicted predicts believes believed replied denied denies thinks "
    "expects hopes fears suggested suggests counted calculated calculates admitted admits conceded "
    "concedes observed cautioned cautions declared declares remarked revealed reveals alleged "
    "alleges maintained maintains complained posted commented asserted asserts disclosed vowed"
)
_VERB = rf"(?:{'|'.join(_SAYING.split())})"
_FINDING = rf"(?:{_VERB}|found|finds|showed|shows|indicates|indicated)"
_ADVERB = r"(?:(?:also|later|then|once|has|had|have|[a-z]+ly)\s+){0,2}"
_CAPITAL = r"(?:[A-Z][\w’'&-]+|[A-Z]\b)\.?"
_NAME = rf"{_CAPITAL}(?:\s(?:(?:of|the|of the|de|la|al|bin|van|von|for|and|&)\s)?{_CAPITAL})*"
_A = r"(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ne|[Ss]ome|[Ss]everal|[Tt]wo|[Tt]hree)"
_MANY = (
    r"(?:[Pp]olice|[\w’'-]*\s?(?:[Oo]fficials|[Aa]uthorities|[Rr]esearchers|[Pp]rosecutors|"
    r"[Ll]awyers|[Ii]nvestigators|[Ss]cientists|[Ee]xperts|[Dd]octors|[Aa]nalysts|[Ee]conomists|"
    r"[Ww]itnesses|[Rr]esidents|[Oo]rganizers|[Oo]rganisers|[Ii]nspectors|[Cc]ritics))"
)
# "the health ministry", "a spokeswoman for the mayor", "health officials"
_OTHER = (
    rf"(?:{_A}\s(?:[\w’'-]+\s){{0,3}}?[\w’'-]+|{_MANY})"
    rf"(?:\s(?:for|of|at|from|with|in)\s(?:{_A}\s)?(?:[a-z’'-]+\s){{0,2}}{_NAME})?"
)
_WORK = (
    rf"{_A}\s(?:[\w’'-]+\s){{0,3}}?(?:reports?|study|studies|survey|polls?|data|figures|records|"
    r"documents|analysis|review|indictment|complaint|lawsuit|statement|filings?|inquiry)"
    rf"(?:\s(?:by|of|from)\s(?:{_A}\s)?{_NAME})?"
)
_BORDER = r"(?:^[“\"]?|(?<=[,;:“\"—–]\s)|(?<=,[”\"]\s)|(?<=\sthat\s)|(?<=\sand\s)|(?<=\sbut\s))"
_ASIDE = r"(?:,\s[^,“”\"]{1,90}(?:,\s[^,“”\"]{1,60})?,)?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[,?!][”\"’]?\s+{_VERB}\s+(?:{_A}\s[a-z’' -]{{2,40}},\s)?(?P<who>{_NAME})",
        rf"[,?!][”\"’]\s+{_VERB}\s+(?P<who>{_OTHER})",
        rf"{_BORDER}(?P<who>{_OTHER}){_ASIDE}\s+{_ADVERB}{_VERB}\b",
        rf"\b(?P<who>{_NAME}){_ASIDE}\s+{_ADVERB}{_VERB}\b",
        rf"\b(?P<who>{_WORK})\s+{_ADVERB}{_FINDING}\b",
        rf"\b(?:announced|confirmed|reported|released|published|compiled|estimated|disclosed|"
        rf"cited|measured|counted)\s+by\s+(?P<who>(?:{_A}\s)?(?:[a-z’'-]+\s){{0,4}}?{_NAME})",
        rf"\b[Aa]ccording to\s+(?P<who>(?:[\w’'-]+\s){{0,8}}?{_NAME})(?=[,.;]|\s[a-z]|$)",
        r"\b[Aa]ccording to\s+(?P<who>[^,.;”\"]{3,60})",
    )
)
_PRONOUN = re.compile(
    rf"\b(?:[Hh]e|[Ss]he|[Tt]hey)\s+{_ADVERB}{_VERB}\b|,[”\"]?\s+{_VERB}\s+(?:he|she|they)\b"
)
_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Judge|President|Mayor)\.?\s{_NAME}")
_IN_QUOTES = re.compile(r"\s*[“\"].*[”\"]\s*|[^“”\"]*[”\"]\s*|\s*[“\"][^”\"]*", re.DOTALL)
_NO_PERSON = re.compile(rf"(?:{_A}\s)?[a-z]|{_A}\s")
# What stands in quotation marks says nothing of who speaks.
_SPOKEN = re.compile(r"[“\"][^“”\"]{2,}[”\"]")
_BEING = frozenset("is are was were be been being".split())
_NO_SPEAKER = frozenset(
    "he she they it who which that this there i we you nobody no monday tuesday wednesday thursday "
    "friday saturday sunday but and in on as what when if".split()
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says it: a span of the sentence at this position that names the speaker."""

    position: int
    speaker: Span


def speaker_of(texts: Sequence[str], position: int) -> Attribution | None:
    """Return who is named as saying the sentence, or None if the article says it itself.

    Args:
        texts: The article's sentences in order.
        position: Of the sentence.
    """
    sentence = texts[position]
    if own := _speaker_in(sentence):
        return Attribution(position, own)
    if _PRONOUN.search(sentence):
        return _person_before(texts, position)
    return _speaking_on(texts, position) if _IN_QUOTES.fullmatch(sentence) else None


def speaker_beside(texts: Sequence[str], position: int) -> Attribution | None:
    """Return who speaks in the sentence before or after one that names no speaker, or None.

    What stands between an expert's words is often the expert's too; the article does not say so.
    """
    for beside in (position - 1, position + 1):
        if 0 <= beside < len(texts) and (found := speaker_of(texts, beside)):
            return found
    return None


def _person_before(texts: Sequence[str], position: int) -> Attribution | None:
    """Return the last person before the sentence, whom its "he said" goes back to."""
    for find in (_person_in, _speaker_in):
        for back in range(position - 1, max(position - 1 - SENTENCES_BACK, -1), -1):
            if found := find(texts[back]):
                return Attribution(back, found)
    return None


def _speaking_on(texts: Sequence[str], position: int) -> Attribution | None:
    """Return who speaks in a quotation that runs over several sentences."""
    for back in range(position - 1, max(position - 1 - SENTENCES_BACK, -1), -1):
        if found := _speaker_in(texts[back]):
            return Attribution(back, found)
        if _PRONOUN.search(texts[back]):
            return _person_before(texts, back)
        if not _IN_QUOTES.fullmatch(texts[back]):
            break
    after = "".join(texts[position + 1 : position + 2])
    found = _speaker_in(after)
    return Attribution(position + 1, found) if found else None


def _speaker_in(sentence: str) -> Span | None:
    """Return the speaker that the sentence names, or None."""
    outside = _outside_quotes(sentence)
    for pattern in _PATTERNS:
        for match in pattern.finditer(outside):
            who = match["who"].rstrip(" ,")
            pieces = who.lower().split()
            if pieces[0] not in _NO_SPEAKER and not _BEING.intersection(pieces):
                end = match.start("who") + len(who)
                if who.endswith(".") and end == len(sentence.rstrip()):
                    end -= 1
                return Span(match.start("who"), end)
    return None


def _person_in(sentence: str) -> Span | None:
    """Return who is named as speaking, else the first person named, for a pronoun after it."""
    speaker = _speaker_in(sentence)
    if speaker and not _NO_PERSON.match(speaker.of(sentence)):
        return speaker
    outside = _outside_quotes(sentence)
    if titled := _TITLED.search(outside):
        return Span(*titled.span())
    persons = (m for m in re.finditer(_NAME, outside) if kind_of(m[0]) is Kind.PERSON)
    first = next(persons, None)
    return Span(*first.span()) if first else None


def _outside_quotes(sentence: str) -> str:
    """Return the sentence with every letter between quotation marks blotted out."""
    return _SPOKEN.sub(lambda m: f"{m[0][0]}{'…' * (len(m[0]) - 3)}{m[0][-2:]}", sentence)
