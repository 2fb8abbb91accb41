"""How visitors sign in here: settings become what identifies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from corpus.errors import SettingsError
from qa.settings import Settings
from web.identity import Visitor
from web.place import Place
from web.sign_in.handover import Handover
from web.sign_in.members import Members
from web.sign_in.oidc import SECRET_VARIABLE as OIDC_SECRET
from web.sign_in.oidc import Provider
from web.sign_in.proxy import SECRET_VARIABLE as PROXY_SECRET
from web.sign_in.proxy import Proxy
from web.sign_in.tickets import Tickets

COOKIE = "onrecord_session"
SESSION_HEADER = "X-OnRecord-Session"
"""Carries the session of a page in a frame, to which browsers give no cookie of ours."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How visitors are told apart.

    Attributes:
        sessions: Who signed in, by the secret that their browser keeps.
        seconds: How long a session lasts.
        handover: What embedding pages hand over.
        proxy: Whose word counts; None where no proxy names visitors.
        provider: Where visitors sign in; None where they do not.
    """

    sessions: Tickets[Visitor]
    seconds: float
    handover: Handover
    proxy: Proxy | None = None
    provider: Provider | None = None

    def identify(self, request: HTTPConnection) -> Visitor | None:
        """Return who visits; None where it is not known."""
        session = request.headers.get(SESSION_HEADER)
        if session is not None:
            return self.sessions.meant(session)
        if self.proxy:
            return self.proxy.identify(request)
        return self.sessions.meant(request.cookies.get(COOKIE, ""))


def open_sign_in(
    settings: Settings, place: Place, environment: Mapping[str, str], *, on_loopback: bool
) -> SignIn | None:
    """Return how visitors sign in, or None where nobody does.

    Args:
        settings: What the administrator chose.
        place: Where visitors find us.
        environment: Where secrets are.
        on_loopback: Whether only this machine can connect, a proxy on it included.

    Raises:
        SettingsError: What is needed is missing.
    """
    chosen = settings.sign_in
    if chosen.by == "nobody":
        return None
    members = Members(chosen.readers, chosen.editors, chosen.administrators)
    seconds = chosen.hours * 3600
    sessions = Tickets[Visitor](seconds)
    handover = Handover(sessions, members, settings.serve.embedded_in)
    if chosen.by == "oidc":
        if not (place.host or on_loopback):
            raise SettingsError(
                "serve.root_path: signing in by oidc needs the whole address under which visitors"
                " find us, such as https://intranet.example/news"
            )
        provider = Provider(chosen, environment.get(OIDC_SECRET, ""), members)
        return SignIn(sessions, seconds, handover, provider=provider)
    proxy = Proxy(
        environment.get(PROXY_SECRET, ""),
        members,
        trusted=chosen.trusted_proxies,
        user_header=chosen.user_header,
        groups_header=chosen.groups_header,
    )
    return SignIn(sessions, seconds, handover, proxy=proxy)
