"""Nothing is sent of an article after it was removed or limited, whichever way it goes out.

The store changes while an answer is made, or between two that one conversation holds.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import qa.pipeline
from corpus.archive import Archive
from index.adding import Adding
from index.build import ingest
from index.chunk_index import NO_LIMITS, ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Conversation, Turn
from qa.assistant import Assistant
from qa.conversations.store import Conversations
from qa.reader.model import open_reader
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.render import to_text
from qa.resolve.resolve import open_resolver
from qa.views import Views
from web.api.app import api_application
from web.api.callers import Callers
from web.api.service import Service
from web.identity import SCOPES, Identified, Visitor
from web.keys import Keys
from web.mcp.tools import NAMED, use
from web.page.chat import _PARTS, ChatPage
from web.page.offers import Offers, Seen

FERRY = {
    "id": "ferry", "title": "Lost off Lowhaven", "publisher": "Harbour Gazette",
    "url": "https://gazette.example/lost", "published": "2019-01-24",
    "text": "The ferry Skua sank on Monday. It carried 65 cars. Nobody on board was hurt.",
}  # fmt: skip
BRIDGE = {
    "id": "bridge", "title": "Bridge opens", "publisher": "Post", "published": "2019-02-01",
    "text": "The Tolliver Bridge opened in May. It had cost $575 million, the council said.",
}  # fmt: skip
QUESTION = "When did the ferry Skua sink?"
OTHER = "How much did the Tolliver Bridge cost?"
FOLLOW_UPS = ("who said that?", "are you sure?", "when was that?", "what else?", "and the cars?")
UNLIMITED: Any = {"without": (), "limits": NO_LIMITS, "progress": lambda _: None}
SANK = "sank on Monday"
GONE = (
    SANK,
    "65 cars",
    "Nobody on board",
    "Lost off Lowhaven",
    "Harbour Gazette",
    "gazette.example",
)
# What is said of a quote that the newest version no longer has, and what that says instead.
MARKS = ("article has changed since", '"changed": true', "newer version", "came home")
READER = Visitor("ann", frozenset(SCOPES))


@dataclass
class Desk:
    """A store with two articles, and what becomes of the first one."""

    archive: Archive
    assistant: Assistant
    views: Views
    folder: Path

    def take(self, article: dict[str, str]) -> None:
        source = self.folder / "in.jsonl"
        source.write_text(json.dumps(article))
        ingest([str(source)], self.archive, HashEmbedder())

    def remove(self) -> None:
        self.archive.remove(article_id="ferry")

    def limit(self) -> None:
        self.archive.limit(["desk"], article_id="ferry")

    def revise(self) -> None:
        self.take(FERRY | {"text": "The ferry Skua came home on Tuesday. All is well."})

    def replace(self) -> None:
        self.remove()
        text = "The mayor resigned. She had been asked to by her council, twice, in a letter."
        self.take({"id": "ferry", "title": "Mayor goes", "text": text})

    def see(self, visitor: Visitor) -> Seen:
        view = self.views.of(visitor.groups)
        return Seen(view.assistant, view.archive, view.suggestions)


CHANGES: dict[str, Callable[[Desk], None]] = {
    "removed": Desk.remove,
    "limited": Desk.limit,
    "newer version": Desk.revise,
    "others under its id": Desk.replace,
}


@pytest.fixture(scope="module")
def models() -> Any:
    return shipped_weights(), open_reader(), open_resolver()


@pytest.fixture
def desk(tmp_path: Path, models: Any) -> Iterator[Desk]:
    weights, reader, resolver = models
    with open_archive(tmp_path / "store", create=True) as archive:
        index, embedder = ChunkIndex(archive, HashEmbedder()), HashEmbedder()
        made = Reader(archive, index, weights, reader)
        # Hashed words are nothing like the model that confidence was fitted on.
        assistant = Assistant(archive, index, embedder, made, resolver, floor=0.0, quotes=3)
        with Views(assistant, archive) as views:
            desk = Desk(archive, assistant, views, tmp_path)
            desk.take(FERRY)
            desk.take(BRIDGE)
            yield desk


@pytest.fixture(params=CHANGES.values(), ids=CHANGES)
def change(request: pytest.FixtureRequest, desk: Desk) -> Callable[[], None]:
    return lambda: request.param(desk)


@pytest.fixture
def meanwhile(change: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Let the store change once, while an answer is made: after all was read, before it is sent."""
    compose, changed = qa.pipeline.compose, []

    def composing(*given: Any, **named: Any) -> Any:
        if not changed:
            changed.append(change())
        return compose(*given, **named)

    monkeypatch.setattr(qa.pipeline, "compose", composing)
    return changed


