"""Markdown -> one article.

* Front matter (``key: value`` lines between two ``---``) gives title, date, publisher, url and
  authors; other keys are ignored. It is read as lines, not as YAML. Where there is none, header
  lines as in plain text files count, before or below the headline (``**Published:** 2019-01-24``).
* Each heading, paragraph and list item becomes a paragraph without its marks; links keep their
  text. Images, code blocks, tables, blocks of HTML and what HTML hides are left out; other HTML
  within a paragraph loses its tags only.
* Without a title in the front matter, the heading that the file starts with is the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.article import RawArticle
from corpus.clean import clean, clean_line
from corpus.errors import ItemError
from corpus.loaders.decode import decode
from corpus.loaders.files import empty
from corpus.loaders.metadata import article_fields, header_field, split_header
from corpus.loaders.text import without_stray, without_title
from corpus.loaders.visible import HiddenParts

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_NESTING = 100
# Looking for the ends of links takes quadratic time.
MAX_BRACKETS = 20_000

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_EMPHASIS = re.compile(r"\*\*|__")
# With the blank lines around it: "# Headline", or a line that is underlined.
_HEADLINE = re.compile(r"\s*(?:#{1,2} .*|[^\s#].*\n(?:=+|-+)[ \t]*)\n(?:[ \t]*\n)*")


def load_markdown(data: bytes, *, source: str, key: str) -> Iterator[RawArticle | ItemError]:
    """Yield the article that a Markdown file holds.

    Args:
        data: The file's bytes.
        source: The file as the user named it.
        key: The file's absolute path.
    """
    decoded = decode(data, source=source)
    fields, markdown = _split_front_matter(decoded.text.replace("\r\n", "\n"))
    if not fields:
        fields, markdown = _split_header_lines(markdown)
    title, blocks = _blocks(markdown, source)
    title = clean_line(fields.pop("title", "")) or title
    lines = clean("\n\n".join(blocks)).split("\n")
    lines, dropped = without_stray(without_title(lines, title))
    text = clean("\n".join(lines))
    if not text:
        raise empty(source)
    found = article_fields(fields)
    notes = (*decoded.notes, *found.pop("notes"), *dropped)
    yield RawArticle(text, source, key=key, title=title, notes=notes, **found)


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    fields: dict[str, str] = {}
    field = ""
    for line in match[1].split("\n"):
        if line.lstrip().startswith("- ") and field:
            fields[field] += f", {line.lstrip()[2:]}" if fields[field] else line.lstrip()[2:]
        else:
            field, value = header_field(line) or ("", "")
            if field:
                fields.setdefault(field, value)
    return fields, text[match.end() :]


def _split_header_lines(markdown: str) -> tuple[dict[str, str], str]:
    lines = markdown.split("\n")
    plain = [_EMPHASIS.sub("", line).rstrip("\\ ") for line in lines]
    headline = _HEADLINE.match(markdown)
    below = markdown[: headline.end()].count("\n") if headline else 0
    for start in (len(markdown) - len(markdown.lstrip("\n")), below):
        fields, used = split_header(plain[start:])
        if used:
            return fields, "\n".join(lines[:start] + lines[start + used :])
    return {}, markdown


def _blocks(markdown: str, source: str) -> tuple[str | None, list[str]]:
    """Return the heading that the text starts with, and the text of every block."""
    # Only Markdown files need the parser.
    from markdown_it import MarkdownIt

    if markdown.count("[") > MAX_BRACKETS:
        message = f"more than {MAX_BRACKETS:,} opening brackets"
        raise ItemError("E_TOO_LARGE", message, source=source)
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(
        ["table", "strikethrough"]
    )
    tokens = parser.parse(markdown)
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        raise ItemError("E_TOO_DEEP", f"nested {MAX_NESTING} levels deep", source=source)
    blocks = [(kind, text) for kind, text in _shown(tokens) if text.strip()]
    title = clean_line(blocks[0][1]) if blocks and blocks[0][0] == "heading_open" else None
    return title, [text for _, text in blocks]


def _shown(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield what opens a block and the block's text, without what a browser would hide."""
    hidden = HiddenParts()
    for before, token in pairwise(tokens):
        if before.type == "html_block":
            hidden.see(before.content)
        elif token.type == "inline" and before.tag not in ("th", "td"):
            hidden.begin_paragraph()
            was_hidden = bool(hidden)
            yield before.type, _inline_text(token.children or (), hidden)
            if not was_hidden:  # what opened in a paragraph ends with it
                hidden.leave()


def _inline_text(children: Sequence[Token], hidden: HiddenParts) -> str:
    parts: list[str] = []
    for child in children:
        if child.type == "html_inline":
            hidden.see(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" " if child.type == "softbreak" else "\n")
        elif child.type in ("text", "code_inline") and not hidden:
            parts.append(child.content)
    return "".join(parts)
