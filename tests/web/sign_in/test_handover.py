"""What an embedding page hands over: good once, for a while, and from its own origin."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.errors import QuestionError
from web.identity import Role, Visitor
from web.sign_in.handover import Handover
from web.sign_in.members import Members
from web.sign_in.tickets import Tickets

ORIGIN = "https://intranet.example"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def sessions() -> Tickets[Visitor]:
    return Tickets(3600)


@pytest.fixture
def handover(sessions: Tickets[Visitor]) -> Handover:
    members = Members(["ada", "group:desk"], ["ada"], ["boss"])
    return Handover(sessions, members, [ORIGIN, "https://other.example"])


def test_a_token_begins_a_session_once(handover: Handover, sessions: Tickets[Visitor]) -> None:
    token = handover.token("ada", "Ada Bell", ["board"], ORIGIN)
    session = handover.session(token, ORIGIN)
    assert session is not None
    visitor = Visitor("user:ada", Role.READER.scopes, frozenset({"board"}), "Ada Bell")
    assert sessions.meant(session) == visitor  # a reader, though ada may do more elsewhere
    assert handover.session(token, ORIGIN) is None


@pytest.mark.parametrize(
    "origin",
    [
        *("https://other.example", "null", "", "https://intranet.example.evil.example"),
        *("http://intranet.example", "https://intranet.example/", "HTTPS://INTRANET.EXAMPLE"),
    ],
)
def test_a_token_from_another_origin_is_good_for_nothing(handover: Handover, origin: str) -> None:
    token = handover.token("ada", "", [], ORIGIN)
    assert handover.session(token, origin) is None
    assert handover.session(token, ORIGIN) is None  # and is no more: somebody else had it


@pytest.mark.parametrize("token", ["", "x", "or_00000000_x", "\ud800", "a" * 10_000])
def test_no_token_is_guessed(handover: Handover, token: str) -> None:
    assert handover.session(token, ORIGIN) is None


@pytest.mark.parametrize(
    ("user", "groups", "origin", "field"),
    [
        ("", [], ORIGIN, "user"),
        ("a\nb", [], ORIGIN, "user"),
        ("eve", [], ORIGIN, "user"),
        ("ada", ["\0"], ORIGIN, "groups"),
        ("ada", [], "https://evil.example", "origin"),
    ],
)
def test_tokens_are_made_for_members_and_known_origins(
    handover: Handover, user: str, groups: list[str], origin: str, field: str
) -> None:
    with pytest.raises(QuestionError) as refused:
        handover.token(user, "", groups, origin)
    assert refused.value.field == field


def test_a_ticket_ends() -> None:
    clock = Clock()
    tickets = Tickets[str](60, clock=clock)
    first = tickets.issue("one")
    clock.now = 59
    assert tickets.meant(first) == "one"
    clock.now = 60
    assert tickets.meant(first) is None
    assert tickets.take(first) is None


def test_no_more_tickets_than_there_is_room_for() -> None:
    tickets = Tickets[int](60, most=3)
    issued = [tickets.issue(number) for number in range(5)]
    assert [tickets.meant(each) for each in issued] == [None, None, 2, 3, 4]


def test_a_frame_exchanges_the_token_that_a_key_got(behind_proxy: Any) -> None:
    site = behind_proxy
    token = site.sign_in.handover.token("ada", "", [], ORIGIN)
    frame = site.client()
    own = {"Origin": ORIGIN, "Content-Type": "application/json"}
    taken = frame.post("/news/handed", json={"token": token, "origin": ORIGIN}, headers=own)
    assert taken.status_code == 200
    assert taken.headers["cache-control"] == "no-store"
    assert "set-cookie" not in taken.headers
    assert frame.get("/news/visitor").status_code == 401
    headers = {"X-OnRecord-Session": taken.json()["session"]}
    assert frame.get("/news/visitor", headers=headers).json() == {"name": "ada"}
    again = frame.post("/news/handed", json={"token": token, "origin": ORIGIN}, headers=own)
    assert again.status_code == 401
    # A session that is none is not helped by the proxy's word for somebody else.
    proxied = site.visitor("bo")
    assert proxied.get("/news/visitor", headers={"X-OnRecord-Session": "x"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        *(("{", "application/json"), ("[]", "application/json"), ("{}", "application/json")),
        ('{"token": 5, "origin": "x"}', "application/json"),
        ('{"token": "x", "origin": null}', "application/json"),
        ('{"token": "x", "origin": "y"}', "text/plain"),
        ('{"token": "x", "token": "y", "origin": "z"}', "application/json"),
        ("[" * 5000, "application/json"),
    ],
)
def test_a_body_that_is_none_is_refused(behind_proxy: Any, body: str, kind: str) -> None:
    client = behind_proxy.client()
    refused = client.post("/news/handed", content=body, headers={"Content-Type": kind})
    assert refused.status_code == 422
