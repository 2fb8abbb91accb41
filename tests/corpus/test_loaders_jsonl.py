"""JSONL: the contract, and every bad line refused by itself with its place."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, date, datetime
from io import BufferedReader
from pathlib import Path

import pytest

from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.loaders import jsonl
from corpus.loaders.files import fingerprint as real_fingerprint
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


@pytest.mark.parametrize(
    ("groups", "expected"),
    [(None, None), ([], ()), (["b", " a", "b"], ("a", "b"))],
)
def test_groups(tmp_path: Path, groups: list[str] | None, expected: tuple[str, ...] | None) -> None:
    assert one(tmp_path, groups=groups).groups == expected
    assert one(tmp_path).groups is None


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
    url = "javascript:alert(1)" + "x" * 5000
    _, article = load(write(tmp_path, json.dumps(GOOD), json.dumps(GOOD | {"url": url})))
    assert isinstance(article, RawArticle)
    assert article.url is None
    assert article.key
    (note,) = article.notes
    assert note.startswith("line 2: the url 'javascript:alert(1)xx")
    assert len(note) < 200


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
    "groups of another type": ('{"text": "a", "groups": "b"}', "2", "E_FIELD"),
    "group of another type": ('{"text": "a", "groups": [5]}', "2", "E_FIELD"),
    "group without a name": ('{"text": "a", "groups": [" "]}', "2", "E_FIELD"),
    "group with too long a name": (f'{{"text": "a", "groups": ["{"b" * 81}"]}}', "2", "E_FIELD"),
    "group with a line break": ('{"text": "a", "groups": ["b\\nc"]}', "2", "E_FIELD"),
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


def test_message_names_the_group(tmp_path: Path) -> None:
    (error,) = load(write(tmp_path, json.dumps(GOOD | {"groups": ["a", "b\tc"]})))
    assert str(error) == (
        "a.jsonl:1: E_FIELD field 'groups': a group's name has 1 to 80 printable characters:"
        " 'b\\tc'"
    )


def test_message_of_a_bad_byte(tmp_path: Path) -> None:
    (error,) = load(write(tmp_path, b'{"text": "' + b"a" * 1224 + b'\xff"}'))
    assert (
        str(error) == "a.jsonl:1:1235: E_ENCODING byte 0xff at offset 1234 of the line is not UTF-8"
    )


def test_surrogates_and_nul_are_removed_and_noted(tmp_path: Path) -> None:
    article = one(tmp_path, text="a\ud800b\0c", title="\udfffT", publisher="\ud800")
    assert (article.text, article.title) == ("abc", "T")
    assert article.publisher is None
    assert article.notes == ("line 1: removed 2 lone surrogates or NUL characters",)


@pytest.mark.parametrize("identity", ["a  b", " a", "e\u0301", "x\u200by", "i\0d", "\ud800"])
def test_an_id_is_never_altered(tmp_path: Path, identity: str) -> None:
    assert one(tmp_path, id=identity).id == identity


def test_an_empty_id_is_none(tmp_path: Path) -> None:
    article = one(tmp_path, id="")
    assert article.id is None
    assert article.key


def test_blank_lines_and_byte_order_mark(tmp_path: Path) -> None:
    line = json.dumps(GOOD)
    articles = load(write(tmp_path, b"\xef\xbb\xbf" + line.encode(), "", " \r", line, ""))
    assert [a.locator for a in articles if isinstance(a, RawArticle)] == ["1", "4"]


def test_packed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(GOOD) + "\n").encode() * 3))
    assert len(load(path)) == 3


@pytest.mark.parametrize(
    "data", [b"no gzip", gzip.compress(b'{"text": "a"}\n' * 999)[:-20]], ids=["none", "cut"]
)
def test_damaged_packing(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    *articles, last = load(path)
    assert isinstance(last, ItemError)
    assert last.code == "E_GZIP"
    assert all(isinstance(article, RawArticle) for article in articles)


def test_packing_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_UNPACKED_BYTES", 10_000)
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 2000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 1_000_000))
    last = load(path)[-1]
    assert isinstance(last, ItemError)
    assert last.code == "E_TOO_LARGE"
    assert "unpacks" in last.message


def test_no_lines_at_all(tmp_path: Path) -> None:
    with pytest.raises(ItemError) as caught:
        load(write(tmp_path, "", " "))
    assert caught.value.code == "E_EMPTY"


def test_lines_are_read_one_by_one(tmp_path: Path) -> None:
    path = write(tmp_path, *[json.dumps(GOOD)] * 1000)
    stream = load_jsonl(str(path), source="a")
    assert isinstance(next(stream), RawArticle)


def test_what_is_no_text_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + b"line\n" * 20)
    (tmp_path / "b.jsonl").write_bytes(b"1\n" + bytes(range(256)) * 9)
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(bytes(range(256)) * 9))
    (tmp_path / "d.jsonl").write_bytes(json.dumps(GOOD).encode("utf-16"))
    expected = {"a": "E_BINARY", "b": "E_BINARY", "c": "E_BINARY", "d": "E_ENCODING"}
    for path in tmp_path.iterdir():
        with pytest.raises(ItemError) as caught:
            load(path)
        assert caught.value.code == expected[path.name[0]]


def test_a_stray_nul_spoils_its_own_line_only(tmp_path: Path) -> None:
    line = json.dumps(GOOD)
    found = load(write(tmp_path, line, b'{"text": "a\x00b"}', line))
    assert [item.code if isinstance(item, ItemError) else "ok" for item in found] == [
        "ok", "E_JSON", "ok",
    ]  # fmt: skip


def numbered(word: str) -> list[str]:
    return [json.dumps({"text": f"{word} {number}."}) for number in range(9)]


def texts(items: list[RawArticle | ItemError]) -> list[str]:
    return [item.text if isinstance(item, RawArticle) else item.code for item in items]


def test_what_is_read_in_one_block_is_one_state_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, *numbered("old"))
    stream = load_jsonl(str(path), source="a")
    first = next(stream)
    write(tmp_path, *numbered("new"))
    assert texts([first, *stream]) == [f"old {number}." for number in range(9)]


def test_a_file_rewritten_between_blocks_is_refused_from_there_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "BLOCK_BYTES", 500)  # with what a line takes besides
    path = write(tmp_path, *numbered("old"))
    found = []
    with pytest.raises(ItemError) as caught:  # noqa: PT012
        for item in load_jsonl(str(path), source="a"):
            found.append(item)
            if len(found) == 2:
                write(tmp_path, *numbered("new"))
                os.utime(path, ns=(0, 0))  # whatever the clock's grain
    assert caught.value.code == "E_CHANGED"
    assert texts(found) == ["old 0.", "old 1.", "old 2."]


class Rewriting:
    """Reads as `fingerprint` does; the file changes before each of the first `times` readings."""

    def __init__(self, path: Path, times: int) -> None:
        self.path = path
        self.times = times

    def __call__(self, file: BufferedReader) -> tuple[int, int]:
        if self.times:
            self.times -= 1
            self.path.write_text("\n".join(numbered("new")))
            os.utime(self.path, ns=(0, self.times))
        return real_fingerprint(file)


def test_a_file_rewritten_while_its_first_block_is_read_is_read_again_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, *numbered("old"))
    monkeypatch.setattr(jsonl, "fingerprint", Rewriting(path, times=1))
    assert texts(load(path)) == [f"new {number}." for number in range(9)]
    monkeypatch.setattr(jsonl, "fingerprint", Rewriting(path, times=2))
    with pytest.raises(ItemError) as caught:
        load(path)
    assert caught.value.code == "E_CHANGED"
