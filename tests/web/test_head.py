"""What the served page says of itself to browsers, and to programs that show a link to it."""

from __future__ import annotations

import http.client
from html.parser import HTMLParser
from typing import Any

import pytest

from web.page.head import CARD, own_head
from web.place import HERE, Place


class Head(HTMLParser):
    """The title, the links and what the tags say, each name as often as it stands there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.says: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.titles: list[str] = []
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and (name := given.get("property") or given.get("name")):
            self.says.append((name, given.get("content", "")))
        if tag == "link":
            self.links.append((given["rel"], given["href"]))
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.titles.append(data)
        self._in_title = False


@pytest.fixture(scope="module")
def head(server: Any) -> Head:
    return Head(server.get("/").body.partition("</head>")[0])


def test_the_title_and_the_icon_are_our_own(head: Head, server: Any) -> None:
    assert head.titles == ["OnRecord"]
    assert [href for rel, href in head.links if "icon" in rel] == ["onrecord/icon.svg"]
    own = server.get("/onrecord/icon.svg")
    asked_by_itself = server.get("/favicon.ico")
    assert asked_by_itself.body == own.body
    assert asked_by_itself.headers["content-type"].startswith("image/svg+xml")


def test_each_tag_for_links_stands_there_once_and_is_ours(head: Head) -> None:
    tags = [(name, said) for name, said in head.says if name.startswith(("og:", "twitter:"))]
    names = [name for name, _ in tags]
    assert sorted(set(names)) == sorted(names)
    assert {"og:title", "og:description", "og:type", "og:image"} <= set(names)
    assert all(said for _, said in tags)
    assert dict(tags)["og:title"].startswith("OnRecord")
    assert not [said for _, said in head.says if "gradio" in said.lower()]
    assert "manifest" not in [rel for rel, _ in head.links]


def test_the_picture_is_served_by_ourselves(server: Any) -> None:
    connection = http.client.HTTPConnection(server.address, timeout=30)
    connection.request("GET", f"/{CARD}")
    reply = connection.getresponse()
    assert (reply.status, reply.headers["content-type"]) == (200, "image/png")
    content = reply.read()
    connection.close()
    assert content.startswith(b"\x89PNG")
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1200, 630)


@pytest.mark.parametrize(
    ("place", "picture"),
    [
        (HERE, "onrecord/card.png"),
        (Place("/news"), "/news/onrecord/card.png"),
        (
            Place("/news", "https", "intranet.example"),
            "https://intranet.example/news/onrecord/card.png",
        ),
    ],
    ids=["unknown", "path", "whole"],
)
def test_the_pictures_address_is_whole_where_it_is_known(place: Place, picture: str) -> None:
    assert dict(Head(own_head(place)).says)["og:image"] == picture
