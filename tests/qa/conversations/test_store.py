"""Kept conversations: each user's own, in order, whole, and gone once deleted."""

from __future__ import annotations

import re
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import (
    ItemError,
    NotFoundError,
    QuestionError,
    StoreDamagedError,
    StoreError,
    StoreFormatError,
)
from corpus.migrations import FileFormat
from corpus.rows import row_digest
from qa.answer import Conversation, Turn
from qa.conversations import store as module
from qa.conversations.kept import Summary
from qa.conversations.store import FILE_NAME, FORMAT, LOCAL_USER, Conversations
from tests import shipped

ROOT = Path(__file__).parents[3]
SANK = "The ferry Skua sank on Monday."
CARS = "It carried 65 cars."
COST = "It had cost $575 million, the council said."
ANN, BEN = "ann", "ben"


@pytest.fixture
def kept(newsroom: Any) -> Iterator[Conversations]:
    with Conversations(newsroom.archive) as conversations:
        yield conversations


@pytest.fixture
def ask(newsroom: Any) -> Callable[..., Turn]:
    def turn(question: str, *quotes: str) -> Turn:
        answer = newsroom.answer(question, *(quotes or (SANK,)))
        return Turn(question, answer.standalone, answer)

    return turn


def begun(kept: Conversations, user: str, *turns: Turn) -> str:
    id_ = kept.start(user, turns[0].question)
    for turn in turns:
        kept.append(user, id_, turn)
    return id_


def questions(kept: Conversations, user: str, id_: str) -> list[str]:
    return [timed.turn.question for timed in kept.open(user, id_).turns]


def names(kept: Conversations, user: str) -> list[str]:
    return [entry.name for entry in kept.listed(user) if isinstance(entry, Summary)]


def execute(kept: Conversations, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(kept.path)) as connection:
        assert connection.execute(statement, values).rowcount
        connection.commit()


# Keeping and reopening


def test_a_conversation_is_reopened_as_it_was(
    kept: Conversations, newsroom: Any, ask: Callable[..., Turn]
) -> None:
    turns = (ask("When?", SANK), ask("How many?", CARS, COST), Turn("And?", "And?"))
    id_ = begun(kept, ANN, *turns)
    kept.close()
    with Conversations(newsroom.archive) as again:  # as after a restart
        reopened = again.open(ANN, id_)
    assert reopened.conversation.turns == turns
    assert reopened.left_out == ()
    times = [timed.time for timed in reopened.turns]
    assert times == sorted(times)
    assert all(time.utcoffset() is not None for time in times)


def test_b60_a_follow_up_works_with_the_stored_history(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    turn = ask("How many cars did the Skua carry?", CARS)
    id_ = begun(kept, ANN, turn)
    resolver = shipped.resolver()
    follow_up = resolver.resolve("and Heron?", kept.open(ANN, id_).conversation)
    assert follow_up == resolver.resolve("and Heron?", Conversation((turn,)))
    assert follow_up.standalone.startswith("How many cars did the Heron carry?")


def test_b60_what_the_history_claims_is_no_source(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    id_ = begun(kept, ANN, ask("When?", SANK))
    (encoded,) = kept.connection().execute("SELECT turn FROM turns").fetchone()
    (time,) = kept.connection().execute("SELECT time FROM turns").fetchone()
    forged = encoded.replace("Monday", "Sunday")
    digest = row_digest((ANN, id_, 1, time, forged))  # by somebody who knows how
    execute(kept, "UPDATE turns SET turn = ?, digest = ?", forged, digest)
    (timed,) = kept.open(ANN, id_).turns
    assert timed.turn.answer
    assert (timed.turn.answer.status, timed.turn.answer.citations) == ("declined", ())


def test_it_is_named_by_its_first_question(kept: Conversations, ask: Callable[..., Turn]) -> None:
    id_ = begun(kept, ANN, ask("When did it sink?"), ask("Who was hurt?"))
    (summary,) = kept.listed(ANN)
    assert isinstance(summary, Summary)
    assert (summary.id, summary.name, summary.turns) == (id_, "When did it sink?", 2)
    assert summary.created < summary.updated
    assert kept.open(ANN, id_).summary == summary


def test_ids_are_short_and_typable(kept: Conversations) -> None:
    ids = {kept.start(ANN, "q") for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch("[2-9a-hjkmnp-z]{6}", id_) for id_ in ids)


def test_the_one_last_added_to_comes_first(kept: Conversations, ask: Callable[..., Turn]) -> None:
    first, second = (begun(kept, ANN, ask(question)) for question in ("one", "two"))
    assert names(kept, ANN) == ["two", "one"]
    kept.append(ANN, first, ask("more"))
    assert names(kept, ANN) == ["one", "two"]
    kept.rename(ANN, second, " Another \n name ")
    assert names(kept, ANN) == ["one", "Another name"]


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "\ud800"], ids=repr)
def test_what_is_no_name_changes_nothing(kept: Conversations, name: str) -> None:
    id_ = kept.start(ANN, "one")
    with pytest.raises(QuestionError):
        kept.rename(ANN, id_, name)
    assert names(kept, ANN) == ["one"]


