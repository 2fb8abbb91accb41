"""The conversation, as it was left, after the page of sources and after an article of its list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from corpus.archive import Archive
from index.schema import open_archive
from qa.conversations.store import Conversations

TURNS = 4
TOP = 137
SCROLLED = "document.getElementById('record').scrollTop"
Way = Callable[[Any], object]

BACK: dict[str, Way] = {
    "the browser's back": lambda page: page.go_back(),
    "the link": lambda page: page.click("#overview .back"),
    "the name": lambda page: page.click(".banner h1 a"),
    "Escape": lambda page: page.keyboard.press("Escape"),
}


class Listed:
    """A store in whose list stands an article that the double knows."""

    def __init__(self, archive: Archive, double: ModuleType) -> None:
        self._archive = archive
        self._newest = [(double.ARTICLE, double.VERSION)]

    def newest(self, _count: int) -> list[tuple[Any, Any]]:
        return self._newest

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)


@pytest.fixture(scope="module")
def listed(double: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listed]:
    with open_archive(tmp_path_factory.mktemp("store"), create=True) as archive:
        yield Listed(archive, double)


@pytest.fixture(scope="module")
def unkept(double: ModuleType, listed: Listed) -> Any:
    """A page that keeps no conversation: it is in the open page alone."""
    return double.Server(double.AssistantDouble(), archive=listed)


def talk(tab: Any) -> str:
    """Ask some questions, and scroll to somewhere among the answers; return the address."""
    for number in range(TURNS):
        tab.ask(f"How much is number {number}?")
    settle(tab.page)
    tab.page.evaluate(f"{SCROLLED} = {TOP}")
    return str(tab.page.url)


def settle(page: Any) -> None:
    """Wait until nothing scrolls any more."""
    before = None
    while before != (before := page.evaluate(SCROLLED)):
        page.wait_for_timeout(300)


def to_sources(page: Any) -> None:
    if page.is_hidden(".sources-link"):
        page.click(".shelve")
    page.click(".sources-link")
    page.wait_for_selector("#overview h2:text('What is searched')")


def assert_as_it_was(page: Any, address: str) -> None:
    page.locator("#talk .turn").nth(TURNS - 1).wait_for()
    page.locator("#overview").wait_for(state="hidden")
    settle(page)
    assert page.evaluate(SCROLLED) == TOP
    assert page.locator("#talk .turn").count() == TURNS
    assert page.url == address


@pytest.mark.parametrize("width", [1360, 375])
def test_sources_and_back_keep_the_conversation(open_tab: Any, unkept: Any, width: int) -> None:
    with open_tab(unkept.address, width, 700) as tab:
        page = tab.page
        address = talk(tab)
        for way, back in BACK.items():
            to_sources(page)
            assert page.url == f"http://{unkept.address}/sources", way
            assert page.evaluate("document.activeElement.tagName") == "H2"
            assert page.locator("#question textarea").is_visible()  # below, and out of reach
            assert page.evaluate("document.getElementById('left').inert")
            back(page)
            assert_as_it_was(page, address)
            focused = page.evaluate("document.activeElement.className")
            assert focused == ("sources-link" if width > 640 else "shelve"), way
        tab.ask("And is it answered still?")
        assert page.locator("#talk .turn").count() == TURNS + 1


@pytest.mark.parametrize("width", [1360, 375])
def test_an_article_of_the_list_opens_beside_the_conversation(
    open_tab: Any, unkept: Any, width: int
) -> None:
    with open_tab(unkept.address, width, 700) as tab:
        page = tab.page
        address = talk(tab)
        to_sources(page)
        page.click("#overview a.open")
        page.wait_for_selector("#source mark.selected:text('LOWHAVEN')")
        assert page.locator("#source mark.selected").is_visible()
        assert "#at=pier.2." in page.url
        page.go_back()
        page.wait_for_selector("#overview h2")
        page.go_back()
        assert_as_it_was(page, address)


def test_what_is_kept_is_come_back_to_from_a_page_of_its_own(
    open_tab: Any, double: ModuleType, kept: Conversations, listed: Listed
) -> None:
    server = double.Server(double.AssistantDouble(), kept, archive=listed)
    with open_tab(server.address, 1360, 700) as tab:
        page = tab.page
        talk(tab)
        page.wait_for_selector("#shelf [aria-current]")
        address = page.url
        assert "#" in address
        to_sources(page)
        page.reload()
        page.wait_for_selector("body.plain")
        page.go_back()
        assert_as_it_was(page, address)
        page.reload()
        assert_as_it_was(page, address)
        page.goto(f"http://{server.address}/sources")
        page.click(".back")
        assert_as_it_was(page, address)
        page.goto(f"http://{server.address}/sources")
        page.click("a.open")
        page.wait_for_selector("#source mark.selected:text('LOWHAVEN')")
        assert page.url.startswith(f"{address}&at=pier.2.")
        assert page.locator("#talk .turn").count() == TURNS
        page.reload()
        page.wait_for_selector("#source mark.selected:text('LOWHAVEN')")
        assert page.locator("#talk .turn").count() == TURNS


def test_a_linked_sentence_is_seen_on_a_telephone(open_tab: Any, unkept: Any, double: Any) -> None:
    place = f"pier.2.0.37.{double.VERSION.sha256[:8]}"
    with open_tab(unkept.address, 375, 700) as tab:
        tab.page.goto("about:blank")
        tab.page.goto(f"http://{unkept.address}/#at={place}")
        tab.page.locator("#source mark.selected").wait_for()


def test_sources_in_a_new_tab_are_a_page_of_their_own(open_tab: Any, unkept: Any) -> None:
    with open_tab(unkept.address) as tab:
        with tab.page.context.expect_page() as opened:
            tab.page.click(".sources-link", modifiers=["Control"])
        opened.value.wait_for_selector("body.plain main.overview")
        assert tab.page.locator("#overview").count() == 0
