"""Starting the server and opening its page speaks to nobody else, and unpickles nothing (G-S12)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SERVE = """
import json, sys, threading, urllib.request
from types import SimpleNamespace

seen = []
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "pickle.find_class")

def hook(event, given):
    if event in WATCHED:
        about = given if event == "socket.getaddrinfo" else given[1:]
        seen.append([event, repr(about)])

sys.addaudithook(hook)
import app, cli.serve, qa.assemble, web.assemble  # whatever a server imports
from corpus.catalogue import Stats
from web.application import Parts
from web.page.offers import to_all
from web.serve import address, listen, run

assistant = SimpleNamespace(stats=lambda: Stats(1, 1, 1, 1, 1, None, None, 1, 0))
listener = listen("127.0.0.1", 0)
ready = threading.Event()
threading.Thread(
    target=lambda: run(to_all(assistant), listener, Parts(), announce=lambda _: ready.set()),
    daemon=True,
).start()
assert ready.wait(120)
threading.Event().wait(WAIT)
begun = len(seen)
with urllib.request.urlopen(address(listener)) as page:
    assert b"gradio_config" in page.read()
print(json.dumps([seen, begun]))
"""


def test_nobody_is_spoken_to_and_nothing_is_unpickled() -> None:
    # As somebody may have it who has switched nothing off; what is told later is told within this.
    program = SERVE.replace("WAIT", "3")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home())}
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        check=False,
        timeout=300,
    )
    assert outcome.returncode == 0, outcome.stderr
    events, begun = json.loads(outcome.stdout.strip().split("\n")[-1])
    foreign = [(event, what) for event, what in events[:begun] if "127.0.0.1" not in what]
    assert foreign == []
    # The hook works: it saw the page being opened.
    assert [event for event, _ in events[begun:] if event == "socket.connect"] == ["socket.connect"]
