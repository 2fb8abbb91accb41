"""The proxy's word: only from its address, with its secret, and once (G-S6)."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import HTTPConnection

from corpus.errors import SettingsError
from web.identity import Role, Visitor
from web.sign_in.members import Members
from web.sign_in.proxy import Proxy

SECRET = "a-secret-of-the-proxy"


def proxy(trusted: tuple[str, ...] = ("127.0.0.1", "10.0.0.0/8", "fd00::/8"), **more: Any) -> Proxy:
    members = more.pop("members", Members())
    given = {"user_header": "X-Remote-User", "groups_header": "X-Remote-Groups"} | more
    return Proxy(SECRET, members, trusted=trusted, **given)


def identified(*headers: tuple[str, str], address: str | None = "127.0.0.1", **more: Any) -> Any:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    client = (address, 1) if address else None
    request = HTTPConnection({"type": "http", "headers": raw, "client": client})
    return proxy(**more).identify(request)


GOOD = (("X-OnRecord-Proxy-Secret", SECRET), ("X-Remote-User", "ada"))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "fd00::1", "::ffff:10.1.2.3"])
def test_a_user_is_named_by_a_trusted_proxy(address: str) -> None:
    visitor = identified(*GOOD, ("X-Remote-Groups", "desk, board ,,"), address=address)
    groups = frozenset({"desk", "board"})
    assert visitor == Visitor("user:ada", Role.READER.scopes, groups, "ada")


@pytest.mark.parametrize("address", ["192.0.2.1", "127.0.0.2", "::ffff:192.0.2.1", None, "unix"])
def test_nobody_else_is_believed(address: str | None) -> None:
    assert identified(*GOOD, address=address) is None


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(GOOD[1:], id="no secret"),
        pytest.param((("X-OnRecord-Proxy-Secret", ""), GOOD[1]), id="empty secret"),
        pytest.param((("X-OnRecord-Proxy-Secret", SECRET[:-1]), GOOD[1]), id="part of the secret"),
        pytest.param((("X-OnRecord-Proxy-Secret", SECRET + "x"), GOOD[1]), id="more than it"),
        pytest.param((("X-OnRecord-Proxy-Secret", SECRET.upper()), GOOD[1]), id="in capitals"),
        pytest.param((GOOD[0], *GOOD), id="secret twice"),
        pytest.param(GOOD[:1], id="no user"),
        pytest.param((*GOOD, GOOD[1]), id="user twice"),
        pytest.param((*GOOD, ("X-Remote-User", "eve")), id="another user as well"),
        pytest.param((*GOOD, ("X_Remote_User", "eve")), id="another user by underscores"),
        pytest.param((*GOOD, ("X-Remote_User", "eve")), id="by one underscore"),
        pytest.param((GOOD[0], ("X_Remote_User", "ada")), id="underscores alone"),
        pytest.param((*GOOD, ("X_OnRecord_Proxy_Secret", "x")), id="secret by underscores"),
        pytest.param(
            (*GOOD, ("X-Remote-Groups", "a"), ("X-Remote-Groups", "b")), id="groups twice"
        ),
        pytest.param((*GOOD, ("X_Remote_Groups", "board")), id="groups by underscores"),
        pytest.param((GOOD[0], ("X-Remote-User", "")), id="empty"),
        pytest.param((GOOD[0], ("X-Remote-User", " ")), id="a space"),
        pytest.param((GOOD[0], ("X-Remote-User", " ada")), id="a space before"),
        pytest.param((GOOD[0], ("X-Remote-User", "ada\r\nX-Remote-User: eve")), id="lines"),
        pytest.param((GOOD[0], ("X-Remote-User", "ada\0")), id="NUL"),
        pytest.param((GOOD[0], ("X-Remote-User", "ada\x1b[31m")), id="terminal colours"),
        pytest.param((GOOD[0], ("X-Remote-User", "a" * 8192)), id="8 kB"),
        pytest.param((GOOD[0], ("X-Remote-User", "ad\xe9")), id="not UTF-8"),
        pytest.param((GOOD[0], ("X-Remote-User", "a\u00c2\u0085b")), id="a control character"),
    ],
)
def test_what_is_not_clear_counts_for_nothing(headers: Any) -> None:
    assert identified(*headers) is None


def test_groups_are_the_visitors_own_word_where_the_proxy_names_none() -> None:
    visitor = identified(*GOOD, ("X-Remote-Groups", "board"), groups_header=None)
    assert visitor.groups == frozenset()


def test_names_may_be_of_any_language() -> None:
    name = "Zoë Ōno".encode().decode("latin-1")
    visitor = identified(GOOD[0], ("X-Remote-User", name))
    assert visitor.user == "user:Zoë Ōno"


def test_roles_are_given_by_name_and_group() -> None:
    members = Members(["*"], ["ed", "group:desk"], ["ada", "group:admins"])

    def scopes(user: str, groups: str = "") -> Any:
        given = (GOOD[0], ("X-Remote-User", user), ("X-Remote-Groups", groups))
        return identified(*given, members=members)

    assert scopes("bo").scopes == Role.READER.scopes
    assert scopes("ed").scopes == scopes("bo", "desk").scopes == Role.EDITOR.scopes
    assert scopes("ada").scopes == scopes("bo", "x,admins").scopes == Role.ADMINISTRATOR.scopes
    assert scopes("ada").groups is None  # sees every article
    assert scopes("group:admins").scopes == Role.EDITOR.scopes - {"write"}


def test_only_those_who_are_named_come_in_where_not_everybody_may() -> None:
    members = Members(["bo", "group:desk"], [], [])
    assert identified(*GOOD, members=members) is None
    assert identified(*GOOD, ("X-Remote-Groups", "desk"), members=members) is not None


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_missing_or_short_secret_is_said(secret: str) -> None:
    with pytest.raises(SettingsError, match="ONRECORD_PROXY_SECRET"):
        Proxy(secret, Members(), trusted=(), user_header="X-U", groups_header="X-G")
