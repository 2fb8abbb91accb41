"""Signing in at an OpenID provider, by Authlib: the authorisation code flow with PKCE."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from corpus.errors import MissingExtraError, SettingsError
from qa.settings import SignInSettings
from web.identity import Visitor
from web.sign_in.members import Members, is_name

log = logging.getLogger(__name__)

SECRET_VARIABLE = "ONRECORD_OIDC_SECRET"  # noqa: S105 - the variable's name
ANOTHERS = "mismatching_state"
"""The code of a way back that does not belong to what this browser began last."""
_SECONDS = 10.0
_NAMES = ("name", "preferred_username", "email")


class SignInError(Exception):
    """Signing in did not succeed; the text is a short code, safe to show."""


class Provider:
    """One OpenID provider, at which visitors sign in."""

    def __init__(self, settings: SignInSettings, secret: str, members: Members) -> None:
        """Trust a provider; it is first spoken to when somebody signs in.

        Args:
            settings: Where it is, and what it calls things.
            secret: Ours at the provider.
            members: Who is what.

        Raises:
            SettingsError: What is needed is missing.
            MissingExtraError: Authlib is.
        """
        if not settings.issuer:
            raise SettingsError("sign_in.issuer: signing in by oidc needs the provider's address")
        if not secret:
            raise SettingsError(f"signing in by oidc needs our secret in {SECRET_VARIABLE}")
        self._settings = settings
        self._issuer = settings.issuer.rstrip("/")
        self._members = members
        self._client = self._registered(secret)

    def _registered(self, secret: str) -> Any:  # noqa: ANN401 - Authlib has no types
        try:
            from authlib.integrations.starlette_client import OAuth
        except ImportError as error:
            raise MissingExtraError("signing in by oidc", "oidc") from error
        return OAuth().register(
            "provider",
            client_id=self._settings.client,
            client_secret=secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": self._settings.scope,
                "code_challenge_method": "S256",
                "timeout": _SECONDS,
                "trust_env": False,  # no proxy but the one that is configured
            },
        )

    async def redirect(self, request: Any, back: str) -> Any:  # noqa: ANN401 - Starlette's
        """Return the response that sends a visitor to the provider.

        Args:
            request: The visitor's, with a session for what has to be known afterwards.
            back: Our whole address to which the provider sends them then.

        Raises:
            SignInError: The provider cannot be spoken to.
        """
        try:
            await self._checked()
            return await self._client.authorize_redirect(request, back)
        except SignInError:
            raise
        except Exception as error:
            raise _failure("provider_unreachable", error) from error

    async def visitor(self, request: Any) -> Visitor | None:  # noqa: ANN401 - Starlette's
        """Return who came back from the provider; None for one who may not come in.

        Raises:
            SignInError: They did not sign in, or what they bring is not the provider's.
        """
        try:
            await self._checked()
            token = await self._client.authorize_access_token(request)
        except SignInError:
            raise
        except Exception as error:
            raise _failure(getattr(error, "error", None) or "not_signed_in", error) from error
        claims = token.get("userinfo")
        if not claims:  # only checked claims, never the token's own word
            raise SignInError("no_identity")
        return self._member(claims)

    def _member(self, claims: Mapping[str, Any]) -> Visitor | None:
        user = claims.get(self._settings.user_claim)
        if not is_name(user):
            log.warning("the provider's claim %r names no user", self._settings.user_claim)
            raise SignInError("no_user")
        groups = claims.get(self._settings.groups_claim)
        named = [groups] if isinstance(groups, str) else groups
        shown = next((claims[name] for name in _NAMES if is_name(claims.get(name))), "")
        return self._members.visitor(user, named if isinstance(named, list) else [], shown)

    async def _checked(self) -> None:
        """Refuse a provider that calls itself by another address than the configured one."""
        known = await self._client.load_server_metadata()
        if str(known.get("issuer", "")).rstrip("/") != self._issuer:
            self._client.server_metadata.clear()
            raise _failure("wrong_issuer", known.get("issuer"))


def _failure(code: str, reason: object) -> SignInError:
    # The reason may quote what the visitor or the provider sent: its kind has to do.
    log.warning("a sign-in failed: %s (%s)", _plain(code), type(reason).__name__)
    return SignInError(_plain(code))


def _plain(code: str) -> str:
    return re.sub(r"[^\w.-]", "_", code)[:60]
