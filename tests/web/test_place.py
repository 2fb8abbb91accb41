"""Behind a reverse proxy, under a path of its own."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.errors import UsageError
from web.application import Parts, application
from web.page.offers import to_all
from web.place import HERE, Place, parse_place
from web.serve import is_own_machine, listen

INTRANET = parse_place("https://Intranet.example/tools/news/")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", HERE),
        ("/", HERE),
        ("/news", Place("/news")),
        ("/news/", Place("/news")),
        ("/a-b/c_d.e~f", Place("/a-b/c_d.e~f")),
        ("https://intranet.example", Place("", "https", "intranet.example")),
        ("http://intranet:8080/news", Place("/news", "http", "intranet:8080")),
        ("https://[fd00::1]:8443/", Place("", "https", "[fd00::1]:8443")),
    ],
)
def test_a_place_is_a_path_or_a_whole_address(text: str, place: Place) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        *(
            "news",
            "/../x",
            "/.",
            "/a//b",
            "/a b",
            "/a?b",
            "/é",
            "//evil.example",
            "/a\n",
            "ftp://x/y",
        ),
        *("https://", "https:///x", "https://u:p@x/", "https://x:99999/", "https://x/y?z"),
        "https://x/#y",
    ],
)
def test_what_is_no_place_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="is no place for the page"):
        parse_place(text)


@pytest.fixture
def client(assistant: Any) -> TestClient:
    parts = Parts(examples=lambda: ["How much?"])
    return TestClient(
        application(to_all(assistant), parts, INTRANET, own_machine=False),
        base_url="https://intranet.example",
        follow_redirects=False,
    )


@pytest.mark.parametrize("path", ["/", "/tools/news/"])
def test_the_path_may_be_sent_or_taken_off(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "onrecord/page.css" in page.text
    assert "/onrecord/page.css" not in page.text
    assert client.get(f"{path}onrecord/page.css").status_code == 200
    config = client.get(f"{path}config").json()
    assert config["root"] == "https://intranet.example/tools/news"


def test_without_its_last_slash_it_leads_to_the_page(client: TestClient) -> None:
    reply = client.get("/tools/news")
    assert (reply.status_code, reply.headers["location"]) == (308, "/tools/news/")


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("intranet.example", "https://intranet.example", 200),
        ("127.0.0.1:7860", "https://intranet.example", 200),  # as a proxy may send it
        ("intranet.example", "https://evil.example", 403),
        ("intranet.example", "null", 403),
        ("intranet.example", "https://intranet.example.evil.example", 403),
        ("evil.example", "https://intranet.example", 421),
    ],
)
def test_only_its_own_names_pass(client: TestClient, host: str, origin: str, status: int) -> None:
    headers = {"Host": host, "Origin": origin, "X-Forwarded-Host": "evil.example"}
    reply = client.get("/config", headers=headers)
    assert reply.status_code == status
    assert "evil.example" not in reply.text


def test_behind_a_proxy_nobody_is_taken_for_this_machines_user() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert is_own_machine(listener, HERE)
        assert is_own_machine(listener, Place("/news"))
        assert not is_own_machine(listener, INTRANET)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Forwarded-Proto"]
)
def test_whom_an_unknown_proxy_lets_in_does_not_sit_at_this_machine(
    assistant: Any, kept: Any, header: str
) -> None:
    app = application(to_all(assistant), Parts(kept=kept), own_machine=True)
    client = TestClient(app, base_url="http://localhost")
    id_ = kept.start("local", "How much?")
    assert client.get(f"/conversations/{id_}.json", headers={header: "x"}).status_code == 404
