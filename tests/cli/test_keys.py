from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from web.keys import Keys

OnRecord = Callable[..., Any]


def test_a_key_is_made_listed_and_revoked(onrecord: OnRecord, ferry_store: Path) -> None:
    made = onrecord("keys", "create", "intranet", "--scope", "ask", "--store", ferry_store)
    assert made.code == 0
    assert "shown this once" in made.err
    key = made.out.strip()
    with Keys(ferry_store) as kept:
        good = kept.good(key)
    assert good is not None
    assert good.scopes == {"ask"}
    listed = onrecord("keys", "list", "--store", ferry_store).out
    assert good.id in listed
    assert "intranet" in listed
    assert key not in listed
    assert onrecord("keys", "revoke", good.id, "--store", ferry_store).code == 0
    with Keys(ferry_store) as kept:
        assert kept.good(key) is None
    assert "no key yet" in onrecord("keys", "list", "--store", ferry_store).out


def test_keys_as_json(onrecord: OnRecord, ferry_store: Path) -> None:
    made = onrecord("keys", "create", "a", "--days", 3, "--json", "--store", ferry_store)
    record = json.loads(made.out)
    assert record["key"].startswith(f"or_{record['id']}_")
    assert record["scopes"] == ["ask", "read"]
    listed = json.loads(onrecord("keys", "list", "--json", "--store", ferry_store).out)
    assert "key" not in listed
    assert listed["expires"] == record["expires"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ("create", "a", "--scope", "all"),
            2,
            "scopes are ask, read, write, metrics, embed; 'all' is none",
        ),
        (("create", " "), 2, "a key's name has"),
        (("create", "a", "--days", 0), 2, "days"),
        (("revoke", "00000000"), 1, "there is no key '00000000'"),
    ],
)
def test_what_is_wrong_is_said(
    onrecord: OnRecord, ferry_store: Path, arguments: tuple[object, ...], code: int, message: str
) -> None:
    outcome = onrecord("keys", *arguments, "--store", ferry_store)
    assert outcome.code == code
    assert message in outcome.err


def test_without_a_store_there_are_no_keys(onrecord: OnRecord, tmp_path: Path) -> None:
    outcome = onrecord("keys", "create", "a", "--store", tmp_path / "none")
    assert outcome.code == 5
    assert "there is no store" in outcome.err
    assert not (tmp_path / "none").exists()
