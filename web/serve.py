"""Serve the chat page: Gradio mounted in a FastAPI application behind the guard, run by uvicorn."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from corpus.errors import UsageError
from corpus.sample import KNOWN_ARTICLE, QUESTIONS
from web.guard import API, LOOPBACK_NAMES, Guard
from web.place import HERE, Place, parse_place

if TYPE_CHECKING:
    from qa.settings import Settings
    from web.adding import Adds
    from web.judging import Judges
    from web.offers import Assists, Suggests
    from web.overview import Shows
    from web.shelf import Keeps

ASSETS = Path(__file__).parent / "assets"
EMBED = Path(__file__).parent / "embed"
_SETTLED_SECONDS = 15.0  # after which a page that was opened at the start is there
_GRACE_SECONDS = 1  # how long a stop waits for pages that keep a stream open
_STRIP = """
<link rel="icon" href="onrecord/icon.svg">
<link rel="stylesheet" href="onrecord/page.css">
<script src="onrecord/strip.js"></script>
"""
_HEAD = f"""{_STRIP}
<script src="onrecord/page.js"></script>
<script src="onrecord/adding.js"></script>
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What is served beside answers; what is None is left out.

    Attributes:
        examples: Returns questions to try.
        is_sample: Whether the collection is the invented sample, which is said.
        kept: Keeps the conversations, of the one who sits at this machine only, as nobody else
            can be told apart.
        judges: Keeps what readers say of answers.
        suggests: Proposes questions to go on with.
        adds: Adds articles, for the one who sits at this machine only.
        shows: Shows what is searched.
        api: The HTTP API.
        embedders: Origins whose pages may show ours in a frame.
    """

    examples: Callable[[], Sequence[str]] = tuple
    is_sample: bool = False
    kept: Keeps | None = None
    judges: Judges | None = None
    suggests: Suggests | None = None
    adds: Adds | None = None
    shows: Shows | None = None
    api: FastAPI | None = None
    embedders: Sequence[str] = ()


NOTHING_MORE = Parts()


def serve(
    store: Path,
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 7860,
    root_path: str = "",
    open_browser: bool = False,
    announce: Callable[[str], None] = lambda _line: None,
) -> None:
    """Serve the store's chat page until SIGTERM (SystemExit) or SIGINT (KeyboardInterrupt).

    Args:
        store: The folder of the archive.
        settings: Settings for the assistant.
        host: The address to listen on.
        port: The port to listen on; 0 for any free one.
        root_path: Where visitors find it behind a proxy, as `web.place.parse_place` takes it.
        open_browser: Whether to open the page in the user's browser.
        announce: Takes each line for the user, once the page can be opened.

    Raises:
        UsageError: The address cannot be listened on, or the root path is none.
        StoreError: The store cannot be used.
    """
    # These read the model, in vain where the port is in use.
    from index.adding import Adding
    from index.schema import open_archive
    from qa.assemble import open_assistant
    from qa.conversations.store import Conversations
    from qa.evaluation.sets.feedback import record_feedback
    from qa.suggestions.suggest import Suggestions
    from web.api.app import api_application
    from web.api.callers import Callers
    from web.api.service import Service
    from web.keys import Keys
    from web.lately import Lately

    place = parse_place(root_path)
    with listen(host, port) as listener:
        assistant = open_assistant(store, settings)
        # beside the import of gradio, so that the page opens no later
        threading.Thread(target=assistant.warm_up, name="warm-up", daemon=True).start()
        is_sample = assistant.source(KNOWN_ARTICLE, 1) is not None
        adding = Adding(store, assistant.embedder)
        with (
            open_archive(store) as archive,
            Conversations(archive) as kept,
            Keys(store) as keys,
        ):
            service = Service(assistant, archive, kept, adding, store)
            callers = Callers(keys, own_machine=is_own_machine(listener, place))
            suggestions = Suggestions(assistant, archive)
            lately = Lately(suggestions.opening, lambda: archive.change, first=_SETTLED_SECONDS)
            parts = Parts(
                examples=(lambda: QUESTIONS) if is_sample else lately,
                is_sample=is_sample,
                kept=kept,
                judges=partial(record_feedback, store),
                suggests=suggestions,
                adds=None if archive.readonly else adding,
                shows=archive,
                api=api_application(service, callers),
                embedders=settings.serve.embedded_in,
            )
            run(assistant, listener, parts, place, announce=announce, open_browser=open_browser)


def run(
    assistant: Assists,
    listener: socket.socket,
    parts: Parts = NOTHING_MORE,
    place: Place = HERE,
    *,
    announce: Callable[[str], None] = lambda _line: None,
    open_browser: bool = False,
) -> None:
    """Serve an assistant on a listening socket until it is stopped; see `serve`."""
    page = application(assistant, parts, place, own_machine=is_own_machine(listener, place))

    def ready() -> None:
        for line in _announcement(listener, place, parts.examples()):
            announce(line)
        if open_browser:
            webbrowser.open(address(listener))

    if threading.current_thread() is threading.main_thread():
        # uvicorn stops on SIGTERM, then raises it once more for whoever handled it before
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _Server(page, ready).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when the page can be opened."""

    def __init__(self, page: FastAPI, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            page,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        logging.getLogger("uvicorn.error").addFilter(_is_no_cut_stream)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _is_no_cut_stream(record: logging.LogRecord) -> bool:
    """Keep silent about the streams of open pages, which every stop has to cut."""
    cut = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut and "graceful shutdown exceeded" not in str(record.msg)


def application(
    assistant: Assists, parts: Parts = NOTHING_MORE, place: Place = HERE, *, own_machine: bool
) -> FastAPI:
    """Return the guarded application.

    Args:
        assistant: Answers the questions.
        parts: What is served beside them.
        place: Where visitors find it.
        own_machine: Whether only this machine is served, by its loopback names.
    """
    # Else Gradio works out statistics of all events so far, in pandas, after every event.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(sys.maxsize))
    import gradio as gr  # seconds, after the address and the store have been found usable

    from web.adding import add_uploads
    from web.chat import ChatPage
    from web.components import theme
    from web.markup import collection
    from web.offers import Offers
    from web.overview import add_overview
    from web.shelf import add_downloads

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/onrecord", StaticFiles(directory=ASSETS))
    app.mount("/embed", StaticFiles(directory=EMBED))
    kept, adds = (parts.kept, parts.adds) if own_machine else (None, None)
    if kept:
        add_downloads(app, kept)
    if adds:
        add_uploads(app, adds, lambda: collection(assistant.stats()))
    if parts.api:
        app.mount(API, parts.api)
    if parts.shows:
        add_overview(app, parts.shows, _STRIP, paths=own_machine)
    offers = Offers(
        examples=parts.examples,
        is_sample=parts.is_sample,
        kept=kept,
        judges=parts.judges,
        suggests=parts.suggests,
        adds=adds is not None,
    )
    gr.mount_gradio_app(
        app,
        ChatPage(assistant, offers).blocks(),
        path="/",
        root_path=place.root or None,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=theme(),
        head=_HEAD,
    )
    behind_proxy = place.is_behind_proxy
    hosts = LOOPBACK_NAMES if own_machine or behind_proxy else None
    app.add_middleware(Guard, hosts=hosts, place=place, embedders=parts.embedders)
    return app


def listen(host: str, port: int) -> socket.socket:
    """Return a socket listening on the address; UsageError in one line where that fails."""
    try:
        if not 0 <= port <= 65535:  # the system would take it modulo 65536
            raise OverflowError("a port is a number from 1 to 65535")
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place[:2], family=family)
    except (OSError, OverflowError, ValueError) as error:
        raise UsageError(f"cannot serve at {host}:{port}: {_reason(error, port)}") from error


