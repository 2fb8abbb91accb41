"""Words of our own, in the language of whoever reads them; quotes are never translated.

A file ``LANGUAGE.toml`` holds every message under the same keys. Which language is spoken belongs
to the context (`contextvars`), so that visitors who are answered at the same time do not mix.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""The code (ISO 639-1) and the own name of each language; the first one is spoken by default."""

_DEFAULT = next(iter(LANGUAGES))
_spoken: ContextVar[str] = ContextVar("spoken", default=_DEFAULT)
_PREFERENCE = re.compile(
    r"\s*(?P<code>[A-Za-z]{2,3})(?:-[\w-]*)?\s*(?:;\s*q=(?P<weight>[\d.]{1,5}))?\s*"
)


def spoken() -> str:
    """Return the code of the language that `say` speaks here."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let `say` speak this language; the default where it is none of `LANGUAGES`."""
    token = _spoken.set(language if language in LANGUAGES else _DEFAULT)
    try:
        yield
    finally:
        _spoken.reset(token)


def accepted(header: str) -> str:
    """Return which of `LANGUAGES` an ``Accept-Language`` header prefers, else the default."""
    wishes = [match for part in header.split(",") if (match := _PREFERENCE.fullmatch(part))]
    wishes.sort(key=lambda match: -_weight(match["weight"]))
    codes = (match["code"].lower() for match in wishes)
    return next((code for code in codes if code in LANGUAGES), _DEFAULT)


def _weight(written: str | None) -> float:
    try:
        return float(written or 1)
    except ValueError:
        return 0.0


def say(key: str, /, **values: object) -> str:
    """Return a message, its places filled in; KeyError where there is none of this name.

    Args:
        key: "table.name" in the files. Where it names a table with "one" and "other", `count`
            among the values decides.
        values: What its ``{places}`` stand for. Integers are written as the language does (12,431).
    """
    message: Any = messages(spoken())
    for name in key.split("."):
        message = message[name]
    if isinstance(message, Mapping):
        message = message["one" if values["count"] == 1 else "other"]
    return str(message).format(**{name: _written(value) for name, value in values.items()})


def _written(value: object) -> object:
    if not isinstance(value, int):
        return value
    return f"{value:,}".replace(",", messages(spoken())["thousands"])


@cache
def messages(language: str) -> Mapping[str, Any]:
    """Return everything that can be said in one of `LANGUAGES`."""
    path = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(path.read_text("utf-8"))
