"""Every state of the page in a real browser, for everyone: with axe, by keyboard, under attack.

Run by `make test-web`, which installs what they need; skipped where that is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from corpus.article import Article, Span, Version, sha256_of
from corpus.catalogue import RecordedError, Stats
from corpus.errors import ItemError, QuestionError
from index.adding import Added
from qa.answer import Answer, Citation, Statement, Withdrawn
from qa.conversations.kept import Summary

pytest.importorskip("axe_playwright_python")
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
STILL = "Promise.allSettled(document.getAnimations().map(each => each.finished))"
FIREFOX = shutil.which("firefox-esr")
HOSTILE = [
    json.loads(line)
    for line in Path(__file__).with_name("hostile.jsonl").read_text("utf-8").splitlines()
]
WHOLE = "ONRECORD_WHOLE" in os.environ  # by `make test-web`; else what takes long is tried in part
TRIED = range(0, len(HOSTILE), 1 if WHOLE else 8)
ARABIC = "قالت رئيسة البلدية إن الميناء الجديد سيفتح في مايو 2020."
NOON = datetime(2019, 4, 2, 12, tzinfo=UTC)


def every_state(double: ModuleType) -> Any:
    """Return an assistant whose first word decides how it answers."""

    def years_apart() -> Answer:
        citations = tuple(
            replace(
                double.cite(double.COST, short=short),
                publisher=f"Outlet {number}",
                published=date(2014, 3, 1) + timedelta(days=500 * number),
            )
            for number, short in enumerate(["$12 million", "$9 million", "$15 million"])
        )
        statements = tuple(Statement(c.quote, (c,)) for c in citations)
        return Answer("differ", "differ?", "answered", statements, "$12 million", carried=("pier",))

    def withdrawn() -> Answer:
        gone = Withdrawn("", "", 1, "00", "removed")
        return replace(double.answered("withdrawn"), withdrawn=(gone,))

    def arabic() -> Answer:
        span = Span(0, len(ARABIC))
        cited = replace(double.cite(double.COST), quote=ARABIC, span=span, sentence=span)
        cited = replace(
            cited, title=ARABIC, publisher="جريدة", article_id="arabic", short="مايو 2020"
        )
        return Answer(ARABIC, ARABIC, "answered", (Statement(ARABIC, (cited,)),), "مايو 2020")

    class EveryState(double.AssistantDouble):  # type: ignore[misc, name-defined]
        def ask(self, question: str, **rest: Any) -> Answer:
            made = {
                "differ": years_apart,
                "withdrawn": withdrawn,
                "arabic": arabic,
                "unclear": lambda: Answer(
                    question, question, "unclear", choices=("How much was the pier?", "Or the dam?")
                ),
            }.get(question.partition(" ")[0])
            return made() if made else super().ask(question, **rest)

        def source(
            self, article_id: str, version: int, sha256: str
        ) -> tuple[Article, Version] | None:
            if article_id != "arabic":
                return super().source(article_id, version, sha256)
            sha256 = sha256_of(ARABIC)
            changed = replace(
                double.VERSION, text=ARABIC, sha256=sha256, title=ARABIC, language="ar"
            )
            return double.ARTICLE, changed

    return EveryState()


class Shows:
    """A collection with something refused."""

    sight = (0, None)

    def __init__(self, double: ModuleType, said: str = "nothing in it") -> None:
        self._found = [(double.ARTICLE, double.VERSION)]
        self.said = said

    def stats(self) -> Stats:
        day = date(2019, 4, 2)
        return Stats(1, 1, 4, 1, 1, day, day, bytes=9, refused=1)

    def months(self) -> dict[str | None, dict[str | None, int]]:
        return {self.said: {"2019-04": 3, "2019-06": 1}, None: {None: 2}}

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        return self._found[:count]

    def errors(self) -> list[RecordedError]:
        error = ItemError("E_EMPTY", self.said, source=self.said, hint=self.said)
        return [RecordedError(NOON, error)]


class Adds:
    """Adds nothing, and says that it did."""

    def __init__(self, double: ModuleType) -> None:
        self.given: list[Any] = []
        self._added = Added(double.ARTICLE, double.VERSION, 1, ())

    def file(self, name: str, content: bytes) -> Added:
        self.given.append((name, content))
        return self._added

    def pasted(self, given: dict[str, str]) -> Added:
        self.given.append(given)
        return self._added

    def page(self, url: str) -> Added:
        raise ItemError("E_OFFLINE", "cannot be reached", source=url, hint="save the page")


@pytest.fixture(scope="module")
def judged() -> list[Any]:
    return []


@pytest.fixture(scope="module")
def adds(double: ModuleType) -> Adds:
    return Adds(double)


@pytest.fixture(scope="module")
def states(double: ModuleType, judged: list[Any], adds: Adds) -> Any:
    """A page that can be in every state."""

    def judge(*given: Any, **named: Any) -> None:
        judged.append((*given, named))

    return double.Server(every_state(double), judges=judge, adds=adds, archive=Shows(double))


def violations(page: Any) -> list[str]:
    """Return what axe finds serious or critical."""
    page.evaluate(STILL)  # what fades in is there
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


STATES = ["How much?", "differ", "who paid?", "unclear", "withdrawn", "arabic", "  "]


@pytest.mark.parametrize(
    ("scheme", "width"),
    [("light", 1360), ("dark", 360), *([("light", 360), ("dark", 1360)] if WHOLE else [])],
)
def test_axe_finds_nothing_serious_in_any_state(
    open_tab: Any, states: Any, scheme: str, width: int
) -> None:
    with open_tab(states.address, width, color_scheme=scheme) as tab:
        page = tab.page
        found = violations(page)
        for question in STATES:
            if question.strip():
                tab.ask(question)
            else:
                page.fill("#question textarea", question)
                page.press("#question textarea", "Enter")
                page.wait_for_selector("#now .hint")
            found += violations(page)
        page.click("#limits summary")
        found += violations(page)
        page.click("#talk .turn:nth-child(2) [data-judge=bad]")
        found += violations(page)
        page.focus("#talk .mark button")
        found += violations(page)
        page.click("#talk .open >> nth=0")
        page.wait_for_selector("#source mark.selected")
        found += violations(page)
        page.keyboard.press("Escape")
        if page.is_visible(".shelve"):  # it is in the drawer
            page.click(".shelve")
            found += violations(page)
        page.click("button.add")
        for kind in ("link", "paste", "file"):
            page.check(f"#add [value={kind}]")
            found += violations(page)
        page.keyboard.press("Escape")
        page.goto(f"http://{states.address}/sources")
        page.click("summary >> nth=0")
        found += violations(page)
    assert found == []


def test_the_shelf_passes_axe_as_well(open_tab: Any, double: ModuleType, kept: Any) -> None:
    with open_tab(double.Server(double.AssistantDouble(), kept).address) as tab:
        tab.ask("How much?")
        tab.page.wait_for_selector("#shelf [aria-current]")
        tab.page.click("#shelf summary")
        assert violations(tab.page) == []


@pytest.mark.parametrize("width", [360, 720, 1024, 1360, 2560])
def test_nothing_sticks_out_at_any_width(open_tab: Any, states: Any, width: int) -> None:
    with open_tab(states.address, width, 900) as tab:
        for question in STATES[:-1]:
            tab.ask(question)
            wide = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
            assert tab.page.evaluate(wide) <= width
            inside = "(e => e.scrollWidth - e.clientWidth)(document.getElementById('record'))"
            assert tab.page.evaluate(inside) <= 0
        tab.page.goto(f"http://{states.address}/sources")
        assert tab.page.evaluate(wide) <= width


def test_a_page_enlarged_twice_can_be_used(open_tab: Any, states: Any) -> None:
    with open_tab(states.address, 640, 450) as tab:  # 1280 by 900 at 200 %
        tab.ask("differ")
        assert tab.page.is_visible("#talk .differ")
        box = tab.page.locator("#question textarea").bounding_box()
        assert box
        assert box["y"] + box["height"] <= 450


def test_a_mark_shows_its_quote_when_pointed_at_and_when_focused(
    open_tab: Any, states: Any
) -> None:
    with open_tab(states.address) as tab:
        page = tab.page
        tab.ask("differ")
        assert page.is_hidden("#differ-0-1")
        page.hover("#talk .differ tr:nth-child(2) .mark button")
        assert page.is_visible("#differ-0-1")
        assert "Outlet 1" in page.inner_text("#differ-0-1")
        page.keyboard.press("Escape")
        assert page.is_hidden("#differ-0-1")
        page.focus("#talk .short .mark button")
        assert page.is_visible("#short-0-0")


def test_the_timeline_goes_by_keyboard(open_tab: Any, states: Any) -> None:
    with open_tab(states.address) as tab:
        page = tab.page
        tab.ask("differ")
        assert page.locator("#talk .timeline li").count() == 3
        page.focus("#talk .timeline li:nth-child(2) button")
        page.keyboard.press("Enter")
        page.wait_for_selector("#talk .cited.selected[data-cite='1']")
        page.wait_for_selector("#source nav [aria-current]:has-text('Outlet 1')")


def test_an_answer_is_judged_with_a_reason(open_tab: Any, states: Any, judged: list[Any]) -> None:
    with open_tab(states.address) as tab:
        page = tab.page
        tab.ask("How much?")
        tab.ask("differ")
        page.click("#talk .turn:nth-child(2) [data-judge=bad]")
        page.keyboard.type("the <b>wrong</b> pier")
        page.keyboard.press("Enter")
        page.wait_for_selector("#talk .judge:text('Noted')")
        page.wait_for_timeout(500)
    verdict, answer, named = judged[-1]
    assert (verdict, named["why"]) == ("bad", "the <b>wrong</b> pier")
    assert (answer["question"], named["history"]) == ("differ", ["How much?"])


def test_an_article_is_added_and_opened(open_tab: Any, states: Any, adds: Adds) -> None:
    with open_tab(states.address) as tab:
        page = tab.page
        page.click("button.add")
        page.click("#add .primary")
        page.wait_for_selector("#add .said:text('Nothing was given')")
        page.fill("#add [name=url]", "http://nowhere.example/x")
        page.click("#add .primary")
        page.wait_for_selector("#add .said:text('cannot be reached')")
        tab.complaints.clear()  # the browser logs that it was refused
        page.check("#add [value=file]")
        page.set_input_files(
            "#add [name=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"Pier.\n"}
        )
        page.click("#add .primary")
        page.wait_for_selector(".notice-box:text('Added: Pier <approved>')")
        page.wait_for_selector("#source [data-link]")
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert adds.given == [("a.txt", b"Pier.\n")]


def test_the_language_is_the_browsers_until_one_is_picked(open_tab: Any, states: Any) -> None:
    with open_tab(states.address, locale="de-AT") as tab:
        page = tab.page
        assert page.evaluate("document.documentElement.lang") == "de"
        assert page.inner_text("#send") == "Fragen"
        tab.ask("who paid?")
        assert page.inner_text("#talk .chip") == "Nicht belegt"
        page.select_option("select.language", "en")
        page.wait_for_selector("html[lang=en]")
        assert page.inner_text("#send") == "Ask"
        page.click("nav a[href='./sources']")
        page.wait_for_selector("h2:text('What is searched')")


def test_what_is_printed_is_the_conversation(open_tab: Any, states: Any) -> None:
    with open_tab(states.address) as tab:
        page = tab.page
        for question in STATES[:5]:
            tab.ask(question)
        page.emulate_media(media="print")
        for hidden in ("#composer", "#limits", ".banner nav", ".judge", "#source"):
            assert page.locator(hidden).first.is_hidden(), hidden
        assert page.evaluate("getComputedStyle(document.getElementById('record')).overflowY") != (
            "auto"
        )
        assert page.evaluate("document.documentElement.scrollHeight") > 1500


def hostile_assistant(double: ModuleType) -> Any:
    class Hostile(double.AssistantDouble):  # type: ignore[misc, name-defined]
        def _found(self, attack: str) -> tuple[Article, Version]:
            text = f"{attack} before.\n\n{attack} 5 \n{attack}"
            version = replace(
                double.VERSION, text=text, sha256=sha256_of("x"), title=attack, authors=(attack,)
            )
            version = replace(version, language=attack)
            return replace(double.ARTICLE, publisher=attack, url=attack), version

        def newest(self, _count: int) -> list[tuple[Article, Version]]:
            return [self._found(attack) for attack in HOSTILE]

        def publishers(self) -> dict[str, int]:
            return dict.fromkeys(HOSTILE, 1)

        def ask(self, question: str, **_: object) -> Answer:
            attack = HOSTILE[int(question) % len(HOSTILE)]
            if int(question) >= len(HOSTILE):
                raise QuestionError("E_X", f"{question} {attack}")
            article, version = self._found(attack)
            span = Span(0, len(version.text))
            cited = replace(
                *(double.cite(double.COST, short="5"),),
                **{"article_id": question, "quote": version.text, "span": span, "sentence": span},
                **{"title": attack, "publisher": attack, "url": article.url, "context": attack},
            )
            cited: Citation
            said = Statement(attack, (cited, cited))
            return Answer(
                attack, f"{attack}?", "answered", (said,), short="5", carried=(attack,), note=attack
            )

        def source(self, article_id: str, _version: int, _sha256: str) -> tuple[Article, Version]:
            return self._found(HOSTILE[int(article_id)])

    return Hostile()


class HostileNames:
    """Keeps conversations under hostile names, whatever is asked."""

    readonly = False

    def listed(self, _user: str) -> Iterator[Summary]:
        return [Summary(f"id{n}", name, NOON, NOON, 1) for n, name in enumerate(HOSTILE)]  # type: ignore[return-value]

    def start(self, _user: str, _question: str) -> str:
        return "id0"

    def append(self, *_: object) -> int:
        return 1


def test_nothing_hostile_runs_loads_or_links(open_tab: Any, double: ModuleType) -> None:
    assert len(HOSTILE) >= 150
    hostile = double.Server(hostile_assistant(double), HostileNames(), archive=Shows(double))
    unsafe = (
        "[...document.querySelectorAll('a[href], area, form[action], iframe, object, embed, base')]"
        ".map(e => e.href ?? e.outerHTML)"
        f".filter(h => !h.startsWith('http://{hostile.address}/') && !/^https?:/.test(h))"
    )
    with open_tab(hostile.address) as tab:

        def ask(question: int, shown: str) -> None:
            last = f"[...document.querySelectorAll('{shown}')].at(-1)"
            done = f"{last}?.textContent.trim().startsWith('{question}')"

            def asked() -> bool:  # while another one is answered, Enter asks nothing
                tab.page.fill("#question textarea", str(question))
                tab.page.press("#question textarea", "Enter")
                tab.page.wait_for_timeout(100)
                return bool(tab.page.evaluate(done))

            double.until(asked)
            found = tab.page.evaluate(f"window.hit ?? {unsafe}")
            assert found == [], HOSTILE[question % len(HOSTILE)]

        for number in TRIED:
            ask(number, "#talk .turn .question")
            tab.page.wait_for_selector("#source mark.selected")
        for number in TRIED:
            ask(len(HOSTILE) + number, "#now .hint")


def test_nothing_hostile_gets_into_the_page_of_sources(open_tab: Any, double: ModuleType) -> None:
    shows = Shows(double)
    server = double.Server(double.AssistantDouble(), archive=shows)
    for number in TRIED:
        shows.said = HOSTILE[number]
        with open_tab(server.address, path="sources") as tab:
            assert tab.page.evaluate("window.hit") is None


@pytest.mark.skipif(FIREFOX is None, reason="there is no firefox-esr here")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_main_path_in_firefox(states: Any, double: ModuleType, tmp_path: Path) -> None:
    marionette = pytest.importorskip("marionette_driver.marionette")
    firefox = marionette.Marionette(bin=FIREFOX, headless=True, gecko_log=str(tmp_path / "log"))
    firefox.start_session()
    try:
        firefox.timeout.implicit = 120
        firefox.navigate(f"http://{states.address}/")

        def find(selector: str) -> Any:
            return firefox.find_element("css selector", selector)

        def ask(question: str) -> None:
            find("#question textarea").send_keys(f"{question}\ue007")  # the Enter key

        def click(selector: str) -> None:
            before, element = None, find(selector)
            while before != element.rect:  # it scrolls there, as playwright waits for elsewhere
                before = element.rect
                time.sleep(0.2)
                element = find(selector)
            element.click()

        find("#announcer")
        ask("How much?")
        assert find("#talk .turn:nth-child(1) .short bdi").text == "$12 million"
        assert find("#source mark.selected").text == double.COST
        ask("who paid?")
        assert find("#talk .turn:nth-child(2) .chip").text == "Not on record"
        click("#talk .turn:nth-child(1) .cited:nth-child(2) .open")
        assert find("#source nav li:nth-child(2) button[aria-current]")
        assert firefox.execute_script("return document.documentElement.scrollWidth") <= 1400
    finally:
        firefox.quit()
