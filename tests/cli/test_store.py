from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.article import sha256_of
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive

OnRecord = Callable[..., tuple[int, str, str]]
FERRY = "The ferry sank on Monday. Nobody was hurt."
BRIDGE = "The bridge “opens” in May."


@pytest.fixture(autouse=True)
def _embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embed.open_embedder", lambda *_: HashEmbedder())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    ferry = {
        "id": "a1",
        "url": "https://gazette.example/ferry",
        "publisher": "Harbour Gazette",
        "title": "Ferry sinks",
        "authors": ["Ann Lee"],
        "published": "2019-01-24",
        "text": FERRY,
    }
    bridge = {"id": "a2", "publisher": "Hill Post", "text": BRIDGE}
    lines = (json.dumps(ferry), json.dumps(bridge), json.dumps({"text": " "}))
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(lines))
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
    return tmp_path / "store"


def test_export_gives_the_contract_s_fields(onrecord: OnRecord, store: Path) -> None:
    code, out, err = onrecord("export", "--store", store)
    assert (code, err) == (0, "")
    first, second = (json.loads(line) for line in out.splitlines())
    assert first == {
        "id": "a1",
        "url": "https://gazette.example/ferry",
        "publisher": "Harbour Gazette",
        "title": "Ferry sinks",
        "authors": ["Ann Lee"],
        "published": "2019-01-24",
        "version": 1,
        "sha256": sha256_of(FERRY),
        "groups": [],
        "text": FERRY,
    }
    assert second["text"] == BRIDGE
    assert (second["url"], second["title"], second["published"]) == (None, None, None)


def test_export_leaves_out_an_altered_text(onrecord: OnRecord, store: Path) -> None:
    connection = sqlite3.connect(store / "archive.sqlite3")
    connection.execute("UPDATE versions SET text = replace(text, 'Nobody', 'Someone')")
    connection.commit()
    connection.close()
    code, out, err = onrecord("export", "--store", store)
    assert code == 5
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a2"]
    assert err == "a1: E_DAMAGED the text no longer matches its digest\n"


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["a1"], ["a2"]),
        (["--url", "https://gazette.example/ferry"], ["a2"]),
        (["--publisher", "Hill Post"], ["a1"]),
    ],
    ids=["id", "url", "publisher"],
)
def test_remove(onrecord: OnRecord, store: Path, arguments: list[str], left: list[str]) -> None:
    assert onrecord("remove", *arguments, "--store", store) == (0, "removed 1 article\n", "")
    out = onrecord("export", "--store", store)[1]
    assert [json.loads(line)["id"] for line in out.splitlines()] == left
    assert onrecord("remove", *arguments, "--store", store) == (1, "removed 0 articles\n", "")


@pytest.mark.parametrize(
    ("arguments", "limited"),
    [
        (["a1"], "a1"),
        (["--url", "https://gazette.example/ferry"], "a1"),
        (["--publisher", "hill post"], "a2"),
    ],
    ids=["id", "url", "publisher"],
)
def test_limit(onrecord: OnRecord, store: Path, arguments: list[str], limited: str) -> None:
    to_two = ["limit", *arguments, "--to", "desk", "--to", " night shift", "--store", store]
    assert onrecord(*to_two) == (0, "changed 1 article of 1\n", "")
    assert onrecord(*to_two) == (0, "changed 0 articles of 1\n", "")
    out = onrecord("export", "--store", store)[1]
    groups = {line["id"]: line["groups"] for line in map(json.loads, out.splitlines())}
    assert groups == {"a1": [], "a2": []} | {limited: ["desk", "night shift"]}
    to_all = ["limit", *arguments, "--to-everyone", "--store", store]
    assert onrecord(*to_all) == (0, "changed 1 article of 1\n", "")
    done = onrecord("limit", "gone", "--to", "desk", "--store", store)
    assert done == (1, "changed 0 articles of 0\n", "")


def test_export_keeps_who_may_see_an_article(
    onrecord: OnRecord, store: Path, tmp_path: Path
) -> None:
    onrecord("limit", "a1", "--to", "desk", "--store", store)
    out = onrecord("export", "--store", store)[1]
    (tmp_path / "out.jsonl").write_text(out)
    assert onrecord("ingest", tmp_path / "out.jsonl", "--store", tmp_path / "new")[0] == 0
    assert onrecord("export", "--store", tmp_path / "new")[1] == out
    with open_archive(tmp_path / "new") as archive, archive.limited_to(frozenset()) as limited:
        assert [article.id for article, _ in limited.current_versions()] == ["a2"]


@pytest.mark.parametrize("url", ["http://a b/", "http://[::1", "http://x:99999/", ""])
def test_b84_a_link_that_is_none(onrecord: OnRecord, store: Path, url: str) -> None:
    code, out, err = onrecord("remove", "--url", url, "--store", store)
    assert (code, out) == (2, "")
    assert f"--url: {url!r} is no link: " in err