@pytest.mark.parametrize(
    "question", ["'; DROP TABLE turns; --", "a\0b", "\x1b[31m", "م؟", "💶" * 99]
)
def test_any_text_is_kept(kept: Conversations, ask: Callable[..., Turn], question: str) -> None:
    id_ = begun(kept, ANN, ask(question))
    assert questions(kept, ANN, id_) == [question]


def test_half_a_character_is_refused_and_nothing_of_it_kept(kept: Conversations) -> None:
    id_ = kept.start(ANN, "odd \ud800")
    with pytest.raises(QuestionError):
        kept.append(ANN, id_, Turn("odd \ud800", "odd"))
    assert questions(kept, ANN, id_) == []


# Nobody else's


def test_two_users_conversations_never_meet(kept: Conversations, ask: Callable[..., Turn]) -> None:
    ids = {user: kept.start(user, f"{user} 0") for user in (ANN, BEN)}
    for number in range(5):
        for user, id_ in ids.items():
            kept.append(user, id_, ask(f"{user} {number}"))
    for user, id_ in ids.items():
        assert names(kept, user) == [f"{user} 0"]
        assert questions(kept, user, id_) == [f"{user} {number}" for number in range(5)]


@pytest.mark.parametrize(
    "call",
    [
        lambda kept, id_: kept.open(BEN, id_),
        lambda kept, id_: kept.append(BEN, id_, Turn("mine", "mine")),
        lambda kept, id_: kept.rename(BEN, id_, "mine"),
        lambda kept, id_: kept.delete(BEN, id_),
    ],
    ids=["open", "append", "rename", "delete"],
)
def test_another_users_conversation_is_as_unknown_as_none(
    kept: Conversations, ask: Callable[..., Turn], call: Callable[[Conversations, str], object]
) -> None:
    id_ = begun(kept, ANN, ask("hers"))
    said = []
    for asked_for in (id_, "none22", "../x", "", "9" * 9999):
        with pytest.raises(NotFoundError) as refused:
            call(kept, asked_for)
        said.append(str(refused.value).replace(repr(asked_for), "ID"))
    assert len(set(said)) == 1
    assert (names(kept, ANN), questions(kept, ANN, id_)) == (["hers"], ["hers"])