def assert_gone(sent: object) -> None:
    """Check that nothing of the article was sent but as of a version that was replaced."""
    text = sent if isinstance(sent, str) else json.dumps(sent, default=str)
    if any(mark in text for mark in MARKS):
        return
    assert [words for words in GONE if words in text] == []


@pytest.fixture
def service(desk: Desk) -> Iterator[Service]:
    with Conversations(desk.archive) as kept:
        adding = Adding(desk.archive.store, HashEmbedder())
        yield Service(desk.assistant, desk.archive, kept, adding, desk.archive.store)


@pytest.fixture
def client(desk: Desk, service: Service) -> Iterator[TestClient]:
    with Keys(desk.archive.store) as keys:
        app = FastAPI()
        app.mount("/v1", api_application(service, Callers(keys), views=desk.views))
        app.add_middleware(Identified, identify=lambda _: READER)
        yield TestClient(app, base_url="http://localhost")


# While an answer is made


def test_over_the_api(client: TestClient, meanwhile: list[None]) -> None:
    assert_gone(client.post("/v1/ask", json={"question": QUESTION}).json())
    assert meanwhile


def test_as_events(client: TestClient, meanwhile: list[None]) -> None:
    headers = {"Accept": "text/event-stream"}
    reply = client.post("/v1/ask", json={"question": QUESTION}, headers=headers)
    assert "event: answer" in reply.text
    assert_gone(reply.text)
    assert meanwhile


def test_as_a_completed_chat(client: TestClient, meanwhile: list[None]) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}]}
    reply = client.post("/v1/chat/completions", json=body)
    assert reply.status_code == 200
    assert_gone(reply.json())
    assert meanwhile


def test_as_sentences_found(client: TestClient, meanwhile: list[None]) -> None:
    found = client.get("/v1/search", params={"q": QUESTION}).json()["sentences"]
    assert meanwhile
    assert {each["article_id"] for each in found} == {"bridge"}


def test_in_a_conversation_over_the_api(client: TestClient, meanwhile: list[None]) -> None:
    id_ = client.post("/v1/conversations", json={"name": "x"}).json()["id"]
    body = {"question": QUESTION, "conversation": id_}
    assert_gone(client.post("/v1/ask", json=body).json())
    assert meanwhile
    assert_gone(client.get(f"/v1/conversations/{id_}", params={"proofs": True}).json())


def test_to_an_assistant(desk: Desk, service: Service, meanwhile: list[None]) -> None:
    def served(caller: Visitor) -> Service:
        return service.seen_by(desk.views.of(caller.groups), caller.groups)

    reply = use(NAMED["ask"], served, READER, {"question": QUESTION})
    assert meanwhile
    assert not reply.is_error
    assert_gone(reply.json)
    assert_gone(reply.text)


def test_in_a_terminal(desk: Desk, meanwhile: list[None]) -> None:
    # As `onrecord ask` and each line of a batch do.
    trace = desk.see(READER).assistant.trace(QUESTION, **UNLIMITED, conversation=Conversation())
    assert meanwhile
    assert_gone(to_text(trace.answer))


# The page


VISIT: Any = SimpleNamespace(session_hash="tab", state=SimpleNamespace(visitor=READER))


class Tab:
    """An open page: holds what its states hold, and remembers what it was sent."""

    def __init__(self, desk: Desk) -> None:
        self.page = ChatPage(desk.see, Offers(examples=lambda: ["What?"]))
        self.parts: dict[str, Any] = {}
        self.sent: list[str] = []
        self.take(self.page.opening(SimpleNamespace(query_params={}, **vars(VISIT)))[1:])  # type: ignore[arg-type]

    def take(self, changes: Any) -> None:
        new = {p: c for p, c in zip(_PARTS, changes, strict=True) if c != gr.skip()}
        self.parts |= new
        self.sent = [value for value in new.values() if isinstance(value, str)]

    def ask(self, question: str, picked: Any = None) -> None:
        async def asked() -> list[Any]:
            names = ("held", "at", "within")
            given = [self.parts[name] for name in names]
            event = gr.EventData(None, picked)
            shown = [self.parts[name] for name in ("shown",) if name in self.parts]
            steps = self.page.ask(question, *given, event, VISIT, *shown)
            return [changes async for changes in steps]

        sent: list[str] = []
        for changes in asyncio.run(asked()):
            self.take(changes)
            sent += self.sent
        self.sent = sent

    def pick(self, **picked: Any) -> None:
        given = [self.parts[name] for name in ("held", "within", "shown")]
        self.take(self.page.show(*given, gr.EventData(None, picked), VISIT))

    @property
    def text(self) -> str:
        return "\n".join(self.sent)

    @property
    def shows(self) -> str:
        names = ("talk", "source", "further", "limits")
        return "\n".join(str(self.parts.get(name, "")) for name in names)


