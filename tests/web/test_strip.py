"""The strip at the top and its drawer, in a real browser, at every width and in every language."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from corpus.archive import Archive
from index.schema import open_archive
from qa.conversations.store import LOCAL_USER, Conversations
from qa.messages.say import LANGUAGES
from web.identity import SCOPES, Visitor
from web.page.banner import banner

WIDTHS = [320, 375, 640, 768, 1024, 1200, 1360, 1920]
FINGER = 44
LONG = "Wilhelmina Featherstonehaugh-Cholmondeley, Correspondents' Desk of the Lowhaven Gazette"
ACROSS = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
TALL = "document.querySelector('.banner').getBoundingClientRect().height"
# What can be pressed in the strip and the drawer as they are: its name, and its box.
PRESSED = """
[...document.querySelectorAll('.banner :is(a, button, select), #shelf :is(a, button, input)'),
 ...document.querySelectorAll('#shelf summary')]
  .filter(e => e.checkVisibility({visibilityProperty: true}))
  .map(e => [e.getAttribute('aria-label') || e.textContent, e.getBoundingClientRect().toJSON()])
"""
LARGER = """
for (const e of document.querySelectorAll('.banner *'))
  e.style.fontSize = 2 * parseFloat(getComputedStyle(e).fontSize) + 'px';
"""


def pressed(page: Any) -> dict[str, dict[str, float]]:
    return {name.strip(): box for name, box in page.evaluate(PRESSED)}


@pytest.fixture(scope="module")
def shows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A collection with nothing to list."""
    with open_archive(tmp_path_factory.mktemp("store"), create=True) as archive:
        yield archive


@pytest.fixture(scope="module")
def nameless(double: ModuleType, shows: Any) -> Any:
    """A page with as little in its strip as can be."""
    return double.Server(double.AssistantDouble(), archive=shows)


@pytest.fixture(scope="module")
def named(double: ModuleType, shows: Any) -> Any:
    """A page with everything in its strip: the sample, adding, a long name, and signing out."""
    visitor = Visitor(LOCAL_USER, frozenset(SCOPES), groups=None, name=LONG)
    sign_in = SimpleNamespace(identify=lambda _: visitor, provider=object(), proxy=None)
    parts = {"archive": shows, "adds": object(), "is_sample": True, "sign_in": sign_in}
    return double.Server(double.AssistantDouble(), **parts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "?frame=1", "sources"])
@pytest.mark.parametrize("who", ["nameless", "named"])
def test_the_strip_is_one_row_at_every_width(
    open_tab: Any, request: Any, language: str, path: str, who: str
) -> None:
    server = request.getfixturevalue(who)
    with open_tab(server.address, path=path if path == "sources" else "", locale=language) as tab:
        if path.startswith("?"):
            tab.page.goto(f"http://{server.address}/{path}")
            tab.page.wait_for_selector("#announcer", state="attached")
        for width in WIDTHS:
            tab.page.set_viewport_size({"width": width, "height": 700})
            tab.page.wait_for_timeout(100)
            assert tab.page.evaluate(TALL) == 48
            assert tab.page.evaluate(ACROSS) <= width
            boxes = sorted(pressed(tab.page).items(), key=lambda each: each[1]["left"])
            ends = [*(box["left"] for _, box in boxes[1:]), width]
            for (name, box), end in zip(boxes, ends, strict=True):
                assert box["right"] <= end + 0.5, (name, width)
                assert 0 <= box["top"] < box["bottom"] <= 48, (name, width)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 375, 768, 1024])
def test_what_has_no_room_is_in_the_drawer_and_large_enough_for_fingers(
    open_tab: Any, named: Any, language: str, width: int
) -> None:
    with open_tab(named.address, width, 800, locale=language) as tab:
        row = pressed(tab.page)
        tab.page.click(".shelve")
        drawer = {name: box for name, box in pressed(tab.page).items() if name not in row}
        for name, box in [*drawer.items(), *(row.items() if width < 640 else [])]:
            assert min(box["width"], box["height"]) >= FINGER, name
            assert box["right"] <= width, name
        for control in ("a[href='./sources']", "select.language", "button.add", ".sign-out button"):
            assert tab.page.is_visible(f".banner {control}")
        assert tab.page.is_visible(".banner .visitor")
        assert tab.page.is_visible(".banner .anew")
        assert tab.page.evaluate(ACROSS) <= width


