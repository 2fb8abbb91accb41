"""What a question asks for: the kind of answer, its terms, names, figures and period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from qa.reader.named import Named, name_spans, named_in
from qa.reader.words import content_stems, is_stop_word, stem, words


class Kind(StrEnum):
    """The kind of thing that a short answer names."""

    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    MEASURE = "measure"
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    TITLE = "title"
    NAME = "name"
    QUOTATION = "quotation"
    REASON = "reason"
    WHETHER = "whether"
    THING = "thing"


_HEADS: dict[Kind, str] = {
    Kind.MONEY: "cost price amount fine salary wage sum worth budget fee debt bill revenue profit "
    "loan prize payment settlement",
    Kind.NUMBER: "number score magnitude age figure total count toll population margin ranking",
    Kind.MEASURE: "temperature speed size height depth weight distance length",
    Kind.PERCENT: "percentage percent proportion share rate part stake fraction",
    Kind.DATE: "year date day month decade century weekday",
    Kind.TIME: "time hour",
    Kind.DURATION: "duration",
    Kind.PERSON: "person man woman people actor actress singer rapper musician artist author "
    "writer novelist poet president minister chancellor politician senator congressman "
    "congresswoman governor mayor leader lawmaker candidate nominee player golfer athlete "
    "quarterback star "
    "popstar coach manager driver boxer champion celebrity comedian host presenter journalist "
    "billionaire businessman executive ceo king queen prince princess duke pope justice judge "
    "lawyer scientist director designer model founder spokesman spokeswoman researcher official "
    "commissioner secretary member influencer footballer swimmer sprinter",
    Kind.ORGANISATION: "company firm agency organisation organization team club airline bank "
    "university college school network party retailer brand band group studio automaker carmaker "
    "maker league chain manufacturer supermarket newspaper outlet restaurant platform service "
    "publisher operator institution union federation association charity ministry department "
    "broadcaster store startup app franchise",
    Kind.PLACE: "country nation state city town village county continent region island park river "
    "mountain capital province territory borough district area location venue stadium street "
    "airport lake sea ocean beach planet place hotel museum village gallery peninsula destination",
    Kind.TITLE: "film movie book novel song album show series game musical play podcast magazine "
    "drama sitcom opera single track poem painting memoir sequel documentary franchise",
}
# By form, not by stem: "paid" is no payment.
KIND_OF_HEAD = {
    form: kind
    for kind, heads in _HEADS.items()
    for word in heads.split()
    for form in (word, f"{word}s", re.sub("y$", "ies", word))
}

_WH = re.compile(
    r"\b(how\s+(?:much|many|long|old|far|often|fast|tall|high|big|large|heavy|deep|hot)|how|when|"
    r"where|whom?|whose|why|which|what)\b",
    re.IGNORECASE,
)
_HOW = {
    "how many": Kind.NUMBER,
    "how long": Kind.DURATION,
    "how often": Kind.NUMBER,
    "how old": Kind.NUMBER,
    "how much": Kind.MONEY,
}
_WORDS_OF_QUESTION = {
    "when": Kind.DATE,
    "where": Kind.PLACE,
    "who": Kind.PERSON,
    "whom": Kind.PERSON,
    "whose": Kind.PERSON,
    "why": Kind.REASON,
}
_FOCUS_END = re.compile(
    r"\b(?:is|are|was|were|has|have|had|did|do|does|will|would|can|could|should|may|might|must|"
    r"be|been|became|of|in|on|at|for|from|by|with|to|that|who|which|this|last|next|recently|"
    r"now|just|before|after|as|and|or|the|an?|its|his|her|their)\b|[,:;?!.(]",
    re.IGNORECASE,
)
_COPULA = re.compile(
    r"\s*(?:is|are|was|were)\s+(?:the|its|his|her|their|a|an)\s+([^,?:;]+)", re.IGNORECASE
)
# Answered by a sentence, not by words of it. "Will" and "may" are also names.
_YES_NO = re.compile(
    r"[\W_]*(?:(?:did|do|does|is|are|was|were|has|have|had|would|can|could|should|must)(?:n['’]t)?\s"
    r"|(?:will|won['’]t|may|might)\s(?!.*\b(?:who|what|which|how|when|where)\b))"
    r"(?!you\b|(?:any|some)(?:one|body)\s(?:know|say|tell))",
    re.IGNORECASE | re.DOTALL,
)
_LIST = re.compile(
    r"^\W*(?:list|name|enumerate)\b|\bwho (?:are|were)\b|\bwh(?:ich|at) (?:are|were|two|three|four|"
    r"five|six|seven|eight|nine|ten|several)\b|\bwhich of the\b|\bwho else\b|\bwhat else\b",
    re.IGNORECASE,
)
_LISTED = {Kind.PERSON, Kind.ORGANISATION, Kind.PLACE, Kind.TITLE, Kind.NAME, Kind.THING}
_PLURALS = {"people", "men", "women"}
# "What did it cost?" asks as "how much did it cost?" does.
_PRICED = re.compile(
    r"\b(?:costs?|pay|paid|charged?|worth|spend|spent|earn|earned)\b", re.IGNORECASE
)
# "The first time since:" leaves a gap for a date.
_GAP_FOR_DATE = re.compile(r"\b(?:since|until)(?: at least)?\s*[:?…_]*\s*$", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:what|how)\s+(?:did|does|do|has|have)\b.*\b(?:say|said|tell|describe|call|respond|react|"
    r"comment|argue|claim|warn)\b",
    re.IGNORECASE,
)
# Nobody asks with so many; each costs a look into the index and into every sentence.
MOST_TERMS = 64
MOST_NAMED = 32
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_RELATIVE = re.compile(
    r"\b(?:(?:this|last|past|next|coming|previous)\s+(?:week(?:end)?|month|year|\w+day)|today|"
    r"yesterday|tomorrow|recent(?:ly)?|latest|now|currently|(?:on|last)?\s*"
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?:(?<=[?!:])|(?<=\w\w\w\.))\s+(?=[A-Z“\"])")


@dataclass(frozen=True, slots=True)
class Question:
    """A standalone question, analysed.

    Attributes:
        terms: Stems of its content words, each once, in order.
        asking: Stems of the content words of the sentence that asks, where there are several.
        names: Names as they stand in the question, each as the stems of its words.
        figures: Numbers and years as they stand in the question.
        named: Its names and numbers, where they stand.
        focus: The words that say what is asked for ("percentage", "tennis star"), or "".
        relative: Whether it speaks of a time relative to the day of asking ("this week").
        several: Whether one sentence may not be enough: it asks for several things, for reasons or
            for what someone said.
    """

    text: str
    kind: Kind
    terms: tuple[str, ...]
    asking: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    figures: tuple[str, ...]
    named: tuple[Named, ...]
    focus: str
    relative: bool
    several: bool


def analyse(text: str) -> Question:
    """Return what a standalone question asks for."""
    sentence = _asking_sentence(text)
    kind, focus = _kind_and_focus(sentence)
    asking = tuple(content_stems(sentence))[-MOST_TERMS:]
    return Question(
        text=text,
        kind=kind,
        terms=_most_telling(content_stems(text), asking),
        asking=asking,
        names=tuple(_names(text))[-MOST_NAMED:],
        figures=tuple(FIGURE.findall(text))[-MOST_NAMED:],
        named=tuple(named_in(text))[-MOST_NAMED:],
        focus=focus,
        relative=bool(_RELATIVE.search(text)),
        several=kind in (Kind.REASON, Kind.QUOTATION)
        or (kind in _LISTED and _asks_for_several(sentence, focus)),
    )


def _most_telling(terms: Sequence[str], asking: Sequence[str]) -> tuple[str, ...]:
    """Return at most `MOST_TERMS` terms in order: those that ask, then those nearest to the end."""
    if len(terms) <= MOST_TERMS:
        return tuple(terms)
    kept = set(islice(dict.fromkeys([*asking, *reversed(terms)]), MOST_TERMS))
    return tuple(term for term in terms if term in kept)


def _asking_sentence(text: str) -> str:
    sentences = _SENTENCE_END.split(text.strip())
    asking = [s for s in sentences if _WH.search(s)]
    return next((s for s in reversed(asking) if s.rstrip("”\"').").endswith("?")), None) or (
        asking[-1] if asking else sentences[-1]
    )


def _kind_and_focus(sentence: str) -> tuple[Kind, str]:
    if _YES_NO.match(sentence):
        return Kind.WHETHER, ""
    if _SAID.search(sentence):
        return Kind.QUOTATION, ""
    matches = list(_WH.finditer(sentence))
    if not matches:
        return (Kind.DATE if _GAP_FOR_DATE.search(sentence) else Kind.NAME), ""
    match = _best_match(matches)
    word = re.sub(r"\s+", " ", match[1].lower())
    rest = sentence[match.end() :]
    if word.startswith("how"):
        return _kind_of_how(word, rest)
    if word in _WORDS_OF_QUESTION:
        return _WORDS_OF_QUESTION[word], ""
    return _kind_of_which(word, rest)


def _asks_for_several(sentence: str, focus: str) -> bool:
    """Return whether the sentence asks for a list: "which countries", "who were", "name the"."""
    head = next((noun for noun in reversed(focus.lower().split()) if noun in KIND_OF_HEAD), "")
    plural = head.endswith("s") and head.removesuffix("s") in KIND_OF_HEAD
    plural = plural or (head.endswith("ies") and f"{head[:-3]}y" in KIND_OF_HEAD)
    return plural or head in _PLURALS or _LIST.search(sentence) is not None


def _best_match(matches: list[re.Match[str]]) -> re.Match[str]:
    """Prefer a wh-word that can only ask over "when", "who" and "which" inside a clause."""
    for match in matches:
        if match.start() == 0:
            return match
    for match in matches:
        if match[1].lower().split()[0] in {"how", "which", "what"}:
            return match
    return matches[-1]


def _kind_of_how(word: str, rest: str) -> tuple[Kind, str]:
    focus = _clip(rest)
    if word == "how much":
        noun = focus.split()[0] if focus else ""
        money = not noun or stem(noun) in {"money", "debt", "cash", "fund"} or noun[0].isupper()
        return (Kind.MONEY if money else Kind.NUMBER), focus
    if word == "how":
        return Kind.REASON, ""
    return _HOW.get(word, Kind.MEASURE), focus


def _kind_of_which(word: str, rest: str) -> tuple[Kind, str]:
    copula = _COPULA.match(rest)
    focus = _clip(copula[1]) if copula else _clip(rest)
    if word == "what" and not focus and _PRICED.search(rest):
        return Kind.MONEY, ""
    if copula and re.match(r"(?:full |first |last |new )?name\b", copula[1], re.IGNORECASE):
        return Kind.NAME, focus
    for noun in reversed(focus.split()):
        kind = KIND_OF_HEAD.get(noun.lower())
        if kind:
            return kind, focus
    if focus:
        return (Kind.NAME if word == "which" else Kind.THING), focus
    return Kind.THING, ""


def _clip(rest: str) -> str:
    """Return the noun phrase that follows: up to the first verb or preposition we know."""
    end = _FOCUS_END.search(rest)
    phrase = rest[: end.start()] if end else rest
    return " ".join(phrase.split()[:5])


def _names(text: str) -> Iterator[tuple[str, ...]]:
    for span in name_spans(text):
        name = tuple(stem(word) for word in words(span.of(text)) if not is_stop_word(word))
        if name:
            yield name
