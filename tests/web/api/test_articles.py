"""Articles over the API, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from web.identity import SCOPES
from web.keys import Keys

PIER = {"id": "pier/1", "text": "The new pier cost $12 million.", "publisher": "Gazette"}


def test_articles_are_stored_listed_shown_and_removed(api: Any) -> None:
    added = api.call("POST", "/articles", {"articles": [PIER, {"text": ""}]}).json()
    assert (added["new"], added["refused"][0]["article"]) == (1, 1)
    assert "tmp" not in str(added)
    assert api.call("POST", "/articles", {"articles": [PIER]}).json()["unchanged"] == 1
    changed = PIER | {"text": "The new pier cost $15 million."}
    assert api.call("POST", "/articles", {"articles": [changed]}).json()["changed"] == 1
    (listed,) = api.call("GET", "/articles?publisher=GAZETTE").json()["articles"]
    assert (listed["id"], listed["version"], "text" in listed) == ("pier/1", 2, False)
    assert api.call("GET", "/articles/pier/1").json()["text"] == changed["text"]
    assert api.call("GET", "/articles/pier/1/versions/1").json()["text"] == PIER["text"]
    assert api.call("GET", "/articles/pier/1/versions/3").status_code == 404
    assert api.call("DELETE", "/articles/pier/1").status_code == 204
    assert api.call("DELETE", "/articles/pier/1").status_code == 404
    assert api.call("GET", "/articles/pier/1").status_code == 404


def test_articles_are_listed_a_page_at_a_time(api: Any) -> None:
    many = [{"id": f"a{n:03}", "text": f"Thing {n} happened in the harbour."} for n in range(130)]
    api.call("POST", "/articles", {"articles": many})
    first = api.call("GET", "/articles").json()
    second = api.call("GET", f"/articles?after={first['next']}").json()
    assert [len(first["articles"]), len(second["articles"])] == [100, 30]
    assert second["next"] is None


def test_quotes_are_checked(api: Any) -> None:
    api.call("POST", "/articles", {"articles": [PIER]})
    exact = api.call("POST", "/quote", {"quote": PIER["text"]}).json()
    assert (exact["status"], exact["citation"]["article_id"]) == ("exact", "pier/1")
    near = api.call("POST", "/quote", {"quote": "The new pier cost $15 million."}).json()
    assert near["status"] == "near"
    assert api.call("POST", "/quote", {"quote": ""}).status_code == 422
    assert api.call("POST", "/quote", {"quote": "x" * 10_001}).status_code == 422


@pytest.mark.parametrize("count", ["0", "-1", "1000000000", "2.5", "true", "x"])
def test_a_count_out_of_range_is_refused(api: Any, count: str) -> None:
    reply = api.call("GET", f"/search?q=pier&count={count}")
    assert reply.status_code == 422
    assert reply.json()["error"]["field"] == "count"


def test_how_much_is_searched(api: Any) -> None:
    api.call("POST", "/articles", {"articles": [PIER]})
    assert api.call("GET", "/stats").json()["publishers"] == {"Gazette": 1}


CALLS = [
    ("POST", "/ask", {"question": "How much?"}, "ask"),
    ("POST", "/chat/completions", {"messages": [{"role": "user", "content": "x"}]}, "ask"),
    ("GET", "/conversations", None, "ask"),
    ("POST", "/conversations", {"name": "x"}, "ask"),
    ("POST", "/feedback", {"verdict": "good", "answer": {}}, "ask"),
    ("GET", "/models", None, "ask"),
    ("GET", "/models/onrecord", None, "ask"),
    ("GET", "/articles", None, "read"),
    ("GET", "/stats", None, "read"),
    ("POST", "/quote", {"quote": "x"}, "read"),
    ("GET", "/search?q=x", None, "read"),
    ("POST", "/articles", {"articles": [PIER]}, "write"),
    ("DELETE", "/articles/x", None, "write"),
]


@pytest.mark.parametrize(("method", "path", "body", "scope"), CALLS)
def test_on_a_network_a_key_of_the_right_scope_is_needed(
    make_api: Callable[..., Any], method: str, path: str, body: Any, scope: str
) -> None:
    api = make_api(own_machine=False)
    refused = api.call(method, path, body)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    others = api.with_key(*(SCOPES.keys() - {scope}))
    assert others.call(method, path, body).status_code == 403
    assert api.with_key(scope).call(method, path, body).status_code not in (401, 403)


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer x", "Basic x", "Bearer or_00000000_" + "a" * 43, "Bearer or_é_x"],
)
def test_what_is_no_key_is_none(make_api: Callable[..., Any], given: str) -> None:
    api = make_api(own_machine=False)
    headers = {"Authorization": given.encode()}
    assert api.client.get("/v1/stats", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "scheme", ["Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer   ", "Bearer \t "]
)
def test_a_key_is_one_in_whatever_case_its_scheme_is(
    make_api: Callable[..., Any], scheme: str
) -> None:
    for own_machine in (True, False):
        api = make_api(own_machine=own_machine)
        _, key = api.keys.create("a caller", ["read"])
        sent = {"Authorization": f"{scheme}{key} "}
        assert api.client.get("/v1/stats", headers=sent).status_code == 200
        assert api.client.get("/v1/conversations", headers=sent).status_code == 403
        wrong = {"Authorization": f"{scheme}or_00000000_{'x' * 43}"}
        assert api.client.get("/v1/stats", headers=wrong).status_code == 401


def test_a_key_in_the_address_is_refused(make_api: Callable[..., Any]) -> None:
    api = make_api(own_machine=False)
    _, text = api.keys.create("a caller", ["read"])
    assert api.call("GET", f"/stats?key={text}").status_code == 401
    assert make_api().call("GET", "/stats?api_key=x").status_code == 401


def test_nobody_sees_anothers_conversations(make_api: Callable[..., Any]) -> None:
    api = make_api(own_machine=False)
    ada, bob = api.with_key("ask"), api.with_key("ask")
    id_ = ada.call("POST", "/conversations", {"name": "Secret"}).json()["id"]
    unknown = bob.call("GET", "/conversations/zzzzzz")
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        foreign = bob.call(method, f"/conversations/{id_}", body)
        assert foreign.status_code == 404
    assert foreign.text.replace(id_, "ID") == unknown.text.replace("zzzzzz", "ID")
    assert bob.ask(question="How much?", conversation=id_).status_code == 404
    assert bob.call("GET", "/conversations").json() == {"conversations": []}
    assert ada.call("GET", f"/conversations/{id_}").status_code == 200


def test_a_revoked_key_is_good_for_nothing_at_once(make_api: Callable[..., Any]) -> None:
    api = make_api(own_machine=False)
    caller = api.with_key("read")
    assert caller.call("GET", "/stats").status_code == 200
    (key,) = api.keys.listed()
    api.keys.revoke(key.id)
    assert caller.call("GET", "/stats").status_code == 401


def test_an_expired_key_is_good_for_nothing(keys: Keys) -> None:
    _, fresh = keys.create("a", ["read"], timedelta(days=1))
    _, expired = keys.create("b", ["read"], timedelta(days=-1))
    assert keys.good(fresh) is not None
    assert keys.good(expired) is None


@pytest.fixture
def keys(api: Any) -> Keys:
    found: Keys = api.keys
    return found


def test_a_key_is_kept_as_a_digest_only(keys: Keys) -> None:
    key, text = keys.create("  intranet\n search ", ["ask", "read"])
    assert key.name == "intranet search"
    assert text.removeprefix(f"or_{key.id}_").encode() not in keys.path.read_bytes()
    assert keys.path.stat().st_mode & 0o077 == 0
    assert keys.good(text) == key
    assert keys.good(text[:-1] + ("a" if text[-1] != "a" else "b")) is None


def test_an_altered_key_is_no_key(keys: Keys) -> None:
    _, text = keys.create("a", ["read"])
    with keys.transaction() as connection:
        connection.execute("UPDATE keys SET scopes = 'write'")
    with pytest.raises(Exception, match="was altered"):
        keys.good(text)


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["ask"]), ("x" * 81, ["ask"]), ("a", ["all"]), ("a", [])]
)
def test_a_key_without_name_or_scope_is_not_made(keys: Keys, name: str, scopes: list[str]) -> None:
    with pytest.raises(Exception, match=r"name|scopes"):
        keys.create(name, scopes)
    assert keys.listed() == []


def test_every_route_is_described_and_shut_to_other_sites(make_api: Callable[..., Any]) -> None:
    api = make_api()
    described = api.call("GET", "/openapi.json").json()["paths"]
    assert len(described) >= 11
    for path, methods in described.items():
        for method in methods:
            for origin in ("http://evil.example", "null", "http://testserver.evil.example"):
                reply = api.call(method.upper(), path, origin=origin)
                assert reply.status_code == 403, (method, path)
                assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize("path", ["/docs", "/redoc", "//ask", "/../config", "/ask/", "/unknown"])
def test_other_addresses_are_not_there(api: Any, path: str) -> None:
    assert api.call("GET", path).status_code in (404, 405)


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "PATCH"])
def test_other_methods_are_refused(api: Any, method: str) -> None:
    assert api.call(method, "/ask").status_code == 405


def test_a_caller_is_served_what_is_for_everybody_and_opens_nothing_else(
    make_api: Callable[..., Any],
) -> None:
    api = make_api()
    open_, secret = PIER, {"id": "secret", "text": "The mayor knew of it.", "groups": ["desk"]}
    assert api.call("POST", "/articles", {"articles": [open_, secret]}).json()["new"] == 2
    assert api.call("GET", "/articles/secret").json()["groups"] == ["desk"]
    key = api.with_key(*SCOPES)
    for path in ("/articles/secret", "/articles/secret/versions/1"):
        assert api.call("GET", path).status_code == 200
        assert key.call("GET", path).status_code == 404
    assert [each["id"] for each in key.call("GET", "/articles").json()["articles"]] == ["pier/1"]
    assert key.call("POST", "/quote", {"quote": secret["text"]}).json()["status"] == "none"
    assert key.call("GET", "/stats").json()["articles"] == 1
    assert key.call("DELETE", "/articles/secret").status_code == 404
    again = {"articles": [secret | {"text": "Nothing.", "groups": ["choir"]}]}
    assert key.call("POST", "/articles", again).json()["new"] == 1
    assert key.call("GET", "/articles/secret").status_code == 404
    _, text = api.keys.create("the desk", SCOPES, groups=["desk"])
    desk = replace(api, key=text)
    found = desk.call("GET", "/articles/secret").json()
    assert (found["groups"], found["text"]) == (["desk"], secret["text"])
    assert desk.call("GET", "/stats").json()["articles"] == 2
    (named,) = key.call("POST", "/articles", {"articles": [secret | {"groups": [" "]}]}).json()[
        "refused"
    ]
    assert (named["code"], "'groups'" in named["message"]) == ("E_FIELD", True)
    more = {"id": "more", "text": "The mayor left.", "groups": ["desk"]}
    assert key.call("POST", "/articles", {"articles": [more]}).json()["new"] == 1
    assert key.call("GET", "/articles/more").status_code == 404
    assert api.call("DELETE", "/articles/more").status_code == 204
