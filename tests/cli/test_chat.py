from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import QuestionError, StoreDamagedError
from index.schema import open_archive
from qa.answer import Answer, Draft, DraftStatement, Evidence
from qa.conversations.kept import Reopened, Summary
from qa.conversations.store import FILE_NAME, LOCAL_USER, Conversations
from qa.verify import verify

OnRecord = Callable[..., tuple[int, str, str]]
SANK = "The ferry Skua sank on Monday."


@dataclass
class FakeAssistant:
    """Answers every question with the first sentence stored, and remembers what was asked."""

    store: Path
    asked: list[tuple[str, list[str]]] = field(default_factory=list)
    left_out: list[tuple[str, ...]] = field(default_factory=list)
    widened: list[bool] = field(default_factory=list)

    def ask(
        self, question: str, *, conversation: Any, without: Any, everything: bool, progress: Any
    ) -> Answer:
        self.left_out.append(without)
        self.widened.append(everything)
        if question == "???":
            raise QuestionError("E_EMPTY", "ask something")
        if question == "damage":
            raise StoreDamagedError("it broke")
        self.asked.append((question, [turn.question for turn in conversation.turns]))
        progress("searching")
        with open_archive(self.store) as archive:
            ((article, version),) = archive.current_versions()
            sentence = archive.sentences(version.id)[0]
        text = sentence.span.of(version.text)
        return verify(
            Draft((DraftStatement(text, (1,)),)), [Evidence(1, article, version, sentence, 0.9)],
            question=question, standalone=question.upper(), nearest=(), searched="",
            carried=tuple(t for t in ("Skua", "Monday") if conversation.turns and t not in without),
        )  # fmt: skip

    def current(self, conversation: Any) -> Any:
        return conversation


@pytest.fixture
def store(ferry_store: Path) -> Path:
    return ferry_store


@pytest.fixture
def assistant(store: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAssistant:
    fake = FakeAssistant(store)
    monkeypatch.setattr("qa.assemble.open_assistant", lambda _store, _settings: fake)
    return fake


@pytest.fixture
def chat(
    onrecord: OnRecord, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    def call(*lines: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        stdin = io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))
        monkeypatch.setattr("sys.stdin", stdin)
        return onrecord("chat", "--store", assistant.store, *options)

    return call


def kept(store: Path) -> list[Reopened]:
    """Return the conversations kept, the last one first."""
    with open_archive(store) as archive, Conversations(archive) as conversations:
        return [
            conversations.open(LOCAL_USER, entry.id)
            for entry in conversations.listed(LOCAL_USER)
            if isinstance(entry, Summary)
        ]


def asked(reopened: Reopened) -> list[str]:
    return [turn.question for turn in reopened.conversation.turns]


def test_a_conversation_carries_its_turns_and_is_kept(
    chat: OnRecord, assistant: FakeAssistant
) -> None:
    code, out, err = chat("one", "", "two", "/new", "three", "/quit", "four")
    assert (code, err) == (0, "")
    assert out.count(SANK) == 3
    assert assistant.asked == [("one", []), ("two", ["one"]), ("three", [])]
    last, first = kept(assistant.store)
    assert (asked(first), asked(last)) == (["one", "two"], ["three"])
    assert (first.summary.name, last.summary.name) == ("one", "three")


def test_nothing_is_kept_where_nothing_is_to_be(chat: OnRecord, assistant: FakeAssistant) -> None:
    commands = ("/list", "/open abcdef", "/rename a name", "/delete")
    code, out, err = chat("one", *commands, options=("--no-save",))
    assert (code, err) == (0, "nothing is kept here (--no-save)\n" * 4)
    assert SANK in out
    assert not (assistant.store / FILE_NAME).exists()


def test_a_chat_goes_on_with_a_conversation(chat: OnRecord, assistant: FakeAssistant) -> None:
    chat("one", "two")
    (first,) = kept(assistant.store)
    code, out, err = chat("three", options=("--conversation", first.summary.id))
    assert (code, err) == (0, "")
    assert "> two" in out
    assert "> one" not in out
    assert assistant.asked[-1] == ("three", ["one", "two"])
    (again,) = kept(assistant.store)
    assert (asked(again), again.summary.name) == (["one", "two", "three"], "one")


def test_a_chat_does_not_go_on_with_what_is_not_there(chat: OnRecord) -> None:
    code, out, err = chat("one", options=("--conversation", "abcdef"))
    assert (code, out) == (1, "")
    assert "there is no conversation 'abcdef'" in err


def test_conversations_are_listed_opened_renamed_and_deleted(
    chat: OnRecord, assistant: FakeAssistant
) -> None:
    chat("one", "/new", "other")
    other, one = kept(assistant.store)
    lines = ("/list", f"/open {one.summary.id}", "two", "/rename Ferry  loans", "/list")
    code, out, err = chat(*lines, f"/open {other.summary.id}", "/delete", "/delete", "new")
    assert code == 0
    assert err == "nothing of this conversation is kept yet\n"
    assert out.index("other") < out.index("one")
    assert "this is now: Ferry loans" in out
    assert f"deleted {other.summary.id}" in out
    new, first = kept(assistant.store)
    assert (asked(new), asked(first)) == (["new"], ["one", "two"])
    assert first.summary.name == "Ferry loans"
    assert assistant.asked[-2:] == [("two", ["one"]), ("new", [])]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/open abcdef", "there is no conversation 'abcdef'"),
        ("/rename x", "nothing of this conversation is kept yet"),
        ("/delete", "nothing of this conversation is kept yet"),
        ("???", "ask something"),
    ],
)
def test_what_cannot_be_done_does_not_end_the_conversation(
    chat: OnRecord, line: str, message: str
) -> None:
    code, out, err = chat(line, "one")
    assert code == 0
    assert message in err
    assert err.count("\n") == 1
    assert SANK in out


