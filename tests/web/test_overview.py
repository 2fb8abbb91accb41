"""The page "Sources", and articles that are added on the page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from corpus.catalogue import RecordedError, Stats
from corpus.errors import ItemError, StoreError
from index.adding import Adding
from index.embed_double import HashEmbedder
from index.schema import open_archive
from web.application import application
from web.guard import UPLOAD_LIMIT
from web.owner import Owner
from web.page.offers import to_all
from web.page.overview import Overview, page_body

DAY = date(2019, 4, 2)
NOON = datetime(2019, 4, 2, 12, tzinfo=UTC)
NOTHING = Overview(Stats(0, 0, 0, 0, 0, None, None, bytes=0, refused=0), {}, [], [])
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def refused(source: str) -> RecordedError:
    error = ItemError("E_EMPTY", "no text", source=source, locator="3", hint="fill it")
    return RecordedError(NOON, error)


def test_an_empty_store_has_a_page() -> None:
    html = page_body(NOTHING)
    assert "0 articles" in html
    assert "Nothing was refused" in html
    assert "<table" not in html


def test_articles_are_counted_by_outlet_and_month() -> None:
    months = {"Gazette": {"2018-12": 4, "2019-02": 1}, None: {None: 2, "2019-02": 1}}
    html = page_body(replace(NOTHING, months=months))
    named = ["December 2018", "January 2019", "February 2019"]
    places = [html.index(name) for name in named]
    assert places == sorted(places)
    assert '--share:1.000"></span><span class="count">4<' in html
    assert '--share:0.500"></span><span class="count">2<' in html
    assert '--share:0.000"></span><span class="count">0<' in html
    assert "December 2018 to February 2019" in html
    assert "Outlet unknown" in html


def test_the_newest_open_in_the_reader(double: ModuleType) -> None:
    html = page_body(replace(NOTHING, newest=[(double.ARTICLE, double.VERSION)]))
    length = len(double.TEXT.split("\n")[0])
    assert f'href="./#at=pier.2.0.{length}.{double.VERSION.sha256[:8]}"' in html
    assert "Pier &lt;approved&gt;" in html


def test_what_was_refused_is_named_and_folders_only_to_their_owner() -> None:
    overview = replace(NOTHING, refused=[refused("/home/ada/secret/a.html")])
    own, other = page_body(overview), page_body(replace(overview, paths=False))
    assert "/home/ada/secret/a.html:3" in own
    assert "secret" not in other
    assert "a.html:3" in other
    assert "no text (fill it)" in other


def test_of_many_refused_the_latest_are_named() -> None:
    html = page_body(replace(NOTHING, refused=[refused(f"f{n}") for n in range(150)]))
    assert "f149:3" in html
    assert "f49:3" not in html
    assert "and 50 more" in html


class _Client(TestClient):
    def __init__(self, app: Any) -> None:
        super().__init__(app, base_url="http://localhost", raise_server_exceptions=True)

    def added(self, **given: str) -> Any:
        return self.post("/articles", content=urlencode(given), headers=FORM)


@pytest.fixture
def client(tmp_path: Path, assistant: Any) -> _Client:
    with open_archive(tmp_path / "store", create=True) as archive:
        see = to_all(assistant, archive, adds=Adding(archive.store, HashEmbedder()))
        owner = Owner()
        client = _Client(application(see, own_machine=True, owner=owner))
        client.cookies.set(owner.cookie, owner.session)
        return client


def test_the_page_is_served_in_the_visitors_language(client: _Client) -> None:
    assert "What is searched" in client.get("/sources").text
    german = client.get("/sources", headers={"Accept-Language": "de"}).text
    assert '<html lang="de">' in german
    assert "Was durchsucht wird" in german
    picked = {"Accept-Language": "de", "Cookie": "onrecord_language=en"}
    assert "What is searched" in client.get("/sources", headers=picked).text


def test_the_page_is_sent_again_only_where_the_collection_has_changed(client: _Client) -> None:
    (as_of,) = re.findall('data-as-of="([0-9a-f]+)"', client.get("/sources").text)
    known = {"If-None-Match": f'"{as_of}"'}
    reply = client.get("/sources", headers=known)
    assert (reply.status_code, reply.content) == (304, b"")
    client.added(kind="paste", text="The pier opened.", title="Pier", published="2019-04-02")
    reply = client.get("/sources", headers=known)
    assert reply.status_code == 200
    assert as_of not in reply.text


def test_an_article_is_added_and_named(client: _Client) -> None:
    given = {"kind": "paste", "text": "The pier opened.", "title": "Pier <b>"}
    reply = client.added(**given, published="2019-04-02")
    assert reply.status_code == 200
    assert reply.json()["said"] == "Added: Pier <b>. Ask about it below."
    assert reply.json()["at"].split(".")[1:4] == ["1", "0", "16"]
    assert "Pier &lt;b&gt;" in client.get("/sources").text
    assert "already" in client.added(**given).text


def test_a_file_is_added(client: _Client) -> None:
    reply = client.post(
        "/articles", data={"kind": "file"}, files={"file": ("a.txt", b"The pier opened.")}
    )
    assert reply.json()["said"].startswith("Added: ")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "paste", "text": " "}, "Nothing was given"),
        ({"kind": "file"}, "Nothing was given"),
        ({"kind": "other", "text": "The pier opened."}, "Nothing was given"),
        ({"kind": "link", "url": "file:///etc/passwd"}, "E_SCHEME"),
        ({"kind": "link", "url": "http://169.254.169.254/"}, "E_FORBIDDEN_ADDRESS"),
        ({"kind": "paste", "text": "x.", "published": "soon"}, "published"),
    ],
)
def test_what_cannot_be_added_is_said(client: _Client, given: dict[str, str], message: str) -> None:
    reply = client.added(**given)
    assert reply.status_code == 422
    assert message in reply.json()["error"]


def test_nothing_is_added_from_other_sites_or_in_bulk(client: _Client) -> None:
    given = urlencode({"kind": "paste", "text": "The pier opened."})
    foreign = client.post(
        "/articles", content=given, headers=FORM | {"Origin": "http://evil.example"}
    )
    assert foreign.status_code == 403
    large = client.post("/articles", content="x" * (UPLOAD_LIMIT + 2_000_000), headers=FORM)
    assert large.status_code == 413
    assert client.get("/articles").status_code == 404


def test_served_to_a_network_nothing_can_be_added(tmp_path: Path, assistant: Any) -> None:
    with open_archive(tmp_path / "store", create=True) as archive:
        see = to_all(assistant, archive, adds=Adding(archive.store, HashEmbedder()))
        client = _Client(application(see, own_machine=False))
        assert client.added(kind="paste", text="The pier opened.").status_code in (404, 405)
        assert client.get("/sources").status_code == 200


def test_a_store_that_fails_says_so(assistant: Any) -> None:
    class Broken:
        sight = (0, None)

        def stats(self) -> Stats:
            raise StoreError("the store is gone")

        months = newest = errors = stats

    client = _Client(application(to_all(assistant, Broken()), own_machine=True))
    reply = client.get("/sources")
    assert reply.status_code == 500
    assert "the store is gone" in reply.text
