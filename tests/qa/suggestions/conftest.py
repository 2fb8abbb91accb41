"""The invented sample in a store, and the assistant with the shipped models over it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.chunk_index import ChunkIndex
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Assistant, Trace
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.suggestions.following import following_questions
from tests import shipped

FLOOR = shipped_weights().floor


# Of these stories of the sample, which has more than the tests need.
STORIES = ("bridge", "arms", "loan", "flood", "accounts", "kremlin", "visit")


@pytest.fixture(scope="package")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("sample")
    lines = sample_path().read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if any(story in json.loads(line)["id"] for story in STORIES)]
    (folder / "articles.jsonl").write_text("\n".join(told), encoding="utf-8")
    with open_archive(folder / "store", create=True) as opened:
        ingest([str(folder / "articles.jsonl")], opened, shipped.embedder())
        yield opened


@pytest.fixture(scope="package")
def assistant(sample: Archive) -> Assistant:
    embedder, weights = shipped.embedder(), shipped_weights()
    index = ChunkIndex(sample, embedder)
    reader = Reader(sample, index, weights, shipped.reader())
    resolver = shipped.resolver()
    return Assistant(sample, index, embedder, reader, resolver, floor=FLOOR, quotes=4)


@dataclass
class Asked:
    """Answers each question once and remembers it."""

    assistant: Assistant
    answers: dict[str, Answer] = field(default_factory=dict)

    def __call__(self, question: str) -> Answer:
        if question not in self.answers:
            self.answers[question] = self.assistant.ask(question)
        return self.answers[question]


@pytest.fixture(scope="package")
def asked(assistant: Assistant) -> Asked:
    return Asked(assistant)


@dataclass
class Talk:
    """A conversation with the assistant; what was said once the same way is remembered."""

    assistant: Assistant
    archive: Archive
    remembered: dict[tuple[str, ...], Trace]
    conversation: Conversation = field(default_factory=Conversation)
    trace: Trace | None = None
    tried: list[str] = field(default_factory=list)

    def say(self, question: str) -> Answer:
        self.trace = self._traced(question)
        answer = self.trace.answer
        self.conversation = self.conversation.with_turn(Turn(question, answer.standalone, answer))
        return answer

    def try_out(self, question: str) -> Answer:
        """Return what would be answered next, without going on."""
        self.tried.append(question)
        return self._traced(question).answer

    def _traced(self, question: str) -> Trace:
        said = (*(turn.question for turn in self.conversation.turns), question)
        if said not in self.remembered:
            trace = self.assistant.trace(question, conversation=self.conversation)
            self.remembered[said] = trace
        return self.remembered[said]

    def proposed(self, *, tries: bool = True, reloaded: bool = False) -> list[str]:
        assert self.trace is not None
        trace = Trace(self.trace.answer, (), ()) if reloaded else self.trace
        ask = self.try_out if tries else None
        return following_questions(trace, self.conversation, self.archive, FLOOR, ask)


@pytest.fixture(scope="package")
def remembered() -> dict[tuple[str, ...], Trace]:
    return {}


@pytest.fixture
def talk(assistant: Assistant, sample: Archive, remembered: dict[tuple[str, ...], Trace]) -> Talk:
    return Talk(assistant, sample, remembered)
