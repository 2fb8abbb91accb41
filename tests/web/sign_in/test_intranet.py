"""On an intranet, in Chromium: wherever it is served, however it is shown, whoever signs in.

The embedding page is another site, with a strict policy, and third-party cookies are blocked.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from qa.settings import Settings
from web.place import parse_place
from web.serve import listen
from web.sign_in.ways import SignIn, open_sign_in

STILL = "Promise.allSettled(document.getAnimations().map(each => each.finished))"
SECRET = "a-secret-of-the-proxy"
SAMPLE = Path(__file__).parents[3] / "deploy" / "nginx.conf"
PLACES = ("root", "sub-path")
WAYS = ("open", "proxy", "oidc")
LOOKS = ("page", "frame", "script")
HEART = {
    ("root", "open", "script"),
    ("root", "oidc", "frame"),
    ("sub-path", "proxy", "page"),
    ("sub-path", "oidc", "script"),
}
WHOLE = pytest.mark.skipif("ONRECORD_WHOLE" not in os.environ, reason="tried by `make test-web`")


class Quiet(SimpleHTTPRequestHandler):
    """The company's own pages, and the address from which they get a token for their user."""

    def __init__(self, *given: Any, token: Callable[[], str], **named: Any) -> None:
        self.token = token
        super().__init__(*given, **named)

    def do_GET(self) -> None:
        if self.path != "/token":
            super().do_GET()
            return
        body = json.dumps({"token": self.token()}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Intranet:
    """A company's page on one site and OnRecord on another."""

    folder: Path
    page: str = ""
    onrecord: str = ""
    sign_in: SignIn | None = None
    assistant: Any = None
    processes: list[Any] = field(default_factory=list)
    user: str = "ada"

    def token(self) -> str:
        """Return a token for who is at the company's page; "" for nobody."""
        assert self.sign_in
        if not self.user:
            return ""
        return self.sign_in.handover.token(self.user, self.user, [], self.page)

    def write(self, body: str) -> str:
        """Write the company's page; return its address."""
        at = self.onrecord.split("/", 3)
        own = "/".join(at[:3])
        policy = f"default-src 'none'; script-src {own}; frame-src {own}; connect-src 'self'"
        (self.folder / "index.html").write_text(
            "<!doctype html><html lang=en><title>Intranet</title>"
            f'<meta http-equiv="Content-Security-Policy" content="{policy}"><body>{body}'
        )
        return f"{self.page}/index.html"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def nginx(folder: Path, port: int, upstream: int, path: str, *, names: bool) -> Any:
    """Start nginx by the sample for administrators, at a path, naming a user where asked to."""
    sample = SAMPLE.read_text("utf-8")
    assert "127.0.0.1:7860" in sample
    sample = sample.replace("127.0.0.1:7860", f"127.0.0.1:{upstream}")
    sample = sample.replace("location /news/", f"location {path}/")
    sample = sample.replace("proxy_set_header Host $host;", "proxy_set_header Host $http_host;")
    if names:
        named = 'proxy_set_header X-Remote-User "ada"; proxy_set_header X-OnRecord-Proxy-Secret '
        sample = sample.replace("proxy_buffering", f'{named}"{SECRET}";\n    proxy_buffering', 1)
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ {temporary}"
        f" access_log off; server {{ listen 127.0.0.1:{port}; {sample} }} }}"
    )
    started = subprocess.Popen(["nginx", "-c", str(whole)], stderr=subprocess.DEVNULL)
    for _ in range(2000):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return started
        time.sleep(0.05)
    raise AssertionError((folder / "log").read_text())


@pytest.fixture
def make_intranet(
    tmp_path: Path, double: Any, kept: Any, provider: Any
) -> Iterator[Callable[[str, str], Intranet]]:
    made: list[Any] = []

    def make(place: str, way: str) -> Intranet:
        proxied = place == "sub-path" or way == "proxy"
        if proxied and shutil.which("nginx") is None:
            pytest.skip("there is no nginx here")
        folder = tmp_path / "pages"
        folder.mkdir()
        intranet = Intranet(folder, assistant=double.AssistantDouble())
        handler = partial(Quiet, directory=str(folder), token=intranet.token)
        pages = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        made.extend((pages.shutdown, pages.server_close))
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        intranet.page = f"http://intranet.test:{pages.server_port}"
        listener = listen("127.0.0.1", 0)
        upstream = listener.getsockname()[1]
        port = free_port() if proxied else upstream
        path = "/tools/news" if place == "sub-path" else ""
        intranet.onrecord = f"http://onrecord.example:{port}{path}"
        at = parse_place(intranet.onrecord)
        given: dict[str, Any] = {"by": "nobody" if way == "open" else way}
        given |= {"issuer": provider.issuer} if way == "oidc" else {}
        serve = {"embedded_in": [intranet.page]}
        settings = Settings.model_validate({"sign_in": given, "serve": serve})
        environment = {"ONRECORD_PROXY_SECRET": SECRET, "ONRECORD_OIDC_SECRET": provider.secret}
        intranet.sign_in = open_sign_in(settings, at, environment, on_loopback=True)
        double.Server(
            intranet.assistant,
            kept,
            place=at,
            listener=listener,
            sign_in=intranet.sign_in,
            embedders=[intranet.page],
        )
        if proxied:
            process = nginx(tmp_path, port, upstream, path, names=way == "proxy")
            made.append(process.terminate)
            made.append(process.wait)
        return intranet

    yield make
    for end in made:
        end()


