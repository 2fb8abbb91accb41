"""Plain text: headline, header lines, stray lines, wrapped lines, encodings."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import RawArticle
from corpus.clean import clean
from corpus.errors import ItemError
from corpus.loaders.decode import decode
from corpus.loaders.metadata import header_field, link, moment, worded_day
from corpus.loaders.text import is_stray, load_text

BODY = (
    "The council voted on Tuesday to close the old bridge for two years.\n\n"
    "Traffic will be led over the ferry."
)


def only(articles: Iterable[RawArticle | ItemError]) -> RawArticle:
    (article,) = articles
    assert isinstance(article, RawArticle)
    return article


def load(text: str | bytes) -> RawArticle:
    data = text if isinstance(text, bytes) else text.encode()
    return only(load_text(data, source="a.txt", key="/news/a.txt"))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(f"Bridge to Close\n\n{BODY}", id="once"),
        pytest.param(f"Bridge to Close\n\nBridge to Close\n\n{BODY}", id="twice"),
        pytest.param(f"Bridge to Close\nBRIDGE TO CLOSE\n{BODY}", id="twice, no blank line"),
        pytest.param(f"Bridge to Close\n{BODY}", id="no blank line, text in long lines"),
        pytest.param(f"\ufeff\r\n  Bridge to Close \r\n\r\n{BODY}\r\n", id="mark and spaces"),
        pytest.param(f"Bridge to Close\n\nBridge to Close\n\n{BODY}\n\nSource link", id="stray"),
        pytest.param(f"Title: Bridge to Close\n\nBridge to close\n\n{BODY}", id="header title"),
    ],
)
def test_headline_and_text(raw: str) -> None:
    article = load(raw)
    assert article.title == "Bridge to Close"
    assert article.text == BODY
    assert article.key == "/news/a.txt"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("The council voted on Tuesday.", id="one line"),
        pytest.param("The council voted on Tuesday.\n\nIt was late.", id="a full stop"),
        pytest.param("Cars wait\nat the bridge\nfor hours", id="short lines"),
        pytest.param("x" * 300 + "\n\nIt was late.", id="too long"),
    ],
)
def test_no_headline(raw: str) -> None:
    article = load(raw)
    assert article.title is None
    assert article.text == raw


HEADER = (
    "Published: 2019-01-24\nSource: Northern Herald\n"
    "URL: https://herald.example/b\nBy: Ada Lind and Bo Ek"
)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(f"{HEADER}\n\nBridge to Close\n\n{BODY}", id="above"),
        pytest.param(f"Bridge to Close\n{HEADER}\n\n{BODY}", id="right below"),
        pytest.param(f"Bridge to Close\n\n{HEADER}\n\n{BODY}", id="below a blank line"),
    ],
)
def test_header_lines(raw: str) -> None:
    article = load(raw)
    assert (article.title, article.text) == ("Bridge to Close", BODY)
    assert article.published == date(2019, 1, 24)
    assert article.publisher == "Northern Herald"
    assert article.url == "https://herald.example/b"
    assert article.authors == ("Ada Lind", "Bo Ek")


def test_repeated_lines_are_text() -> None:
    assert load("Go now\n\nGo now\n\nGo now\n\nGo now").text == "Go now\n\nGo now"


def test_text_that_only_looks_like_a_header_stays() -> None:
    raw = "Source: a man who knows\nsaid on Tuesday that the bridge is old.\n\nIt is."
    assert load(raw).text == raw


def test_unreadable_header_values_are_noted() -> None:
    article = load(f"Date: soon\nURL: javascript:x\n\nBridge to Close\n\n{BODY}")
    assert article.published is None
    assert article.url is None
    assert len(article.notes) == 2


STRAY = [
    "Source link",
    "Source: Northern Herald",
    "Read more",
    "Read the full story here",
    "Share this article",
    "Subscribe to our newsletter",
    "Sign up for alerts",
    "Continue reading",
    "Advertisement",
    "Related: The old ferry",
    "Follow us on Lund",
    "© 2019 Northern Herald. All rights reserved.",
]
NO_STRAY = [
    "Read my lips, he said.",
    "The source is known.",
    "Sources say the bridge is old and that it will be closed for a long time",
    "Share prices fell",
    "Linköping",
    "Subscribers left the paper in droves, its owner said.",
    "Like a bridge",
]


@pytest.mark.parametrize("line", STRAY)
def test_stray_last_line_goes_and_is_noted(line: str) -> None:
    assert is_stray(line)
    article = load(f"Bridge to Close\n\n{BODY}\n\n{line}\n")
    assert article.text == BODY
    assert any(line in note for note in article.notes)


@pytest.mark.parametrize("line", NO_STRAY)
def test_other_last_lines_stay(line: str) -> None:
    assert load(f"Bridge to Close\n\n{BODY}\n\n{line}").text == f"{BODY}\n\n{line}"


def test_wrapped_lines_are_joined() -> None:
    raw = (
        "Bridge to Close\n\n"
        "The council voted on Tuesday to close the old\n"
        "bridge for two years, and those who drive to\n"
        "work will have to take the ferry.\n\n"
        "It is old."
    )
    assert load(raw).text == (
        "The council voted on Tuesday to close the old bridge for two years, and those who drive"
        " to work will have to take the ferry.\n\nIt is old."
    )


@pytest.mark.parametrize("raw", ["\ufeff", " \n\t\u00a0\u200b", "Source link: \n\n\x00"])
def test_text_without_any_text(raw: str) -> None:
    if not clean(raw):
        with pytest.raises(ItemError) as caught:
            load(raw)
        assert caught.value.code == "E_EMPTY"
    else:
        assert load(raw).text


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        pytest.param("café".encode(), "café", "utf-8", id="utf-8"),
        pytest.param("café".encode("utf-8-sig"), "café", "utf-8", id="utf-8 with mark"),
        pytest.param("café".encode("utf-16"), "café", "utf-16-le", id="utf-16"),
        pytest.param(b"\xfe\xff" + "café".encode("utf-16-be"), "café", "utf-16-be", id="big end"),
        pytest.param("café".encode("utf-32"), "café", "utf-32-le", id="utf-32"),
        pytest.param("caf\xe9 “x”".encode("cp1252"), "café “x”", "cp1252", id="windows-1252"),
        pytest.param("d\xe9j\xe0 vu".encode("latin-1"), "déjà vu", "cp1252", id="latin-1"),
    ],
)
def test_encodings(data: bytes, text: str, encoding: str) -> None:
    decoded = decode(data, source="a.txt")
    assert (decoded.text, decoded.encoding, decoded.replaced) == (text, encoding, 0)
    assert bool(decoded.notes) == (encoding != "utf-8")


def test_damaged_utf8_keeps_its_letters_and_counts_the_damage() -> None:
    decoded = decode(("é" * 200).encode() + b"\xff", source="a.txt")
    assert decoded.text == "é" * 200 + "\ufffd"
    assert decoded.replaced == 1
    assert "1 characters could not be decoded" in decoded.notes[0]


@pytest.mark.parametrize("data", [b"\xff\xfe" + b"\x00\xd8" * 50, ("é" * 20).encode() + b"\xff"])
def test_too_much_damage_is_refused(data: bytes) -> None:
    with pytest.raises(ItemError) as caught:
        decode(data, source="a.txt")
    assert caught.value.code == "E_ENCODING"


@pytest.mark.parametrize("declared", ["rot13", "hex", "zip", "nonsense", "", None])
def test_declared_charset_that_is_none(declared: str | None) -> None:
    assert decode("é".encode(), source="a", declared=declared).text == "é"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_an_article_or_an_item_error(data: bytes) -> None:
    with suppress(ItemError):
        article = load(data)
        assert article.text == clean(article.text) != ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-01-24", date(2019, 1, 24)),
        ("2019-01-24T10:00:00Z", datetime(2019, 1, 24, 10, tzinfo=UTC)),
        ("2019-01-24T10:00:00", date(2019, 1, 24)),
        ("January 24, 2019", date(2019, 1, 24)),
        ("24 Jan 2019", date(2019, 1, 24)),
        ("soon", None),
        ("", None),
    ],
)
def test_worded_day(value: str, expected: date | None) -> None:
    assert worded_day(value) == expected


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_moments_that_no_clock_can_show(value: str) -> None:
    with pytest.raises(ValueError, match="years"):
        moment(value)


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "ftp://a.example/", "/a", "http://", "http://a b", "http://[::1", ""],
)
def test_no_link(value: str) -> None:
    assert link(value) is None


def test_header_field() -> None:
    assert header_field("Published: 2019-01-24") == ("published", "2019-01-24")
    assert header_field("Asked: why?") is None
