"""Ask the sample's questions on a running page in Debian's chromium, and take pictures of it.

    onrecord serve --store data/sample &
    python tests/bench/browser_check.py [URL] [FOLDER FOR THE PICTURES]

Prints how long each answer took from pressing Enter, and every request that went to another host;
exit code 1 if there was one, if the browser complained, or if a question was not answered as
expected. Needs `pip install playwright` and chromium; without them it says so and exits with 0.
"""

# ruff: noqa: T201 - a script that prints its figures

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any

SIZES = {"wide": (1360, 860), "narrow": (390, 844)}
QUESTIONS = [
    ("answered", "How much has China lent Venezuela?", "65 billion"),
    ("followup", "And Russia?", ""),
    ("declined", "How much has Brazil lent Venezuela?", "Not on record"),
]


def ask(page: Any, question: str) -> tuple[float, str]:
    """Return the seconds from pressing Enter to the answer, and its text."""
    turns = page.locator("#talk .turn").count()
    page.fill("#question textarea", question)
    start = time.perf_counter()
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"#talk .turn:nth-of-type({turns + 1})")
    return time.perf_counter() - start, page.inner_text("#talk .turn:last-of-type .answer")


def visit(page: Any, name: str, folder: Path) -> list[str]:
    """Go through the questions on one page; return what was not as expected."""
    faults = []
    page.screenshot(path=folder / f"{name}-start.png")
    for state, question, expected in QUESTIONS:
        seconds, said = ask(page, question)
        print(f"{name}: {seconds * 1000:5.0f} ms  {question}  ->  {said.splitlines()[0]}")
        if expected not in said:
            faults.append(f"{name}: {question}: {expected!r} is not in the answer")
        page.wait_for_timeout(700)  # smooth scrolling
        page.screenshot(path=folder / f"{name}-{state}.png")
    page.click("#talk .open >> nth=0")
    page.wait_for_selector("#source mark.selected")
    page.wait_for_timeout(700)
    page.screenshot(path=folder / f"{name}-source.png")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        faults.append(f"{name}: the page is wider than its window")
    return faults


def run(browser: Any, url: str, folder: Path) -> list[str]:
    """Visit the page in every size and theme; return what was not as expected."""
    faults: list[str] = []
    for size, (width, height) in SIZES.items():
        for theme in ("light", "dark"):
            viewport = {"width": width, "height": height}
            page = browser.new_page(viewport=viewport, color_scheme=theme)
            watch(page, url, faults)
            start = time.perf_counter()
            page.goto(url)
            page.wait_for_selector("#announcer", state="attached")
            print(f"{size} {theme}: page usable after {time.perf_counter() - start:.1f} s")
            faults += visit(page, f"{size}-{theme}", folder)
            page.close()
    return faults


def watch(page: Any, url: str, faults: list[str]) -> None:
    """Add to `faults` every request to another host and every complaint of the browser."""

    def note_request(request: Any) -> None:
        if not request.url.startswith((url, "data:")):
            faults.append(f"request to another host: {request.url}")

    def note_message(message: Any) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    page.on("request", note_request)
    page.on("console", note_message)
    page.on("pageerror", lambda error: faults.append(f"error in the page: {error}"))


def main(url: str = "http://127.0.0.1:7860/", folder: str = "screenshots") -> int:
    """Run the check; see the top of this file."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("skipped: playwright is not installed")
        return 0
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("skipped: there is no chromium here")
        return 0
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        faults = run(browser, url, Path(folder))
        browser.close()
    print("\n".join(faults) or "no request to another host, no complaint of the browser")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
