"""What makes two inputs the same article: a given id, else the normalised link, else a key."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, urlsplit, urlunsplit

from corpus.article import RawArticle

_TRACKING_PREFIXES = ("utm_", "mc_", "at_medium", "at_campaign")
_TRACKING = frozenset(
    "fbclid gclid dclid msclkid yclid igshid cmpid ocid ncid smid sref ref_src guccounter".split()
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def shown_url(url: str) -> str:
    """Return `url` as it is stored and shown: without user name and password.

    Raises:
        ValueError: It holds white space or control characters, or is no link at all.
    """
    parts = _split(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def normal_url(url: str) -> str:
    """Return the form of `url` that identifies an article; idempotent.

    Scheme and host in lower case; without credentials, default port, fragment and tracking
    parameters; an empty path becomes "/". Path and other parameters stay exactly as given.

    Raises:
        ValueError: It holds white space or control characters, or is no link at all.
    """
    parts = _split(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    scheme = parts.scheme.lower()
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(scheme)) else f":{parts.port}"
    query = "&".join(p for p in parts.query.split("&") if p and not _is_tracking(p))
    return urlunsplit((scheme, host + port, parts.path or "/", query, ""))


def _split(url: str) -> SplitResult:
    url = url.strip()
    if not url or not url.isprintable() or any(c.isspace() for c in url):
        raise ValueError("a link holds no spaces or control characters")
    return urlsplit(url)


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def derived_id(raw: RawArticle) -> str:
    """Return an id of 16 hex digits made from the link, else from the key, else from the text."""
    if raw.url:
        seed = f"url {normal_url(raw.url)}"
    elif raw.key:
        seed = f"key {raw.key}"
    else:
        seed = f"text {raw.title or ''}\n{raw.text}"
    return hashlib.blake2b(seed.encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()
