"""Who calls the API: a key's owner, or whoever sits at this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from qa.conversations.store import LOCAL_USER
from web.api.errors import ApiError
from web.keys import SCOPES, Keys

_QUERY_NAMES = frozenset({"key", "api_key", "token", "access_token"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        user: Whose conversations are meant.
        scopes: What may be done, some of `web.keys.SCOPES`.
    """

    user: str
    scopes: frozenset[str]


AT_THIS_MACHINE = Caller(LOCAL_USER, frozenset(SCOPES))


class Callers:
    """Tells callers by their keys; without one, only this machine's are let in."""

    def __init__(self, keys: Keys, *, own_machine: bool) -> None:
        """Know the callers of one store.

        Args:
            keys: The store's.
            own_machine: Whether nobody but this machine's users can call.
        """
        self._keys = keys
        self._own_machine = own_machine

    def of(self, request: Request) -> Caller:
        """Return who calls; ApiError 401 where that is not known."""
        if _QUERY_NAMES.intersection(request.query_params):
            raise ApiError(401, "E_KEY", "a key is sent in the Authorization header, nowhere else")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if not scheme and self._own_machine:
            return AT_THIS_MACHINE
        key = self._keys.good(given.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise ApiError(401, "E_KEY", "a valid key is needed: Authorization: Bearer or_…")
        return Caller(f"key:{key.id}", key.scopes)

    def may(self, request: Request, scope: str) -> bool:
        """Return whether the caller may do this."""
        try:
            return scope in self.of(request).scopes
        except ApiError:
            return False

    def with_scope(self, scope: str) -> Callable[[Request], Caller]:
        """Return what lets in only callers who may do this; ApiError 403 for others."""

        def allowed(request: Request) -> Caller:
            caller = self.of(request)
            if scope not in caller.scopes:
                raise ApiError(403, "E_SCOPE", f"this key may not {SCOPES[scope]}")
            return caller

        return allowed
