"""Names that open a sentence: whether they are names, and whose full name they are."""

from __future__ import annotations

import re

from qa.reader.lexicon import PLACES
from qa.reader.words import is_stop_word
from qa.suggestions.lexicon import NOT_A_NAME, PERSON_NOUNS

_CAPITAL = r"(?:(?:Mr|Mrs|Ms|Dr|St)\. )?(?:[A-Z][\w’'&-]*\w|[A-Z]\.)"
NAME = rf"{_CAPITAL}(?: (?:(?:of|of the|de|la|van|von|bin|al|&) )?(?:{_CAPITAL}|\d+\b))*"
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Dr)\. ")
_TITLES = frozenset(
    "miss sir dame lord lady pope saint father uncle aunt democrat republican democrats".split()
)
_FIRST_NAME = r"[A-Z][\w-]*[a-z]"
_SURNAMED = (
    rf"(?<![\w.’'-])((?:{_FIRST_NAME} )?)({_FIRST_NAME}(?: [A-Z]\.)? {{surname}})\b(?! [A-Z])"
)


def is_name(name: str, article: str) -> bool:
    """Return whether words with capitals that open a sentence are a name elsewhere too."""
    first, *_, last = f"{name} {name}".split()
    if first.lower() in NOT_A_NAME or is_stop_word(first) or first.startswith("Then-"):
        return False
    if name in PLACES:
        return True
    joined = any(word.islower() for word in name.split())
    known = re.escape(name if joined else last)
    inside = re.search(rf"[a-z,] (?:[A-Z][\w.’'-]* )*{known}\b", article)
    common = re.search(rf"(?<![\w-]){re.escape(first.lower())}\b", article)
    return inside is not None and common is None


def full_name(name: str, article: str) -> str:
    """Return a person's surname with the first names that the article gives, if it gives any.

    "" for one with a title whose first name is not given.
    """
    titled = _TITLE.match(name)
    surname = name[titled.end() :] if titled else name
    if " " in surname or surname in PLACES or not surname.replace("-", "").isalpha():
        return surname
    named = re.findall(_SURNAMED.format(surname=re.escape(surname)), article)
    named = [(before, found) for before, found in named if _may_be_first(found.split()[0])]
    if not named:
        return "" if titled else surname
    if len({found.split()[0] for _, found in named}) > 1:  # of whom is it said?
        return ""
    alone = [found for before, found in named if not _may_be_first(before.strip())]
    return alone[0] if alone else "".join(named[0])


def _may_be_first(word: str) -> bool:
    plain = word.lower()
    return bool(word) and not (plain in NOT_A_NAME | PERSON_NOUNS | _TITLES or is_stop_word(word))