def test_a_row_that_was_given_another_owner_shows_nothing(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    id_ = begun(kept, ANN, ask("hers"))
    other = begun(kept, BEN, ask("his"))
    execute(
        kept, "UPDATE turns SET conversation = ?, number = 2 WHERE conversation = ?", other, id_
    )
    reopened = kept.open(BEN, other)
    assert [timed.turn.question for timed in reopened.turns] == ["his"]
    assert [error.locator for error in reopened.left_out] == [f"{other}:2"]
    execute(kept, "UPDATE conversations SET user = ? WHERE id = ?", BEN, id_)
    assert names(kept, BEN) == ["his"]
    with pytest.raises(StoreDamagedError, match=id_):
        kept.open(BEN, id_)


# At once


def test_b63_the_same_message_twice_is_two_turns(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    id_ = kept.start(ANN, "one")
    assert [kept.append(ANN, id_, ask("one")) for _ in range(2)] == [1, 2]
    assert questions(kept, ANN, id_) == ["one", "one"]


def test_b63_two_tabs_on_one_conversation_lose_and_mix_nothing(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    id_ = kept.start(ANN, "start")
    turns = {tab: [ask(f"{tab} {n}") for n in range(20)] for tab in "ab"}
    together = threading.Barrier(2)

    def tab(name: str) -> list[int]:
        together.wait()
        return [kept.append(ANN, id_, turn) for turn in turns[name]]

    with ThreadPoolExecutor(2) as pool:
        given = dict(zip("ab", pool.map(tab, "ab"), strict=True))
    assert sorted(given["a"] + given["b"]) == list(range(1, 41))
    asked = questions(kept, ANN, id_)
    for name, numbers in given.items():
        assert [asked[number - 1] for number in numbers] == [f"{name} {n}" for n in range(20)]
    assert kept.open(ANN, id_).left_out == ()


def test_users_in_threads_of_their_own_see_their_own(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    turns = {user: [ask(f"{user} {n}") for n in range(10)] for user in "abcd"}

    def talk(user: str) -> list[str]:
        id_ = kept.start(user, f"{user} 0")
        for turn in turns[user]:
            kept.append(user, id_, turn)
            assert set(names(kept, user)) == {f"{user} 0"}
        return questions(kept, user, id_)

    with ThreadPoolExecutor(4) as pool:
        for user, asked in zip("abcd", pool.map(talk, "abcd"), strict=True):
            assert asked == [f"{user} {n}" for n in range(10)]


def test_several_processes_lose_nothing(kept: Conversations) -> None:
    shared = kept.start("shared", "start")
    script = (
        "import sys; from pathlib import Path\n"
        "from index.schema import open_archive\n"
        "from qa.answer import Conversation, Turn\n"
        "from qa.conversations.store import Conversations\n"
        "store, user, shared = sys.argv[1:]\n"
        "with open_archive(Path(store)) as archive, Conversations(archive) as kept:\n"
        "    own = kept.start(user, user)\n"
        "    for n in range(20):\n"
        "        kept.append(user, own, Turn(f'{user} {n}', ''))\n"
        "        kept.append('shared', shared, Turn(f'{user} {n}', ''))\n"
    )
    command = [sys.executable, "-c", script, str(kept.path.parent)]
    running = [subprocess.Popen([*command, user, shared], cwd=ROOT) for user in (ANN, BEN)]
    assert [process.wait() for process in running] == [0, 0]
    for user in (ANN, BEN):
        (own,) = kept.listed(user)
        assert isinstance(own, Summary)
        said = [f"{user} {n}" for n in range(20)]
        assert questions(kept, user, own.id) == said
        assert [q for q in questions(kept, "shared", shared) if q.startswith(user)] == said


def test_processes_that_begin_at_once_make_one_file(newsroom: Any) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from index.schema import open_archive\n"
        "from qa.conversations.store import Conversations\n"
        "with open_archive(Path(sys.argv[1])) as archive, Conversations(archive) as kept:\n"
        "    sys.stdin.read(); kept.start('ann', 'q')\n"
    )
    command = [sys.executable, "-c", script, str(newsroom.archive.store)]
    running = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) for _ in range(4)]
    for process in running:
        assert process.stdin
        process.stdin.close()
    assert [process.wait() for process in running] == [0] * 4
    with Conversations(newsroom.archive) as kept:
        assert len(kept.listed(ANN)) == 4


# Deleting


def test_what_is_deleted_leaves_the_file(kept: Conversations, ask: Callable[..., Turn]) -> None:
    secret = "Where is Kittiwake hidden?"
    id_ = begun(kept, ANN, *(ask(f"{secret} {n}") for n in range(30)))
    other = begun(kept, ANN, ask("stays"))
    assert b"Kittiwake" in kept.path.read_bytes()
    kept.delete(ANN, id_)
    files = [path.read_bytes() for path in kept.path.parent.glob(f"{FILE_NAME}*")]
    assert not any(b"Kittiwake" in content for content in files)
    assert questions(kept, ANN, other) == ["stays"]
    for call in (kept.open, kept.delete):
        with pytest.raises(NotFoundError):
            call(ANN, id_)
    with pytest.raises(NotFoundError):
        kept.append(ANN, id_, ask("late"))


def test_a_damaged_conversation_can_be_deleted(kept: Conversations) -> None:
    id_ = kept.start(ANN, "q")
    execute(kept, "UPDATE conversations SET name = 'x'")
    kept.delete(ANN, id_)
    assert kept.listed(ANN) == []


# Damage


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("turn = replace(turn, 'Monday', 'Sunday')", "E_DAMAGED"),
        ("turn = x'ff00'", "E_DAMAGED"),
        ("time = '2001-01-01T00:00:00+00:00'", "E_DAMAGED"),
        ("number = 7", "E_DAMAGED"),
        ("digest = ''", "E_DAMAGED"),
    ],
    ids=lambda value: value.split(" ")[0],
)
def test_a_damaged_turn_is_left_out_and_named(
    kept: Conversations, ask: Callable[..., Turn], change: str, code: str
) -> None:
    id_ = begun(kept, ANN, *(ask(f"q{n}") for n in (1, 2, 3)))
    execute(kept, f"UPDATE turns SET {change} WHERE number = 2")
    reopened = kept.open(ANN, id_)
    assert [timed.turn.question for timed in reopened.turns] == ["q1", "q3"]
    (error,) = reopened.left_out
    assert (error.code, error.source) == (code, str(kept.path))
    assert str(error.locator).startswith(f"{id_}:")
    kept.append(ANN, id_, ask("q4"))
    assert questions(kept, ANN, id_)[-1] == "q4"


