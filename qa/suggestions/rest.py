"""What is kept of a sentence: a plain one, and what follows its verb up to where more begins."""

from __future__ import annotations

import re

from qa.reader.candidates import dateline_end
from qa.suggestions.lexicon import (
    AUXILIARIES,
    BASE_OF,
    BASES,
    DATE,
    JOINING,
    POINTING,
    SUBORDINATE,
    holds_any,
)
from qa.verbs import IRREGULAR, may_be_past

LONGEST_SENTENCE = 320
LONGEST_REST = 16

_ASIDE = re.compile(r"\s\([^()]{1,40}\)")
# Who says it, and all that comes after that.
_SAID_AFTER = re.compile(
    r", (?:according to |(?:[^,“”\"]{3,80} )?"
    r"(?:said|says|announced|confirmed|reported|shows?|showed|admitted)"
    r"(?=$|,| (?:on |in |late |early )?[A-Z]| in | this | last )).*$"
)
_QUOTED = re.compile(r"[“”\"‘;:?!…]|(?<!\w)'|\.\.")
_CUT = re.compile(rf"(?:,? |^)(?=(?:{'|'.join(sorted(SUBORDINATE))})\b(?! {DATE}))|,? [—–-] ")
# What may follow a comma that only adds something to a clause.
_ADDING = re.compile(
    r"(?:[$£€\d]|(?:which|who|where|when|while|according|making|including|after|before|said|but|"
    r"and (?:is|was|has|had|will)|[a-z]+ing|with|as|(?:the|an?) [^,]*$(?<! and ))\b)"
)
_COMMA = re.compile(r", (?!\d{4}\b)")
# Scores and votes, and times that count from the day of the article.
_NOT_SIMPLE = re.compile(
    r"\d[-–]\d|\d% to\b|\b(?:last|this|next|past|coming) "
    r"(?:night|week|weekend|month|year|season|spring|summer|autumn|fall|winter|\w+day)\b"
)
_DANGLING = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|shortly|soon|just|right|"
    r"immediately|long|even|only|and|of|the|in|on|at|to|by|for|with|from|beginning|starting|ending|"
    r"effective|dated|until|since|as|back|alone)$"
)
_REASON = re.compile(
    r"(?:,? (?:in part|partly|mostly|mainly|largely|primarily|only|simply|just|in large part))?"
    r",? (?:because(?: of)?|due to|owing to) (?P<reason>.+)$"
)
_ENUMERATED = re.compile(r"\b(?:and|or)\b")


def plain_sentence(sentence: str) -> str:
    """Return a sentence without dateline, brackets and its full stop.

    "" where it quotes somebody, is very long or has parts that are not taken apart.
    """
    text = _ASIDE.sub("", sentence[dateline_end(sentence) :].strip())
    if not text.endswith(".") or len(text) > LONGEST_SENTENCE or "\n" in text:
        return ""
    return "" if _QUOTED.search(text) else text.removesuffix(".")


def without_speaker(text: str) -> str:
    """Return a sentence without who says it at its end, and what comes after that."""
    return _SAID_AFTER.sub("", text)


def simple_rest(rest: str) -> tuple[str, str] | None:
    """Return what follows a verb up to where more than a simple clause begins, and its reason.

    None where that is not certain. The reason is what follows "because" and the like, or "".
    """
    whole, reason = _without_reason(rest)
    kept = _CUT.split(whole, maxsplit=1)[0]
    main, *added = _COMMA.split(kept, maxsplit=1)
    main = main.strip(" ,")
    if (added and not _only_adds(added[0])) or not _is_simple(main):
        return None
    # The reason may be that of what was left off.
    return main, reason if kept == whole and not added else ""


def _only_adds(after_comma: str) -> bool:
    """Return whether what follows a comma is neither the rest of a list nor of a name."""
    aside = _COMMA.split(after_comma)[0]
    return bool(_ADDING.match(after_comma)) and not _ENUMERATED.search(aside)


def _is_simple(rest: str) -> bool:
    """Return whether what follows a verb is short and has no clause or second verb in it."""
    if len(rest.split()) > LONGEST_REST or holds_any(rest, JOINING | POINTING | AUXILIARIES):
        return False
    joined = any(map(_begins_anew, re.findall(r" and (\w+)", rest)))
    # "the seats that Biden won" may leave out its "that".
    relative = any(word in BASE_OF for word in re.findall(r"\b[A-Z][\w’'-]* ([a-z]+)", rest))
    return not (joined or relative or _NOT_SIMPLE.search(rest) or is_cut_short(rest))


def _begins_anew(word: str) -> bool:
    """Return whether a word after "and" begins a second predicate, or a second figure."""
    return may_be_past(word) or word in IRREGULAR or word in BASES or word[0].isdigit()


def is_cut_short(rest: str) -> bool:
    """Return whether what was left off belongs to its last words: "three hours after the flood"."""
    return _DANGLING.search(rest) is not None


def _without_reason(rest: str) -> tuple[str, str]:
    found = _REASON.search(rest)
    return (rest[: found.start()], found["reason"]) if found else (rest, "")
