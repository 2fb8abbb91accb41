"""Every message is there in every language, with the same places, and is used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from qa.language import KNOWN
from qa.messages.say import LANGUAGES, accepted, messages, say, speaking, spoken

ROOT = Path(__file__).parents[3]
SOURCES = [path for room in ("qa", "web") for path in (ROOT / room).rglob("*.py")]
# Keys that are put together: by name of a column, a verdict, a kind of article, a language.
COMPOSED = ("answer.", "busy.", "remark.", "judge.", "add.", "sources.", "language.")


def flat(found: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_with_the_same_places(language: str) -> None:
    own, english = dict(flat(messages(language))), dict(flat(messages("en")))
    assert own.keys() == english.keys()
    for key, message in own.items():
        assert set(re.findall(r"{\w*}", message)) == set(re.findall(r"{\w*}", english[key])), key
    assert len(own["months"].split()) == 12
    assert set(messages(language)["language"]) >= KNOWN


def test_every_message_is_used_and_every_one_used_is_there() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SOURCES)
    keys = {key.removesuffix(".one").removesuffix(".other") for key, _ in flat(messages("en"))}
    named = set(re.findall(r"""\bsay\(\s*["']([\w.]+)["']""", source))
    assert named <= keys
    unused = {key for key in keys - named if not key.startswith(COMPOSED)}
    assert {key for key in unused if f'"{key}"' not in source} == set()


def test_counts_decide_between_one_and_more_and_are_written_as_the_language_does() -> None:
    assert say("count.articles", count=1) == "1 article"
    assert say("count.articles", count=12431) == "12,431 articles"
    with speaking("de"):
        assert say("count.outlets", count=1) == "1 Medium"
        assert say("count.outlets", count=12431) == "12.431 Medien"
    assert spoken() == "en"


def test_what_is_filled_in_is_never_read_as_a_message() -> None:
    assert say("limits.only", publisher="{0.__class__} {key}") == "Only {0.__class__} {key}"


def test_an_unknown_language_is_the_default_and_an_unknown_message_an_error() -> None:
    with speaking("../../etc"):
        assert spoken() == "en"
    with pytest.raises(KeyError):
        say("answer.nothing_of_the_kind")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR, fr;q=0.9, de;q=0.4, en;q=0.5", "en"),
        ("en;q=0.2, de;q=0.7", "de"),
        ("DE", "de"),
        ("", "en"),
        ("xx,*;q=0.1", "en"),
        (";;;q=1,,de;q=0.0.0,\x00", "de"),
    ],
)
def test_the_language_is_what_the_browser_prefers(header: str, language: str) -> None:
    assert accepted(header) == language
