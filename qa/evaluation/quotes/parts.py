"""Parts of a sentence that say something else than the sentence: its words, without those around.

Each is a stretch of the quote, word for word, that states something by itself, and what is left out
is of a kind that changes who, how many, whether or in what mood: "Ahmed Ali died" of "The mother of
Ahmed Ali died". Where the rest could leave the part true ("the city of", "even if"), none is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHORTEST = 3


def _any(words: str) -> str:
    """Return a pattern for any of the words; each may begin with a capital."""
    both = (f"[{word[0].upper()}{word[0].lower()}]{word[1:]}" for word in words.split())
    return f"(?:{'|'.join(both)})"


_DAYS = (
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August"
    r"|September|October|November|December"
)
_NAME = rf"(?!(?:{_DAYS})\b)[A-Z][a-z]+(?: [A-Z][a-z]+)*"
_FINITE = (
    r"(?:is|are|was|were|has|have|had|will|would|can|could|may|did|does|died|left|won|lost|went|came"
    r"|took|made|gave|got|fell|rose|began|became|held|met|paid|sent|sold|told|wrote|lent|spent|built"
    r"|bought|brought|caught|fought|found|grew|knew|ran|saw|sought|spoke|stood|struck|[a-z]+ed)\b"
)
_REST = r"[^“”\"\n]+"
# A name, its verb and what follows.
_NAMED = rf"(?P<part>{_NAME} {_FINITE} {_REST})"
# An article or none, a noun of up to four words, its verb and what follows.
_CLAUSE = rf"(?P<part>(?:(?:[Tt]h|[Ii]t|[Hh]i|[Aa])[a-z]* )?(?:[\w’'-]+ ){{1,4}}{_FINITE} {_REST})"

# Of these the whole does as the part does, or nearly: "the city of Paris voted".
_SAME_THING = (
    r"city|cities|town|state|village|county|province|republic|kingdom|islands?|country|nation|name"
    r"|government|people|president|leaders?|capital|region|district|borough|peninsula|likes|number"
    r"|spokes\w+|representatives?|officials?|reports?|study|statements?|surveys?|polls?|data|figures"
)
_HEAD = re.compile(
    rf"\b{_any('the a an his her their')} (?:[a-z]+ ){{0,2}}(?!(?:{_SAME_THING})\b)[a-z]+"
    rf" (?:of|with|near|against|from|for|behind|by) {_NAMED}"
)
_RELATIVE = re.compile(
    r"\b(?:who|which) (?:(?:has|had|have) )?[a-z]+(?: (?:with|for|against|to|by|at|from))?"
    rf" {_NAMED}"
)
_NUMBER = (
    r"(?:\d[\d,.]*|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en"
    r"|[Tt]wenty|[Tt]hirty|[Ff]orty|[Ff]ifty|[Hh]alf)"
)
_BOUNDED = re.compile(
    r"\b(?:(?:[Ff]ewer|[Ll]ess) than|[Uu]p to|[Aa]t most|[Nn]o more than|[Aa]lmost|[Nn]early)"
    rf" (?P<part>(?:{_NUMBER}|all|every)(?: [a-z]+){{1,3}} {_FINITE} {_REST})"
)
_PARTITIVE = re.compile(
    rf"(?:\b{_NUMBER}|\b{_any('some most none few many part several critics victims relatives')})"
    r" of (?!(?:the )?(?:most|whom|which|what|that|this|all)\b)"
    r"(?P<part>(?:(?:the|his|her|its|their|our) )?(?:[a-z]+ |[A-Z][a-z]+ |\d+ ){1,3}"
    rf"{_FINITE} {_REST})"
)
_NONE = re.compile(
    r"(?<![Aa] )(?<!the )(?<![’']s )"
    rf"\b(?:{_any('no neither few')}|[Hh]ardly any|[Nn]ot (?:all|every))"
    r" (?!(?:one|longer|matter|doubt|wonder|more|other|fewer|less|than|such|of)\b)"
    rf"(?P<part>(?:[a-z]+ ){{1,3}}{_FINITE} {_REST})"
)
_HELD = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|doubt(?:s|ed|ing)?|claim(?:s|ed|ing)?|alleg(?:e|es|ed|ing)"
    r"|fear(?:s|ed|ing)?|hop(?:e|es|ed|ing)|believ(?:e|es|ed|ing)|suspect(?:s|ed|ing)?"
    r"|speculat(?:e|es|ed|ing|ion)|predict(?:s|ed|ing)?|suggest(?:s|ed|ing)?|worr(?:y|ied|ies)"
    r"|rumou?rs?|(?:un)?likely|untrue|false(?:ly)?|possible|possibility|accusations?"
    r"|allegations?|argu(?:e|es|ed|ing)|assum(?:e|es|ed|ing|ption)|joked|pretend(?:ed)?|idea"
    rf"|wish(?:es|ed)?|imagin(?:e|ed)|insist(?:s|ed)?|expect(?:s|ed)?) that {_CLAUSE}"
)
_WHETHER = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|wonder(?:s|ed|ing)?|unclear|unknown|decid(?:e|es|ed|ing)|doubt(?:s|ed)?"
    r"|question(?:s|ed)?|determin(?:e|ed|ing)|investigat(?:e|es|ed|ing)|examin(?:e|ed|ing))"
    rf" (?:about )?(?:if|whether) {_CLAUSE}"
)
_MODAL = r"(?:will|would|could|can|may|might|won[’']t)"
_IF_FIRST = re.compile(rf"^(?:If|Unless) [^,“”\"]+, (?P<part>[^,“”\"]+ {_MODAL} {_REST})$")
_IF_LAST = re.compile(
    rf"^(?P<part>[^,“”\"]+ {_MODAL} [^,“”\"]+?)(?<!\beven)(?<!\bonly)(?<!\bas)(?<!\bnot)(?<!\bor)"
    r"(?<!\b(?:see|ask))(?<!know)(?<!asked)(?<!wonder)(?<!determine)(?<!decide),?"
    r" (?:if|unless|provided that) (?!any|not|so)"
)
_TITLE = re.compile(
    rf"\b(?:{_any('vice former acting deputy interim then')} |[Ee]x-|[Tt]hen-)(?P<part>(?:President"
    r"|Prime Minister|Governor|Senator|Mayor|Minister|Secretary of [A-Z][a-z]+|Gov\.|Sen\.|Rep\."
    rf"|[a-z]*(?:president|minister|governor|mayor|chairman|chief)) {_NAME} {_FINITE} {_REST})"
)
_DONE_TO = (
    r"(?:met|beat|sued|killed|praised|attacked|criticized|criticised|backed|supported|opposed|bought"
    r"|visited|called|joined|rejected|accused|defeated|ousted|arrested|changed|followed|blamed)"
)
_OWNED = re.compile(rf"^(?P<part>[^“”\",]+ {_DONE_TO} {_NAME})[’']s [a-z]+")
_LONGER_NAME = re.compile(
    rf"^(?P<part>[^“”\",]* {_FINITE} (?:[^“”\",]* )?{_NAME}) (?:Times|Post|Journal|Street|Avenue"
    r"|Bank|Court|Council|Committee|Party|Airport|Hospital|Museum|Association|Foundation|Hotel)\b"
)
_SAID_LAST = re.compile(
    r"^(?!(?:When|As|After|If|While|Before|Although|Though|Since|Because|In|On|At|But|And|With)\b)"
    rf"(?P<part>[^“”\",]+ {_FINITE}[^“”\",]*), (?:[\w’'-]+ ){{1,4}}(?:claimed|claims|alleged"
    r"|alleges|argued|argues|suggested|suggests|predicted|predicts|speculated|joked|insisted"
    r"|insists|believes|hopes|hoped|fears)(?: (?:on|in|at|during) [^,]+)?\.$"
)
_PATTERNS = (
    _HEAD, _RELATIVE, _BOUNDED, _PARTITIVE, _NONE, _HELD, _WHETHER, _IF_FIRST, _IF_LAST, _TITLE,
    _OWNED, _LONGER_NAME, _SAID_LAST,
)  # fmt: skip


def false_parts(quote: str) -> Iterator[str]:
    """Yield the parts of the quote that say something else than the quote, each a slice of it."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(quote):
            part = match["part"].strip()
            if len(part.split()) >= _SHORTEST:
                yield part