@pytest.fixture
def tab(desk: Desk) -> Tab:
    return Tab(desk)


@pytest.fixture
def after_asking(tab: Tab, change: Callable[[], None]) -> Tab:
    tab.ask(QUESTION)
    assert SANK in tab.shows
    assert "Harbour Gazette" in tab.parts["limits"]
    change()
    return tab


def test_to_a_page_while_it_is_answered(tab: Tab, meanwhile: list[None]) -> None:
    tab.ask(QUESTION)
    assert meanwhile
    assert_gone(tab.parts["talk"] + tab.parts["source"])


@pytest.mark.parametrize("question", [OTHER, *FOLLOW_UPS, " "])
def test_a_page_that_asks_anything_takes_it_off(after_asking: Tab, question: str) -> None:
    after_asking.ask(question)
    assert_gone(after_asking.text)
    assert_gone(after_asking.shows)


def test_a_page_that_comes_back_takes_it_off(after_asking: Tab) -> None:
    after_asking.pick(back=True)
    assert_gone(after_asking.text)
    assert_gone(after_asking.shows)
    assert after_asking.parts["further"] == ""
    assert after_asking.sent != []
    after_asking.pick(back=True)
    assert after_asking.sent == []


def test_a_page_without_questions_takes_its_newest_articles_off(
    tab: Tab, change: Callable[[], None]
) -> None:
    assert "Lost off Lowhaven" in tab.parts["talk"]
    change()
    tab.pick(back=True)
    assert "Lost off Lowhaven" not in tab.shows or "ferry.2." in tab.shows


def test_what_is_clicked_shows_none_of_it(after_asking: Tab) -> None:
    after_asking.pick(turn=0, cite=0)
    assert_gone(after_asking.text)


def test_what_is_clicked_while_another_is_answered_shows_none_of_it(after_asking: Tab) -> None:
    after_asking.pick(turn=0, cite=0, busy=True)
    assert_gone(after_asking.text)
    assert len(after_asking.sent) == 1


def test_the_panel_stays_with_the_quote_that_is_still_there(tab: Tab, desk: Desk) -> None:
    tab.ask(QUESTION)
    tab.ask(OTHER)
    cost = "It had cost $575 million, the council said."
    answer = tab.parts["held"].turns[1].answer
    place = [citation.quote for citation in answer.citations].index(cost)
    tab.pick(turn=1, cite=place)
    desk.remove()
    tab.pick(back=True)
    assert f'<mark class="selected">{cost}</mark>' in tab.parts["source"]
    assert_gone(tab.shows)


def test_what_was_withdrawn_is_not_proposed_to_go_on_with(tab: Tab, desk: Desk) -> None:
    tab.ask(QUESTION)
    held, last, within = (tab.parts[name] for name in ("held", "last", "within"))
    assert "Skua" in str(last)
    desk.remove()
    html, _ = tab.page.suggest(held, last, within, VISIT)
    assert [words for words in GONE if words in str(html)] == []


def test_a_judgement_holds_none_of_it(desk: Desk, tab: Tab) -> None:
    judged: list[Any] = []
    page = ChatPage(desk.see, Offers(judges=lambda *given, **_: judged.append(given)))
    tab.ask(QUESTION)
    desk.remove()
    event = gr.EventData(None, {"judge": "good", "turn": 0, "why": ""})
    page.judge(tab.parts["held"], event, VISIT)
    assert judged
    assert_gone(judged)


# What a conversation held


@pytest.mark.parametrize("question", FOLLOW_UPS)
def test_a_follow_up_draws_on_nothing_of_it(
    desk: Desk, change: Callable[[], None], question: str
) -> None:
    first = desk.see(READER).assistant.trace(QUESTION, **UNLIMITED, conversation=Conversation())
    held = Conversation((Turn(QUESTION, QUESTION, first.answer),))
    change()
    trace = desk.see(READER).assistant.trace(question, **UNLIMITED, conversation=held)
    assert_gone(to_text(trace.answer))
