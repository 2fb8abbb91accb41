from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.schema import open_archive
from qa.answer import Draft, DraftStatement, Evidence, Turn
from qa.conversations.store import FILE_NAME, LOCAL_USER, Conversations
from qa.verify import verify

OnRecord = Callable[..., tuple[int, str, str]]
Call = Callable[..., tuple[int, str, str]]
SANK = "The ferry Skua sank on Monday."
COMMANDS = ("list", "show", "rename", "delete", "export")


def keep(store: Path, user: str, *questions: str) -> str:
    with open_archive(store) as archive, Conversations(archive) as kept:
        ((article, version),) = archive.current_versions()
        evidence = Evidence(1, article, version, archive.sentences(version.id)[0], 0.9)
        id_ = kept.start(user, questions[0])
        for question in questions:
            answer = verify(
                Draft((DraftStatement(SANK, (1,)),)), [evidence], question=question,
                standalone=question, nearest=(), searched="",
            )  # fmt: skip
            kept.append(user, id_, Turn(question, question, answer))
    return id_


@pytest.fixture
def store(ferry_store: Path) -> Path:
    return ferry_store


@pytest.fixture
def id_(store: Path) -> str:
    return keep(store, LOCAL_USER, "When did \x1b[31mit sink?", "Where?")


@pytest.fixture
def call(onrecord: OnRecord, store: Path) -> Call:
    return lambda *arguments: onrecord("conversations", *arguments, "--store", store)


def damage(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store / FILE_NAME)) as connection:
        assert connection.execute(statement).rowcount
        connection.commit()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(onrecord: OnRecord, name: str) -> None:
    code, out, err = onrecord("conversations", name, "--help")
    assert (code, err) == (0, "")
    assert f"For example: onrecord conversations {name}" in out
    assert all(option in out for option in ("--store", "--config", "--debug"))


def test_the_help_lists_every_command(onrecord: OnRecord) -> None:
    code, out, _ = onrecord("conversations", "--help")
    assert code == 0
    listed = [line.split()[0] for line in out.split("Commands:\n")[1].splitlines()]
    assert tuple(listed) == COMMANDS


def test_list(call: Call, store: Path, id_: str) -> None:
    keep(store, "somebody else", "secret?")
    last = keep(store, LOCAL_USER, "Who?")
    code, out, err = call("list")
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    assert first.startswith(last)
    assert first.endswith("   1 question  Who?")
    assert second.startswith(id_)
    assert second.endswith("  2 questions  When did \\x1b[31mit sink?")
    records = [json.loads(line) for line in call("list", "--json")[1].splitlines()]
    assert [record["id"] for record in records] == [last, id_]
    assert records[1]["name"] == "When did \x1b[31mit sink?"
    assert list(records[0]) == ["id", "name", "created", "updated", "questions"]


def test_an_empty_list(call: Call, store: Path) -> None:
    assert call("list") == (0, "no conversation is kept yet\n", "")
    assert call("list", "--json") == (0, "", "")
    assert not (store / FILE_NAME).exists()


def test_show(call: Call, id_: str) -> None:
    code, out, err = call("show", id_)
    assert (code, err) == (0, "")
    assert out.count(f"“{SANK}”") == 2
    assert "> When did \\x1b[31mit sink?\n" in out
    record = json.loads(call("show", id_, "--json")[1])
    assert [turn["question"] for turn in record["turns"]] == ["When did \x1b[31mit sink?", "Where?"]
    assert record["turns"][0]["answer"]["statements"][0]["text"] == SANK


def test_show_says_what_became_of_the_quotes(
    call: Call, onrecord: OnRecord, store: Path, id_: str
) -> None:
    assert onrecord("remove", "ferry", "--store", store)[0] == 0
    code, out, err = call("show", id_)
    assert (code, err) == (0, "")
    assert out.count("A quote was taken off") == 2


def test_rename(call: Call, id_: str) -> None:
    assert call("rename", id_, " The  Skua ") == (0, f"{id_} is now: The Skua\n", "")
    assert call("list")[1].endswith("The Skua\n")
    code, out, err = call("rename", id_, " ")
    assert (code, out) == (2, "")
    assert "a conversation needs a name" in err


def test_delete(call: Call, store: Path, id_: str) -> None:
    assert call("delete", id_) == (0, f"deleted {id_}\n", "")
    assert call("list")[1] == "no conversation is kept yet\n"
    assert b"it sink?" not in (store / FILE_NAME).read_bytes()


@pytest.mark.parametrize("name", ["show", "rename", "delete", "export"])
def test_an_unknown_conversation_and_somebody_elses_are_the_same(
    call: Call, store: Path, name: str
) -> None:
    foreign = keep(store, "somebody else", "secret?")
    rest = ["name"] if name == "rename" else []
    for asked_for in (foreign, "abcdef", "../x"):
        code, out, err = call(name, asked_for, *rest)
        assert (code, out) == (1, "")
        assert err == (
            f"Error: there is no conversation {asked_for!r};"
            " `onrecord conversations list` has all\n"
        )


def test_export(call: Call, tmp_path: Path, id_: str) -> None:
    code, out, err = call("export", id_)
    assert (code, err) == (0, "")
    assert out.startswith("# When did ")
    assert out.count(f"> “{SANK}”") == 2
    record = json.loads(call("export", id_, "--format", "json")[1])
    turn = record["turns"][1]
    assert turn["proof"]["format"] == "onrecord-proof-1"
    assert turn["proof"]["statements"] == turn["answer"]["statements"]
    for form in ("markdown", "json"):
        file = tmp_path / f"talk.{form}"
        file.write_text("before")
        assert call("export", id_, "--format", form, "--out", file) == (0, "", "")
        assert file.read_text() == call("export", id_, "--format", form)[1]


def test_damaged_turns_are_named_and_the_rest_is_shown(
    call: Call, store: Path, id_: str, tmp_path: Path
) -> None:
    damage(store, "UPDATE turns SET digest = '' WHERE number = 1")
    file = tmp_path / "talk.md"
    for arguments in (["show"], ["show", "--json"], ["export"], ["export", "--out", file]):
        code, out, err = call(arguments[0], id_, *arguments[1:])
        assert code == 5
        assert f"{FILE_NAME}:{id_}:1: E_DAMAGED" in err
        assert "Where?" in (out or file.read_text())


def test_damaged_conversations_are_named_and_the_rest_is_listed(
    call: Call, store: Path, id_: str
) -> None:
    keep(store, LOCAL_USER, "Who?")
    damage(store, f"UPDATE conversations SET digest = '' WHERE id = '{id_}'")
    code, out, err = call("list")
    assert (code, out.count("\n")) == (5, 1)
    assert f"{FILE_NAME}:{id_}: E_DAMAGED" in err
    code, out, err = call("show", id_)
    assert (code, out) == (5, "")
    assert f"onrecord conversations delete {id_}" in err
    assert call("delete", id_)[0] == 0


def test_a_file_of_another_program_is_an_unusable_store(call: Call, store: Path) -> None:
    (store / FILE_NAME).write_bytes(b"no database, only text " * 99)
    code, out, err = call("list")
    assert (code, out) == (5, "")
    assert FILE_NAME in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", COMMANDS)
def test_b78_a_missing_store_is_not_made(onrecord: OnRecord, tmp_path: Path, name: str) -> None:
    rest = {"list": [], "rename": ["a", "b"]}.get(name, ["a"])
    code, out, err = onrecord("conversations", name, *rest, "--store", tmp_path / "none")
    assert (code, out) == (5, "")
    assert str(tmp_path / "none") in err
    assert not (tmp_path / "none").exists()
