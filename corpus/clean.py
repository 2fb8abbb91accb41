"""Raw text -> canonical text. Cleaning happens once; every span refers to its result.

What changes is only what a reader cannot see; quotes, dashes, digits and letters stay as written.

* Normalisation form C, so that "é" is one code point however it was typed.
* Line ends (CR LF, CR, VT, FF, NEL, U+2028, U+2029) become a newline; two or more blank lines
  become one. Every newline ends a paragraph.
* Tabs, no-break and other spaces become plain spaces, runs of them one; lines are stripped.
* Removed: control characters, lone surrogates, byte-order marks, zero-width spaces, soft hyphens,
  invisible operators, tag characters, and all bidirectional controls (they can show text in
  another order than it is stored in, and no reader of a quote could tell).
* Zero-width joiners and non-joiners stay between characters of scripts and emoji that need them
  (Persian, Indic, family emoji) and go elsewhere, where they only defeat search.
* At most 30 combining marks stay on one character (the Stream-Safe limit of UAX #15): piled-up
  marks are no text, and normalising them takes quadratic time.
"""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 30

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_OTHER_SPACE = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SPACES = re.compile(" {2,}")
_LINE_EDGE = re.compile(" \n ?|\n ")
_BLANK_LINES = re.compile("\n{3,}")
# Joiners matter only between letters of later scripts or emoji, all beyond the Greek and Cyrillic
# blocks; general punctuation (which holds the joiners themselves) does not count.
_JOINING = "[\u0590-\u1fff\u2070-\ud7ff\ue000-\U0010ffff]"
_STRAY_JOINER = re.compile(f"(?<!{_JOINING})[\u200c\u200d]+|[\u200c\u200d]+(?!{_JOINING})")
_MAYBE_MARKS = re.compile(f"[^\x00-\u02ff]{{{MAX_MARKS + 1},}}")


def clean(text: str) -> str:
    """Return the canonical form of `text`; cleaning that again changes nothing.

    Removing an invisible character can bring a letter and its accent together, so tidying and
    normalising alternate until neither changes anything. Rounds end: none ever adds a character
    to the decomposed text.
    """
    text = _tidy(text)
    while (again := _tidy(unicodedata.normalize("NFC", text))) != text:
        text = again
    return text


def clean_line(text: str) -> str:
    """Return the canonical form of a title or name: cleaned, and on one line."""
    return " ".join(clean(text).split())


def _tidy(text: str) -> str:
    text = _LINE_END.sub("\n", _INVISIBLE.sub("", text))
    text = _MAYBE_MARKS.sub(_limit_marks, _STRAY_JOINER.sub("", text))
    text = _LINE_EDGE.sub("\n", _SPACES.sub(" ", _OTHER_SPACE.sub(" ", text)))
    return _BLANK_LINES.sub("\n\n", text).strip(" \n")


def _limit_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