def test_a_turn_of_a_newer_program_is_left_out_and_named(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    id_ = begun(kept, ANN, ask("q1"), ask("q2"))
    time, encoded = kept.connection().execute("SELECT time, turn FROM turns").fetchone()
    later = encoded.replace("{", '{"mood": 1, ', 1)
    digest = row_digest((ANN, id_, 1, time, later))
    execute(kept, "UPDATE turns SET turn = ?, digest = ? WHERE number = 1", later, digest)
    reopened = kept.open(ANN, id_)
    assert [timed.turn.question for timed in reopened.turns] == ["q2"]
    assert [error.code for error in reopened.left_out] == ["E_FORMAT"]
    assert "newer onrecord" in str(reopened.left_out[0])


@pytest.mark.parametrize("column", ["name", "created", "updated", "digest"])
def test_a_damaged_conversation_is_named_and_the_others_stay(
    kept: Conversations, ask: Callable[..., Turn], column: str
) -> None:
    first, second = begun(kept, ANN, ask("one")), begun(kept, ANN, ask("two"))
    execute(kept, f"UPDATE conversations SET {column} = x'ff' WHERE id = ?", first)
    assert names(kept, ANN) == ["two"]
    (error,) = [entry for entry in kept.listed(ANN) if isinstance(entry, ItemError)]
    assert (error.code, error.locator) == ("E_DAMAGED", first)
    for call in (
        lambda: kept.open(ANN, first),
        lambda: kept.append(ANN, first, ask("more")),
        lambda: kept.rename(ANN, first, "new"),
    ):
        with pytest.raises(StoreDamagedError, match=f"onrecord conversations delete {first}"):
            call()
    assert questions(kept, ANN, second) == ["two"]


def test_a_torn_file_is_called_damaged_with_what_to_do(
    kept: Conversations, newsroom: Any, ask: Callable[..., Turn]
) -> None:
    begun(kept, ANN, *(ask(f"q{n}") for n in range(20)))
    kept.close()
    content = kept.path.read_bytes()
    kept.path.write_bytes(content[: len(content) // 2])
    with (
        pytest.raises(StoreDamagedError, match="move it away to begin anew, or restore"),
        Conversations(newsroom.archive) as torn,
    ):
        torn.listed(ANN)


# The file


def test_nothing_is_kept_without_a_conversation(kept: Conversations) -> None:
    assert kept.listed(ANN) == []
    for call in (kept.open, kept.delete):
        with pytest.raises(NotFoundError):
            call(ANN, "abcdef")
    with pytest.raises(NotFoundError):
        kept.append(ANN, "abcdef", Turn("q", "q"))
    assert not kept.path.exists()


def test_only_its_owner_may_read_the_file(kept: Conversations) -> None:
    kept.start(LOCAL_USER, "q")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    values = [
        kept.connection().execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    ]
    assert values == ["truncate", 2, 1, 1]


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute(f"PRAGMA application_id = {FORMAT.application_id}")
        connection.execute("CREATE TABLE conversations (mood)")


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.write_bytes(b"no database, only text " * 99), _foreign, _newer],
    ids=["text", "another program's", "newer"],
)
def test_a_foreign_file_is_left_untouched(
    kept: Conversations, spoil: Callable[[Path], object]
) -> None:
    spoil(kept.path)
    before = kept.path.read_bytes()
    for call in (lambda: kept.listed(ANN), lambda: kept.start(ANN, "q")):
        with pytest.raises(StoreFormatError, match="E_FORMAT"):
            call()
    assert kept.path.read_bytes() == before


def test_an_older_file_is_migrated_after_a_backup(
    kept: Conversations,
    newsroom: Any,
    ask: Callable[..., Turn],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id_ = begun(kept, ANN, ask("q"))
    kept.close()
    newer = (*FORMAT.migrations, "ALTER TABLE conversations ADD COLUMN mood TEXT;\n")
    form = FileFormat(FORMAT.application_id, newer, FORMAT.tables)
    monkeypatch.setattr(module, "FORMAT", form)
    with Conversations(newsroom.archive) as migrated:
        assert questions(migrated, ANN, id_) == ["q"]
        assert migrated.connection().execute("PRAGMA user_version").fetchone() == (2,)
    backup = kept.path.with_name(f"{FILE_NAME}.format-1.backup")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_read_only_store_can_be_read(
    kept: Conversations,
    newsroom: Any,
    ask: Callable[..., Turn],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id_ = begun(kept, ANN, ask("q"))
    monkeypatch.setattr(module, "is_writable", lambda _: False)
    with Conversations(newsroom.archive) as reading:
        assert questions(reading, ANN, id_) == ["q"]
        assert names(reading, ANN) == ["q"]
        for call in (
            lambda: reading.start(ANN, "more"),
            lambda: reading.append(ANN, id_, ask("more")),
            lambda: reading.rename(ANN, id_, "more"),
            lambda: reading.delete(ANN, id_),
        ):
            with pytest.raises(StoreError, match="read-only here"):
                call()
        newer = FileFormat(FORMAT.application_id, (*FORMAT.migrations, ""), FORMAT.tables)
        monkeypatch.setattr(module, "FORMAT", newer)
    with (
        pytest.raises(StoreFormatError, match="writable once"),
        Conversations(newsroom.archive) as older,
    ):
        older.listed(ANN)


def test_a_full_disk_loses_nothing(kept: Conversations, ask: Callable[..., Turn]) -> None:
    id_ = begun(kept, ANN, ask("q"))
    pages = kept.connection().execute("PRAGMA page_count").fetchone()[0]
    kept.connection().execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match=r"conversations.sqlite3: the disk is full"):
        kept.append(ANN, id_, Turn("x" * 90_000, ""))
    assert questions(kept, ANN, id_) == ["q"]
    assert kept.append(ANN, id_, ask("again")) == 2


def test_of_a_long_conversation_the_last_turns_can_be_opened(
    kept: Conversations, ask: Callable[..., Turn]
) -> None:
    id_ = kept.start(ANN, "How much?")
    for number in range(5):
        kept.append(ANN, id_, ask(f"question {number}"))
    opened = kept.open(ANN, id_, last=2).conversation
    assert [turn.question for turn in opened.turns] == ["question 3", "question 4"]
    assert len(kept.open(ANN, id_).conversation.turns) == 5
