"""Sentences as units that can be compared: tokens without articles and auxiliaries, with tense."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from qa.facts import Token, tokens
from qa.verbs import is_only_past, is_participle, may_be_past, past_forms, same_verb

SAY = frozenset("said says say saying according".split())
"""Verbs that attribute and tell nothing else; "according to" counts as one."""
_REPORTS_PAST = frozenset(
    "said told added noted wrote reported announced explained warned argued confirmed".split()
)
REPORTS = SAY | _REPORTS_PAST | frozenset(
    "tells adds notes writes reports announces explains warns argues confirms".split()
)  # fmt: skip
CLAUSE_WORDS = frozenset(
    """and but or who which whose whom when while where after before because as if to since until
    than with whether so for""".split()
)
"""With one of these, what the time belongs to is not certain."""

_ARTICLES = frozenset("a an the that also".split())
# "A few left" is not "few left".
_WITH_ARTICLE = frozenset(("few", "little"))
_HAVE = frozenset(("has", "have", "had"))
BE = {"am": "is", "is": "is", "are": "is", "was": "was", "were": "was", "been": "been"}
# What an article says is so, was so when it appeared; what it says will be, would be then.
_TOLD_LATER = {("will", "would"), ("can", "could"), ("may", "might"), ("is", "was")}
_WANTS_BASE = frozenset(
    "to can could may might must shall should will would let lets help helps helped".split()
)
NOMINATIVE = frozenset("i we you he she it they who".split())
PREPOSITIONS = frozenset("by in at on with from to for as under after during of since".split())
_TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday morning afternoon evening night week
    month year today yesterday""".split()
)
_TIME_WORDS = _TIMES | frozenset("in on at during last next this earlier late early".split())
# Not "'s" and "'d": "it's" may be a possessive, and "he'd" had or would.
_WRITTEN_OUT = {"'ve": " have", "'re": " are", "'ll": " will", "'m": " am"}
_CONTRACTED = re.compile(rf"(?<=[a-z])(?:{'|'.join(_WRITTEN_OUT)})\b", re.IGNORECASE)
_ACCORDING = re.compile(r"\baccording to\b", re.IGNORECASE)
_MARK = re.compile(r'[,;:"()]|(?<= )-(?= )')