def test_b78_a_store_that_may_not_be_read(
    onrecord: OnRecord, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    code, out, err = onrecord("stats", "--store", store)
    assert (code, out) == (5, "")
    assert err.startswith(f"Error: cannot read the store {store}: ")


def test_stats(onrecord: OnRecord, store: Path) -> None:
    code, out, err = onrecord("stats", "--store", store)
    assert (code, err) == (0, "")
    assert dict(line.split() for line in out.splitlines())["articles"] == "2"
    figures = json.loads(onrecord("stats", "--json", "--store", store)[1])
    assert (figures["articles"], figures["sentences"], figures["refused"]) == (2, 3, 1)
    assert figures["newest"] == "2019-01-24"


def test_verify(onrecord: OnRecord, store: Path) -> None:
    assert onrecord("verify", "--store", store) == (0, "sound: 2 articles, 2 versions\n", "")
    sound = onrecord("verify", "--json", "--store", store)[1]
    assert json.loads(sound) == {"sound": True, "problems": []}


def test_verify_names_what_was_altered(onrecord: OnRecord, store: Path) -> None:
    connection = sqlite3.connect(store / "archive.sqlite3")
    connection.execute("UPDATE versions SET text = replace(text, 'Nobody', 'Someone')")
    connection.commit()
    connection.close()
    assert onrecord("verify", "--store", store) == (
        5,
        "a1: the text of version 1 was altered\n",
        "",
    )
    code, out, _ = onrecord("verify", "--json", "--store", store)
    assert (code, json.loads(out)["problems"][0]["article_id"]) == (5, "a1")


def test_rebuild_mends_the_search(onrecord: OnRecord, store: Path) -> None:
    connection = sqlite3.connect(store / "archive.sqlite3")
    connection.execute("DELETE FROM chunk_text")
    connection.commit()
    connection.close()
    assert onrecord("verify", "--store", store)[0] == 5
    done = onrecord("rebuild", "--store", store)
    assert done == (0, "rebuilt the search of 2 articles\n", "")
    assert onrecord("verify", "--store", store)[0] == 0


def test_errors_are_listed(onrecord: OnRecord, store: Path) -> None:
    code, out, err = onrecord("errors", "--store", store)
    assert (code, err) == (0, "")
    assert "in.jsonl:3: E_EMPTY " in out
    assert out.count("\n") == 1
    record = json.loads(onrecord("errors", "--json", "--store", store)[1])
    assert (record["locator"], record["code"]) == ("3", "E_EMPTY")


@pytest.mark.parametrize(
    ("sentence", "status", "shown"),
    [
        ("Nobody was hurt.", "exact", "Exactly this is said in:"),
        ('The bridge "opens" in May.', "exact", "“The bridge “opens” in May.”"),
        ("The ferry sank on Sunday.", "near", "The ferry sank on [-Sunday.-] {+Monday.+}"),
        ("Ferry prices rose by a third.", "none", "No article says this"),
    ],
    ids=["exact", "other quotation marks", "near", "none"],
)
def test_quote(onrecord: OnRecord, store: Path, sentence: str, status: str, shown: str) -> None:
    code, out, err = onrecord("quote", sentence, "--store", store)
    assert (code, err) == (0, "")
    assert shown in out
    found = json.loads(onrecord("quote", sentence, "--json", "--store", store)[1])
    assert found["status"] == status
    if citation := found["citation"]:
        text = {"a1": FERRY, "a2": BRIDGE}[citation["article_id"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


READING = (["export"], ["stats"], ["verify"], ["errors"], ["ask", "q"], ["quote", "s"], ["chat"])
WRITING = (["remove", "a1"], ["limit", "a1", "--to", "desk"], ["rebuild"])


@pytest.mark.parametrize("arguments", [*READING, *WRITING], ids=lambda arguments: arguments[0])
def test_b78_a_missing_store_is_not_made(
    onrecord: OnRecord, tmp_path: Path, arguments: list[str]
) -> None:
    code, out, err = onrecord(*arguments, "--store", tmp_path / "none")
    assert (code, out) == (5, "")
    assert str(tmp_path / "none") in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", READING[:2], ids=lambda arguments: arguments[0])
def test_b78_a_file_for_a_store(onrecord: OnRecord, tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / "file"
    file.touch()
    code, out, err = onrecord(*arguments, "--store", file)
    assert (code, out) == (5, "")
    assert str(file) in err


def test_b79_a_newer_store_is_left_untouched(onrecord: OnRecord, store: Path) -> None:
    path = store / "archive.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for arguments in (["stats"], ["remove", "a1"]):
        code, out, err = onrecord(*arguments, "--store", store)
        assert (code, out) == (5, "")
        assert "999" in err
    assert path.read_bytes() == before


def test_b80_another_writer_is_named(onrecord: OnRecord, store: Path) -> None:
    with open_archive(store) as archive, archive.writing():
        code, out, err = onrecord("remove", "a1", "--store", store, "--wait", "0.1")
        assert (code, out) == (5, "")
        assert str(os.getpid()) in err
        assert onrecord("stats", "--store", store)[0] == 0
