"""A question for which nobody waits any more is given up, at every step of the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.chunk_index import NO_LIMITS
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Conversation, Turn
from qa.assistant import Assistant
from qa.deadline import Deadline, TooLateError, until
from qa.discourse.moves import Move
from qa.suggestions.suggest import Suggestions

QUESTION = "How much has China lent Venezuela?"
LEAST_LOOKS = 20
"""Of an ordinary question: each article, window and sentence that is read is a step of its own."""


class Looks(Deadline):
    """Ends once it was looked at so often."""

    def __init__(self, most: float = np.inf) -> None:
        super().__init__()
        self.count, self._most = 0, most

    def look(self) -> None:
        self.count += 1
        if self.count > self._most:
            self.end()
        super().look()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(tmp_path_factory.mktemp("sample") / "store", create=True) as opened:
        ingest([str(sample_path())], opened, HashEmbedder())
        yield opened


@pytest.fixture
def assistant(archive: Archive, quick: Callable[[Archive], Assistant]) -> Assistant:
    return quick(archive)


def test_it_ends_when_the_clock_says_so_or_whoever_asked_has_left() -> None:
    clock = SimpleNamespace(now=5.0)
    deadline = Deadline(2, clock=lambda: clock.now)
    assert list(until(deadline, "ab")) == ["a", "b"]
    assert deadline.left == 2
    clock.now = 7.0
    with pytest.raises(TooLateError):
        deadline.look()
    endless = Deadline()
    items = until(endless, "ab")
    assert next(items) == "a"
    endless.end()
    with pytest.raises(TooLateError):
        next(items)


def test_every_step_of_a_question_looks_at_it(assistant: Assistant) -> None:
    whole = Looks()
    assistant.ask(QUESTION, deadline=whole)
    assert whole.count >= LEAST_LOOKS
    for most in range(whole.count):
        broken = Looks(most)
        with pytest.raises(TooLateError):
            assistant.ask(QUESTION, deadline=broken)
        assert broken.count == most + 1


@pytest.mark.parametrize("move", [Move.PROOF, Move.STILL, Move.MORE])
def test_a_reply_that_searches_looks_at_it_as_well(assistant: Assistant, move: Move) -> None:
    turn = Turn(QUESTION, QUESTION, assistant.ask(QUESTION))
    resolver: Any = assistant._resolver
    resolver.move = move
    whole = Looks()
    assistant.ask("Are you sure?", conversation=Conversation((turn,)), deadline=whole)
    assert whole.count >= LEAST_LOOKS
    with pytest.raises(TooLateError):
        assistant.ask(
            "Are you sure?", conversation=Conversation((turn,)), deadline=Looks(LEAST_LOOKS // 2)
        )


def test_what_is_tried_for_a_proposal_looks_at_it(
    assistant: Assistant, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = assistant.trace(QUESTION)
    held = Conversation((Turn(QUESTION, QUESTION, trace.answer),))
    monkeypatch.setattr(
        "qa.suggestions.suggest.following_questions", lambda *given: given[-1]("And Russia?")
    )
    with pytest.raises(TooLateError):
        Suggestions(assistant, archive).following(
            trace, held, NO_LIMITS, search=True, deadline=Looks(LEAST_LOOKS)
        )
