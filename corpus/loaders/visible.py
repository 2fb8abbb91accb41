"""What markup hides by itself, without style sheets: the one rule for HTML and Markdown."""

from __future__ import annotations

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
}
_HIDING_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?)(?:$|[\s_-])", re.I
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