@pytest.fixture(scope="module")
def chromium_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Start Chromium as a new user, third-party cookies blocked unless told otherwise."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium here")
    with playwright.sync_playwright() as started:

        def start(*, blocks: bool = True) -> Any:
            mode = {"cookie_controls_mode": int(blocks), "block_third_party_cookies": blocks}
            profile = tmp_path_factory.mktemp("profile")
            (profile / "Default").mkdir()
            (profile / "Default" / "Preferences").write_text(json.dumps({"profile": mode}))
            context = started.chromium.launch_persistent_context(
                str(profile),
                executable_path=path,
                args=["--no-sandbox", "--host-resolver-rules=MAP * 127.0.0.1"],
                viewport={"width": 1200, "height": 900},
            )
            context.set_default_timeout(120_000)
            return context

        yield start


@pytest.fixture
def browser(chromium_of: Callable[[], Any]) -> Iterator[Any]:
    context = chromium_of()
    yield context
    context.close()


@pytest.fixture
def keeping_browser(chromium_of: Callable[..., Any]) -> Iterator[Any]:
    """One in which the frame can keep its session, as long as the tab is open."""
    context = chromium_of(blocks=False)
    yield context
    context.close()


def ask_cite_and_follow_up(frame: Any, assistant: Any) -> None:
    frame.locator("#announcer").wait_for(state="attached")
    box = frame.locator("#question textarea")
    turns = frame.locator("#talk .turn")
    for number, question in enumerate(("How much is the pier?", "and when?")):
        box.fill(question)
        box.press("Enter")
        turns.nth(number).locator(".short > bdi").wait_for()
        assert turns.nth(number).locator(".short > bdi").inner_text() == "$12 million"
    turns.first.locator("button.open").first.click()
    frame.locator("#source mark.selected").wait_for()
    assert (
        "The new pier will cost $12 million." in frame.locator("#source mark.selected").inner_text()
    )
    assert [len(given.turns) for given in assistant.given] == [0, 1]


def in_frame(intranet: Intranet) -> str:
    return f"<iframe title=news src='{intranet.onrecord}/?frame=1'></iframe>"


def shown(page: Any, intranet: Intranet, way: str, look: str) -> Any:
    """Open OnRecord in one of its looks, signing in where that is needed; return its frame."""
    if look == "page":
        page.goto(f"{intranet.onrecord}/")
        return page
    if look == "frame":
        page.goto(intranet.write(in_frame(intranet)))
        if way == "oidc":
            with page.context.expect_page() as opened:
                page.frame_locator("iframe").locator("dialog.sign-in button").click()
            opened.value.locator("#yes").click()
        return page.frame_locator("iframe")
    token = "" if way == "open" else "data-token-from=/token"
    tag = f"<script src='{intranet.onrecord}/embed/embed.js' data-mode=inline {token}></script>"
    page.goto(intranet.write(tag))
    return page.frame_locator("onrecord-chat iframe")


@pytest.mark.parametrize(
    ("place", "way", "look"),
    [
        pytest.param(*each, id="-".join(each), marks=() if each in HEART else WHOLE)
        for each in product(PLACES, WAYS, LOOKS)
    ],
)
def test_it_answers_wherever_it_stands(
    make_intranet: Any, browser: Any, provider: Any, place: str, way: str, look: str
) -> None:
    provider.asks = look == "frame"  # a page of the provider's that may be in no frame
    intranet = make_intranet(place, way)
    page = browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    frame = shown(page, intranet, way, look)
    ask_cite_and_follow_up(frame, intranet.assistant)
    if look != "page":
        own = intranet.onrecord.split("/", 3)[2].split(":")[0]
        assert [each for each in browser.cookies() if own in each["domain"]] == []
    elif way != "open":
        name = "ada of the newsroom" if way == "oidc" else "ada"
        assert page.locator(".banner .visitor").inner_text() == name
        assert page.locator("#shelf [data-open]").count() == 1
    assert complaints == []


