"""The application that is served: the page, and what is beside it, behind the guard."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from web.admission import Admission
from web.guard import API, LOOPBACK_NAMES, Guard
from web.identity import ANYBODY, AT_THIS_MACHINE, Identified
from web.place import HERE, Place

if TYPE_CHECKING:
    from web.adding import Adds
    from web.health import Watch
    from web.judging import Judges
    from web.offers import Assists, Suggests
    from web.overview import Shows
    from web.shelf import Keeps

ASSETS = Path(__file__).parent / "assets"
EMBED = Path(__file__).parent / "embed"
# Else Gradio makes a table of the last 10,000 events, each with its session, after every event.
_GRADIO = {"GRADIO_ANALYTICS_MAX_EVENTS": "1", "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000"}
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
        watch: What those who watch the server are told.
        admission: Takes or refuses questions; None sets no limits on any one user.
        log_requests: Whether each request is logged.
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
    watch: Watch | None = None
    admission: Admission | None = None
    log_requests: bool = False


NOTHING_MORE = Parts()


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
    import gradio as gr  # seconds, after the address and the store have been found usable

    for name, value in _GRADIO.items():
        os.environ.setdefault(name, value)
    from web.adding import add_uploads
    from web.chat import ChatPage
    from web.components import theme
    from web.health import add_health
    from web.markup import collection
    from web.metrics import Counting
    from web.offers import Offers
    from web.overview import add_overview
    from web.requests import Logged
    from web.shelf import add_downloads
    from web.traffic import Streams, Traffic

    admission = parts.admission or Admission()
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
    if parts.watch:
        add_health(app, parts.watch)
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
        ChatPage(assistant, offers, admission).blocks(),
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
    visitor = AT_THIS_MACHINE if own_machine else ANYBODY
    app.add_middleware(Streams, admission=admission)
    app.add_middleware(Identified, identify=lambda _: visitor)
    app.add_middleware(Traffic, admission=admission)
    behind_proxy = place.is_behind_proxy
    hosts = LOOPBACK_NAMES if own_machine or behind_proxy else None
    app.add_middleware(Guard, hosts=hosts, place=place, embedders=parts.embedders)
    if parts.watch:
        app.add_middleware(Counting, refused=parts.watch.metrics.refused)
    if parts.log_requests:
        app.add_middleware(Logged, place=place)
    return app
