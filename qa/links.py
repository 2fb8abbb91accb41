"""Which addresses of articles may be followed; the others are shown as text, or not at all.

An address is a link only where what a reader sees of it is where it leads: no name and password
before the host, no character that browsers read otherwise than it looks, and no host whose letters
pass for others. Chromium judges names by like rules before it shows them
(chromium.googlesource.com/chromium/src/+/main/docs/idn.md).
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

_SCHEME = re.compile(r"https?://(?!/)", re.I)
_ASCII_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.I)
# As browsers tell an address from a name (url.spec.whatwg.org/#ends-in-a-number-checker).
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.I)
_LATIN = "LATIN"
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"})
_OWN_LETTERS = frozenset("ßæøœđłþð")  # of Latin alphabets, and no variants of other letters


def web_link(url: str | None) -> str | None:
    """Return the link if it leads where it seems to, by http or https, else None."""
    parts = _web_parts(url)
    if parts is None or "\\" in parts.geturl() or "@" in parts.netloc:
        return None
    try:
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    return url if _is_plain(host, bracketed="[" in parts.netloc) else None


def plain_address(url: str | None) -> str | None:
    """Return a web address that is to be shown as text, as it is no link; else None."""
    return url if _web_parts(url) and web_link(url) is None else None


def _web_parts(url: str | None) -> SplitResult | None:
    """Return the parts of what looks like a web address, and is one line of visible characters."""
    if not url or not url.isprintable() or " " in url or not _SCHEME.match(url):
        return None
    with suppress(ValueError):
        parts = urlsplit(url)
        return parts if parts.netloc else None
    return None


def _is_plain(host: str, *, bracketed: bool) -> bool:
    """Return whether a host is an address as usually written, or a name that looks like itself."""
    with suppress(ValueError):
        IPv6Address(host)
        return bracketed and "%" not in host
    labels = host.removesuffix(".").split(".")
    if bracketed or not host or len(host) > 253:
        return False
    if _NUMBER.fullmatch(labels[-1]):
        with suppress(ValueError):
            return str(IPv4Address(host)) == host
        return False
    scripts = [_script_of(label) for label in labels]
    known = {script for script in scripts if script}
    return None not in scripts and (len(known) <= 1 or known <= {_LATIN, "EAST ASIAN"})


def _script_of(label: str) -> str | None:
    """Return the one script of a name's part, "" where it has no letters; None for several."""
    if label.lower().startswith("xn--"):
        with suppress(ValueError):
            decoded = label[4:].encode("ascii").decode("punycode")
            return None if decoded.isascii() else _script_of(decoded)
        return None
    if label.isascii():
        is_name = _ASCII_LABEL.fullmatch(label) is not None
        return (_LATIN if re.search("[a-z]", label, re.I) else "") if is_name else None
    if len(label) > 63 or unicodedata.normalize("NFKC", label.lower()) != label.lower():
        return None
    scripts = {_script(character) for character in label} - {""}
    return scripts.pop() if len(scripts) == 1 else None


def _script(character: str) -> str:
    """Return the script of a character, "" for digits and the like; "?" where none may stand."""
    if character in "-_" or character in "0123456789":
        return ""
    kind = unicodedata.category(character)
    if kind not in ("Ll", "Lu", "Lo", "Mn", "Mc", "Lm"):
        return "?"
    base = unicodedata.normalize("NFD", character.lower())[0]
    if "a" <= base <= "z" or character.lower() in _OWN_LETTERS:
        return _LATIN
    script = unicodedata.name(character, "?").split(" ")[0]
    if script in _EAST_ASIAN:
        return "EAST ASIAN"
    return "?" if script in (_LATIN, "FULLWIDTH", "HALFWIDTH", "MATHEMATICAL") else script