def test_third_party_cookies_are_blocked_here(make_intranet: Any, browser: Any) -> None:
    """What the others rest on: the frame's site cannot keep a cookie inside the company's page."""
    intranet = make_intranet("root", "open")
    page = browser.new_page()
    page.goto(f"{intranet.onrecord}/")
    page.evaluate("document.cookie = 'own=1'")
    assert "own=1" in page.evaluate("document.cookie")
    page.goto(intranet.write(in_frame(intranet)))
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert "own=1" not in frame.evaluate("document.cookie")


def test_a_session_that_ended_is_begun_again_by_itself(make_intranet: Any, browser: Any) -> None:
    intranet = make_intranet("root", "oidc")
    page = browser.new_page()
    frame = shown(page, intranet, "oidc", "script")
    ask_cite_and_follow_up(frame, intranet.assistant)
    intranet.sign_in.sessions._known.clear()
    frame.locator("#question textarea").fill("How much once more?")
    frame.locator("#question textarea").press("Enter")
    frame.locator("#talk .turn").nth(2).locator(".short").wait_for()


def test_the_session_of_who_was_there_before_ends(make_intranet: Any, keeping_browser: Any) -> None:
    intranet = make_intranet("root", "oidc")
    page = keeping_browser.new_page()
    for user in ("ada", "bob"):  # one after the other, in the same tab
        intranet.user = user
        shown(page, intranet, "oidc", "script").locator("#announcer").wait_for(state="attached")
        who = page.frames[1].evaluate("fetch('visitor').then((reply) => reply.json())")
        assert who == {"name": user}
    intranet.user = ""
    shown(page, intranet, "oidc", "script").locator("dialog.sign-in button").wait_for()


def test_a_token_in_the_page_serves_as_long_as_its_session(
    make_intranet: Any, keeping_browser: Any
) -> None:
    intranet = make_intranet("root", "oidc")
    page = keeping_browser.new_page()
    src = f"{intranet.onrecord}/embed/embed.js"
    tag = f"<script src='{src}' data-mode=inline data-token='{intranet.token()}'></script>"
    for _ in range(2):
        page.goto(intranet.write(tag))
        frame = page.frame_locator("onrecord-chat iframe")
        frame.locator("#announcer").wait_for(state="attached")
        who = page.frames[1].evaluate("fetch('visitor').then((reply) => reply.json())")
        assert who == {"name": "ada"}


def test_who_closes_the_window_may_try_again(
    make_intranet: Any, browser: Any, provider: Any
) -> None:
    provider.asks = True
    intranet = make_intranet("root", "oidc")
    page = browser.new_page()
    page.goto(intranet.write(in_frame(intranet)))
    button = page.frame_locator("iframe").locator("dialog.sign-in button")
    with page.context.expect_page() as opened:
        button.click()
    opened.value.locator("#yes").wait_for()
    opened.value.close()
    # Every half second the frame looks whether its window is gone.
    page.frames[1].evaluate("new Promise(done => setTimeout(done, 1200))")
    with page.context.expect_page() as opened:
        button.click()
    opened.value.locator("#yes").click()
    ask_cite_and_follow_up(page.frame_locator("iframe"), intranet.assistant)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_where_visitors_sign_in(
    make_intranet: Any, browser: Any, provider: Any, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python")
    script = resources.files(axe).joinpath("axe.min.js").read_text("utf-8")
    provider.asks = True
    intranet = make_intranet("root", "oidc")
    page = browser.new_page()
    page.emulate_media(color_scheme=scheme)

    def faults(frame: Any) -> list[str]:
        frame.evaluate(script)
        found = frame.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [each["id"] for each in found if each["impact"] in ("serious", "critical")]

    page.goto(intranet.write(in_frame(intranet)))
    page.frame_locator("iframe").locator("dialog.sign-in button").wait_for()
    page.evaluate(STILL)
    assert faults(page.frames[1]) == []
    page.goto(f"{intranet.onrecord}/signed-in?error=access_denied&state=x")
    assert faults(page) == []
    page.goto(f"{intranet.onrecord}/sign-in")
    page.locator("#yes").click()
    page.locator(".banner .visitor").wait_for()
    page.evaluate(STILL)
    assert faults(page) == []


def test_signing_out_ends_it(make_intranet: Any, browser: Any) -> None:
    intranet = make_intranet("sub-path", "oidc")
    page = browser.new_page()
    page.goto(f"{intranet.onrecord}/")
    page.locator(".sign-out button").click()
    page.get_by_text("You are signed out here.").wait_for()
    assert [each for each in browser.cookies() if each["name"] == "onrecord_session"] == []
    page.get_by_role("link", name="Sign in").click()
    page.locator(".banner .visitor").wait_for()