def _reason(error: Exception, port: int) -> str:
    if isinstance(error, OverflowError):
        return str(error)
    if isinstance(error, socket.gaierror) or not isinstance(error, OSError):
        return "this is not an address"
    return {
        errno.EADDRINUSE: f"port {port} is in use; choose another with --port",
        errno.EACCES: f"no right to use port {port}; choose one above 1023 with --port",
        errno.EADDRNOTAVAIL: "this machine does not have that address",
    }.get(error.errno or 0, error.strerror or str(error))


def address(listener: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def is_own_machine(listener: socket.socket, place: Place) -> bool:
    """Return whether nobody but this machine's users can come in."""
    return _is_loopback(listener) and not place.is_behind_proxy


def _is_loopback(listener: socket.socket) -> bool:
    return ip_address(listener.getsockname()[0]).is_loopback


def _announcement(listener: socket.socket, place: Place, examples: Sequence[str]) -> list[str]:
    lines = [f"OnRecord is at {address(listener)}{place.path}"]
    lines += [f"Visitors find it at {place.root}"] if place.is_behind_proxy else []
    if not is_own_machine(listener, place):
        lines.append("Whoever reaches this machine can read the collection: there is no log-in.")
    if examples:
        lines += ["Try asking:", *(f"  {example}" for example in examples)]
    return [*lines, "Ctrl-C stops it."]
