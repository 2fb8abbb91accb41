"""The page in a real browser; skipped where playwright or chromium is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from corpus.article import Article, Span, Version, sha256_of
from index.chunk_index import Limits
from qa.answer import Answer, Statement
from qa.conversations.store import LOCAL_USER, Conversations

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")

ATTACKS = [
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg/onload=window.hit=1>",
    "\"'><iframe src=http://evil.example srcdoc='<script>parent.hit=1</script>'>",
    "</textarea></title></style><img src=//evil.example/x.png>",
    "<a href=javascript:window.hit=1>x</a>",
    "${window.hit=1} {{constructor.constructor('window.hit=1')()}} `${hit=1}`",
    "<link rel=stylesheet href=//evil.example/x.css><base href=//evil.example>",
    "<details open ontoggle=window.hit=1>",
    "<input autofocus onfocus=window.hit=1>",
    "<math><mtext><style><img src=x onerror=window.hit=1></style></mtext></math>",
    "![x](http://evil.example/x.png) [y](javascript:window.hit=1)",
    "\u202egnp.exe\u202c \x00 \ud800",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """One page, with what it asked of other hosts and what it complained about."""

    def __init__(self, chromium: Any, address: str, width: int = 1360, height: int = 860) -> None:
        self.page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        own = (f"http://{address}/", "data:")
        self.page.on("request", lambda r: r.url.startswith(own) or self.foreign.append(r.url))
        self.page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"http://{address}/")
        self.page.wait_for_selector("#announcer", state="attached")

    def ask(self, question: str) -> None:
        turns = self.page.locator("#talk .turn").count()
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        self.page.wait_for_selector(f"#talk .turn:nth-of-type({turns + 1})")

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.context.close()
        assert self.foreign == []
        assert self.complaints == []


def test_a_question_is_answered_beside_its_source(chromium: Any, server: Any) -> None:
    with Tab(chromium, server.address) as tab:
        page = tab.page
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
        tab.ask("How much is the pier?")
        assert page.inner_text("#talk .short") == "$12 million"
        page.wait_for_function("document.getElementById('announcer').textContent === '$12 million'")
        assert page.input_value("#question textarea") == ""
        assert page.inner_text("#source mark.selected") == "The new pier will cost $12 million."
        page.click("#talk .cited:nth-child(2) .open")
        page.wait_for_selector("#source mark.selected:text('It will open')")
        assert page.is_visible("#source mark.selected")
        assert page.get_attribute("#source nav li:nth-child(2) button", "aria-current") == "true"
        assert page.locator("#talk .cited.selected").count() == 1


def test_an_example_a_follow_up_a_decline_and_a_hint(chromium: Any, server: Any) -> None:
    with Tab(chromium, server.address) as tab:
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


def test_pressing_twice_asks_once(chromium: Any, server: Any) -> None:
    with Tab(chromium, server.address) as tab:
        tab.page.fill("#question textarea", "How much?")
        tab.page.dblclick("#send")
        tab.page.wait_for_selector("#talk .turn")
        tab.page.wait_for_timeout(500)
        assert tab.page.locator("#talk .turn").count() == 1


def test_narrow_the_source_lies_above_and_closes(chromium: Any, server: Any) -> None:
    with Tab(chromium, server.address, 390, 844) as tab:
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
    chromium: Any, double: ModuleType, kept: Conversations, width: int
) -> None:
    server = double.Server(double.AssistantDouble(), kept)
    with Tab(chromium, server.address, width) as tab:
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
    chromium: Any, server: Any
) -> None:
    with Tab(chromium, server.address) as tab:
        page = tab.page
        tab.ask("How much is the pier?")
        page.keyboard.press("j")  # typed, as the box has the focus
        assert page.input_value("#question textarea") == "j"
        page.fill("#question textarea", "")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.wait_for_selector("#source mark.selected:text('It will open')")
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


def test_limits_are_picked_stated_and_removed(chromium: Any, double: ModuleType) -> None:
    assistant = double.AssistantDouble()
    with Tab(chromium, double.Server(assistant).address) as tab:
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
        tab.ask("How much, according to Lowhaven Gazette?")
        page.click("#limits button[data-limit=publisher]")
        page.wait_for_selector("#limits button[data-limit=publisher]", state="detached")
        tab.ask("How much?")
    since = date(2016, 1, 1)
    outlets = ["The <Post>", "Lowhaven Gazette", None]
    assert assistant.within == [Limits(outlet, since) for outlet in outlets]


def test_nothing_hostile_runs_or_loads(chromium: Any, server: Any, double: ModuleType) -> None:
    class Hostile(double.AssistantDouble):  # type: ignore[misc, name-defined]
        def _found(self, attack: str) -> tuple[Article, Version]:
            text = f"{attack} before.\n\n{attack} 5 \n{attack}"
            version = replace(
                double.VERSION, text=text, sha256=sha256_of("x"), title=attack, authors=(attack,)
            )
            return replace(double.ARTICLE, publisher=attack, url=f"http://[{attack}"), version

        def ask(self, question: str, **_: object) -> Answer:
            attack = ATTACKS[int(question)]
            article, version = self._found(attack)
            span = Span(0, len(version.text))
            citation = replace(
                *(double.cite(double.COST),),
                **{"article_id": question, "quote": version.text, "span": span, "sentence": span},
                **{"title": attack, "publisher": attack, "url": article.url},
            )
            said = (Statement(attack, (citation,)),)
            return Answer(attack, f"{attack}?", "answered", said, short="5")

        def source(self, article_id: str, _version: int) -> tuple[Article, Version]:
            return self._found(ATTACKS[int(article_id)])

    other = type(server)(Hostile())
    with Tab(chromium, other.address) as tab:
        for number in range(len(ATTACKS)):
            tab.ask(str(number))
            tab.page.wait_for_selector("#source mark.selected")
        assert tab.page.evaluate("window.hit") is None
        unsafe = "[...document.querySelectorAll('#talk a, #source a')].length"
        assert tab.page.evaluate(unsafe) == 0
