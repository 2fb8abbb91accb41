"""Many users at once, each with canaries of their own: nobody sees another's, whatever they try.

With ONRECORD_QUESTIONS_EACH=200 in the environment each asks as many questions.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from qa.settings import Settings
from web.admission import Admission
from web.place import HERE
from web.sign_in.ways import open_sign_in
from web.tabs import OF_ONE_USER

SECRET = "a-secret-of-the-proxy"
USERS = 50
QUESTIONS = int(os.environ.get("ONRECORD_QUESTIONS_EACH", "2"))
FREELY = Admission(1_000_000)
CANARY = re.compile(r"canary-(\d+)-\d+")


class Users:
    """A server behind a proxy, spoken to as any user, each in a page of their own."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def page_of(self, number: int, **headers: str) -> Any:
        named = {"X_Remote_User": f"user-{number}", "X_OnRecord_Proxy_Secret": SECRET}
        return self.server.sending(**named, X_OnRecord_Tab=f"tab-{number}", **headers)


@pytest.fixture(scope="module")
def users(double: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Users]:
    from index.schema import open_archive
    from qa.conversations.store import Conversations

    settings = Settings.model_validate({"sign_in": {"by": "proxy"}})
    environment = {"ONRECORD_PROXY_SECRET": SECRET}
    sign_in = open_sign_in(settings, HERE, environment, on_loopback=True)
    store = tmp_path_factory.mktemp("isolated") / "store"
    with open_archive(store, create=True) as archive, Conversations(archive) as kept:
        yield Users(
            double.Server(double.AssistantDouble(), kept, sign_in=sign_in, admission=FREELY)
        )


def asks(users: Users, number: int) -> tuple[set[str], str]:
    """Ask a user's questions in one page; return whose canaries came back, and what is kept."""
    page = users.page_of(number)
    seen: set[str] = set()
    last: list[Any] = []
    for question in range(QUESTIONS):
        typed = f"How much is canary-{number}-{question}?"
        last = page.event("ask", [typed, None, None, None, None], f"session{number}")
        said = json.dumps(last)
        assert f"canary-{number}-{question}" in said
        seen |= set(CANARY.findall(said))
    opened = page.event("opening", [], f"session{number}x")
    seen |= set(CANARY.findall(json.dumps(opened)))
    kept = re.search(r'data-open=\\?"([a-z0-9]+)', json.dumps(opened))
    assert kept
    return seen, kept[1]


def test_nobody_sees_anothers_canary(users: Users) -> None:
    with ThreadPoolExecutor(USERS) as pool:
        seen = list(pool.map(lambda number: asks(users, number), range(USERS)))
    for number, (canaries, _) in enumerate(seen):
        assert canaries == {str(number)}
    # Stolen ids: of conversations, and of pages.
    for number, (_, kept) in enumerate(seen):
        thief = users.page_of((number + 1) % USERS)
        assert thief.get(f"/conversations/{kept}.json").status == 404
        assert users.page_of(number).get(f"/conversations/{kept}.json").status == 200
        stolen = f"session{number}"
        assert thief.join("ask", ["And when?", None, None, None, None], stolen).status == 403
        assert thief.get(f"/gradio_api/queue/data?session_hash={stolen}").status == 403
        assert thief.get(f"/gradio_api/heartbeat/{stolen}").status == 403
        picked = {"open": kept}
        shown = thief.event("manage", [None], f"thief{number}", event=picked)
        assert f"canary-{number}-" not in json.dumps(shown)


def test_a_page_is_not_anothers_of_the_same_user(users: Users) -> None:
    page = users.page_of(1)
    page.event("ask", ["canary?", None, None, None, None], "page1")
    other = users.page_of(1)
    other.sent["X-OnRecord-Tab"] = "made up"
    assert other.get("/gradio_api/queue/data?session_hash=page1").status == 403


def test_many_pages_of_one_user_end_no_others(users: Users) -> None:
    theirs = users.page_of(2)
    theirs.event("ask", ["How much is canary-2-0?", None, None, None, None], "theirs")
    greedy = users.page_of(3)
    for number in range(OF_ONE_USER + 1):
        greedy.event("ask", [f"How much is {number}?", None, None, None, None], f"greedy{number}")
    picked = {"turn": 0, "cite": 0}
    assert "pier" in json.dumps(theirs.event("show", [None, None, None], "theirs", event=picked))
    assert "can no longer be shown" not in json.dumps(
        greedy.event("show", [None, None, None], "greedy1", picked)
    )
    assert "can no longer be shown" in json.dumps(
        greedy.event("show", [None, None, None], "greedy0", picked)
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Remote-User": "user-1"},
        {"X-Remote-User": "user-1", "X-OnRecord-Proxy-Secret": SECRET[:-1]},
        {"X_Remote_User": "user-1", "X-OnRecord-Proxy-Secret": SECRET},
        {"X-Remote-User": "", "X-OnRecord-Proxy-Secret": SECRET},
        {"X-Remote-User": "a" * 8192, "X-OnRecord-Proxy-Secret": SECRET},
        {"X-Remote-User": "local", "X-Forwarded-User": "user-1"},
        {"Cookie": "onrecord_session=x"},
        {"X-OnRecord-Session": "x"},
        {"Authorization": "Bearer or_00000000_" + "x" * 43},
        {},
    ],
    ids=str,
)
def test_forged_headers_let_nobody_in(users: Users, headers: dict[str, str]) -> None:
    forged = users.server.sending()
    forged.sent = headers
    assert forged.join("ask", ["canary?", None, None, None, None], "forged").status == 401
    assert forged.get("/").status == 401
    assert forged.get("/conversations/abc.json").status == 401


@pytest.mark.parametrize(
    "session",
    ["", "a b", "../x", "x" * 65, "é", "a/b"],
    ids=["empty", "space", "up", "long", "é", "/"],
)
def test_what_is_no_pages_name_is_refused(users: Users, session: str) -> None:
    page = users.page_of(1)
    assert page.join("ask", ["canary?", None, None, None, None], session).status == 403


@pytest.mark.parametrize("body", ["", "[]", "{", '{"session_hash": 5}', '{"a": NaN}', "null"])
def test_a_body_without_a_page_is_refused(users: Users, body: str) -> None:
    own = {"Content-Type": "application/json", "Origin": f"http://{users.server.address}"}
    reply = users.page_of(1).request("POST", "/gradio_api/queue/join", body, **own)
    assert reply.status == 403
