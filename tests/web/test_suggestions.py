"""Questions that the page proposes: to begin with, and after an answer."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from corpus.errors import StoreError
from index.chunk_index import Limits
from qa.answer import Conversation, Turn
from qa.assistant import Trace
from qa.suggestions.opening import Opening
from web.identity import AT_THIS_MACHINE
from web.page.chat import ChatPage
from web.page.lately import Lately
from web.page.offers import Offers, to_all
from web.workers import Workers

VISIT: Any = SimpleNamespace(session_hash="tab", state=SimpleNamespace(visitor=AT_THIS_MACHINE))


class Suggesting:
    """Proposes two questions, one of them hostile; remembers how it was asked."""

    def __init__(self) -> None:
        self.given: list[tuple[Conversation, Limits, bool]] = []

    def following(
        self, _trace: Trace, conversation: Conversation, limits: Limits, *, search: bool, **_: Any
    ) -> list[str]:
        self.given.append((conversation, limits, search))
        return ["And the <dam>?", "Who says so?"]


def last_of(double: Any) -> tuple[Conversation, Trace]:
    answer = double.answered("How much?")
    return Conversation((Turn("How much?", "How much?", answer),)), Trace(answer, (), ())


def test_after_an_answer_questions_are_proposed(double: Any, assistant: Any) -> None:
    suggests = Suggesting()
    page = ChatPage(to_all(assistant, suggests=suggests), Offers())
    held, last = last_of(double)
    html, kept = page.suggest(held, last, Limits("Gazette"), VISIT)
    assert 'data-ask="And the &lt;dam&gt;?"' in html
    assert kept is None  # the evidence is not held any longer
    assert suggests.given == [(held, Limits("Gazette"), True)]


def test_without_an_answer_or_a_proposer_nothing_is(double: Any, assistant: Any) -> None:
    held, last = last_of(double)
    proposing, silent = (
        ChatPage(to_all(assistant, suggests=s), Offers()) for s in (Suggesting(), None)
    )
    assert proposing.suggest(held, None, Limits(), VISIT) == (gr.skip(), None)
    assert silent.suggest(held, last, Limits(), VISIT) == (gr.skip(), None)


def test_where_the_store_fails_nothing_is_proposed(double: Any, assistant: Any) -> None:
    class Failing(Suggesting):
        def following(self, *_: object, **__: object) -> list[str]:
            raise StoreError("gone")

    held, last = last_of(double)
    page = ChatPage(to_all(assistant, suggests=Failing()), Offers())
    assert page.suggest(held, last, Limits(), VISIT) == ("", None)


def test_workers_know_whether_somebody_waits() -> None:
    workers, release = Workers(1, "test"), threading.Event()
    assert workers.idle
    futures = [workers.start(release.wait, 120) for _ in range(2)]
    assert not workers.idle
    release.set()
    assert all(future.result() for future in futures)
    assert workers.call(lambda: 3) == 3
    wait_for(lambda: workers.idle)
    with pytest.raises(ZeroDivisionError):
        workers.call(lambda: 1 // 0)
    wait_for(lambda: workers.idle)


def wait_for(holds: Any) -> None:
    late = time.monotonic() + 120
    while not holds() and time.monotonic() < late:
        time.sleep(0.01)
    assert holds()


def opening(question: str) -> Opening:
    return Opening(question, "a", 1, "00")


def always(_question: Opening) -> bool:
    return True


def test_of_what_was_taken_away_nothing_is_proposed_before_others_are_found() -> None:
    standing, release = {"What of a?", "What of b?"}, threading.Event()
    rounds = iter([["What of a?", "What of b?"], ["What of c?"]])

    def find(_stopped: object) -> list[Opening]:
        found = next(rounds)
        if found == ["What of c?"]:
            release.wait(60)
        return [opening(question) for question in found]

    state = 1
    lately = Lately(find, lambda: state, lambda each: each.question in standing)
    wait_for(lambda: list(lately()) == ["What of a?", "What of b?"])
    standing.discard("What of a?")
    state = 2
    assert list(lately()) == ["What of b?"]
    standing.add("What of c?")
    release.set()
    wait_for(lambda: list(lately()) == ["What of c?"])


def test_opening_questions_are_found_once_for_each_state_of_the_collection() -> None:
    found: list[int] = []
    state = 1

    def find(_stopped: object) -> list[Opening]:
        found.append(state)
        return [opening(f"What of {state}?")]

    lately = Lately(find, lambda: state, always)
    wait_for(lambda: list(lately()) == ["What of 1?"])
    state = 2
    wait_for(lambda: list(lately()) == ["What of 2?"])
    assert found == [1, 2]


def test_a_search_for_opening_questions_that_fails_shows_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def find(_stopped: object) -> list[Opening]:
        raise StoreError("gone")

    lately = Lately(find, lambda: 1, always)
    assert list(lately()) == []
    wait_for(lambda: "no questions to begin with" in caplog.text)
    assert list(lately()) == []


def test_opening_questions_are_looked_for_before_anybody_comes() -> None:
    later = Lately(lambda _: [opening("What?")], lambda: 1, always, first=3600)
    assert list(later()) == []
    assert not later._searching.locked()
    lately = Lately(lambda _: [opening("What?")], lambda: 1, always, first=0.01)
    wait_for(lambda: list(lately._questions) == [opening("What?")])


def test_a_search_is_stopped_with_the_server() -> None:
    begun = threading.Event()

    def find(stopped: Any) -> list[str]:
        begun.set()
        wait_for(stopped)
        raise InterruptedError

    lately = Lately(find, lambda: 1, always)
    lately()
    assert begun.wait(120)
    lately.close()
    wait_for(lambda: not lately._searching.locked())
    assert list(lately()) == []
