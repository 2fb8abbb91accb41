"""Who sits at the machine: known by the token that the terminal shows, and by nothing less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from corpus.archive import Archive
from index.adding import Adding
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.conversations.store import LOCAL_USER, Conversations
from qa.views import Views
from web import serve
from web.api.app import api_application
from web.api.callers import Callers
from web.api.service import Service
from web.application import Parts, application
from web.keys import Keys
from web.operation.health import Health, Watch
from web.operation.metrics import Metrics
from web.owner import Owner
from web.page.offers import Seen, to_all
from web.place import HERE, Place

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OPEN_PAGE = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
FRAMED = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}


@dataclass
class Machine:
    """OnRecord as it is served to its own machine, with one article that is limited."""

    owner: Owner
    app: Any
    kept: Conversations

    def client(self, **headers: str) -> TestClient:
        """Return a browser that has never been here."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return TestClient(self.app, "http://127.0.0.1:7860", headers=named, follow_redirects=False)

    def owners(self, **headers: str) -> TestClient:
        """Return the browser of whoever opened the address that the terminal shows."""
        client = self.client(**headers)
        address = self.owner.address("")
        assert client.get(address, headers=OPEN_PAGE).status_code == 303
        return client


class Answering:
    """Adds to the assistant double what the API asks of it."""

    def __init__(self, double: Any) -> None:
        self._double = double

    def ask(self, question: str, **_: Any) -> Any:
        return self._double.answered(question)

    def understand(self, question: str, _conversation: Any) -> str:
        return question

    def seen_by(self, _archive: Any) -> Answering:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._double.AssistantDouble(), name)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(tmp_path_factory.mktemp("owner") / "store", create=True) as opened:
        adding = Adding(opened.store, HashEmbedder())
        adding.articles([{"id": "open", "text": "The pier opened.", "title": "The pier"}])
        adding.articles([{"id": "spare", "text": "The pier closed."}])
        secret = {"id": "secret", "text": "The mayor is ill.", "groups": ["court"]}
        adding.articles([secret | {"title": "The mayor"}])
        yield opened


@pytest.fixture(scope="module")
def machine(archive: Archive, double: Any) -> Iterator[Machine]:
    with Conversations(archive) as kept, Keys(archive.store) as keys:
        assistant: Any = Answering(double)
        adding, owner, callers = Adding(archive.store, HashEmbedder()), Owner(7860), Callers(keys)
        with Views(assistant, archive) as views:

            def see(visitor: Any) -> Seen:
                view, adds = views.of(visitor.groups), adding.brought_by(visitor.groups)
                return Seen(view.assistant, view.archive, None, adds)

            service = Service(assistant, archive, kept, adding, archive.store)
            parts = Parts(
                kept=kept,
                api=api_application(service, callers, views=views),
                watch=Watch(Health(archive, lambda: True), Metrics(archive), callers),
            )
            yield Machine(owner, application(see, parts, own_machine=True, owner=owner), kept)


def ask(client: TestClient, _: Machine) -> Any:
    return client.post("/v1/ask", json={"question": "How much?"})


def read(client: TestClient, _: Machine) -> Any:
    return client.get("/v1/articles/open")


def look(client: TestClient, _: Machine) -> Any:
    return client.get("/sources")


def add(client: TestClient, _: Machine) -> Any:
    return client.post("/articles", data={"kind": "paste", "text": "A pier burned."}, headers=FORM)


def add_by_api(client: TestClient, _: Machine) -> Any:
    return client.post("/v1/articles", json={"articles": [{"text": "A pier burned."}]})


def remove(client: TestClient, _: Machine) -> Any:
    return client.delete("/v1/articles/spare")


def read_limited(client: TestClient, _: Machine) -> Any:
    return client.get("/v1/articles/secret")


def list_kept(client: TestClient, _: Machine) -> Any:
    return client.get("/v1/conversations")


def begin_kept(client: TestClient, _: Machine) -> Any:
    return client.post("/v1/conversations", json={"name": "mine"})


