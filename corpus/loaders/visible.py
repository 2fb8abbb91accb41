"""What markup hides by itself, without style sheets: the one rule for HTML and Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

NEVER_SHOWN = frozenset(
    {"script", "style", "noscript", "noframes", "template", "iframe", "object", "svg", "canvas"}
)

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|([^\n]))")
_HIDING = {
    "display": re.compile(r"none\b"),
    "visibility": re.compile(r"(?:hidden|collapse)\b"),
    "clip": re.compile(r"rect\(\s*0"),
    "clip-path": re.compile(r"inset\(\s*50%"),
    "text-indent": re.compile(r"-\d{3}"),  # far off the page
    "left": re.compile(r"-\d{4}"),
}
_HIDING_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?)(?:$|[\s_-])", re.I
)
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# Always matches to an end, so that no markup is looked at twice.
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'=<>]+))?")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


def is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    """Return whether a browser shows nothing of an element.

    Args:
        tag: Its name in lower case.
        attributes: By their names in lower case.
    """
    return (
        tag in NEVER_SHOWN
        or "hidden" in attributes
        or (tag == "dialog" and "open" not in attributes)
        or _style_hides(attributes.get("style", ""))
        or bool(_HIDING_CLASS.search(attributes.get("class", "")))
    )


def _style_hides(style: str) -> bool:
    declarations = _unescaped(_COMMENT.sub(" ", style)).lower().split(";")
    for declaration in declarations:
        name, _, value = declaration.partition(":")
        hiding = _HIDING.get(name.strip())
        if hiding and hiding.match(value.strip()):
            return True
    return False


def _unescaped(css: str) -> str:
    def character(escape: re.Match[str]) -> str:
        code = int(escape[1], 16) if escape[1] else 0
        return escape[2] or (chr(code) if 0 < code <= 0x10FFFF else "\ufffd")

    return _ESCAPE.sub(character, css)


class HiddenParts:
    """Follows the tags of a text that holds some HTML, and tells what a browser would hide."""

    def __init__(self) -> None:
        self._within = ""
        self._depth = 0

    def __bool__(self) -> bool:
        """Whether what comes next lies within a hidden element."""
        return bool(self._within)

    def leave(self) -> None:
        """Forget elements that nobody closed."""
        self._within = ""

    def begin_paragraph(self) -> None:
        """A paragraph begins, which closes one left open."""
        if self._within == "p":
            self.leave()

    def see(self, markup: str) -> None:
        """Take in the tags of a piece of HTML, which may be cut off."""
        for closing, name, rest in _TAG.findall(_HTML_COMMENT.sub("", markup)):
            if closing:
                self._close(name.lower())
            elif not rest.endswith("/") and name.lower() not in _VOID:
                self._open(name.lower(), rest)

    def _open(self, name: str, rest: str) -> None:
        if self._within == name:
            self._depth += 1
        elif not self._within and is_hidden(name, _attributes(rest)):
            self._within, self._depth = name, 1

    def _close(self, name: str) -> None:
        if self._within == name:
            self._depth -= 1
            if not self._depth:
                self._within = ""


def _attributes(markup: str) -> dict[str, str]:
    pairs = reversed(_ATTRIBUTE.findall(markup))  # of two of one name the first counts
    return {name.lower(): html.unescape(value.strip("\"'")) for name, value in pairs}
