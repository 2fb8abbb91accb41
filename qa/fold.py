"""A folded form of text for comparing, with a map back: quotes, dashes, spaces and ligatures.

Case, letters, digits and all other marks stay, so that only typography is forgiven. What is shown
is always the slice of the original that the map leads back to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.article import Span

_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_TABLE = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys(_UNSEEN, ""),
    "…": "...", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
}  # fmt: skip
_TRANSLATION = str.maketrans(_TABLE)
_TOKENS = re.compile(rf"[\s{_UNSEEN}]+|[{''.join(_TABLE)}]|[^\s{''.join(_TABLE)}]+")
# Scripts written without spaces: there a quote may begin or end between any two letters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\U00020000-\U0003ffff]"
)


def fold(text: str) -> str:
    """Return the folded form of a text: NFC, one space for any white space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_TRANSLATION).split())


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded piece by piece, so that positions lead back to the original.

    Attributes:
        text: The folded text. Unlike `fold`, the original is taken as it is, never recomposed.
        starts: For each character of `text`, where in the original its source starts.
        ends: For each character of `text`, where in the original its source ends.
    """

    text: str
    starts: list[int]
    ends: list[int]

    def original(self, start: int, end: int) -> Span:
        """Return the span of the original behind the folded characters ``[start, end)``."""
        return Span(self.starts[start], self.ends[end - 1])


def fold_with_map(text: str) -> Folded:
    """Return the folded form of a text with the way back to its positions."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _TOKENS.finditer(text):
        source = match.group()
        folded = source.translate(_TRANSLATION)
        folded = " " if folded.isspace() else folded
        pieces.append(folded)
        if len(folded) == len(source):
            starts.extend(range(match.start(), match.end()))
            ends.extend(range(match.start() + 1, match.end() + 1))
        else:
            starts.extend([match.start()] * len(folded))
            ends.extend([match.end()] * len(folded))
    return Folded("".join(pieces), starts, ends)


def is_border(text: str, position: int) -> bool:
    """Return whether a quote may begin or end here: not inside a word or a number."""
    if not 0 < position < len(text):
        return True
    before, after = text[position - 1], text[position]
    if unicodedata.combining(after):
        return False
    if before in ".,:" and after.isdecimal():
        return not text[position - 2 : position - 1].isdecimal()
    if before.isdecimal() and after in ".,:":
        return not text[position + 1 : position + 2].isdecimal()
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return not (before.isdecimal() and after.isdecimal())
    return not (before.isalnum() and after.isalnum())


def occurrences(part: str, text: str) -> Iterator[Span]:
    """Yield where `part` stands in `text` without cutting a word or a number at either end."""
    start = text.find(part)
    while part and start >= 0:
        end = start + len(part)
        if is_border(text, start) and is_border(text, end):
            yield Span(start, end)
        start = text.find(part, start + 1)
