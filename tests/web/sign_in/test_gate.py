"""Who comes in: no address beyond what anybody may see answers one who is not signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.routing import Mount

from qa.settings import Settings

# What anybody may see: nothing of the collection or of a visitor is in it.
FOR_ANYBODY = re.compile(
    r"/news/(?:config|theme\.css|favicon\.ico|visitor|handed|onrecord/.*|embed/.*|assets/.*"
    r"|static/.*|v1/.*|gradio_api/(?:startup-events|app_id)/?)"
)
ORIGINS = [
    *("https://evil.example", "null", "https://intranet.example.evil.example", "file://"),
    *(
        "https://evil-intranet.example",
        "https://intranet.example@evil.example",
        "https://127.0.0.1",
    ),
    *("http://intranet.example", "https://intranet.example:444", "https://xintranet.example"),
    *("https://intranet.exampl", "https://INTRANET.example.com"),
]


def routes_of(app: Any, before: str = "") -> list[tuple[str, set[str]]]:
    """Return every route of an application, those of mounted ones and of routers included."""
    found: list[tuple[str, set[str]]] = []
    for route in app.routes:
        path = before + getattr(route, "path", "")
        if isinstance(route, Mount):
            found += routes_of(route, path) if route.routes else [(f"{path}/x", {"GET"})]
        elif hasattr(route, "original_router"):  # FastAPI's, for one that was included
            found += routes_of(route.original_router, before)
        else:
            found.append(
                (re.sub(r"\{[^}]*\}", "x", path), getattr(route, "methods", None) or {"GET"})
            )
    return found


@pytest.fixture
def routes(behind_proxy: Any) -> list[tuple[str, str]]:
    every = routes_of(behind_proxy.app)
    assert len(every) > 60  # Gradio's as well
    return [(path, method) for path, methods in every for method in sorted(methods)]


def test_routes_beyond_the_list_are_not_there_for_anybody(
    behind_proxy: Any, routes: list[tuple[str, str]]
) -> None:
    allowed = re.compile(
        r"/|/sources|/articles|/visitor|/handed|/conversations/x|/config|/theme\.css|/favicon\.ico"
        r"|/(?:onrecord|embed|assets|static)/.*|/v1(?:/.*)?"
        r"|/gradio_api/(?:startup-events|queue/join|queue/data|app_id|heartbeat/x)/?"
    )
    for client in (behind_proxy.client(), behind_proxy.visitor("ada")):
        for path, method in routes:
            if method not in ("GET", "HEAD", "POST"):
                continue
            if not allowed.fullmatch(path):
                reply = client.request(method, f"/news{path}")
                assert reply.status_code == 404, (method, path)


def test_who_is_not_signed_in_gets_nothing(
    behind_proxy: Any, routes: list[tuple[str, str]]
) -> None:
    client = behind_proxy.client()
    for path, method in routes:
        if FOR_ANYBODY.fullmatch(f"/news{path}") or "heartbeat" in path:
            continue
        reply = client.request(method, f"/news{path}")
        assert reply.status_code in (401, 404, 405), (method, path, reply.status_code)
    assert client.get("/news/gradio_api/heartbeat/abc").status_code == 401
    for path in ("/news/", "/news/sources"):
        assert client.get(path).status_code == 401
        assert "You are not signed in" in client.get(path).text
    german = client.get("/news/", headers={"Accept-Language": "de"})
    assert "Sie sind nicht angemeldet" in german.text


def test_no_foreign_origin_is_answered(behind_proxy: Any, routes: list[tuple[str, str]]) -> None:
    for client in (behind_proxy.client(), behind_proxy.visitor("ada")):
        for path, method in routes:
            for origin in ORIGINS:
                sent = {"Origin": origin}
                reply = client.request(method, f"/news{path}", headers=sent)
                allowed = [name for name in reply.headers if name.startswith("access-control")]
                assert allowed == [], (path, origin)
                if path != "/embed/embed.js":
                    assert reply.status_code == 403, (method, path, origin)


def test_headers_are_on_every_response(behind_proxy: Any, routes: list[tuple[str, str]]) -> None:
    for client in (behind_proxy.client(), behind_proxy.visitor("ada")):
        for path, method in routes:
            if "heartbeat" in path or "queue/data" in path:
                continue
            headers = client.request(method, f"/news{path}").headers
            assert (
                "frame-ancestors 'self' https://intranet.example"
                in headers["content-security-policy"]
            )
            assert headers["x-content-type-options"] == "nosniff"
            assert "server" not in headers


def test_a_frame_is_shown_how_to_sign_in(behind_proxy: Any) -> None:
    client = behind_proxy.client(Sec_Fetch_Dest="iframe")
    page = client.get("/news/")
    assert page.status_code == 200
    assert '<meta name="onrecord-sign-in" content="proxy">' in page.text
    before = page.text.index("onrecord/visitor.js")
    assert before < page.text.index("gradio_config")  # all that Gradio asks goes through it
    who = client.get("/news/visitor?lang=de")
    assert who.status_code == 401
    assert who.json()["button"] == "Noch einmal versuchen"


@pytest.mark.parametrize(
    ("user", "adds"),
    [("ada", True), ("ed", True), ("bo", False)],
    ids=["admin", "editor", "reader"],
)
def test_articles_are_added_by_those_who_may(
    make_site: Callable[..., Any], proxied_settings: Settings, user: str, adds: bool
) -> None:
    class Adding:
        def pasted(self, given: Any) -> Any:
            raise AssertionError(given)

    site = make_site(proxied_settings, adds=Adding())
    own = {"Origin": "https://intranet.example"}
    form = {"kind": "paste", "text": " "}
    reply = site.visitor(user).post("/news/articles", data=form, headers=own)
    assert reply.status_code == (422 if adds else 403)


@pytest.fixture
def proxied_settings() -> Settings:
    sign_in = {"by": "proxy", "administrators": ["ada"], "editors": ["ed"]}
    return Settings.model_validate({"sign_in": sign_in})