def go_on_with_kept(client: TestClient, machine: Machine) -> Any:
    id_ = machine.kept.start(LOCAL_USER, "How much?")
    return client.post("/v1/ask", json={"question": "How much?", "conversation": id_})


def take_kept(client: TestClient, machine: Machine) -> Any:
    return client.get(f"/conversations/{machine.kept.start(LOCAL_USER, 'How much?')}.json")


def watch(client: TestClient, _: Machine) -> Any:
    return client.get("/metrics")


FOR_ALL = (ask, read, look)
FOR_THE_OWNER = (
    *(add, add_by_api, remove, read_limited, list_kept, begin_kept, go_on_with_kept),
    *(take_kept, watch),
)
WHO = {
    "no token": lambda machine: machine.client(),
    "a proxy that adds nothing": lambda machine: machine.client(Connection="close"),
    "a wrong token": lambda machine: opened(machine.client(), "/?token=wrong"),
    "the cookie of another server": lambda machine: machine.client(
        Cookie=f"{machine.owner.cookie}={Owner(7860).session}"
    ),
    "the token as a cookie": lambda machine: machine.client(
        Cookie=f"{machine.owner.cookie}={machine.owner.token}"
    ),
    "an empty cookie": lambda machine: machine.client(Cookie=f"{machine.owner.cookie}="),
    "the token in another page's address": lambda machine: opened(
        machine.client(), f"/sources?token={machine.owner.token}"
    ),
    "the token by HEAD": lambda machine: opened(
        machine.client(), machine.owner.address(""), "HEAD"
    ),
    "the token in a frame": lambda machine: opened(
        machine.client(), machine.owner.address(""), "GET", **FRAMED
    ),
}


def opened(client: TestClient, path: str, method: str = "GET", **headers: str) -> TestClient:
    client.request(method, path, headers=OPEN_PAGE | headers)
    return client


@pytest.mark.parametrize("do", FOR_ALL)
@pytest.mark.parametrize("who", WHO)
def test_without_the_token_anybody_may_ask_and_read_what_is_for_all(
    machine: Machine, who: str, do: Any
) -> None:
    reply = do(WHO[who](machine), machine)
    assert reply.status_code == 200
    assert "The mayor" not in reply.text


@pytest.mark.parametrize("do", FOR_THE_OWNER)
@pytest.mark.parametrize("who", WHO)
def test_without_the_token_nobody_does_what_is_the_owners(
    machine: Machine, archive: Archive, who: str, do: Any
) -> None:
    before = archive.article_count
    assert do(WHO[who](machine), machine).status_code in (401, 403, 404)
    assert archive.article_count == before
    assert machine.kept.listed("") == []


@pytest.mark.parametrize("do", [*FOR_ALL, *FOR_THE_OWNER])
def test_whoever_opened_the_address_with_the_token_may_do_all(machine: Machine, do: Any) -> None:
    assert do(machine.owners(), machine).status_code in (200, 201, 204)


@pytest.mark.parametrize("do", [*FOR_ALL, *FOR_THE_OWNER])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Host": "news.example"}, 421),
    ],
)
def test_no_other_site_does_anything_in_the_owners_name(
    machine: Machine, do: Any, headers: dict[str, str], status: int
) -> None:
    client = machine.owners()
    client.headers.update(headers)
    assert do(client, machine).status_code == status


def test_the_token_is_gone_from_the_address_and_the_rest_stays(machine: Machine) -> None:
    client = machine.client()
    reply = client.get(f"/?q=How+much%3F&token={machine.owner.token}&lang=de", headers=OPEN_PAGE)
    assert (reply.status_code, reply.headers["location"]) == (303, "/?q=How+much%3F&lang=de")
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age" not in cookie
    assert machine.owner.token not in reply.headers["set-cookie"]
    assert reply.headers["cache-control"] == "no-store"
    assert reply.text == ""


