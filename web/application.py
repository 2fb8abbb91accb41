"""The application that is served: the page, and what is beside it, behind the guard."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.requests import HTTPConnection

from web.admission import Admission
from web.guard import LOOPBACK_NAMES, Guard
from web.identity import ANYBODY, Identified, Visitor
from web.operation.metrics import NO_TELEMETRY, Counting
from web.operation.requests import Logged
from web.owner import Owner, OwnersDoor
from web.page.head import own_head
from web.page.plain import ASSETS_IN_HEAD
from web.place import HERE, Place
from web.routes import API
from web.sign_in.gate import Gate
from web.tabs import Tabs
from web.traffic import Streams, Traffic

if TYPE_CHECKING:
    from gradio import Blocks

    from web.operation.health import Watch
    from web.page.judging import Judges
    from web.page.offers import See
    from web.page.shelf import Keeps
    from web.sign_in.ways import SignIn

ASSETS = Path(__file__).parent / "assets"
EMBED = Path(__file__).parent / "embed"
# Else Gradio makes a table of the last 10,000 events, each with its session, after every event.
_GRADIO = {"GRADIO_ANALYTICS_MAX_EVENTS": "1", "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000"}
_HEAD = f"""{ASSETS_IN_HEAD}
<script src="onrecord/page.js"></script>
<script src="onrecord/adding.js"></script>
<script src="onrecord/sources.js"></script>
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What is served to everybody; what is None is left out.

    Attributes:
        examples: Returns questions to try.
        is_sample: Whether the collection is the invented sample, which is said.
        kept: Keeps the conversations of those who can be told apart: whoever sits at this machine,
            and those who sign in.
        judges: Keeps what readers say of answers.
        api: The HTTP API.
        sign_in: How visitors are told apart; None where nobody signs in.
        embedders: Origins whose pages may show ours in a frame.
        watch: What those who watch the server are told.
        admission: Takes or refuses questions; None sets no limits on any one user.
        log_requests: Whether each request is logged.
    """

    examples: Callable[[], Sequence[str]] = tuple
    is_sample: bool = False
    kept: Keeps | None = None
    judges: Judges | None = None
    api: FastAPI | None = None
    sign_in: SignIn | None = None
    embedders: Sequence[str] = ()
    watch: Watch | None = None
    admission: Admission | None = None
    log_requests: bool = False


NOTHING_MORE = Parts()


def application(
    see: See,
    parts: Parts = NOTHING_MORE,
    place: Place = HERE,
    *,
    own_machine: bool,
    owner: Owner | None = None,
    names: Collection[str] = (),
) -> FastAPI:
    """Return the guarded application.

    Args:
        see: Returns what each visitor is served.
        parts: What is served to all of them.
        place: Where visitors find it.
        own_machine: Whether only this machine is served, by its loopback names.
        owner: Proves who sits at it; without one nobody can.
        names: Hosts that it is served under beside these and that of `place`; where there is none,
            and others are served, any will do.
    """
    import gradio as gr  # seconds, after the address and the store have been found usable

    for name, value in _GRADIO.items():
        os.environ.setdefault(name, value)
    from web.api.page import add_api_page
    from web.operation.health import add_health
    from web.page.adding import add_uploads
    from web.page.chat import ChatPage
    from web.page.components import theme
    from web.page.offers import Offers
    from web.page.overview import add_overview
    from web.page.shelf import add_downloads
    from web.sign_in.pages import add_sign_in

    admission = parts.admission or Admission()
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY)
    app.mount("/onrecord", StaticFiles(directory=ASSETS))
    app.mount("/embed", StaticFiles(directory=EMBED))
    told_apart = own_machine or parts.sign_in is not None
    kept = parts.kept if told_apart else None
    if kept:
        add_downloads(app, kept, lambda visitor: see(visitor).archive)
    if told_apart:
        add_uploads(app, see)
    if parts.api:
        app.mount(API, parts.api)
        add_api_page(app, parts.api, place)
    if parts.watch:
        add_health(app, parts.watch)
    if parts.sign_in:
        add_sign_in(app, parts.sign_in, place)
    add_overview(app, see, has_api=parts.api is not None)
    offers = Offers(
        examples=parts.examples,
        is_sample=parts.is_sample,
        kept=kept,
        judges=parts.judges,
        signs_out=parts.sign_in is not None and parts.sign_in.provider is not None,
        has_owner=own_machine and parts.sign_in is None,
    )
    page = ChatPage(see, offers, admission).blocks()
    gr.mount_gradio_app(
        app,
        page,
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
        favicon_path=str(ASSETS / "icon.svg"),
        app_kwargs={"telemetry": NO_TELEMETRY},
    )
    app.add_middleware(
        Tabs, admission=admission, forget=partial(_forget, page), events=frozenset(page.fns)
    )
    app.add_middleware(Streams, admission=admission)
    known_by = (owner or Owner(place=place)) if own_machine else None
    _add_identity(app, parts.sign_in, place, known_by)
    _add_limits(app, parts, place, admission, _hosts(place, names, own_machine=own_machine))
    return app


def _hosts(place: Place, names: Collection[str], *, own_machine: bool) -> Collection[str] | None:
    """Return to which hosts a request may be addressed; None for any."""
    if own_machine or place.is_behind_proxy or names:
        return LOOPBACK_NAMES.union(names)
    return None


def _add_identity(app: FastAPI, sign_in: SignIn | None, place: Place, owner: Owner | None) -> None:
    """Put before the application what tells who visits; what is added last comes first."""
    if sign_in:
        app.add_middleware(Gate, place=place, provider=sign_in.provider is not None)
        app.add_middleware(Identified, identify=sign_in.identify)
    elif owner:
        app.add_middleware(Identified, identify=owner.identify)
        app.add_middleware(OwnersDoor, owner=owner)
    else:
        app.add_middleware(Identified, identify=_anybody)


def _add_limits(
    app: FastAPI,
    parts: Parts,
    place: Place,
    admission: Admission,
    hosts: Collection[str] | None,
) -> None:
    """Put before that what each request passes, whoever sends it."""
    app.add_middleware(Traffic, admission=admission)
    first = _first(parts.sign_in, place)
    app.add_middleware(Guard, hosts=hosts, place=place, embedders=parts.embedders, head=first)
    if parts.watch:
        app.add_middleware(Counting, refused=parts.watch.metrics.refused)
    if parts.log_requests:
        app.add_middleware(Logged, place=place)


def _anybody(_: HTTPConnection) -> Visitor:
    return ANYBODY


def _forget(page: Blocks, session: str) -> None:
    """Drop what Gradio holds of an open page."""
    page.state_holder.session_data.pop(session, None)


def _first(sign_in: SignIn | None, place: Place) -> str:
    """Return what the page begins with: its name, and the script that all requests go through."""
    way = ("oidc" if sign_in.provider else "proxy") if sign_in else ""
    said = f'<meta name="onrecord-sign-in" content="{way}">' if way else ""
    return f'{own_head(place)}{said}<script src="onrecord/visitor.js"></script>'
