"""Conversations are kept, listed, opened again, renamed, deleted and taken away as files."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from corpus.errors import ItemError, StoreError
from index.chunk_index import NO_LIMITS
from qa.answer import Conversation
from qa.conversations.kept import Summary
from qa.conversations.store import LOCAL_USER, Conversations
from web.application import Parts, application
from web.identity import AT_THIS_MACHINE
from web.page.chat import _PARTS, ChatPage
from web.page.offers import Offers, to_all
from web.page.shelf import shelf

NOON = datetime(2019, 4, 2, 12, tzinfo=UTC)
NOTHING = Conversation()
VISIT: Any = SimpleNamespace(
    session_hash="tab", state=SimpleNamespace(visitor=AT_THIS_MACHINE)
)  # in no language


def changed(changes: tuple[object, ...]) -> dict[str, Any]:
    return {p: new for p, new in zip(_PARTS, changes, strict=True) if new != gr.skip()}


def ask(page: ChatPage, question: str, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask in the conversation that an earlier answer left, else in a new one."""
    held, at = (before["held"], before["at"]) if before else (NOTHING, None)
    steps = page.ask(question, held, at, NO_LIMITS, gr.EventData(None, None), VISIT)

    async def collected() -> list[Any]:
        return [changes async for changes in steps]

    return changed(asyncio.run(collected())[-1])


def manage(page: ChatPage, at: str | None, **picked: str) -> dict[str, Any]:
    return changed(page.manage(at, gr.EventData(None, picked), VISIT))


def test_what_is_asked_is_kept_in_one_conversation(assistant: Any, kept: Conversations) -> None:
    page = ChatPage(to_all(assistant), Offers(kept=kept))
    first = ask(page, "How much?")
    second = ask(page, "and when?", first)
    (summary,) = kept.listed(LOCAL_USER)
    assert isinstance(summary, Summary)
    assert (summary.id, summary.name, summary.turns) == (first["at"], "How much?", 2)
    assert f'data-open="{summary.id}" aria-current="true"' in first["shelf"]
    assert "shelf" not in second


def test_a_question_without_an_answer_is_not_kept(assistant: Any, kept: Conversations) -> None:
    ask(ChatPage(to_all(assistant), Offers(kept=kept)), "fail")
    assert kept.listed(LOCAL_USER) == []


def test_a_conversation_is_opened_again_and_gone_on_with(
    assistant: Any, kept: Conversations
) -> None:
    page = ChatPage(to_all(assistant), Offers(kept=kept))
    first = ask(page, "How much?")
    opened = manage(page, None, open=first["at"])
    assert [turn.question for turn in opened["held"].turns] == ["How much?"]
    # This store does not have the article, so what it said is shown, but never as a source.
    assert 'class="withdrawn"' in opened["talk"]
    assert 'class="cited"' not in opened["talk"]
    ask(page, "and when?", opened)
    assert len(kept.open(LOCAL_USER, first["at"]).turns) == 2


def test_renaming_and_deleting(assistant: Any, kept: Conversations) -> None:
    page = ChatPage(to_all(assistant), Offers(kept=kept))
    at = ask(page, "How much?")["at"]
    assert (
        "Pier <costs>".replace("<", "&lt;").replace(">", "&gt;")
        in (manage(page, at, rename=at, name="Pier <costs>")["shelf"])
    )
    other = ask(page, "When?")
    left = manage(page, other["at"], delete=at)
    assert set(left) == {"shelf"}
    emptied = manage(page, other["at"], delete=other["at"])
    assert emptied["held"] == NOTHING
    assert emptied["at"] is None
    assert "What does the record say?" in emptied["talk"]
    assert kept.listed(LOCAL_USER) == []


@pytest.mark.parametrize(
    "picked", [{"open": "nobody"}, {"delete": "nobody"}, {"rename": "nobody", "name": "x"}]
)
def test_one_that_is_gone_is_said_to_be(
    picked: dict[str, str], assistant: Any, kept: Conversations
) -> None:
    page = ChatPage(to_all(assistant), Offers(kept=kept))
    ask(page, "How much?")
    assert "there is no conversation" in manage(page, None, **picked)["now"]


def test_an_answer_that_cannot_be_kept_is_shown_and_said_so(
    assistant: Any, kept: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise StoreError("the disk is full")

    monkeypatch.setattr(kept, "start", full)
    last = ask(ChatPage(to_all(assistant), Offers(kept=kept)), "How much?")
    assert "$12 million" in last["talk"]
    assert "not kept: the disk is full" in last["now"]


def test_names_are_text_and_damage_is_counted() -> None:
    summary = Summary("k7f3qx", '<b onclick="x">', NOON, NOON, 2)
    html = shelf([summary, ItemError("E_DAMAGED", "broken", source="x")], None, readonly=True)
    assert "<b " not in html
    assert "1 conversation cannot be read." in html
    assert "cannot be written" in html


def test_conversations_are_taken_away_as_files(
    assistant: Any, kept: Conversations, double: Any
) -> None:
    server = double.Server(assistant, kept)
    server.event("ask", ["How much?", None, None, None, None], "files")
    (summary,) = kept.listed(LOCAL_USER)
    assert isinstance(summary, Summary)
    markdown = server.get(f"/conversations/{summary.id}.md")
    assert markdown.headers["content-disposition"].startswith("attachment")
    assert "# How much?" in markdown.body
    assert json.loads(server.get(f"/conversations/{summary.id}.json").body)["id"] == summary.id
    assert server.get("/conversations/nobody.md").status == 404
    assert server.get(f"/conversations/{summary.id}.html").status == 404


def test_a_page_for_a_network_keeps_nothing(assistant: Any, kept: Conversations) -> None:
    for own_machine in (True, False):
        app = application(to_all(assistant), Parts(kept=kept), own_machine=own_machine)
        paths = [getattr(route, "path", "") for route in app.routes]
        assert ("/conversations/{name}" in paths) is own_machine
