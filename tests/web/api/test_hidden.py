"""Whoever writes knows only what they may see: no reply tells of a hidden article.

Each story is told to a store that holds the hidden articles and to one that does not. The writer,
a key in the group "b", must not be able to tell the two apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from index.build import ingest
from index.check import check
from index.embed_double import HashEmbedder
from index.schema import open_archive

URL = "https://gazette.example/leak"
HIDDEN = [
    {
        "id": "leak",
        "url": URL,
        "title": "A secret title",
        "text": "The mayor knew.",
        "publisher": "P",
    },
    {"id": "leak", "text": "The mayor knew of it."},
    {"url": "https://gazette.example/other", "text": "The harbour is for sale."},
    {"id": "both", "text": "Nobody knows of this."},
]
OPEN = [
    {"id": "open", "text": "The pier opened.", "groups": []},
    {"id": "ours", "text": "The crane fell.", "groups": ["b"]},
    {"id": "both", "text": "Everybody knows of this.", "groups": []},
]
NEW = {"id": "leak", "text": "The sun shone."}
SAME = {"id": "leak", "url": URL, "title": "A secret title", "text": "The mayor knew of it."}


def add(*articles: dict[str, Any]) -> tuple[str, str, Any]:
    return "POST", "/articles", {"articles": list(articles)}


def get(path: str) -> tuple[str, str, Any]:
    return "GET", path, None


READ = [get("/articles"), get("/articles/leak"), get("/articles/leak/versions/1"), get("/stats")]
STORIES = {
    "the id": [add(NEW), *READ, add(NEW), add(NEW | {"text": "It rained."}), *READ],
    "the id and the words": [add(SAME), *READ, add(SAME)],
    "the id, for everybody": [add(NEW | {"groups": []}), *READ],
    "the id, for the writer": [add(NEW | {"groups": ["b"]}), *READ, add(NEW | {"groups": []})],
    "the id, for those who see it": [add(NEW | {"groups": ["a"]}), *READ],
    "the words, for those who see it": [add(SAME | {"groups": ["a"]}), *READ] * 2,
    "the id, for more": [add(NEW | {"groups": ["a", "b"]}), *READ, add(NEW | {"groups": ["b"]})],
    "the link": [add({"url": URL, "text": "The sun shone."}), get("/articles")] * 2,
    "a link that names": [
        add({"url": "https://gazette.example/other", "text": "It is not for sale."}),
        get("/articles"),
    ],
    "the words alone": [add({"text": "The mayor knew of it."}), get("/articles")] * 2,
    "an open one becomes hidden": [
        add({"id": "both", "text": "It is open.", "groups": ["a"]}), get("/articles/both"),
        add({"id": "both", "text": "It is open."}), get("/articles/both"),
    ],
    "an open one's update": [add({"id": "both", "text": "Now others do."}), get("/articles/both")],
    "removal": [("DELETE", "/articles/leak", None), add(NEW), ("DELETE", "/articles/leak", None),
                ("DELETE", "/articles/leak", None), add(NEW), *READ],
    "removal of both": [("DELETE", "/articles/both", None), get("/articles/both"),
                        add({"id": "both", "text": "Again."}), get("/articles/both")],
    "reading": [*READ, get("/articles?publisher=P"), get("/articles?after=both")],
    "quotes": [("POST", "/quote", {"quote": "The mayor knew of it."}), add(SAME),
               ("POST", "/quote", {"quote": "The mayor knew of it."})],
    "refusals": [add(NEW | {"groups": [" "]}), add(NEW | {"text": ""}),
                 add(NEW | {"published": "x"})],
}  # fmt: skip


def filled(store: Path, hidden: list[dict[str, Any]], source: Path) -> Archive:
    archive = open_archive(store, create=True)
    lines = [article | {"groups": ["a"]} for article in hidden] + OPEN
    source.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert not ingest([str(source)], archive, HashEmbedder()).refused
    return archive


def held(archive: Archive, groups: set[str]) -> list[tuple[Any, ...]]:
    """Return all that a reader in these groups has."""
    with archive.limited_to(frozenset(groups)) as limited:
        return [
            (article, version, limited.groups_of(article))
            for article, version in limited.current_versions()
        ]


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_no_reply_tells_of_a_hidden_article_and_none_is_changed(
    make_api: Callable[..., Any], tmp_path: Path, story: list[tuple[str, str, Any]]
) -> None:
    replies: list[list[tuple[int, str]]] = []
    for hidden in ([], HIDDEN):
        source = tmp_path / "in.jsonl"
        archive = filled(tmp_path / f"store{len(hidden)}", hidden, source)
        api = make_api(of=archive)
        _, api.key = api.keys.create("b", ["ask", "read", "write"], groups=["b"])
        before = [entry for entry in held(archive, {"a"}) if entry[2] == ("a",)]
        told = [api.call(*call) for call in story]
        replies.append([(reply.status_code, reply.text) for reply in told])
        after = held(archive, {"a"})
        assert [entry for entry in after if entry in before] == before
        assert check(archive) == []
        archive.close()
    assert replies[0] == replies[1]


def test_who_sees_both_sees_both(make_api: Callable[..., Any], tmp_path: Path) -> None:
    archive = filled(tmp_path / "both", HIDDEN, tmp_path / "in.jsonl")
    api = make_api(of=archive)
    _, api.key = api.keys.create("a", ["read", "write"], groups=["a"])
    listed = api.call("GET", "/articles").json()["articles"]
    both = [(each["id"], each["groups"]) for each in listed if each["id"] == "both"]
    assert both == [("both", []), ("both", ["a"])]
    assert api.call("GET", "/articles/both").json()["text"] == "Everybody knows of this."
    for _, version in archive.current_versions():
        cited = archive.cited(version.article_id, version.number, version.sha256[:8])
        assert cited is not None
        assert cited[1] == version
    assert api.call("DELETE", "/articles/both").status_code == 204
    assert api.call("GET", "/articles/both").status_code == 404
    archive.close()
