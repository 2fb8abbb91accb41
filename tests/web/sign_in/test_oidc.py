"""Signing in at an OpenID provider, which may be false, and by visitors, who may be."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from corpus.errors import MissingExtraError, SettingsError
from qa.settings import Settings
from web.place import HERE, parse_place
from web.sign_in.ways import COOKIE, open_sign_in

COLD = {"ONRECORD_OIDC_SECRET": "x"}
MakeSite = Callable[..., Any]


def at_provider(client: TestClient, to: str = "/news/") -> str:
    """Open a page, be sent to the provider and back; return the address one comes back to."""
    begun = client.get(to)
    if begun.status_code == 303:
        begun = client.get(begun.headers["location"])
    assert begun.status_code == 302
    back = httpx2.get(begun.headers["location"]).headers["location"]
    parts = urlsplit(back)
    assert (parts.scheme, parts.netloc, parts.path) == (
        "https",
        "intranet.example",
        "/news/signed-in",
    )
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def site(make_site: MakeSite, provider: Any, settings_of: Any) -> Any:
    return make_site(settings_of(provider.issuer))


@pytest.fixture
def settings_of() -> Callable[..., Settings]:
    def settings(issuer: str, **more: Any) -> Settings:
        sign_in = {"by": "oidc", "issuer": issuer} | more
        serve = {"embedded_in": ["https://intranet.example"]}
        return Settings.model_validate({"sign_in": sign_in, "serve": serve})

    return settings


def test_a_visitor_signs_in_and_out(site: Any) -> None:
    client = site.client()
    done = client.get(at_provider(client, "/news/?q=How+much%3F"))
    assert (done.status_code, done.headers["location"]) == (303, "/news/?q=How+much%3F")
    cookie = done.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/news/"):
        assert part in cookie
    assert client.get("/news/").status_code == 200
    assert client.get("/news/visitor").json() == {"name": "ada of the newsroom"}
    session = client.cookies[COOKIE]
    out = client.post("/news/sign-out", headers={"Origin": "https://intranet.example"})
    assert out.status_code == 200
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, session, domain="intranet.example", path="/news/")
    assert client.get("/news/visitor").status_code == 401  # a kept copy is worth nothing


def test_a_link_elsewhere_is_not_followed_after_signing_in(site: Any) -> None:
    for to in ("https://evil.example/", "//evil.example", "/\\evil.example", "/news\n", "/x"):
        client = site.client()
        begun = client.get("/news/sign-in", params={"to": to})
        back = urlsplit(httpx2.get(begun.headers["location"]).headers["location"])
        done = client.get(f"{back.path}?{back.query}")
        assert done.headers["location"] == "/news/"


def test_who_comes_back_to_another_browser_is_not_signed_in(site: Any) -> None:
    victim, attacker = site.client(), site.client()
    link = at_provider(attacker)
    assert victim.get(link).status_code == 502
    at_provider(victim)  # with a sign-in of its own under way, which begins once more
    assert victim.get(link).headers["location"].startswith("/news/sign-in?")
    at_provider(victim, "/news/sign-in?again")
    assert victim.get(link).status_code == 502
    assert victim.get("/news/visitor").status_code == 401


def test_a_way_back_is_good_once(site: Any) -> None:
    client = site.client()
    link = at_provider(client)
    assert client.get(link).status_code == 303
    other = site.client()
    assert other.get(link).status_code == 502
    session = client.cookies[COOKIE]
    again = client.get(link)
    assert (again.status_code, again.headers["location"]) == (303, "/news/")
    assert client.cookies[COOKIE] == session
    client.cookies.delete(COOKIE)
    assert client.get(link).status_code == 502


def test_two_tabs_that_sign_in_at_once_are_both_signed_in(site: Any) -> None:
    client = site.client()
    first, second = at_provider(client, "/news/?q=1"), at_provider(client, "/news/?q=2")
    once_more = client.get(first).headers["location"]
    assert once_more == "/news/sign-in?to=%2F%3Fq%3D2&again="
    assert client.get(at_provider(client, once_more)).headers["location"] == "/news/?q=2"
    assert client.get(second).headers["location"] == "/news/"
    assert client.get("/news/visitor").json() == {"name": "ada of the newsroom"}


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"nonce": "another"}, id="nonce"),
        pytest.param({"aud": "another"}, id="audience"),
        pytest.param({"iss": "https://evil.example"}, id="issuer"),
        pytest.param({"exp": int(time.time()) - 1000}, id="expired"),
        pytest.param({"sub": ""}, id="no user"),
        pytest.param({"sub": "a" * 8192}, id="8 kB"),
        pytest.param({"sub": ["ada"]}, id="no text"),
        pytest.param({"sub": "ada\n"}, id="lines"),
    ],
)
def test_false_claims_are_refused(site: Any, provider: Any, claims: Any) -> None:
    provider.claims = claims
    client = site.client()
    assert client.get(at_provider(client)).status_code == 502
    assert client.get("/news/visitor").status_code == 401


def test_a_token_of_another_key_is_refused(site: Any, provider: Any) -> None:
    provider.foreign_key = True
    client = site.client()
    assert client.get(at_provider(client)).status_code == 502


def test_a_provider_under_another_name_is_refused(
    make_site: MakeSite, make_provider: Any, settings_of: Any
) -> None:
    provider = make_provider(issuer="https://another.example")
    client = make_site(settings_of(provider.address)).client()
    refused = client.get("/news/sign-in")
    assert refused.status_code == 502
    assert "wrong_issuer" in refused.text


def test_a_visitor_who_changes_their_mind_is_told(site: Any, provider: Any) -> None:
    provider.refuses = True
    client = site.client()
    said = client.get(at_provider(client))
    assert said.status_code == 502
    assert "access_denied" in said.text
    assert "./sign-in" in said.text


def test_an_error_cannot_bring_markup(site: Any) -> None:
    client = site.client()
    at_provider(client)
    said = client.get("/news/signed-in?error=<script>alert(1)</script>&state=x")
    assert said.status_code == 502
    assert "<script>alert" not in said.text


def test_a_provider_that_is_down_is_said(make_site: MakeSite, settings_of: Any) -> None:
    client = make_site(settings_of("http://127.0.0.1:1")).client()
    said = client.get("/news/sign-in")
    assert said.status_code == 502
    assert "provider_unreachable" in said.text
    german = client.get("/news/sign-in", headers={"Accept-Language": "de"})
    assert "Die Anmeldung ist nicht gelungen" in german.text


def test_groups_and_roles_come_from_the_provider(
    make_site: MakeSite, provider: Any, settings_of: Any
) -> None:
    settings = settings_of(provider.issuer, readers=["group:desk"], editors=["group:editors"])
    provider.claims = {"groups": ["desk", "editors"], "name": "Ada Bell"}
    site = make_site(settings)
    client = site.client()
    client.get(at_provider(client))
    visitor = site.sign_in.sessions.meant(client.cookies[COOKIE])
    assert visitor.may("write")
    assert visitor.groups == {"desk", "editors"}
    assert visitor.name == "Ada Bell"
    provider.claims = {"groups": "other"}
    stranger = site.client()
    refused = stranger.get(at_provider(stranger))
    assert refused.status_code == 403
    assert COOKIE not in stranger.cookies


def test_a_frames_window_gets_the_session_and_no_cookie(site: Any) -> None:
    client = site.client()
    begun = client.get("/news/sign-in?frame=1")
    assert begun.headers["cross-origin-opener-policy"] == "unsafe-none"
    back = urlsplit(httpx2.get(begun.headers["location"]).headers["location"])
    told = client.get(f"{back.path}?{back.query}")
    assert told.headers["cache-control"] == "no-store"
    session = told.text.split('data-session="')[1].split('"')[0]
    assert COOKIE not in client.cookies
    frame = site.client(X_OnRecord_Session=session)
    assert frame.get("/news/visitor").json()["name"] == "ada of the newsroom"


def test_pkce_is_used(site: Any) -> None:
    begun = site.client().get("/news/sign-in")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["https://intranet.example/news/signed-in"]
    assert asked["scope"] == ["openid profile email"]
    assert "onrecord" in asked["client_id"]


@pytest.mark.parametrize(
    ("sign_in", "environment", "says"),
    [
        ({"by": "oidc"}, COLD, "sign_in.issuer"),
        ({"by": "oidc", "issuer": "https://x.example"}, {}, "ONRECORD_OIDC_SECRET"),
        ({"by": "proxy"}, {}, "ONRECORD_PROXY_SECRET"),
    ],
)
def test_what_is_missing_is_said_at_the_start(sign_in: Any, environment: Any, says: str) -> None:
    settings = Settings.model_validate({"sign_in": sign_in})
    with pytest.raises(SettingsError, match=says):
        open_sign_in(settings, HERE, environment, on_loopback=True)


def test_the_whole_address_is_needed_where_others_come_in(settings_of: Any) -> None:
    settings = settings_of("https://login.example")
    with pytest.raises(SettingsError, match="root_path"):
        open_sign_in(settings, parse_place("/news"), COLD, on_loopback=False)


def test_a_missing_library_is_said(settings_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "authlib.integrations.starlette_client", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'onrecord\[oidc\]'"):
        open_sign_in(settings_of("https://login.example"), HERE, COLD, on_loopback=True)


@pytest.mark.parametrize("length", [1000, 2500, 3990, 5000])
def test_a_link_with_a_long_question_can_be_signed_in_for(site: Any, length: int) -> None:
    client = site.client()
    to = f"/?q={'a' * length}"
    cookie = client.get("/news/sign-in", params={"to": to}).headers["set-cookie"]
    assert len(cookie.partition(";")[0]) <= 4096  # of more, browsers keep nothing
