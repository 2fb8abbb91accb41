from __future__ import annotations

import asyncio
import threading
from types import ModuleType, SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from corpus.errors import StoreError
from index.chunk_index import NO_LIMITS, Limits
from qa.answer import Conversation, Turn
from web.admission import Admission
from web.identity import AT_THIS_MACHINE
from web.page.chat import _PARTS, TURNS_KEPT, ChatPage
from web.page.components import theme
from web.page.offers import Offers, to_all
from web.page.refresh import NOTHING_SHOWN

NOTHING = Conversation()
VISIT: Any = SimpleNamespace(
    session_hash="tab", state=SimpleNamespace(visitor=AT_THIS_MACHINE)
)  # in no language


def steps(
    page: ChatPage,
    typed: str,
    held: Conversation = NOTHING,
    picked: Any = None,
    at: str | None = None,
    within: Limits = NO_LIMITS,
) -> list[dict[str, Any]]:
    """Return what each step of a question changes, parts that stay as they are left out."""
    event = gr.EventData(None, picked)

    async def collected() -> list[Any]:
        return [changes async for changes in page.ask(typed, held, at, within, event, VISIT)]

    return [
        {part: new for part, new in zip(_PARTS, changes, strict=True) if new != gr.skip()}
        for changes in asyncio.run(collected())
    ]


def show(page: ChatPage, held: Conversation, picked: Any) -> str:
    changes = page.show(held, NO_LIMITS, NOTHING_SHOWN, gr.EventData(None, picked), VISIT)
    return str(dict(zip(_PARTS, changes, strict=True))["source"])


def test_a_question_shows_each_step_and_then_the_answer(assistant: Any) -> None:
    first, *between, last = steps(ChatPage(to_all(assistant), Offers()), "How much?")
    assert first["box"] == ""
    assert first["send"].interactive is False
    assert "Looking …" in first["now"]
    assert ["Searching 1 article …" in b["now"] for b in between] == [True, False]
    assert last["now"] == ""
    assert last["send"].interactive is True
    assert "$12 million" in last["talk"]
    assert '<mark class="selected">The new pier' in last["source"]
    assert [turn.question for turn in last["held"].turns] == ["How much?"]


def test_a_follow_up_is_asked_with_the_conversation_before_it(assistant: Any) -> None:
    page = ChatPage(to_all(assistant), Offers())
    held = steps(page, "How much?")[-1]["held"]
    held = steps(page, "and when?", held)[-1]["held"]
    assert [len(given.turns) for given in assistant.given] == [0, 1]
    assert len(held.turns) == 2


def test_a_picked_question_is_asked_and_what_is_typed_goes(assistant: Any) -> None:
    *_, last = steps(ChatPage(to_all(assistant), Offers()), "half typ", picked={"ask": "How much?"})
    assert last["held"].turns[0].question == "How much?"


def test_a_term_that_was_carried_over_is_dropped_and_asked_again(assistant: Any) -> None:
    page = ChatPage(to_all(assistant), Offers())
    held = steps(page, "How much?")[-1]["held"]
    held = steps(page, "and when?", held)[-1]["held"]
    held = steps(page, "half typ", held, {"turn": 1, "drop": "pier"})[-1]["held"]
    held = steps(page, "", held, {"turn": 2, "drop": "mayor"})[-1]["held"]
    assert [turn.question for turn in held.turns] == ["How much?", *["and when?"] * 3]
    assert assistant.left_out[2:] == [("pier",), ("pier", "mayor")]
    assert [len(given.turns) for given in assistant.given] == [0, 1, 1, 1]


@pytest.mark.parametrize(
    "picked", [{"turn": 7, "drop": "x"}, {"turn": 0, "drop": 3}, {"drop": "x"}]
)
def test_a_drop_of_what_is_not_there_asks_what_is_typed(picked: Any, assistant: Any) -> None:
    held = steps(ChatPage(to_all(assistant), Offers()), "How much?")[-1]["held"]
    held = steps(ChatPage(to_all(assistant), Offers()), "and when?", held, picked)[-1]["held"]
    assert held.turns[-1].question == "and when?"
    assert assistant.left_out[-1] == ()


def test_a_decline_opens_no_source(assistant: Any) -> None:
    last = steps(ChatPage(to_all(assistant), Offers()), "who paid?")[-1]
    assert "No article answers this" in last["source"]
    assert "Not on record" in last["talk"]


def test_a_question_that_cannot_be_asked_is_answered_with_a_hint(assistant: Any) -> None:
    last = steps(ChatPage(to_all(assistant), Offers()), "   ")[-1]
    assert "Please ask a question in words." in last["now"]
    assert last["box"] == "   "
    assert "held" not in last
    assert "talk" not in last


def test_a_failure_shows_nothing_of_the_inside(
    assistant: Any, caplog: pytest.LogCaptureFixture
) -> None:
    last = steps(ChatPage(to_all(assistant), Offers()), "fail")[-1]
    assert "Something went wrong" in last["now"]
    assert "secret" not in str(last)
    assert "/secret/path" in caplog.text


def test_a_long_conversation_keeps_its_last_turns(assistant: Any, double: ModuleType) -> None:
    turn = Turn("q", "q", double.answered("q"))
    last = steps(
        ChatPage(to_all(assistant), Offers()), "newest", Conversation((turn,) * TURNS_KEPT)
    )[-1]
    assert len(last["held"].turns) == TURNS_KEPT
    assert last["held"].turns[-1].question == "newest"


