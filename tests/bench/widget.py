"""The script that puts OnRecord on other pages: bytes over the wire, and until it can be used.

    python tests/bench/widget.py [--loads 20]

Serves the example page and OnRecord with a stand-in for the assistant, and loads the page
in Chromium, each time as a new visitor. Prints the script's size and, in milliseconds from the
beginning of the navigation (lower is better), when its button stood there and could be pressed.
"""

# ruff: noqa: T201 - a script that prints its figures

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from types import SimpleNamespace

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
# The button is there once an animation frame has been drawn with it in the page.
READY = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
    const host = document.querySelector('body > onrecord-chat');
    done(host.shadowRoot.querySelector('button') ? performance.now() : NaN);
})))"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def _serve(folder: Path) -> str:
    """Serve the example's page from one site and OnRecord from another; return its address."""
    from corpus.catalogue import Stats
    from web.application import EMBED, Parts
    from web.page.offers import to_all
    from web.serve import listen, run

    pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{pages.server_port}"
    stats = Stats(1, 1, 1, 1, 1, None, None, 1, 0)
    assistant = SimpleNamespace(
        stats=lambda: stats, newest=lambda _: [], publishers=dict, newest_date=None
    )
    listener, ready = listen("127.0.0.1", 0), threading.Event()
    given = (to_all(assistant), listener, Parts(embedders=[address]))  # type: ignore[arg-type]
    serving = partial(run, *given, announce=lambda _: ready.set())
    threading.Thread(target=serving, daemon=True).start()
    ready.wait(60)
    own = f"http://localhost:{listener.getsockname()[1]}"
    for path in (EMBED / "example").glob("*.*"):
        text = path.read_text("utf-8").replace("ONRECORD", own)
        (folder / path.name).write_text(text, "utf-8")
    return f"{address}/index.html"


def _loads(address: str, count: int) -> list[float]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        found = []
        for _ in range(count):
            context = browser.new_context()
            page = context.new_page()
            page.goto(address, wait_until="commit")
            page.wait_for_selector("body > onrecord-chat", state="attached")
            found.append(page.evaluate(READY))
            context.close()
        browser.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--loads", type=int, default=20)
    loads = parser.parse_args().loads
    script = (ROOT / "web" / "embed" / "embed.js").read_bytes()
    print(f"embed.js: {len(script):,} bytes, {len(gzip.compress(script)):,} compressed")
    with tempfile.TemporaryDirectory() as folder:
        taken = sorted(_loads(_serve(Path(folder)), loads))
    slow = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
    print(f"usable after {median(taken):.0f} ms (median of {loads}), {slow:.0f} ms (95 %)")


if __name__ == "__main__":
    main()
