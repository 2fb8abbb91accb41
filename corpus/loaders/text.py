"""Plain text -> one article.

* Header lines at the top (``Published: 2019-01-24``, ``Source: …``, ``URL: …``, ``Author: …``),
  before or right after the headline and followed by a blank line, become metadata.
* The first line is the title if it looks like a headline: at most 200 characters, no full stop,
  more text after it, set apart by a blank line, a repetition, or a line twice as long.
* The headline repeated above the text, and stray links below it ("Source link", "Read more"), go.
* Hard-wrapped paragraphs are joined again, for a sentence never spans a newline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from corpus.article import RawArticle
from corpus.clean import clean, clean_line
from corpus.errors import ItemError
from corpus.loaders.decode import decode
from corpus.loaders.files import empty
from corpus.loaders.metadata import article_fields, split_header

MAX_TITLE = 200

_NO_HEADLINE_END = re.compile(r"[.:;,][\"”’')\]]*$")
_SENTENCE_END = re.compile(r"[.!?…:][\"”’')\]]*$")
# Below the text, a line of a few words that asks for a click and is no sentence.
_STRAY = re.compile(
    r"(?:original )?(?:source|link|article)(?: link| article)?(?: ?:.*)?"
    r"|(?:read|see|show|view|load|learn) (?:more|next|also|comments|(?:the )?(?:full|rest))\b.*"
    r"|(?:click|tap) here\b.*|(?:continue|keep) reading\b.*|full (?:story|article)\b.*"
    r"|(?:share|tweet|print|e-?mail|like)(?: (?:this|on|via|article|story|page)\b.*)?"
    r"|(?:subscribe|sign up|log in|follow us|related|recommended|most read|advertisement)\b.*"
    r"|more (?:from|on|stories)\b.*|(?:tags|topics|filed under)\b.*|back to top"
    r"|comments?(?: \(\d+\))?",
    re.IGNORECASE,
)
_STRAY_WORDS = 10
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright\b).*\d{4}.*", re.IGNORECASE)
_WRAPPED = range(40, 101)


def load_text(data: bytes, *, source: str, key: str) -> Iterator[RawArticle | ItemError]:
    """Yield the article that a plain text file holds.

    Args:
        data: The file's bytes.
        source: The file as the user named it.
        key: The file's absolute path.
    """
    decoded = decode(data, source=source)
    lines = clean(decoded.text).split("\n")
    fields, used = split_header(lines)
    title, body = _split_title(_without_blanks_before(lines[used:]))
    if not fields:
        # The header may stand below the headline, with a blank line between or without.
        headline = [] if title else body[:1]
        fields, used = split_header(body[len(headline) :])
        if used:
            title = title or headline[0]
            body = body[len(headline) + used :]
    title = clean_line(fields.pop("title", "")) or title
    body, dropped = without_stray(without_title(body, title))
    text = clean("\n".join(_unwrapped(body)))
    if not text:
        raise empty(source)
    found = article_fields(fields)
    notes = (*decoded.notes, *found.pop("notes"), *dropped)
    yield RawArticle(text, source, key=key, title=title, notes=notes, **found)


def _without_blanks_before(lines: list[str]) -> list[str]:
    first = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[first:]


def _split_title(lines: list[str]) -> tuple[str | None, list[str]]:
    """Take the headline off the top; ``(None, lines)`` where the text begins without one."""
    rest = _without_blanks_before(lines[1:])
    if not rest or len(lines[0]) > MAX_TITLE or _NO_HEADLINE_END.search(lines[0]):
        return None, lines
    if lines[1] and not _same(lines[1], lines[0]) and len(lines[1]) < 2 * len(lines[0]):
        return None, lines
    return lines[0], rest


def _same(line: str, other: str) -> bool:
    return line.casefold() == other.casefold()


def without_title(lines: list[str], title: str | None) -> list[str]:
    """Drop blank lines at the top, and the title where it is repeated there."""
    lines = _without_blanks_before(lines)
    repeated = title and lines and _same(lines[0], title)
    return _without_blanks_before(lines[1:]) if repeated else lines


def without_stray(lines: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Drop what is left below an article copied off a page; says in a note what was dropped."""
    dropped: list[str] = []
    end = len(lines)
    while end > 1 and (not lines[end - 1] or is_stray(lines[end - 1])):
        end -= 1
        if lines[end]:
            dropped.append(f"left out the last line {lines[end]!r}")
    return lines[:end], tuple(reversed(dropped))


def is_stray(line: str) -> bool:
    """Return whether a line asks for a click or claims copyright, instead of saying something."""
    if _COPYRIGHT.fullmatch(line):
        return True
    few = len(line.split()) <= _STRAY_WORDS
    return few and not _SENTENCE_END.search(line) and bool(_STRAY.fullmatch(line))


def _unwrapped(lines: list[str]) -> list[str]:
    """Join the lines of hard-wrapped paragraphs."""
    joined: list[str] = []
    for blank, block in groupby(lines, key=lambda line: not line):
        paragraph = list(block)
        if not blank and _is_wrapped(paragraph):
            paragraph = [" ".join(paragraph)]
        joined += paragraph
    return joined


def _is_wrapped(paragraph: list[str]) -> bool:
    """Whether all lines but the last are about equally long and most break inside a sentence."""
    full = paragraph[:-1]
    if not full or any(len(line) not in _WRAPPED for line in full):
        return False
    within = sum(not _SENTENCE_END.search(line) for line in full)
    return within * 2 > len(full) and max(map(len, paragraph)) - min(map(len, full)) <= 20
