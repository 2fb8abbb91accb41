"""A small OpenID provider that may misbehave, and OnRecord behind each way of signing in."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from qa.conversations.store import Conversations
from qa.settings import Settings
from web.application import Parts, application
from web.page.offers import to_all
from web.place import Place, parse_place
from web.serve import listen
from web.sign_in.ways import SignIn, open_sign_in

pytest.importorskip("authlib")
joserfc_jwt = pytest.importorskip("joserfc.jwt")

PROXY_SECRET = "a-secret-of-the-proxy"
OIDC_SECRET = "a-secret-of-ours"
INTRANET = "https://intranet.example/news"
EMBEDDER = "https://intranet.example"


@dataclass
class Provider:
    """An OpenID provider on a free port; `claims` go into its tokens over what belongs there."""

    user: str = "ada"
    claims: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False
    secret: str = OIDC_SECRET
    asks: bool = False  # shows a page first, which may be in no frame
    foreign_key: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""

    def __post_init__(self) -> None:
        from joserfc.jwk import RSAKey

        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.other = RSAKey.generate_key(2048, parameters={"kid": "one"})
        listener = listen("127.0.0.1", 0)
        self.issuer = self.issuer or f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        routes = [
            Route("/.well-known/openid-configuration", self.metadata),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/jwks", lambda _: JSONResponse({"keys": [self.key.as_dict(private=False)]})),
        ]
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, ws="none")
        self.server = uvicorn.Server(config)
        threading.Thread(target=self.server.run, args=([listener],), daemon=True).start()

    async def metadata(self, _: Request) -> Response:
        at = self.address
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if self.asks and "yes" not in asked:
            link = f"<a id=yes href='?{urlencode(asked | {'yes': '1'})}'>I am {self.user}</a>"
            headers = {"Content-Security-Policy": "frame-ancestors 'none'"}
            return HTMLResponse(f"<!doctype html><title>Sign in</title>{link}", headers=headers)
        back = {"state": asked["state"]}
        if self.refuses:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(8)
            self.codes[back["code"]] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request: Request) -> Response:
        async with request.form() as form:
            asked = self.codes.pop(str(form["code"]), {})
            verifier = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        scheme, _, basic = request.headers.get("authorization", "").partition(" ")
        known = scheme == "Basic" and base64.b64decode(basic).decode() == f"onrecord:{OIDC_SECRET}"
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if not (known and asked and challenge == asked.get("code_challenge")):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.user,
            "aud": "onrecord",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            "name": f"{self.user} of the newsroom",
        } | self.claims
        key = self.other if self.foreign_key else self.key
        id_token = joserfc_jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        token = {"access_token": "unused", "token_type": "Bearer", "id_token": id_token}
        return JSONResponse(token)


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.server.should_exit = True


@pytest.fixture
def make_provider() -> Iterator[Callable[..., Provider]]:
    made: list[Provider] = []

    def make(**given: Any) -> Provider:
        made.append(Provider(**given))
        return made[-1]

    yield make
    for each in made:
        each.server.should_exit = True


def proxy_settings(**more: Any) -> Settings:
    sign_in = {"by": "proxy", "trusted_proxies": ["127.0.0.1", "10.0.0.0/8"]}
    sign_in |= {"groups_header": "X-Remote-Groups"} | more
    serve = {"embedded_in": [EMBEDDER]}
    return Settings.model_validate({"sign_in": sign_in, "serve": serve})


def oidc_settings(issuer: str, **more: Any) -> Settings:
    sign_in = {"by": "oidc", "issuer": issuer} | more
    serve = {"embedded_in": [EMBEDDER]}
    return Settings.model_validate({"sign_in": sign_in, "serve": serve})


def sign_in_by(settings: Settings, place: Place) -> SignIn:
    environment = {"ONRECORD_PROXY_SECRET": PROXY_SECRET, "ONRECORD_OIDC_SECRET": OIDC_SECRET}
    made = open_sign_in(settings, place, environment, on_loopback=True)
    assert made is not None
    return made


@dataclass
class Site:
    """OnRecord where visitors sign in, with what was made for it."""

    app: Any
    sign_in: SignIn
    kept: Conversations

    def client(self, address: str = "127.0.0.1", **headers: str) -> TestClient:
        """Return a browser of its own, behind the proxy at `address`."""
        return TestClient(
            self.app,
            base_url="https://intranet.example",
            client=(address, 5000),
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            follow_redirects=False,
        )

    def visitor(self, user: str, groups: str = "") -> TestClient:
        """Return the browser of somebody whom the proxy names."""
        named = {"X_Remote_User": user, "X_OnRecord_Proxy_Secret": PROXY_SECRET}
        return self.client(**named, **({"X_Remote_Groups": groups} if groups else {}))


@pytest.fixture
def make_site(assistant: Any, kept: Conversations) -> Callable[..., Site]:
    """Make OnRecord with the settings for signing in."""

    def make(settings: Settings, adds: Any = None, **parts: Any) -> Site:
        place = parse_place(INTRANET)
        sign_in = sign_in_by(settings, place)
        embedders = settings.serve.embedded_in
        served = Parts(kept=kept, sign_in=sign_in, embedders=embedders, **parts)
        see = to_all(assistant, adds=adds)
        return Site(application(see, served, place, own_machine=False), sign_in, kept)

    return make


@pytest.fixture
def behind_proxy(make_site: Callable[..., Site]) -> Site:
    """OnRecord behind a proxy that names visitors; ada administers, ed and editors may add."""
    return make_site(
        proxy_settings(administrators=["ada"], editors=["ed", "group:editors"], readers=["*"])
    )
