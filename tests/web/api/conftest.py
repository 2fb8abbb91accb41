from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from corpus.archive import Archive
from corpus.errors import StoreError
from index.adding import Adding
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Trace
from qa.checks import check_question
from qa.conversations.store import Conversations
from qa.deadline import NO_DEADLINE, Deadline
from web.admission import Admission
from web.api.app import api_application
from web.api.callers import Callers
from web.api.service import Service
from web.guard import Guard
from web.identity import ANYBODY, AT_THIS_MACHINE, Identified
from web.keys import Keys
from web.routes import API
from web.sign_in.handover import Handover


@dataclass
class Assistant:
    """Answers with hand-made quotes; remembers what it was given."""

    double: Any
    given: list[dict[str, Any]] = field(default_factory=list)

    def ask(
        self,
        question: str,
        *,
        progress: Callable[[str], None] = print,
        deadline: Deadline = NO_DEADLINE,
        **given: Any,
    ) -> Answer:
        check_question(question)
        deadline.look()
        self.given.append({"question": question, **given})
        progress("searching 1 article")
        if question == "break":
            raise StoreError("/secret/store is gone")
        if question == "bug":
            raise RuntimeError("/secret/path")
        answer: Answer = (
            self.double.declined(question)
            if question.startswith("who")
            else self.double.answered(question)
        )
        return answer

    def trace(self, question: str, deadline: Deadline = NO_DEADLINE) -> Trace:
        return Trace(self.ask(question, deadline=deadline), (), ())

    def seen_by(self, _archive: Archive) -> Assistant:
        return self

    def standing(self, answer: Answer, _before: Conversation) -> Answer:
        return answer

    def understand(self, question: str, _conversation: Conversation, _asked: date | None) -> Turn:
        check_question(question)
        return Turn(question, f"{question} (understood)")


@dataclass
class Api:
    """The API behind the guard, as a client calls it; `key` is sent with every call."""

    client: TestClient
    assistant: Assistant
    service: Service
    keys: Keys
    admission: Admission
    key: str = ""

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        return self.client.request(method, f"{API}{path}", json=json, headers=sent)

    def ask(self, **body: Any) -> Any:
        return self.call("POST", "/ask", body)

    def with_key(self, *scopes: str) -> Api:
        _, text = self.keys.create("a caller", scopes)
        return Api(self.client, self.assistant, self.service, self.keys, self.admission, text)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "store", create=True) as opened:
        yield opened


@pytest.fixture
def make_api(archive: Archive, double: Any) -> Iterator[Callable[..., Api]]:
    """Make the API as it is served to this machine, or to a network."""
    with Conversations(archive) as kept, Keys(archive.store) as keys:

        def make(
            *, own_machine: bool = True, handover: Handover | None = None, of: Archive = archive
        ) -> Api:
            assistant = Assistant(double)
            adding = Adding(of.store, HashEmbedder())
            service = Service(assistant, of, kept, adding, of.store)  # type: ignore[arg-type]
            app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
            admission = Admission()
            api = api_application(service, Callers(keys), handover, admission=admission)
            app.mount(API, api)
            visitor = AT_THIS_MACHINE if own_machine else ANYBODY
            app.add_middleware(Identified, identify=lambda _: visitor)
            app.add_middleware(Guard, hosts=None)
            client = TestClient(app, raise_server_exceptions=False)
            return Api(client, assistant, service, keys, admission)

        yield make


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """The API as it is served to this machine."""
    return make_api()
