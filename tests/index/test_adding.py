from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.errors import ItemError, StoreError
from corpus.fetch import Fetched
from index import adding
from index.adding import Adding
from index.embed_double import HashEmbedder

TEXT = "The new pier at Gullhaven cost 14 million crowns.\n\nIt opens in May."

LONG = "".join(
    f"<p>The new pier at Gullhaven cost 14 million crowns, and its {part} alone {share} of them, as"
    " the mayor told the council on Monday evening.</p>"
    for part, share in (("roof", "two"), ("floor", "three"), ("lamps", "one"), ("piles", "eight"))
)


@pytest.fixture
def adds(archive: Archive, embedder: HashEmbedder) -> Adding:
    return Adding(archive.store, embedder)


def test_a_pasted_text_is_stored_with_what_is_known_of_it(adds: Adding, archive: Archive) -> None:
    given = {"text": TEXT, "title": " A pier ", "publisher": "Gazette", "published": "2019-04-02"}
    added = adds.pasted(given | {"url": ""})
    assert added.stored == 1
    assert (added.version.title, added.version.text) == ("A pier", TEXT)
    assert (added.article.publisher, str(added.version.published)) == ("Gazette", "2019-04-02")
    assert archive.current_version(added.article.id) == added.version


def test_what_is_stored_already_is_found_again(adds: Adding, archive: Archive) -> None:
    first = adds.pasted({"text": TEXT})
    again = adds.pasted({"text": TEXT})
    assert again.article == first.article
    assert again.stored == 0
    assert archive.article_count == 1


def test_two_files_of_one_name_are_two_articles(adds: Adding, archive: Archive) -> None:
    adds.file("story.txt", b"One thing happened in the harbour.")
    adds.file("story.txt", b"Quite another thing happened there.")
    assert archive.article_count == 2


@pytest.mark.parametrize("name", ["../../x.txt", "C:\\x\\y.txt", "/etc/x.txt", "\0", "", "a" * 300])
def test_the_name_of_a_file_leads_nowhere(adds: Adding, name: str, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*.txt"))
    with suppress(ItemError):  # a name that no file can have
        assert adds.file(name, TEXT.encode()).stored == 1
    assert set(tmp_path.rglob("*.txt")) == before


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.pdf", b"%PDF-1.4", "E_UNSUPPORTED"),
        ("x.txt", b"", "E_EMPTY"),
        ("x.txt", b"\x00\x01\x02\x03" * 50, "E_BINARY"),
        ("x.jsonl", b'{"text": 3}\n', "E_FIELD"),
        ("x.html", b"<p></p>", "E_"),
    ],
)
def test_what_cannot_be_stored_is_named_as_it_was_given(
    adds: Adding, archive: Archive, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(ItemError, match=code) as raised:
        adds.file(name, content)
    assert raised.value.source == name
    assert "/tmp" not in str(raised.value)
    assert archive.errors() == []


def test_of_a_file_the_good_lines_are_stored_and_the_others_named(adds: Adding) -> None:
    added = adds.file("x.jsonl", b'nonsense\n{"text": "The pier opened on Monday."}\n')
    assert added.stored == 1
    assert added.version.text == "The pier opened on Monday."
    assert [(error.source, error.locator) for error in added.refused] == [("x.jsonl", "1:1")]


def test_a_page_is_fetched_and_stored(adds: Adding, monkeypatch: pytest.MonkeyPatch) -> None:
    html = f"<html><head><title>A pier</title></head><body><article><h1>A pier</h1>{LONG}"
    asked: list[str] = []

    def fetch(url: str) -> Fetched:
        asked.append(url)
        return Fetched(url, url, html.encode(), "text/html", "utf-8")

    monkeypatch.setattr(adding, "fetch", fetch)
    added = adds.page(" https://gazette.example/pier ")
    assert asked == ["https://gazette.example/pier"]
    assert added.article.url == "https://gazette.example/pier"
    assert "14 million crowns" in added.version.text


def test_a_forbidden_link_is_refused(adds: Adding) -> None:
    with pytest.raises(ItemError, match="E_FORBIDDEN_ADDRESS"):
        adds.page("http://127.0.0.1/")


def test_a_store_that_cannot_be_written_says_so(
    adds: Adding, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.database.is_writable", lambda _path: False)
    with pytest.raises(StoreError, match="read-only"):
        adds.pasted({"text": TEXT})
    assert archive.article_count == 0


def test_what_is_brought_by_who_does_not_see_it_stays_hidden(
    archive: Archive, feed: Any, embedder: HashEmbedder
) -> None:
    feed({"id": "x", "title": "A secret title", "text": "A secret.", "groups": ["desk"]})
    adding = Adding(archive.store, embedder).brought_by(frozenset("b"))
    for name in ("x", "y"):  # one of them is stored for others
        line = {"id": name, "text": "Another text."}
        for stored in (1, 0):
            added = adding.file("a.jsonl", json.dumps(line | {"groups": []}).encode())
            assert (added.stored, added.version.number, added.version.title) == (stored, 1, None)
        for _ in range(2):
            with pytest.raises(ItemError, match="limited to groups that you are not in"):
                adding.file("a.jsonl", json.dumps(line | {"groups": ["others"]}).encode())
    with archive.limited_to(frozenset(["desk"])) as desk:
        assert [version.text for version in desk.current_versions_of("x")] == ["A secret."]