def test_a_click_shows_the_cited_article(assistant: Any, double: ModuleType) -> None:
    page = ChatPage(to_all(assistant), Offers())
    held = Conversation((Turn("q", "q", double.answered("q")),))
    assert f'"selected">{double.OPENING}' in show(page, held, {"turn": 0, "cite": 1})


@pytest.mark.parametrize(
    "picked",
    [
        None,
        {},
        [],
        {"turn": 1, "cite": 0},
        {"turn": -1, "cite": 0},
        {"turn": 0, "cite": 2},
        {"turn": 0, "cite": -1},
        {"turn": "0", "cite": 0},
        {"turn": 0, "cite": None},
        {"turn": 0, "cite": 10**30},
    ],
    ids=str,
)
def test_a_click_on_what_is_not_there_says_so(
    picked: Any, assistant: Any, double: ModuleType
) -> None:
    held = Conversation((Turn("q", "q", double.answered("q")),))
    assert "can no longer be shown" in show(ChatPage(to_all(assistant), Offers()), held, picked)


def test_a_removed_article_is_no_longer_shown(assistant: Any, double: ModuleType) -> None:
    assistant.source = lambda *_: None
    held = Conversation((Turn("q", "q", double.answered("q")),))
    assert "can no longer be shown" in show(
        ChatPage(to_all(assistant), Offers()), held, {"turn": 0, "cite": 0}
    )


def test_the_theme_has_no_font_from_outside() -> None:
    assert theme()._stylesheets == []


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("pier.2.39.74.DIGITS", '<mark class="selected">The new pier will cost'),
        ("%70ier.2.39.74.DIGITS", '<mark class="selected">The new pier will cost'),
        ("pier.2.39.99999.DIGITS", "not, or no longer, in the collection"),
        ("pier.2.74.39.DIGITS", "not, or no longer, in the collection"),
        ("pier.2.39.74.00000000", "not, or no longer, in the collection"),
        ("pier.2.39.74.", "not, or no longer, in the collection"),
        ("pier.2.39.74.DIGITS.1", "not, or no longer, in the collection"),
        ("pier.9.0.5.DIGITS", "not, or no longer, in the collection"),
        ("<img>.2.0.5.DIGITS", "not, or no longer, in the collection"),
        ("", "not, or no longer, in the collection"),
    ],
)
def test_a_link_opens_its_sentence(
    place: str, shown: str, assistant: Any, double: ModuleType
) -> None:
    place = place.replace("DIGITS", double.VERSION.sha256[:8])
    html = show(ChatPage(to_all(assistant), Offers()), NOTHING, {"at": place})
    assert shown in html
    assert "<img" not in html


@pytest.mark.parametrize("place", ["pier.2.39.74", "pier.2.0.99999", "pier.2.74.39"])
def test_a_link_that_does_not_say_of_which_text_it_was_opens_without_a_mark(
    place: str, assistant: Any
) -> None:
    html = show(ChatPage(to_all(assistant), Offers()), NOTHING, {"at": place})
    assert "does not say which text" in html
    assert "The new pier will cost" in html
    assert "<mark" not in html
    assert "data-link" not in html
    assert f'data-opened="{place}"' in html
    gone = show(ChatPage(to_all(assistant), Offers()), NOTHING, {"at": "dam.1.0.5"})
    assert "not, or no longer, in the collection" in gone


def test_a_quote_is_copied_with_its_reference(assistant: Any) -> None:
    source = steps(ChatPage(to_all(assistant), Offers()), "How much?")[-1]["source"]
    assert "“The new pier will cost $12 million.” (Lowhaven Gazette, “Pier &lt;app" in source
    assert 'data-link="pier.2.' in source


def test_a_store_that_cannot_be_looked_into_leaves_the_page_usable(
    assistant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> None:
        raise StoreError("the store cannot be read")

    page = ChatPage(to_all(assistant), Offers())
    monkeypatch.setattr(assistant, "publishers", unreadable)
    last = steps(page, "How much, according to Lowhaven Gazette?")[-1]
    assert last["send"].interactive is True
    assert "$12 million" in last["talk"]


def test_an_event_that_fails_is_logged_and_says_nothing_of_the_inside(
    assistant: Any, double: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("/secret/path")

    assistant.source = broken
    held = Conversation((Turn("q", "q", double.answered("q")),))
    with pytest.raises(gr.Error, match="Something went wrong") as error:
        show(ChatPage(to_all(assistant), Offers()), held, {"turn": 0, "cite": 0})
    assert error.value.print_exception is False  # Gradio would print what our log leaves out
    assert "an event of the page failed" in caplog.text


def test_a_question_is_refused_with_a_hint_and_stays(assistant: Any) -> None:
    admission = Admission()
    admission.stop()
    (only,) = steps(ChatPage(to_all(assistant), Offers(), admission), "How much?")
    assert "The server is being stopped. Try again in 30 seconds." in only["now"]
    assert only["box"] == "How much?"
    assert assistant.given == []


def test_an_answer_that_takes_too_long_is_given_up(
    assistant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.admission.ANSWER_SECONDS", 0.1)
    release = threading.Event()
    monkeypatch.setattr(assistant, "trace", lambda *_, **__: release.wait(120))
    admission = Admission()
    *_, last = steps(ChatPage(to_all(assistant), Offers(), admission), "How much?")
    release.set()
    assert "The answer took too long." in last["now"]
    assert last["box"] == "How much?"
    assert not admission.is_underway
