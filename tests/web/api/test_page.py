"""The page on which the API is described for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa.messages.say import speaking
from web.api.page import page_body
from web.application import Parts, application
from web.page.offers import to_all
from web.place import HERE, Place

SENT = {
    "POST /v1/ask": ["question", "history", "history[].question", "history[].answer", "since"],
    "POST /v1/chat/completions": ["messages[].content", "stream_options.include_usage"],
    "GET /v1/models/{id}": ["id"],
    "POST /v1/articles": ["articles[].text", "articles[].groups"],
    "GET /v1/search": ["q", "count"],
}


@pytest.fixture
def described(api: Any) -> dict[str, Any]:
    schema: dict[str, Any] = api.client.get("/v1/openapi.json").json()
    return schema


def sections(html: str) -> dict[str, str]:
    """Return what is said of each call, by its method and address."""
    parts = re.findall(r"<section><h3[^>]*><code>(.*?)</code></h3>(.*?)</section>", html, re.S)
    return dict(parts)


def test_every_call_is_described_and_every_field_of_it(described: dict[str, Any]) -> None:
    shown = sections(page_body(described, "http://localhost:7860"))
    calls = {
        f"{method.upper()} /v1{path}"
        for path, methods in described["paths"].items()
        for method in methods
    }
    assert shown.keys() == calls
    for call, fields in SENT.items():
        for field in fields:
            assert f"<code>{field}</code>" in shown[call], (call, field)
    assert all(re.search(r"<p lang=.en.>[A-Z].+?</p>", said) for said in shown.values())
    assert "object at 0x" not in str(shown)


def test_it_is_a_page_of_ours_that_loads_nothing_of_others(
    make_api: Callable[..., Any], assistant: Any
) -> None:
    api = make_api().client.app.routes[-1].app
    for place, root in ((HERE, "http://localhost"), (Place("/news"), "http://localhost/news")):
        app = application(to_all(assistant), Parts(api=api), place, own_machine=True)
        reply = TestClient(app, base_url="http://localhost").get("/api")
        assert reply.status_code == 200
        assert f"curl {root}/v1/ask" in reply.text
        loaded = re.findall(r'(?:src|href)="([^"]*)"', reply.text)
        assert loaded
        assert not [each for each in loaded if "//" in each]
        assert not re.search(r"<script(?! src=)|\son\w+=|style=", reply.text)
        assert "default-src 'self'" in reply.headers["content-security-policy"]
        sources = TestClient(app, base_url="http://localhost").get("/sources")
        assert ('href="./api"' in sources.text) is (sources.status_code == 200)


def test_it_speaks_the_visitors_language(described: dict[str, Any]) -> None:
    with speaking("de"):
        assert "Für Programme" in page_body(described, "http://localhost")


def test_where_there_is_no_api_there_is_no_page_of_it(assistant: Any) -> None:
    app = application(to_all(assistant), own_machine=True)
    assert TestClient(app, base_url="http://localhost").get("/api").status_code == 404