@pytest.mark.parametrize("given", ["", "wrong", "é", "0" * 5000, "%00"])
def test_a_wrong_token_is_told_how_to_come_by_the_right_one(machine: Machine, given: str) -> None:
    reply = machine.client().get(f"/?token={given}", headers=OPEN_PAGE)
    assert reply.status_code == 403
    assert "the address that the terminal shows" in reply.text
    assert "set-cookie" not in reply.headers


def test_whoever_is_known_already_only_loses_the_token(machine: Machine) -> None:
    reply = machine.owners().get("/?token=of-an-earlier-start", headers=OPEN_PAGE)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")


def test_the_browser_that_is_started_has_a_token_that_is_good_once(machine: Machine) -> None:
    path = machine.owner.opening("")
    assert machine.owner.token not in path
    assert opened(machine.client(), path).get("/v1/conversations").status_code == 200
    assert opened(machine.client(), path).get("/v1/conversations").status_code == 401


def test_under_a_path_the_cookie_stays_there(double: Any) -> None:
    place = Place("/news")
    owner = Owner(7860, place)
    app = application(to_all(double.AssistantDouble()), place=place, own_machine=True, owner=owner)
    client = TestClient(app, "http://localhost", follow_redirects=False)
    reply = client.get(owner.address("/news"), headers=OPEN_PAGE)
    assert reply.headers["location"] == "/news/"
    assert "path=/news/" in reply.headers["set-cookie"].lower()


def test_another_start_makes_up_another_token() -> None:
    one, other = Owner(7860), Owner(7860)
    assert len({one.token, one.session, other.token, other.session}) == 4
    assert one.token not in repr(one)
    assert one.session not in repr(one)


def test_the_address_with_the_token_is_announced_and_opened(
    double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(serve.webbrowser, "open", shown.append)
    server = double.Server(double.AssistantDouble(), open_browser=True)
    assert server.lines[0] == f"OnRecord is at http://{server.address}"
    assert f"http://{server.address}/?token={server.token}" in server.lines[1]
    assert parse_qs(urlsplit(shown[0]).query)["token"] not in ([], [server.token])


def test_the_page_says_how_to_come_by_the_owners_rights(double: Any, kept: Conversations) -> None:
    server = double.Server(double.AssistantDouble(), kept)
    strip, *rest = server.event("opening", [], "owner")
    assert "the address that the terminal shows" not in str(rest)
    other = server.sending(X_Nothing="1")
    strip, *rest = other.event("opening", [], "passing")
    assert str(rest).count("open the address that the terminal shows") == 2
    assert 'class="add"' not in strip


def test_served_to_others_nobody_is_the_owner(double: Any) -> None:
    owner = Owner(7860)
    app = application(to_all(double.AssistantDouble()), own_machine=False, owner=owner)
    client = TestClient(app, "http://localhost", follow_redirects=False)
    assert client.get(owner.address("")).status_code == 200
    assert "set-cookie" not in client.get(owner.address("")).headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("intranet.example", 200),
        ("Intranet.example:7860", 200),
        ("192.168.1.5:7860", 200),
        ("[fd00::5]:7860", 200),
        ("localhost:7860", 200),
        ("127.0.0.1", 200),
        ("evil.example", 421),
        ("intranet.example.evil.example", 421),
        ("192.168.1.6", 421),
        ("", 421),
    ],
)
def test_on_a_network_it_answers_to_its_own_names_alone(
    double: Any, host: str, status: int
) -> None:
    names = serve.parse_names(["Intranet.example", "192.168.1.5", "fd00::5"], "0.0.0.0")
    app = application(to_all(double.AssistantDouble()), place=HERE, own_machine=False, names=names)
    client = TestClient(app, "http://localhost")
    assert client.get("/config", headers={"Host": host}).status_code == status


def test_an_address_that_it_listens_at_is_a_name() -> None:
    assert serve.parse_names([], "192.168.1.5") == {"192.168.1.5"}
    assert serve.parse_names([], "fd00::5") == {"[fd00::5]"}
    assert serve.parse_names([], "0.0.0.0") == serve.parse_names([], "::1") == frozenset()