@pytest.mark.parametrize("line", ["help", "/help", "/nonsense", "/open", "/rename", "/list all"])
def test_other_commands_are_explained(chat: OnRecord, line: str) -> None:
    code, out, err = chat(line)
    assert (code, err) == (0, "")
    assert "/rename NAME" in out


def test_the_sources_of_the_last_answer(chat: OnRecord) -> None:
    code, out, _ = chat("/sources", "one", "/sources")
    assert code == 0
    assert "nothing has been asked yet" in out
    assert f"ferry, version 1, characters 0-{len(SANK)}" in out


def test_what_cannot_be_kept_is_said_and_answering_goes_on(
    chat: OnRecord, assistant: FakeAssistant
) -> None:
    (assistant.store / FILE_NAME).write_bytes(b"no database, only text " * 99)
    code, out, err = chat("one", "two")
    assert (code, out.count(SANK)) == (0, 2)
    assert err.count("this was not kept: E_FORMAT") == 2
    assert assistant.asked == [("one", []), ("two", ["one"])]


def test_a_read_only_store_answers_and_keeps_nothing(
    chat: OnRecord, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode, **_: not mode & os.W_OK and allowed(path, mode)
    )
    code, out, err = chat("one", "two", "/list")
    assert (code, out.count(SANK)) == (0, 2)
    assert err.count("\n") == 1
    assert "nothing of this is kept" in err
    assert not (assistant.store / FILE_NAME).exists()


def test_a_damaged_store_ends_the_conversation(chat: OnRecord) -> None:
    code, _, err = chat("damage", "one")
    assert code == 5
    assert "it broke" in err


def test_a_term_that_was_carried_over_is_left_out(
    chat: Callable[..., tuple[int, str, str]], assistant: FakeAssistant
) -> None:
    lines = ("what sank?", "when?", "/without skua", "/without Monday", "/without Skua", "how?")
    _, out, err = chat(*lines)
    assert "from before: Skua, Monday" in out
    assert assistant.asked == [
        ("what sank?", []),
        *[("when?", ["what sank?"])] * 3,
        ("how?", ["what sank?", "when?", "when?", "when?"]),
    ]
    assert assistant.left_out == [(), (), ("Skua",), ("Skua", "Monday"), ()]
    assert "'Skua' was not carried over to the last question; nothing was carried over" in err
    turns = kept(assistant.store)[0].conversation.turns
    assert [turn.without for turn in turns] == [(), (), ("Skua",), ("Skua", "Monday"), ()]
