"""What figures, outcomes and losses are called on the page, for people who are no statisticians."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from corpus.counts import counted

Json = Mapping[str, Any]
Unit = Literal["share", "score", "time"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A measure in words.

    Attributes:
        label: Its name on the page.
        meaning: What it counts, as a sentence.
        unit: How it is written: 0.8 as "80%", as "0.80", or milliseconds as a time.
    """

    label: str
    meaning: str
    unit: Unit = "share"


_ANSWERS = {
    "answered right": Wording(
        "Answered right",
        "Of the questions that the articles answer: it answered, and what it quotes first is "
        "a sentence that answers.",
    ),
    "first quote right": Wording(
        "Right sentence first",
        "Of the questions that the articles answer: the sentence it puts first, as its answer or "
        "as the nearest when it declines, is one that answers.",
    ),
    "quote holds the answer": Wording(
        "Quote holds the answer",
        "An accepted answer stands word for word in the sentence put first.",
    ),
    "quote is a gold sentence": Wording(
        "Quote is the sentence you marked",
        "The sentence put first is one of those marked in the question set. "
        "Another sentence can be right too.",
    ),
    "right publisher and date": Wording(
        "Right source", "The sentence put first is from an article of the right publisher and date."
    ),
    "short answer EM": Wording(
        "Short answer exact",
        "The short answer above the quotes is one of the accepted ones, word for word.",
    ),
    "short answer F1": Wording(
        "Short answer nearly right",
        "How many words the short answer shares with the accepted one that fits best; "
        "1 means all, and none too many.",
        "score",
    ),
}
_DECLINING = {
    "unanswerable declined": Wording(
        "Declined when it should",
        "Of the questions that no article answers: it said so and did not answer.",
    ),
    "answerable declined": Wording(
        "Declined when it should not",
        "Of the questions that the articles do answer: it declined all the same.",
    ),
    "area under risk-coverage": Wording(
        "Wrong answers among the surest",
        "The share of wrong answers when only the surest are given, averaged from the surest one "
        "to all of them.",
        "score",
    ),
    "calibration error": Wording(
        "Confidence off by",
        "How far the stated confidence is, on average, from how often it is right.",
    ),
}
_CITATIONS = {
    "citation fidelity": Wording(
        "Quotes exact",
        "Quotes that stand in the stored article word for word, at the place given. "
        "Anything below 100% is a fault.",
    ),
    "citation support": Wording(
        "Facts in the quotes",
        "Statements whose numbers, names, dates and negations are all in the quotes below them.",
    ),
    "citation recall": Wording(
        "Statements covered", "Statements that their quotes say completely, word by word."
    ),
    "citation precision": Wording(
        "Quotes needed", "Quotes that their statement needs; the others are padding."
    ),
}
_CONVERSATION = {
    "follow-ups right in conversation": Wording(
        "Follow-ups kept right",
        "Of the follow-up questions it gets right when they are asked in full: "
        "also right as asked in conversation.",
    ),
}


def _finding(unit: str) -> dict[str, Wording]:
    """Return the words for the retrieval measures of a unit, "article" or "sentence"."""
    first = {
        f"{unit} R@{k}": Wording(
            f"Among the first {k}" if k > 1 else "First",
            f"Of the {unit}s that answer, the share found "
            + (f"among the first {k}." if k > 1 else "in the first place."),
        )
        for k in (1, 5, 10, 20)
    }
    return first | {
        f"{unit} RR@10": Wording(
            "How high it stands",
            f"1 if a {unit} that answers comes first, ½ if second, ⅓ if third, "
            "0 if not among the first ten; on average.",
            "score",
        ),
        f"{unit} nDCG@10": Wording(
            "Order of the first ten",
            f"1 if all {unit}s that answer come before all others (nDCG).",
            "score",
        ),
    }


GROUPS: Mapping[str, Mapping[str, Wording]] = MappingProxyType(
    {
        "Answers": _ANSWERS,
        "Knowing when not to answer": _DECLINING,
        "Quotes and statements": _CITATIONS,
        "Conversations": _CONVERSATION,
        "Finding the article": _finding("article"),
        "Finding the sentence": _finding("sentence"),
    }
)
HEADLINES = (
    "answered right",
    "unanswerable declined",
    "answerable declined",
    "first quote right",
    "citation fidelity",
    "follow-ups right in conversation",
)

OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "right": "Right",
        "wrong quote": "Wrong quote first",
        "wrongly declined": "Wrongly declined",
        "declined": "Rightly declined",
        "wrongly answered": "Wrongly answered",
        "failed": "Failed",
    }
)
AS_IT_SHOULD = frozenset({"right", "declined"})

STEPS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "not retrieved": (
            "Article found",
            "No article that answers was among those found.",
            "Is it in the collection? Does the question use other words than the article?",
        ),
        "not ranked": (
            "Sentence noticed",
            "An article that answers was found, but its sentence was not among those kept.",
            "Often the sentence leans on the one before it, or says it in quite other words.",
        ),
        "not picked": (
            "Sentence put first",
            "The sentence that answers was kept, but another one was put first.",
            "Look at what was quoted in its place: is it wrong, or also right and not yet marked?",
        ),
        "wrongly declined": (
            "Sure enough to answer",
            "The right sentence came first, but with too little confidence to be given.",
            "A lower confidence floor would answer these, and others that it should not.",
        ),
    }
)
"""By loss, in the order of the pipeline: the step that was missed, what happened, what helps."""

_STAGES = {
    "resolve": "Understanding the question",
    "retrieve": "Searching",
    "read": "Reading",
    "verify": "Checking the quotes",
    "total": "Whole answer",
    "cpu": "Processor time",
}
_SPEED = re.compile(r"(?P<stage>.+) (?P<percentile>p50|p95) ms")


def wording(name: str) -> Wording:
    """Return the words for a figure; one that is not known keeps its name."""
    for group in GROUPS.values():
        if name in group:
            return group[name]
    if part := speed_of(name):
        when = "half of the time" if part[1] == "p50" else "19 times in 20"
        return Wording(f"{stage(part[0])}, {when}", "At most so long.", "time")
    return Wording(name, "")


def full_label(name: str) -> str:
    """Return a label that stands by itself, outside of its group."""
    label = wording(name).label
    unit = name.partition(" ")[0]
    return f"{unit.capitalize()}: {label.lower()}" if unit in ("article", "sentence") else label


def speed_of(name: str) -> tuple[str, str] | None:
    """Return stage and percentile ("p50") of a figure of speed, or None."""
    found = _SPEED.fullmatch(name)
    return (found["stage"], found["percentile"]) if found else None


def stage(name: str) -> str:
    """Return what is done in a stage of the pipeline."""
    return _STAGES.get(name, name.capitalize())


def outcome(name: str) -> str:
    """Return an outcome in words."""
    return OUTCOMES.get(name, name.capitalize())


def kind(name: str) -> str:
    """Return an outcome as a class of the style sheet."""
    return name.replace(" ", "-") if name in OUTCOMES else "failed"


def shown(value: float, unit: Unit) -> str:
    """Return a value as people read it: "80%", "0.80" or "1.2 s"."""
    if unit == "time":
        return duration(value)
    return percent(value) if unit == "share" else f"{value:.2f}"


def percent(share: float) -> str:
    """Return a share as a percentage; one that is not quite all or nothing is not rounded to it."""
    whole = round(share * 100)
    if abs(whole) in (0, 100) and abs(share * 100 - whole) >= 0.05:
        return f"{share * 100:.1f}%"
    return f"{whole}%"


def span(low: float, high: float, unit: Unit) -> str:
    """Return an interval as people read it: "69 to 89%"."""
    first, last = shown(low, unit), shown(high, unit)
    if first == last:
        return first
    # "69 to 89%", "62 to 66 ms", but "950 ms to 1.2 s"
    number, _, scale = re.sub(r"(%| m?s)$", r"|\1", first).partition("|")
    return f"{number if scale and last.endswith(scale) else first} to {last}"


def likely(low: float, high: float, unit: Unit, n: int) -> str:
    """Return an interval and on how many questions it rests, as markup."""
    within = f"likely {span(low, high, unit)}" if low < high else "all alike"
    return f"<span>{within}</span> <span>{counted(n, 'question')}</span>"


def duration(milliseconds: float) -> str:
    """Return a time as people read it: "0.2 ms", "64 ms" or "1.2 s"."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "11th"."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in (11, 12, 13) else endings.get(number % 10, "th")
    return f"{number}{ending}"
