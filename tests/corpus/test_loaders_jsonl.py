"""JSONL: the contract, and every bad line refused by itself with its place."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.loaders import jsonl
from corpus.loaders.jsonl import load_jsonl

GOOD = {"text": "The bridge is shut."}


def load(path: Path) -> list[RawArticle | ItemError]:
    return list(load_jsonl(str(path), source=path.name))


def write(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "a.jsonl"
    path.write_bytes(b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines))
    return path


def one(folder: Path, **fields: object) -> RawArticle:
    (article,) = load(write(folder, json.dumps({**GOOD, **fields})))
    assert isinstance(article, RawArticle), article
    return article


def test_all_fields(tmp_path: Path) -> None:
    article = one(
        tmp_path,
        id="a1",
        url="https://herald.example/b",
        publisher="Northern\u00a0Herald",
        title="Bridge\nshut",
        authors=["Ada Lind", " "],
        published="2019-01-24",
        language="en",
        section="ignored",
    )
    assert article == RawArticle(
        text="The bridge is shut.",
        source="a.jsonl",
        locator="1",
        id="a1",
        url="https://herald.example/b",
        publisher="Northern Herald",
        title="Bridge shut",
        authors=("Ada Lind",),
        published=date(2019, 1, 24),
        language="en",
    )


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, None),
        ("", None),
        ("2019-01-24", date(2019, 1, 24)),
        ("2019-01-24T10:00:00Z", datetime(2019, 1, 24, 10, tzinfo=UTC)),
        ("2019-01-24T10:00:00", date(2019, 1, 24)),
    ],
)
def test_published(tmp_path: Path, published: str | None, expected: date | None) -> None:
    article = one(tmp_path, published=published)
    assert article.published == expected
    assert bool(article.notes) == (published == "2019-01-24T10:00:00")


def test_key_without_id_and_url(tmp_path: Path) -> None:
    same = (
        one(tmp_path, title="T", publisher="P"),
        one(tmp_path, title="T", publisher="P", text="b"),
    )
    others = {
        one(tmp_path, title="T", publisher="Q").key,
        one(tmp_path, title="T", publisher="P", published="2019-01-24").key,
        one(tmp_path, title="T", publisher="P", published="2019-01-31").key,
    }
    assert same[0].key == same[1].key not in others
    assert len(others) == 3
    assert one(tmp_path).key == one(tmp_path, publisher="P").key
    assert one(tmp_path, id="x").key is None
    assert one(tmp_path, url="https://a.example/").key is None


def test_unusable_url_is_left_out_with_a_note(tmp_path: Path) -> None:
    article = one(tmp_path, url="javascript:alert(1)")
    assert article.url is None
    assert article.key
    assert article.notes


BAD = {
    "not JSON": ("nope", "2:1", "E_JSON"),
    "cut off": ('{"text": "a', "2:10", "E_JSON"),
    "array": ('["text"]', "2", "E_FIELD"),
    "no text": ('{"title": "a"}', "2", "E_FIELD"),
    "text of another type": ('{"text": 5}', "2", "E_FIELD"),
    "title of another type": ('{"text": "a", "title": ["b"]}', "2", "E_FIELD"),
    "authors of another type": ('{"text": "a", "authors": "b"}', "2", "E_FIELD"),
    "no date": ('{"text": "a", "published": "yesterday"}', "2", "E_FIELD"),
    "date as a number": ('{"text": "a", "published": 20190124}', "2", "E_FIELD"),
    "nested deep": ("[" * 100_000, "2", "E_JSON"),
    "5,000 digits": ('{"text": "a", "n": ' + "1" * 5000 + "}", "2", "E_JSON"),
    "NaN": ('{"text": "a", "n": NaN}', "2", "E_JSON"),
    "Infinity": ('{"text": "a", "n": -Infinity}', "2", "E_JSON"),
    "repeated key": ('{"text": "a", "text": "b"}', "2", "E_JSON"),
    "no UTF-8": (b'{"text": "caf\xe9"}', "2:14", "E_ENCODING"),
    "no words": ('{"text": " \\u200b\\n"}', "2", "E_EMPTY"),
    "too long": ('{"text": "' + "a" * 3000 + '"}', "2", "E_TOO_LARGE"),
}


@pytest.mark.parametrize(("line", "locator", "code"), BAD.values(), ids=BAD)
def test_bad_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str | bytes, locator: str, code: str
) -> None:
    if code == "E_TOO_LARGE":
        monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 2000)
    first, bad, last = load(write(tmp_path, json.dumps(GOOD), line, json.dumps(GOOD)))
    assert isinstance(bad, ItemError)
    assert (bad.source, bad.locator, bad.code) == ("a.jsonl", locator, code)
    assert isinstance(first, RawArticle)
    assert isinstance(last, RawArticle)
    assert last.locator == "3"


@pytest.mark.parametrize("field", ["text", "published", "authors"])
def test_message_names_the_field(tmp_path: Path, field: str) -> None:
    (error,) = load(write(tmp_path, json.dumps({**GOOD, field: 5})))
    assert isinstance(error, ItemError)
    assert f"'{field}'" in error.message


def test_message_of_a_bad_byte(tmp_path: Path) -> None:
    (error,) = load(write(tmp_path, b'{"text": "' + b"a" * 1224 + b'\xff"}'))
    assert (
        str(error) == "a.jsonl:1:1235: E_ENCODING byte 0xff at offset 1234 of the line is not UTF-8"
    )


def test_surrogates_and_nul_are_removed_and_noted(tmp_path: Path) -> None:
    article = one(tmp_path, text="a\ud800b\0c", title="\udfffT", id="i\0d", publisher="\ud800")
    assert (article.text, article.title, article.id) == ("abc", "T", "id")
    assert article.publisher is None
    assert article.notes == ("removed 2 lone surrogates or NUL characters",)


def test_blank_lines_and_byte_order_mark(tmp_path: Path) -> None:
    line = json.dumps(GOOD)
    articles = load(write(tmp_path, b"\xef\xbb\xbf" + line.encode(), "", " \r", line, ""))
    assert [a.locator for a in articles if isinstance(a, RawArticle)] == ["1", "4"]


def test_packed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(GOOD) + "\n").encode() * 3))
    assert len(load(path)) == 3


@pytest.mark.parametrize("data", [b"no gzip", gzip.compress(b'{"text": "a"}\n' * 999)[:-20]])
def test_damaged_packing(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    with pytest.raises(ItemError) as caught:
        load(path)
    assert caught.value.code == "E_GZIP"


def test_packing_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_UNPACKED_BYTES", 10_000)
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 2000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 1_000_000))
    with pytest.raises(ItemError) as caught:
        load(path)
    assert caught.value.code == "E_TOO_LARGE"


def test_no_lines_at_all(tmp_path: Path) -> None:
    with pytest.raises(ItemError) as caught:
        load(write(tmp_path, "", " "))
    assert caught.value.code == "E_EMPTY"


def test_lines_are_read_one_by_one(tmp_path: Path) -> None:
    path = write(tmp_path, *[json.dumps(GOOD)] * 1000)
    stream = load_jsonl(str(path), source="a")
    assert isinstance(next(stream), RawArticle)


def test_file_that_grows_meanwhile(tmp_path: Path) -> None:
    path = write(tmp_path, *[json.dumps(GOOD)] * 3)
    stream = load_jsonl(str(path), source="a")
    next(stream)
    with path.open("a") as file:
        file.write("\n" + json.dumps(GOOD))
    with pytest.raises(ItemError) as caught:
        list(stream)
    assert caught.value.code == "E_CHANGED"