_VERB_KINDS = frozenset(("word", "negation", "hedge"))  # "failed" negates, "planned" hedges
Auxiliary = Literal["", "did", "has"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A token of a sentence, and what its neighbours say of it.

    Attributes:
        auxiliary: Which one was left out before it: "did", or "has" for any form of "have".
        mark: The marks, such as a comma, that stand before it; "^" where the text starts.
        is_base: Whether the word before it asks for a base form ("to", "will").
        is_finite: Whether it is certainly the past of a verb, not its participle.
        is_told: Whether somebody "said" it in the same sentence.
        owns: Whether "'s" stands behind it: a possessive, or "is" or "has".
    """

    token: Token
    auxiliary: Auxiliary
    mark: str
    is_base: bool
    is_finite: bool
    is_told: bool
    owns: bool = False

    @property
    def key(self) -> str:
        """The token's normal form, in lower case also where it is written in capitals."""
        return self.token.word

    @property
    def reports(self) -> bool:
        """Whether it is a verb such as "said"."""
        return self.key in REPORTS and self.token.kind != "name"

    @property
    def tells_time(self) -> bool:
        """Whether it is a date, a time or a word that belongs to one."""
        return self.is_time or self.key in _TIME_WORDS

    @property
    def is_time(self) -> bool:
        """Whether it is a date or a time by itself, as "late" is not."""
        kind = getattr(self.token.source, "kind", self.token.kind)
        return kind in ("moment", "year") or self.key in _TIMES

    @property
    def is_adjunct(self) -> bool:
        """Whether it begins a phrase that says when, where or to whom."""
        return self.tells_time or self.key in PREPOSITIONS

    def says(self, claim: Unit) -> bool:
        """Return whether this unit of a quote supports one of a statement, tense included."""
        pair = self.key, claim.key
        if pair[0] in SAY and pair[1] in SAY:
            return True
        if pair[0] in BE and pair[1] in BE:
            forms = self._form_of_be, claim._form_of_be
            return forms[0] == forms[1] or forms in _TOLD_LATER
        if pair in _TOLD_LATER:
            return True
        if self.owns != claim.owns:
            return False
        if self.token.says(claim.token) and self.auxiliary == claim.auxiliary:
            return True
        kind = self.token.kind
        return kind == claim.token.kind and kind in _VERB_KINDS and self._says_verb(claim)

    @property
    def _form_of_be(self) -> str:
        return "was" if self.key == "been" and self.auxiliary else BE[self.key]

    def _says_verb(self, claim: Unit) -> bool:
        one, other = self.key, claim.key
        if self._is_past and claim._is_past:
            alike = (
                same_verb(one, other)
                or (self.auxiliary == "did" and other in past_forms(one))
                or (claim.auxiliary == "did" and one in past_forms(other))
            )
            return alike and (self.is_finite or bool(self.auxiliary) or not claim.auxiliary)
        present = not (self.auxiliary or self.is_base or may_be_past(one))
        return present and self.is_told and claim._is_past and other in past_forms(one)

    @property
    def _is_past(self) -> bool:
        """Whether the word, with its auxiliary, may tell of the past."""
        return bool(self.auxiliary) or may_be_past(self.key)


def units_of(text: str) -> list[Unit]:
    """Return the units of a folded text."""
    plain = _CONTRACTED.sub(_written_out, _ACCORDING.sub("according", text))
    found = _without_articles(plain)
    told = any(token.word in _REPORTS_PAST for token in found)
    units: list[Unit] = []
    pending: Auxiliary = ""
    end = 0
    for position, token in enumerate(found):
        auxiliary = _auxiliary(plain, found, position)
        if auxiliary:
            pending = auxiliary
            continue
        is_verb = token.kind in _VERB_KINDS and not _stands_between(token)
        units.append(
            Unit(
                token,
                auxiliary=pending if is_verb else "",
                mark="".join(_MARK.findall(plain, end, token.span.start)) if units else "^",
                is_base=bool(units) and units[-1].key in _WANTS_BASE,
                is_finite=_is_finite(found, position),
                is_told=told,
                owns=plain.endswith(("'s", "'S"), token.span.start, token.span.end),
            )
        )
        pending = "" if is_verb else pending
        end = token.span.end
    return units


def _written_out(match: re.Match[str]) -> str:
    return _WRITTEN_OUT[match.group().lower()]


def _without_articles(text: str) -> list[Token]:
    """Return the tokens but for articles; what ends a clause is none ("after that, he left")."""
    every = tokens(text)
    return [
        token
        for token, following in zip_longest(every, every[1:])
        if token.key not in _ARTICLES
        or following is None
        or following.key in _WITH_ARTICLE
        or _MARK.search(text, token.span.end, following.span.start)
    ]


def _auxiliary(text: str, found: Sequence[Token], position: int) -> Auxiliary:
    """Return which auxiliary of the past the word is, if a verb follows it without a mark."""
    word = found[position].key
    if found[position].kind != "word" or word not in (*_HAVE, "did"):
        return ""
    verb = next((t for t in found[position + 1 :] if not _stands_between(t)), None)
    if verb is None or verb.kind not in _VERB_KINDS:
        return ""
    if _MARK.search(text, found[position].span.end, verb.span.start):
        return ""
    if word == "did":
        return "did"
    return "has" if is_participle(verb.key) or verb.key == "been" else ""


def _stands_between(token: Token) -> bool:
    """Return whether the token may stand between auxiliary and verb ("not", "recently")."""
    return _is_adverb(token) or (token.kind == "negation" and not may_be_past(token.key))


def _is_adverb(token: Token) -> bool:
    return token.key.endswith("ly") or token.key in ("already", "ever", "just", "now", "since")


def _is_finite(found: Sequence[Token], position: int) -> bool:
    """Return whether the word is certainly a past: "gave", "he lent", "China lent money"."""
    word = found[position].key
    if is_only_past(word):
        return True
    before = next((t for t in reversed(found[:position]) if not _is_adverb(t)), None)
    if before is None or not may_be_past(word):
        return False
    after = found[position + 1].key if position + 1 < len(found) else "by"
    return before.key in NOMINATIVE or (before.kind == "name" and after not in PREPOSITIONS)


def subjects(context: str) -> frozenset[str]:
    """Return the words of the one name that a pronoun after this text can stand for, or none.

    A name is taken for a subject where a verb follows it; of several, none is certain.
    """
    runs: list[list[str]] = [[]]
    found: list[frozenset[str]] = []
    for token in tokens(context):
        if token.kind == "name":
            runs[-1].append(token.key)
            continue
        if runs[-1] and (token.key in (*BE, *_HAVE, *SAY, "did") or may_be_past(token.key)):
            found.append(frozenset(runs[-1]))
        runs.append([])
    last = found[-1] if found else frozenset()
    return last if all(run & last for run in found) else frozenset()
