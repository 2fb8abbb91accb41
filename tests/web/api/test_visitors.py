"""Tokens for visitors of an embedding page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from web.sign_in.handover import Handover
from web.sign_in.members import Members
from web.sign_in.tickets import Tickets

ORIGIN = "https://intranet.example"


@pytest.fixture
def handover() -> Handover:
    return Handover(Tickets(60), Members(), [ORIGIN])


def test_the_api_makes_tokens_for_keys_that_may_embed(
    make_api: Callable[..., Any], handover: Handover
) -> None:
    api = make_api(own_machine=False, handover=handover)
    body = {"user": "ada", "groups": ["board"], "origin": ORIGIN}
    assert api.call("POST", "/visitors", body).status_code == 401
    assert (
        api.with_key("ask", "read", "write", "metrics").call("POST", "/visitors", body).status_code
        == 403
    )
    made = api.with_key("embed").call("POST", "/visitors", body)
    assert made.status_code == 201
    assert made.json()["seconds"] == 300
    assert handover.session(made.json()["token"], ORIGIN) is not None
    wrong = api.with_key("embed").call("POST", "/visitors", body | {"role": "administrator"})
    assert wrong.json()["error"]["field"] == "role"
    foreign = api.with_key("embed").call(
        "POST", "/visitors", body | {"origin": "https://x.example"}
    )
    assert foreign.json()["error"]["field"] == "origin"


def test_nobody_is_signed_in_where_nobody_signs_in(make_api: Callable[..., Any]) -> None:
    api = make_api().with_key("embed")
    assert api.call("POST", "/visitors", {"user": "a", "origin": ORIGIN}).status_code == 404
