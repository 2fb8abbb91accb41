"""The report in a real browser; skipped where playwright or chromium is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.report import write_report

pytest.importorskip("matplotlib")
playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")

OUTCOMES = ("right", "wrong quote", "wrongly declined", "declined", "wrongly answered")
LOST = {name: name for name in ("wrongly declined", "wrongly answered")}
LOST["wrong quote"] = "not picked"
ATTACKS = (
    "<script>window.hit=1</script><img src=//evil.example/x.png onerror=window.hit=1>",
    "</style></script></details><svg/onload=window.hit=1><iframe src=//evil.example>",
    "\" autofocus onfocus=window.hit=1 x='<link rel=stylesheet href=//evil.example/x.css>",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def report(make_run: Any, make_row: Any, tmp_path: Path) -> str:
    """Return the address of a report on 25 questions, two of each five hostile."""
    rows = [
        make_row(
            f"q{n}",
            outcome=OUTCOMES[n % 5],
            lost=LOST.get(OUTCOMES[n % 5]),
            question=f"Question {n} about the café? {ATTACKS[n % 3] if n % 5 > 2 else ''}",
            slices={"kind": "money" if n < 10 else "person"},
        )
        for n in range(25)
    ]
    write_report(make_run(*rows), tmp_path / "report.html")
    return (tmp_path / "report.html").as_uri()


@contextmanager
def opened(chromium: Any, address: str, width: int = 1360, **options: Any) -> Iterator[Any]:
    """Open a page; it may ask for nothing and complain of nothing."""
    context = chromium.new_context(viewport={"width": width, "height": 844}, **options)
    page = context.new_page()
    complaints: list[str] = []
    own = address.partition("#")[0]
    page.on("request", lambda r: r.url.startswith((own, "data:")) or complaints.append(r.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.hit") is None
    context.close()
    assert complaints == []


def shown(page: Any) -> int:
    return int(page.locator("#rows > li:visible").count())


@pytest.mark.parametrize("width", [390, 1360])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_filters_and_search_show_what_they_say(
    chromium: Any, report: str, width: int, theme: str
) -> None:
    with opened(chromium, report, width, color_scheme=theme) as page:
        assert shown(page) == 25
        page.click(".chips label:has([value='wrong quote'])")
        assert (shown(page), page.inner_text("#count")) == (5, "5 of 25 shown")
        page.select_option("#kind", "money")
        assert shown(page) == 2
        page.fill("#words", "CAFE 6")
        assert shown(page) == 1
        page.click("#clear")
        assert (shown(page), page.inner_text("#count")) == (25, "All 25 shown")
        page.click("text=Show them >> nth=0")
        assert (shown(page), page.input_value("#lost")) == (5, "not picked")
        page.click("#open")
        assert page.locator(".row[open]").count() == 5


def test_a_link_opens_its_question_even_where_a_filter_hides_it(chromium: Any, report: str) -> None:
    with opened(chromium, f"{report}#q-q21") as page:
        assert page.is_visible("#q-q21")
        assert page.locator(".row[open]").count() == 1
        assert page.evaluate("document.activeElement.textContent").startswith("Wrong quote first")
        page.click(".chips label:has([value=declined])")
        assert page.is_hidden("#q-q21")
        page.click(".squares [href='#q-q21']")
        page.wait_for_selector("#q-q21", state="visible")
        box = page.locator(".row:has(#q-q21) summary").bounding_box()  # below the bar
        assert 40 < box["y"] < 600


def test_it_is_used_by_the_keyboard(chromium: Any, report: str) -> None:
    with opened(chromium, report) as page:
        page.focus(".chips input >> nth=0")
        page.keyboard.press("ArrowRight")
        assert shown(page) == 5
        page.focus("#rows .row:visible summary >> nth=0")
        page.keyboard.press("Enter")
        assert page.is_visible("#q-q0")
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_without_scripts_all_is_there_and_a_link_opens_its_question(
    chromium: Any, report: str
) -> None:
    with opened(chromium, f"{report}#q-q21", java_script_enabled=False) as page:
        assert shown(page) == 25
        page.wait_for_selector("#q-q21", state="visible")
        assert page.is_hidden("#filters")
