"""A reverse proxy's word for who visits: believed only from its address, and with its secret."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from starlette.requests import HTTPConnection

from corpus.errors import SettingsError
from web.identity import Visitor
from web.sign_in.members import Members

SECRET_HEADER = "X-OnRecord-Proxy-Secret"  # noqa: S105 - the header's name
SECRET_VARIABLE = "ONRECORD_PROXY_SECRET"  # noqa: S105 - the variable's name
SHORTEST_SECRET = 16
"""Characters."""
_MOST_GROUPS = 200


class Proxy:
    """Tells visitors by the headers of a proxy in front of the server."""

    def __init__(
        self,
        secret: str,
        members: Members,
        *,
        trusted: Sequence[str],
        user_header: str,
        groups_header: str | None,
    ) -> None:
        """Believe a proxy.

        Args:
            secret: What it sends in `SECRET_HEADER`.
            members: Who is what.
            trusted: Addresses or networks it may come from.
            user_header: Where it names the user.
            groups_header: Where it names the user's groups, with commas between them; None where
                it does not.

        Raises:
            SettingsError: The secret is missing or too short.
        """
        if len(secret) < SHORTEST_SECRET:
            raise SettingsError(
                f"signing in by proxy needs a secret of {SHORTEST_SECRET} characters or more in"
                f" the variable {SECRET_VARIABLE}, which the proxy sends as {SECRET_HEADER}"
            )
        self._secret = secret.encode()
        self._members = members
        self._trusted = [ip_network(each) for each in trusted]
        self._user = user_header.lower().encode()
        self._groups = (groups_header or "").lower().encode()

    def identify(self, request: HTTPConnection) -> Visitor | None:
        """Return who visits by the proxy's word, or None where that does not count."""
        if not self._is_trusted(request) or not self._is_clear(request):
            return None
        if not hmac.compare_digest(_one(request, SECRET_HEADER.lower().encode()), self._secret):
            return None
        try:
            user = _one(request, self._user).decode()
            groups = _one(request, self._groups).decode()
        except UnicodeDecodeError:
            return None
        named = [group.strip() for group in groups.split(",")[:_MOST_GROUPS]]
        return self._members.visitor(user, named)

    def _is_trusted(self, request: HTTPConnection) -> bool:
        if request.client is None:
            return False
        try:
            address = ip_address(request.client.host)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._trusted)

    def _is_clear(self, request: HTTPConnection) -> bool:
        """Return whether each header that counts is there once at most, and under its own name.

        A proxy that lets "X_Remote_User" pass beside the header it sets would let visitors name
        themselves wherever both are taken for one.
        """
        ours = {self._user, self._groups, SECRET_HEADER.lower().encode()}
        names = [name.replace(b"_", b"-") for name, _ in request.scope["headers"]]
        written = [name for name, _ in request.scope["headers"] if name in ours]
        return len(written) == len(set(written)) == sum(name in ours for name in names)


def _one(request: HTTPConnection, name: bytes) -> bytes:
    """Return a header's value, b"" where it is missing."""
    return next((value for each, value in request.scope["headers"] if each == name), b"")
