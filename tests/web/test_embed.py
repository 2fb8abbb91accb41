"""OnRecord on another site's page: bubble, panel and link, in a real browser."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from web.application import EMBED, Parts, application
from web.page.offers import to_all

MOST_BYTES = 25_000


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def intranet(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve the example page from another site: its address and folder."""
    handler = partial(Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path
        server.shutdown()


@pytest.fixture
def embedded(intranet: tuple[str, Path], double: Any) -> str:
    """Put OnRecord on the example page; return the page's address."""
    address, folder = intranet
    server = double.Server(double.AssistantDouble(), embedders=[address])
    # Another name of this machine, so that it is another site.
    own = server.address.replace("127.0.0.1", "localhost")
    for path in (EMBED / "example").iterdir():
        text = path.read_text("utf-8").replace("ONRECORD", f"http://{own}")
        (folder / path.name).write_text(text, "utf-8")
    return f"{address}/index.html"


def opened(chromium: Any, address: str, **context: Any) -> Any:
    page = chromium.new_context(viewport={"width": 1200, "height": 900}, **context).new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    return page


def ask(frame: Any, question: str) -> str:
    frame.locator("#announcer").wait_for(state="attached")
    turns = frame.locator("#talk .turn")
    before = turns.count()
    frame.locator("#question textarea").fill(question)
    frame.locator("#question textarea").press("Enter")
    return str(turns.nth(before).locator(".short > bdi").inner_text())


def test_a_bubble_and_a_panel_answer_on_one_page(chromium: Any, embedded: str) -> None:
    page = opened(chromium, embedded)
    complaints: list[str] = []
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    panel = page.frame_locator("#panel onrecord-chat iframe")
    assert ask(panel, "How much?") == "$12 million"
    page.click("onrecord-chat button")
    bubble = page.frame_locator("body > onrecord-chat iframe")
    assert ask(bubble, "How much is the pier?") == "$12 million"
    assert ask(bubble, "and when?") == "$12 million"
    assert panel.locator("#talk .turn").count() == 1  # each has its own conversation
    bubble.locator("#talk .open").first.click()
    bubble.locator("#source mark.selected").wait_for()
    assert bubble.locator(".banner nav a[href='./sources']").is_hidden()
    bubble.locator("body").press("Escape")  # the source
    bubble.locator("body").press("Escape")  # the bubble
    page.locator("body > onrecord-chat #panel").wait_for(state="hidden")
    assert complaints == []
    page.context.close()


def test_the_page_keeps_its_language_when_a_conversation_is_kept(
    chromium: Any, double: Any, kept: Any
) -> None:
    server = double.Server(double.AssistantDouble(), kept)
    joined: list[str] = []
    page = chromium.new_page()
    page.set_default_timeout(120_000)
    page.on("request", lambda r: "/queue/join" in r.url and joined.append(r.url))
    page.goto(f"http://{server.address}/?frame=1&lang=de&token={server.token}")
    ask(page, "How much?")
    double.until(lambda: page.evaluate("location.hash.length > 1"))
    assert page.evaluate("location.search") == "?frame=1&lang=de"
    assert ask(page, "and when?") == "$12 million"
    assert len(joined) >= 4
    assert {url.partition("?")[2] for url in joined} == {"frame=1&lang=de"}
    page.close()


@pytest.mark.parametrize(
    ("tag", "place", "warned"),
    [
        ('<head><script SRC async data-mode="inline"></script></head><p id="here">', "body", 0),
        ('<head><script SRC data-mode="inline"></script></head><p id="here">', "body", 0),
        ('<head><script SRC data-mode="inline" data-target="#here"></script></head><p id="here">',
         "#here", 0),
        ('<body><script SRC data-mode="inline" data-target="#here"></script><p id="here">',
         "#here", 0),
        ('<body><div><script SRC data-mode="inline" data-target="#gone"></script></div>',
         "div", 1),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("embedded")
def test_a_panel_is_seen_wherever_its_tag_stands(
    chromium: Any, intranet: tuple[str, Path], tag: str, place: str, warned: int
) -> None:
    example = (intranet[1] / "index.html").read_text("utf-8")
    source = example[example.index('src="http') :].partition("embed.js")[0] + 'embed.js"'
    (intranet[1] / "made.html").write_text(f"<!doctype html>{tag.replace('SRC', source)}", "utf-8")
    page = chromium.new_page()
    page.set_default_timeout(120_000)
    warnings: list[str] = []
    page.on("console", lambda m: m.type == "warning" and warnings.append(m.text))
    page.goto(f"{intranet[0]}/made.html")
    page.wait_for_selector(f"{place} > onrecord-chat")
    assert page.locator(f"{place} > onrecord-chat").is_visible()
    assert sum("data-target" in text for text in warnings) == warned
    page.close()


def test_a_panel_leaves_the_page_where_it_is_and_a_bubble_can_be_typed_into(
    chromium: Any, embedded: str
) -> None:
    page = opened(chromium, embedded)
    page.set_viewport_size({"width": 900, "height": 400})
    page.frame_locator("#panel onrecord-chat iframe").locator("#announcer").wait_for(
        state="attached"
    )
    page.wait_for_timeout(1000)
    assert page.evaluate("window.scrollY") == 0
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.click("body > onrecord-chat button")
    bubble = page.frame_locator("body > onrecord-chat iframe")
    bubble.locator("#question textarea:focus").wait_for()
    page.keyboard.type("How much?")
    assert bubble.locator("#question textarea").input_value() == "How much?"
    page.context.close()


def test_no_cookie_is_set_or_needed(chromium: Any, embedded: str) -> None:
    page = opened(chromium, embedded)
    panel = page.frame_locator("#panel onrecord-chat iframe")
    assert ask(panel, "How much?") == "$12 million"
    assert page.context.cookies() == []
    page.context.close()


def test_axe_finds_nothing_serious_on_the_example(chromium: Any, embedded: str) -> None:
    axe = pytest.importorskip("axe_playwright_python")
    script = resources.files(axe).joinpath("axe.min.js").read_text("utf-8")
    page = opened(chromium, embedded, bypass_csp=True)
    ask(page.frame_locator("#panel onrecord-chat iframe"), "How much?")
    page.click("onrecord-chat button")
    ask(page.frame_locator("body > onrecord-chat iframe"), "How much?")
    assert len(page.frames) == 3
    for frame in page.frames:
        frame.evaluate(script)
        options = "{resultTypes: ['violations'], iframes: false}"
        found = frame.evaluate(f"axe.run(document, {options})")["violations"]
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    page.context.close()


def test_a_link_asks_its_question_once(chromium: Any, embedded: str) -> None:
    page = opened(chromium, embedded)
    page.click("#link")
    page.wait_for_selector("#talk .turn h2:text('How much has China lent Venezuela?')")
    assert "q=" not in page.url
    page.wait_for_timeout(500)
    assert page.locator("#talk .turn").count() == 1
    page.context.close()


def test_language_publisher_and_question_of_the_tag_are_followed(
    chromium: Any, intranet: tuple[str, Path], double: Any
) -> None:
    address, folder = intranet
    assistant = double.AssistantDouble()
    server = double.Server(assistant, embedders=[address])
    own = server.address.replace("127.0.0.1", "localhost")
    (folder / "index.html").write_text(
        f"<!doctype html><title>x</title><body><script src='http://{own}/embed/embed.js'"
        " data-mode=inline data-language=de data-publisher='The <Post>'"
        " data-question='How much?'></script>"
    )
    page = opened(chromium, f"{address}/")
    frame = page.frame_locator("onrecord-chat iframe")
    frame.locator("#talk .short").wait_for()
    assert frame.locator("#send").inner_text() == "Fragen"
    assert assistant.within[0].publisher == "The <Post>"
    page.context.close()


def test_another_site_cannot_frame_it(
    chromium: Any, embedded: str, intranet: tuple[str, Path], double: Any
) -> None:
    foreign = double.Server(double.AssistantDouble())
    own = foreign.address.replace("127.0.0.1", "localhost")
    _, folder = intranet
    (folder / "other.html").write_text(f"<iframe src='http://{own}/' title=x></iframe>")
    page = opened(chromium, embedded.replace("index", "other"))
    page.wait_for_timeout(1500)
    assert page.frame_locator("iframe").locator("#question").count() == 0
    page.context.close()


def test_the_widget_is_small_and_alone_open_to_others(assistant: Any) -> None:
    parts = Parts(embedders=["https://intranet.example"])
    client = TestClient(
        application(to_all(assistant), parts, own_machine=True), base_url="http://localhost"
    )
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    widget = client.get("/embed/embed.js", headers=cross)
    assert widget.status_code == 200
    assert widget.headers["cross-origin-resource-policy"] == "cross-origin"
    assert len(gzip.compress(widget.content)) < MOST_BYTES
    assert b"http" not in widget.content.replace(b"https://intranet.example/news", b"")
    assert client.get("/onrecord/page.js", headers=cross).status_code == 403
    assert client.get("/embed/example/index.html").status_code == 404
    policy = client.get("/").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://intranet.example" in policy
