"""A sentence as one simple clause: who or what, the verb, and what follows it.

Only sentences of which that is certain by closed lists are taken apart; of others there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.reader.words import is_stop_word
from qa.suggestions.lexicon import (
    ABOUT,
    AUXILIARIES,
    BASE_OF,
    HAVING,
    JOINING,
    NUMBER,
    POINTING,
    PRESENT,
    holds_any,
)
from qa.suggestions.names import NAME, full_name, is_name
from qa.suggestions.rest import simple_rest
from qa.verbs import is_participle

LONGEST_SUBJECT = 7

_LOWER = r"[a-z][a-z-]+"
_SUBJECT = re.compile(
    rf"(?P<the>The (?:{_LOWER} ){{0,2}}?(?:(?:of|of the|in|at|to) )?)?"
    rf"(?P<name>{NAME})(?P<own>[’']s?)?(?P<noun>(?: {_LOWER}){{0,3}}?)"
    r"(?:, [^,]{3,90},)? (?P<verb>[a-z]+)(?: (?P<rest>.+))?"
)
_THE_NOUN = re.compile(
    rf"(?P<subject>[Tt]he (?:{_LOWER} ){{1,3}}?)(?P<verb>[a-z]+)(?: (?P<rest>.+))?"
)
# What somebody has; "has always opened" is another "has".
_THING = re.compile(rf"(?:an?|the|no|its|his|her|their|{ABOUT}{NUMBER}) ")
_PRONOUN = re.compile(r"(?P<subject>He|She|It|They) (?P<verb>[a-z]+) (?P<rest>.+)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A simple clause that says something of one thing.

    Attributes:
        subject: As it stands inside a sentence: "the Tolliver Bridge".
        verb: An auxiliary, a past of which the base is known, or a present of `PRESENT`.
        rest: What follows it, up to what only adds to it.
        reason: What follows "because" and the like, or "".
        is_name: Whether the subject is nothing but a name.
    """

    subject: str
    verb: str
    rest: str
    reason: str = ""
    is_name: bool = False

    @property
    def auxiliary(self) -> str:
        """The auxiliary that a question puts before the subject."""
        if self._inverts:
            return self.verb
        if self.verb == "have":
            return "do"
        return "does" if self.verb in PRESENT else "did"

    @property
    def predicate(self) -> str:
        """What a question puts after the subject: the verb, unless it went before, and the rest."""
        return " ".join(filter(None, (self.own_verb, self.rest)))

    @property
    def own_verb(self) -> str:
        """The base of the verb that a question puts after the subject, or ""."""
        return "" if self._inverts else base_of(self.verb)

    @property
    def _inverts(self) -> bool:
        if self.verb in HAVING:
            after = self.rest.split(" ")[0]
            return is_participle(after) or after in {"been", "not"}
        return self.verb in AUXILIARIES

    def asked(self, asking: str, predicate: str | None = None) -> str:
        """Return the clause as a question that opens with "When" and the like.

        Args:
            asking: The words that ask.
            predicate: What follows the subject; by default all of it.
        """
        after = self.predicate if predicate is None else predicate
        return f"{asking} {self.auxiliary} {self.subject} {after}".strip() + "?"


def base_of(verb: str) -> str:
    """Return the base of a past or present that is listed, else ""."""
    return "have" if verb in HAVING else BASE_OF.get(verb, PRESENT.get(verb, ""))


def clause_in(
    sentence: str, article: str, known: str = "", *, leaning: bool = False
) -> Clause | None:
    """Return the clause that a sentence opens with, or None.

    Args:
        sentence: As `plain_sentence` gives it.
        article: The text it is of, by which names are known.
        known: Where a noun stands that "the ..." may mean by itself, or "".
        leaning: Whether its "he" or "it" is understood.
    """
    match = _SUBJECT.match(sentence)
    if match and (subject := _subject_of(match, article)):
        named = not (match["the"] or match["own"] or match["noun"])
        return _clause(subject, match["verb"], match["rest"] or "", named=named)
    pronoun = _PRONOUN.match(sentence) if leaning else None
    if pronoun and is_verb(pronoun["verb"]):
        return _clause(pronoun["subject"].lower(), pronoun["verb"], pronoun["rest"])
    noun = _THE_NOUN.match(sentence) if known else None
    if noun and _is_known(noun["subject"], known):
        subject = f"the{noun['subject'].rstrip()[3:]}"
        return _clause(subject, noun["verb"], noun["rest"] or "")
    return None


def _is_known(subject: str, known: str) -> bool:
    noun = subject.split()[-1]
    return re.search(rf"\b{re.escape(noun)}\b", known, re.IGNORECASE) is not None


def _subject_of(match: re.Match[str], article: str) -> str:
    """Return the subject as it stands inside a sentence, or "" where it is none for certain."""
    the, name, own, noun = (match[part] or "" for part in ("the", "name", "own", "noun"))
    passive = match["verb"] not in AUXILIARIES and (match["rest"] or "").startswith("by ")
    if not is_verb(match["verb"]) or passive or not _is_phrase(the, name, own, noun):
        return ""
    if is_stop_word(name):
        return ""
    whole = name if the else full_name(name, article)
    if not whole or not (the or is_name(whole, article)):
        return ""
    subject = f"{the[:1].lower()}{the[1:]}{whole}{own}{noun}"
    return subject if len(subject.split()) <= LONGEST_SUBJECT else ""


def _is_phrase(the: str, name: str, own: str, noun: str) -> bool:
    """Return whether these make a noun phrase: "the Tolliver Bridge", "Peru's new law"."""
    if (own and not noun) or (noun and not (the or own)) or (own in {"'", "’"} and name[-1] != "s"):
        return False
    odd = holds_any(f"{the}{noun}", POINTING | AUXILIARIES | JOINING - {"the"})
    return not odd and not any(is_verb(word) for word in noun.split())


def is_verb(word: str) -> bool:
    """Return whether the word is a verb that a clause may turn on."""
    return word in AUXILIARIES or word in BASE_OF or word in PRESENT


def _clause(subject: str, verb: str, rest: str, *, named: bool = False) -> Clause | None:
    """Return the clause if its verb is known and what follows is simple, else None."""
    simple = simple_rest(rest) if is_verb(verb) else None
    if simple is None:
        return None
    clause = Clause(subject, verb, *simple, named)
    odd = verb in HAVING and clause.own_verb and not _THING.match(clause.rest)
    return None if odd else clause
