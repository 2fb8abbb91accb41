"""Words as the reader compares them: lower-case English stems, without function words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import combining, normalize

import Stemmer

from qa.reader.lexicon import COUNTRY_OF_PEOPLE, IRREGULAR_FORMS

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*", re.UNICODE)
_POSSESSIVE = re.compile(r"['’]s$")
_STEMMER = Stemmer.Stemmer("english")

STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each few for from further
    had has have having he her here hers him himself his how i if in into is it its itself just
    me more most my no nor not of off on once one only or other our out over own same she should
    so some such than that the their theirs them then there these they this those through to too
    under until up upon us very was we were what when where which while who whom whose why will
    with would you your according named called name say says said tell told know
    much many long old often far week month year recently new s t
    mr mrs ms dr sen gov rep""".split()
)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the Porter2 stem of a word, lower case, without a possessive ending.

    Irregular forms go to their base ("lent" to "lend"), peoples to their country ("Russian").
    """
    plain = _POSSESSIVE.sub("", word.lower()).replace(".", "").replace("’", "'")
    if not plain.isascii():  # "Chávez" is also written "Chavez"
        plain = "".join(c for c in normalize("NFKD", plain) if not combining(c))
    base = IRREGULAR_FORMS.get(plain) or COUNTRY_OF_PEOPLE.get(plain, plain).lower()
    return str(_STEMMER.stemWord(base))


def words(text: str) -> list[str]:
    """Return the words of a text as they stand, numbers included."""
    return _WORD.findall(text)


def placed_stems(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, str]]:
    """Yield where each word of the text, or of a part of it, begins, and its stem."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        yield match.start(), stem(match[0])


def stems(text: str) -> list[str]:
    """Return the stem of every word of the text, in order, function words included."""
    return [stem(word) for word in _WORD.findall(text)]


def is_stop_word(word: str) -> bool:
    """Return whether the word is a function word; "US" and "IT" in capitals are names."""
    return word.lower() in STOP_WORDS and not (len(word) > 1 and word.isupper())


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order, each once."""
    return list(dict.fromkeys(stem(w) for w in _WORD.findall(text) if not is_stop_word(w)))
