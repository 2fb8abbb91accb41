"""Who calls the API: a key's owner, or who the server knows to be visiting."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from starlette.requests import HTTPConnection

from web.api.errors import ApiError
from web.identity import SCOPES, Visitor, visitor_of
from web.keys import Keys

_QUERY_NAMES = frozenset({"key", "api_key", "token", "access_token"})
_NEEDED = "a valid key is needed: Authorization: Bearer or_…"


def bearer_of(request: HTTPConnection) -> str | None:
    """Return what was sent as a key, which may be none; None where no key was sent.

    A scheme is the same in capitals and with more spaces after it (RFC 9110, section 11.1).
    """
    scheme, *rest = request.headers.get("authorization", "").split(maxsplit=1) or [""]
    return "".join(rest).strip() if scheme.lower() == "bearer" else None


def not_known(scope: str) -> ApiError:
    """Return the refusal of a caller who would have to be somebody for this."""
    message = f"only who is known may {SCOPES[scope]}: send a key with the scope {scope!r}"
    return ApiError(401, "E_KEY", f"{message} (onrecord keys create NAME --scope {scope})")


class Callers:
    """Tells callers by the keys of one store; without a key, known visitors alone are let in."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def of(self, request: Request) -> Visitor:
        """Return who calls; ApiError 401 where that is not known."""
        if _QUERY_NAMES.intersection(request.query_params):
            raise ApiError(401, "E_KEY", "a key is sent in the Authorization header, nowhere else")
        given, visitor = bearer_of(request), visitor_of(request)
        # Where a proxy asks for a password, its visitors' requests carry that: no key of ours.
        if given is None and visitor and (visitor.is_known or visitor.is_here):
            return visitor
        key = self._keys.good(given) if given is not None else None
        if key is None:
            raise ApiError(401, "E_KEY", _NEEDED)
        return Visitor(f"key:{key.id}", key.scopes, key.groups, key.name)

    def may(self, request: Request, scope: str) -> bool:
        """Return whether the caller may do this."""
        try:
            return self.of(request).may(scope)
        except ApiError:
            return False

    def with_scope(self, scope: str, *, known: bool = False) -> Callable[[Request], Visitor]:
        """Return what lets in only callers who may do this; ApiError for others.

        Args:
            scope: One of `web.identity.SCOPES`.
            known: Whether they have to be told from others as well.
        """

        def allowed(request: Request) -> Visitor:
            caller = self.of(request)
            if not caller.is_known and (known or not caller.may(scope)):
                raise not_known(scope)
            if not caller.may(scope):
                raise ApiError(403, "E_SCOPE", f"you may not {SCOPES[scope]} here")
            request.state.caller = caller  # for the log
            return caller

        return allowed
