"""Who calls the API: a key's owner, or who the server knows to be visiting."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from web.api.errors import ApiError
from web.identity import SCOPES, Visitor, visitor_of
from web.keys import Keys

_QUERY_NAMES = frozenset({"key", "api_key", "token", "access_token"})


class Callers:
    """Tells callers by the keys of one store; without a key, known visitors alone are let in."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def of(self, request: Request) -> Visitor:
        """Return who calls; ApiError 401 where that is not known."""
        if _QUERY_NAMES.intersection(request.query_params):
            raise ApiError(401, "E_KEY", "a key is sent in the Authorization header, nowhere else")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        visitor = visitor_of(request)
        # Where a proxy asks for a password, its visitors' requests carry that: no key of ours.
        if scheme.lower() != "bearer" and visitor and visitor.is_known:
            return visitor
        key = self._keys.good(given.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise ApiError(401, "E_KEY", "a valid key is needed: Authorization: Bearer or_…")
        return Visitor(f"key:{key.id}", key.scopes, key.groups, key.name)

    def may(self, request: Request, scope: str) -> bool:
        """Return whether the caller may do this."""
        try:
            return self.of(request).may(scope)
        except ApiError:
            return False

    def with_scope(self, scope: str) -> Callable[[Request], Visitor]:
        """Return what lets in only callers who may do this; ApiError 403 for others."""

        def allowed(request: Request) -> Visitor:
            caller = self.of(request)
            if not caller.may(scope):
                raise ApiError(403, "E_SCOPE", f"you may not {SCOPES[scope]} here")
            request.state.caller = caller  # for the log
            return caller

        return allowed
