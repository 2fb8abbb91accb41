"""The page in a real browser; skipped where playwright or chromium is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from index.chunk_index import Limits
from qa.answer import Answer, Conversation, Withdrawn
from qa.conversations.store import LOCAL_USER, Conversations


def test_a_question_is_answered_beside_its_source(open_tab: Any, server: Any) -> None:
    with open_tab(server.address) as tab:
        page = tab.page
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
        tab.ask("How much is the pier?")
        assert page.inner_text("#talk .short > bdi") == "$12 million"
        tab.until("document.getElementById('announcer').textContent === '$12 million'")
        assert page.input_value("#question textarea") == ""
        assert page.inner_text("#source mark.selected") == "The new pier will cost $12 million."
        page.click("#talk .cited:nth-child(2) .open")
        page.wait_for_selector("#source mark.selected:text('It will open')")
        assert page.is_visible("#source mark.selected")
        assert page.get_attribute("#source nav li:nth-child(2) button", "aria-current") == "true"
        assert page.locator("#talk .cited.selected").count() == 1


def test_an_example_a_follow_up_a_decline_and_a_hint(open_tab: Any, server: Any) -> None:
    with open_tab(server.address) as tab:
        page = tab.page
        page.click("text=How much is the <pier>?")
        page.wait_for_selector("#talk .short")
        tab.ask("who paid?")
        assert page.inner_text("#talk .chip") == "Not on record"
        assert "No article answers this" in page.inner_text("#source")
        page.fill("#question textarea", "  ")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#now .hint")
        assert page.locator("#talk .turn").count() == 2


def test_pressing_twice_asks_once(open_tab: Any, server: Any) -> None:
    with open_tab(server.address) as tab:
        tab.page.fill("#question textarea", "How much?")
        tab.page.dblclick("#send")
        tab.page.wait_for_selector("#talk .turn")
        tab.page.wait_for_timeout(500)
        assert tab.page.locator("#talk .turn").count() == 1


def test_narrow_the_source_lies_above_and_closes(open_tab: Any, server: Any) -> None:
    with open_tab(server.address, 390, 844) as tab:
        page = tab.page
        tab.ask("How much is the pier?")
        assert page.is_hidden("#source")
        page.click("#talk .open >> nth=0")
        page.wait_for_selector("#source mark.selected")
        page.keyboard.press("Escape")
        assert page.is_hidden("#source")
        assert page.evaluate("document.activeElement.className") == "open"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [1360, 390])
def test_a_conversation_is_kept_reopened_and_managed(
    open_tab: Any, double: ModuleType, kept: Conversations, width: int
) -> None:
    server = double.Server(double.AssistantDouble(), kept)
    with open_tab(server.address, width) as tab:
        page = tab.page
        page.on("dialog", lambda dialog: dialog.accept("The <pier>"))
        tab.ask("How much?")
        page.wait_for_selector("#shelf [aria-current]", state="attached")
        page.reload()
        page.wait_for_selector("#talk .turn")
        if width < 1200:
            assert page.is_hidden("#shelf .find")
            page.click(".shelve")
        page.click("#shelf summary")
        page.click("#shelf [data-rename]")
        page.wait_for_selector("#shelf .name:text('The <pier>')")
        page.fill("#shelf .find", "dam")
        assert page.is_hidden("#shelf li")
        page.fill("#shelf .find", "pier")
        page.click("#shelf summary")
        with page.expect_download() as file:
            page.click("#shelf a >> nth=0")
        assert file.value.suggested_filename.endswith(".md")
        page.click("#shelf summary")
        page.click("#shelf [data-delete]")
        page.wait_for_selector("#talk .welcome")
        assert kept.listed(LOCAL_USER) == []


def test_keys_go_through_the_quotes_and_a_link_opens_its_sentence(
    open_tab: Any, server: Any
) -> None:
    with open_tab(server.address) as tab:
        page = tab.page
        tab.ask("How much is the pier?")
        page.keyboard.press("j")  # typed, as the box has the focus
        assert page.input_value("#question textarea") == "j"
        page.fill("#question textarea", "")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.wait_for_selector("#source mark.selected:text('It will open')")
        said = page.inner_text("#announcer")
        assert "Lowhaven Gazette" in said
        assert said.endswith("It will open in May 2021, the mayor said.")
        page.keyboard.press("k")
        page.wait_for_selector("#source mark.selected:text('The new pier')")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.click("#source [data-copy]")
        page.wait_for_selector("#source [data-copy]:text('Copied')")
        copied = "navigator.clipboard.readText()"
        assert page.evaluate(copied).startswith("“The new pier will cost $12 million.” (")
        page.click("#source [data-link]")
        page.wait_for_selector("#source [data-link]:text('Copied')")
        link = page.evaluate(copied)
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_selector("#source mark.selected:text('The new pier')")


def test_limits_are_picked_and_removed(open_tab: Any, double: ModuleType) -> None:
    assistant = double.AssistantDouble()
    with open_tab(double.Server(assistant).address) as tab:
        page = tab.page
        page.click("#limits summary")
        page.select_option("#limits select", "The <Post>")
        page.wait_for_selector("#limits button:has-text('Only The <Post>')")
        assert page.evaluate("document.activeElement.tagName") == "SELECT"
        page.fill("#limits [data-limit=since]", "2016-01-01")
        page.wait_for_selector("#limits button:has-text('From 1 January 2016')")
        page.click("#question textarea")
        assert page.is_hidden("#limits select")
        tab.ask("How much?")
        tab.ask("How much is that?")
        page.click("#limits button[data-limit=publisher]")
        page.wait_for_selector("#limits button[data-limit=publisher]", state="detached")
        tab.ask("How much?")
    since = date(2016, 1, 1)
    outlets = ["The <Post>", "The <Post>", None]
    assert assistant.within == [Limits(outlet, since) for outlet in outlets]


def test_what_a_question_states_is_lifted_with_one_tap(open_tab: Any, double: ModuleType) -> None:
    class Stating(double.AssistantDouble):  # type: ignore[misc]
        def ask(self, question: str, **given: Any) -> Any:
            answer = super().ask(question, **given)
            gazette = Limits() if given["everything"] else Limits("Lowhaven Gazette")
            return replace(answer, limits=gazette, stated=gazette)

    assistant = Stating()
    with open_tab(double.Server(assistant).address) as tab:
        tab.ask("How much?")
        tab.page.click("[data-everything=stated]:has-text('from Lowhaven Gazette')")
        tab.page.wait_for_selector(".turn:nth-of-type(2) .answer")
        assert tab.page.locator("[data-everything]").count() == 1
        tab.ask("who paid?")
        tab.page.click("[data-everything=all]")
        tab.page.wait_for_selector(".turn:nth-of-type(4) .answer")
    assert assistant.widened == [False, True, False, True]


def test_a_question_right_after_an_answer_is_answered_too(open_tab: Any, server: Any) -> None:
    with open_tab(server.address) as tab:
        for number in range(40):
            tab.ask(f"How much is number {number}?")


def test_a_page_that_comes_back_takes_off_what_was_removed(
    open_tab: Any, double: ModuleType
) -> None:
    forgetful = forgetful_assistant(double)
    server = double.Server(forgetful)
    with open_tab(server.address) as tab:
        page = tab.page
        tab.ask("How much?")
        tab.ask("and when?")
        page.evaluate("document.getElementById('record').scrollTo({top: 0, behavior: 'instant'})")
        assert double.COST in page.content()
        assert "Pier" in page.content()
        forgetful.is_gone = True
        # It looks once a second at most.
        tab.until(
            "document.dispatchEvent(new Event('visibilitychange')),"
            " document.querySelectorAll('#talk .withdrawn').length === 2"
        )
        page.wait_for_selector("#source .empty p:text('can no longer be shown')")
        for gone in (double.COST, double.OPENING, "$12 million", "Pier", "gazette.example"):
            assert gone not in page.content()
        assert page.locator("#talk .turn").count() == 2
        assert page.evaluate("document.getElementById('record').scrollTop") == 0


def test_an_opening_that_comes_back_lists_no_article_that_was_removed(
    open_tab: Any, double: ModuleType
) -> None:
    forgetful = forgetful_assistant(double)
    server = double.Server(forgetful)
    with open_tab(server.address) as tab:
        tab.page.wait_for_selector("#talk .lately:has-text('Pier')")
        forgetful.is_gone = True
        tab.until(
            "window.dispatchEvent(new Event('focus')), !document.querySelector('#talk .lately')"
        )


def forgetful_assistant(double: ModuleType) -> Any:
    """Return an assistant whose article can be removed."""

    class Forgetful(double.AssistantDouble):  # type: ignore[misc, name-defined]
        is_gone = False

        @property
        def sight(self) -> tuple[int, None]:
            return int(self.is_gone), None

        def current(self, conversation: Conversation) -> Conversation:
            if not self.is_gone:
                return conversation
            gone = Withdrawn("", "", 2, double.VERSION.sha256, "removed")
            turns = [
                replace(
                    turn,
                    answer=Answer(turn.question, turn.standalone, "declined", withdrawn=(gone,)),
                )
                for turn in conversation.turns
            ]
            return Conversation(tuple(turns))

        def source(self, *named: Any) -> Any:
            return None if self.is_gone else super().source(*named)

        def newest(self, count: int) -> Any:
            return [] if self.is_gone else super().newest(count)

    return Forgetful()
