"""Bytes -> text, by one rule for every format that may come in any encoding.

1. A byte-order mark decides (UTF-8, UTF-16, UTF-32).
2. Else a declared charset (an HTML ``<meta>``) decides, if the bytes are valid in it.
3. Else UTF-8, if the bytes are valid in it.
4. Else, if most of what lies beyond ASCII is valid UTF-8, it is UTF-8 with damage; else it is
   Windows-1252, the usual undeclared encoding of older pages, which prints all of Latin-1.

What cannot be decoded becomes U+FFFD and is counted; beyond one per cent the file is refused.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from corpus.errors import ItemError

MAX_REPLACED = 0.01

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_VALID_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text and how it was come by; `replaced` counts the U+FFFD put in."""

    text: str
    encoding: str
    replaced: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for the user; empty for flawless UTF-8."""
        if self.encoding == "utf-8" and not self.replaced:
            return ()
        damage = f", {self.replaced} characters could not be decoded" if self.replaced else ""
        return (f"read as {self.encoding}{damage}",)


def has_byte_order_mark(data: bytes) -> bool:
    """Return whether the bytes start with the mark of a Unicode encoding."""
    return any(data.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS)


def decode(data: bytes, *, source: str, declared: str | None = None) -> Decoded:
    """Decode by the module's rule; ItemError E_ENCODING if over one per cent is lost."""
    decoded = (
        _by_mark(data) or _strictly(data, declared) or _strictly(data, "utf-8") or _guessed(data)
    )
    if decoded.replaced > MAX_REPLACED * len(decoded.text):
        raise ItemError(
            "E_ENCODING",
            f"{decoded.replaced} of {len(decoded.text)} characters are no {decoded.encoding}",
            source=source,
            hint="save it as UTF-8",
        )
    return decoded


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], encoding)
    return None


def _strictly(data: bytes, encoding: str | None) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding or ""), codecs.lookup(encoding or "").name, 0)
    except (LookupError, ValueError):
        return None


def _guessed(data: bytes) -> Decoded:
    valid = sum(len(match) for match in _VALID_MULTIBYTE.findall(data))
    beyond = len(_BEYOND_ASCII.findall(data))
    return _replacing(data, "utf-8" if 2 * valid > beyond else "cp1252")


def _replacing(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    before = data.count("\ufffd".encode(encoding)) if encoding != "cp1252" else 0
    return Decoded(text, encoding, max(0, text.count("\ufffd") - before))
