"""Limits of a search that a question states in words: whose articles, and of what time.

Only words that speak of articles limit: "according to Tallis Wire", "articles from last week". "How
much was lent last week?" does not: the time is that of the event, of which later articles tell too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from corpus.article import Span
from index.lexical import NO_LIMITS, Limits
from qa.periods import PERIOD, period
from qa.reader.words import content_stems

_SURE = r"(?:articles?|stor(?:ies|y)|news|newspapers)"
_NOUN = rf"(?:(?:news|newspaper|press|media)\s+)?(?:{_SURE}|reports|coverage|reporting)"
# What may stand before "stories" that are articles: "success stories" are none.
_OPEN = (
    r"(?:^|[,;:(]\s*|\b(?:in|from|of|the|all|any|only|some|these|those|which|what|by|to|and|or|"
    r"recent|latest|other|many|show|find|see|are|were|has|have|do|did)\s+)"
)
_DONE = r"(?:published|written|printed|reported)"
_BEEN = r"(?:(?:(?:that|which)\s+)?(?:was|were|is|are|has\s+been|have\s+been|appeared|got)\s+)?"
_TIME = rf"(?:the\s+)?{PERIOD}(?![’'\w-])"
_WHEN = rf"(?:(?:from|of|in|during|on|within)\s+)?{_TIME}"
_TIMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_OPEN}(?P<said>(?:news\s+)?{_SURE}\s+{_BEEN}(?:{_DONE}\s+)?{_WHEN})",
        # "The coverage in 2016" may be that of a vaccine.
        rf"{_OPEN}(?P<said>{_NOUN}\s+from\s+{_TIME})",
        rf"(?P<said>\b{PERIOD}(?:[’']s?)?\s+{_NOUN})(?!\w)",
        rf"(?P<said>\b(?:what|(?:any|some|every|no)thing)\s+(?:else\s+|new\s+)?{_BEEN}{_DONE}\s+"
        rf"{_WHEN})(?!\s+by\b)",
    )
)
_IN = re.compile(r"[\s,;(]*\b(?:in|from|according\s+to)\s+(?:the\s+|all\s+)?$", re.IGNORECASE)

# Behind an outlet's name no noun may follow that makes another thing of it: "the independent
# commission".
_ENDS = (
    r"(?=\s*(?:$|[,;:.?!)])|\s+(?:and|or|but|in|on|about|from|how|who|whom|what|when|where|why|"
    r"which|whose|did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|last|this|"
    r"since|until|during|before|after|between|that|says?|said|writes?|reports?)\b)"
)
_SAYING = r"(?:say|said|write|written|tell|told|(?:report|claim|print|publish)(?:ed)?)"
_TOLD = r"(?:reported|told)\s+(?:by|in)"
# How an outlet is named as the one who says it; "{name}" is its name.
_OUTLETS = (
    rf"(?P<said>[\s,;(]*\b(?i:(?:but\s+)?(?:according\s+to|as\s+{_TOLD}))\s+{{name}}){_ENDS}",
    rf"\b(?i:{_TOLD})\s+{{name}}{_ENDS}",
    rf"(?<!\bmuch\s)(?<!\bmany\s)\b(?i:do|does|did|has|have)\s+{{name}}\s+(?i:{_SAYING})\b",
    rf"\b(?i:{_NOUN}\s+(?:{_DONE}\s+)?(?:from|by|in|of))\s+{{name}}{_ENDS}",
    rf"\b{{name}}[’']s?\s+(?i:{_NOUN})\b",
    rf"\b(?i:says?|said|stands?|written|reads?)\s+(?i:in)\s+{{name}}{_ENDS}",
)
# In these a single word is an outlet also where the question is typed without capitals.
_SURELY = _OUTLETS[:2]
_MAYBE = re.compile(
    rf"\b(?:according\s+to|{_TOLD}|do|does|did|has|have|{_NOUN}|in)\b", re.IGNORECASE
)
_NOTHING = re.compile(r"(?:(?:and|or|but|so|ok(?:ay)?|no|what|how|about)\b\W*)*\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """What of a question limits the search, and what it asks.

    Attributes:
        rest: The question without the words that only limit; "" of "and according to the Post?".
    """

    limits: Limits
    rest: str


def stated_limits(
    question: str, publishers: Callable[[], Iterable[str]], today: Callable[[], date]
) -> Stated:
    """Return the limits that a question states; `NO_LIMITS` if it states none.

    Args:
        question: As typed.
        publishers: Returns the names that the store knows; any other is no limit.
        today: Returns the day that "last week" counts from.
    """
    limits, cuts = NO_LIMITS, []
    if (outlet := _outlet(question, publishers)) is not None:
        name, cut = outlet
        limits, cuts = replace(limits, publisher=name), [cut]
    if found := next(filter(None, (time.search(question) for time in _TIMES)), None):
        since, until = period(found, today())
        limits = replace(limits, since=since, until=until)
        cuts.append(_with_preposition(question, Span(*found.span("said"))))
    return Stated(limits, _without(question, [cut for cut in cuts if cut]))


def narrowed(limits: Limits, other: Limits) -> Limits | None:
    """Return what both let through; None where no article can be from both outlets."""
    names = {limit.publisher for limit in (limits, other) if limit.publisher is not None}
    if len({name.casefold() for name in names}) > 1:
        return None
    since = max(filter(None, (limits.since, other.since)), default=None)
    until = min(filter(None, (limits.until, other.until)), default=None)
    return Limits(next(iter(names), None), since, until)


def carried_over(stated: Limits, before: Limits) -> Limits:
    """Return what a follow-up is limited to: what it states in place of the like before it."""
    time = stated if stated.since or stated.until else before
    return Limits(stated.publisher or before.publisher, time.since, time.until)


def _outlet(
    question: str, publishers: Callable[[], Iterable[str]]
) -> tuple[str, Span | None] | None:
    """Return the outlet that is named as the one who says it, and what may be left out for it.

    The longest name that is. Its words are words as well ("The Week", "Today"), so its capitals
    have to be there, if there are any.
    """
    if not _MAYBE.search(question):
        return None
    asked = " ".join(question.casefold().split())
    known = [name for name in publishers() if _core(name) and _core(name).casefold() in asked]
    known.sort(key=len, reverse=True)
    for whole in (True, False):  # "the Post" is "The Post" rather than "Post"
        for name in known:
            if said := _said_by(name, question, whole=whole):
                return name, Span(*said.span("said")) if "said" in said.groupdict() else None
    return None


def _said_by(name: str, question: str, *, whole: bool) -> re.Match[str] | None:
    is_plain = question[1:] == question[1:].lower()
    for pattern in _OUTLETS:
        sure = pattern in _SURELY or len(_core(name).split()) > 1
        flags = re.IGNORECASE if is_plain and sure else re.NOFLAG
        if said := re.search(pattern.replace("{name}", _named(name, whole=whole)), question, flags):
            return said
    return None


def _core(name: str) -> str:
    return re.sub(r"^the\s+", "", name, flags=re.IGNORECASE)


def _named(name: str, *, whole: bool) -> str:
    core = r"\s+".join(map(re.escape, _core(name).split()))
    if whole:
        return core if _core(name) == name else rf"(?i:the)\s+{core}"
    return rf"(?:(?i:the)\s+)?{core}"


def _with_preposition(question: str, said: Span) -> Span | None:
    """Return the words with the "in" or "from" before them; None where they are part of more."""
    before = _IN.search(question[: said.start])
    return Span(before.start(), said.end) if before else None


def _without(question: str, cuts: Iterable[Span]) -> str:
    """Return the question without what only limits it."""
    rest = question
    for cut in sorted(cuts, reverse=True):
        rest = f"{rest[: cut.start]} {rest[cut.end :]}"
    if rest == question:
        return question
    rest = re.sub(r"\s+(?=[?.!,;:]|$)", "", " ".join(rest.split())).lstrip(" ,;:.")
    if content_stems(rest):
        return rest[:1].upper() + rest[1:]
    return "" if _NOTHING.fullmatch(rest) else question