def test_the_conversations_in_the_drawer_are_large_enough_for_fingers(
    open_tab: Any, double: ModuleType, kept: Conversations
) -> None:
    with open_tab(double.Server(double.AssistantDouble(), kept).address, 320, 640) as tab:
        tab.ask("How much?")
        tab.page.wait_for_selector("#shelf [aria-current]", state="attached")
        tab.page.click(".shelve")
        tab.page.click("#shelf summary")
        for name, box in pressed(tab.page).items():
            assert min(box["width"], box["height"]) >= FINGER, name
            assert 0 <= box["left"] < box["right"] <= 320, name
            assert box["bottom"] <= 640, name


def test_the_drawer_goes_by_keyboard(open_tab: Any, named: Any) -> None:
    with open_tab(named.address, 375, 700) as tab:
        page = tab.page
        focused = "document.activeElement.className"
        page.focus(".shelve")
        assert page.get_attribute(".shelve", "aria-controls") == "menu"
        assert page.get_attribute(".shelve", "aria-expanded") == "false"
        page.keyboard.press("Enter")
        assert page.get_attribute(".shelve", "aria-expanded") == "true"
        assert page.evaluate(focused) == "shut"
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid"
        page.keyboard.press("Escape")
        assert page.is_hidden("#menu")
        assert page.evaluate(focused) == "shelve"
        assert page.get_attribute(".shelve", "aria-expanded") == "false"
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")  # on "Close"
        assert page.is_hidden("#menu")
        assert page.evaluate(focused) == "shelve"
        page.keyboard.press("Enter")
        for _ in range(5):  # Sources, the language, adding, signing out, and on
            page.keyboard.press("Tab")
        assert page.is_hidden("#menu")
        page.click(".shelve")
        page.mouse.click(20, 400)
        assert page.is_hidden("#menu")
        page.click(".shelve")
        page.click("button.add")
        page.keyboard.press("Escape")
        assert page.is_hidden("#add")
        assert page.evaluate(focused) == "shelve"


@pytest.mark.parametrize("width", [320, 1360])
def test_enlarged_text_moves_into_the_drawer(open_tab: Any, named: Any, width: int) -> None:
    with open_tab(named.address, width, 700, locale="de") as tab:
        page = tab.page
        page.evaluate(LARGER)
        page.set_viewport_size({"width": width + 1, "height": 700})
        page.wait_for_timeout(100)
        assert page.evaluate(TALL) == 48
        for name, box in pressed(page).items():
            assert 0 <= box["left"] < box["right"] <= width + 1, name
        page.click(".shelve")
        assert page.is_visible(".sign-out button")
        assert page.evaluate(ACROSS) <= width + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_strip_and_the_drawer(
    open_tab: Any, named: Any, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python")
    script = (resources.files(axe) / "axe.min.js").read_text("utf-8")
    with open_tab(named.address, color_scheme=scheme) as tab:
        tab.page.evaluate(script)
        for width in (320, 768, 1920):
            tab.page.set_viewport_size({"width": width, "height": 700})
            for opened in (False, True):
                if opened and tab.page.is_visible(".shelve"):
                    tab.page.click(".shelve")
                tab.page.wait_for_timeout(150)
                found = tab.page.evaluate("axe.run(document)")["violations"]
                grave = [each for each in found if each["impact"] in ("serious", "critical")]
                assert grave == []
            tab.page.keyboard.press("Escape")


def test_a_strip_for_nobody_has_no_one_in_it() -> None:
    html = banner()
    for part in ("sign-out", "visitor", "warning", "<dialog"):
        assert part not in html
