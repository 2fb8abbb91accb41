"""Every address that is served, in one place.

The guard lets nothing else in, the gate knows by it what anybody may see, and the log names an
address by its template. Gradio has some 60 routes more (uploads, files, proxies, an API of its
own): they are not needed, and a newer version's additions stay shut as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

API = "/v1"
"""Where the HTTP API is."""
API_PAGE = "/api"
"""Where it is described for people."""
WIDGET = "/embed/embed.js"
"""What other sites may load, to put our page into a frame of theirs."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address, or many that have a part of their own.

    Attributes:
        template: Names it, with nothing of anybody's in it.
        pattern: Matches the paths; by default the template alone.
        is_open: Whether anybody may see it: it holds nothing of the collection or of a visitor, or
            asks for a key of its own.
    """

    template: str
    pattern: str = ""
    is_open: bool = False

    def has(self, path: str) -> bool:
        """Return whether a path is one of these."""
        return re.fullmatch(self.pattern or re.escape(self.template), path) is not None


_OPEN = "/handed /sign-in /signed-in /sign-out /healthz /readyz /metrics /favicon.ico /config"
_ID = r"[^/\x00-\x1f]{1,2000}"
_ARTICLE = r"[^\x00-\x1f]{1,2000}"
_SERVED = (
    *(Route(path) for path in "/ /sources /articles /visitor".split()),
    *(Route(path, is_open=True) for path in (*_OPEN.split(), "/theme.css", WIDGET, API_PAGE)),
    Route("/conversations/{file}", r"/conversations/[a-z0-9]{1,20}\.(?:md|json)"),
    Route("/onrecord/{file}", r"/onrecord/[\w.]+", is_open=True),
    Route("/assets/{file}", r"/assets/[\w./@-]+", is_open=True),
    Route("/static/{file}", r"/static/(?:js|fonts|img)/[\w./-]+", is_open=True),
    Route("/gradio_api/startup-events", "/gradio_api/startup-events/?", is_open=True),
    Route("/gradio_api/app_id", "/gradio_api/app_id/?", is_open=True),
    Route("/gradio_api/queue/join", "/gradio_api/queue/join/?"),
    Route("/gradio_api/queue/data", "/gradio_api/queue/data/?"),
    Route("/gradio_api/heartbeat/{session}", r"/gradio_api/heartbeat/\w+/?"),
    *(
        Route(f"{API}/{name}", is_open=True)
        for name in "ask chat/completions feedback quote search stats visitors mcp conversations"
        " articles models openapi.json".split()
    ),
    Route(f"{API}/models/{{id}}", rf"{API}/models/{_ID}", is_open=True),
    Route(f"{API}/conversations/{{id}}", rf"{API}/conversations/{_ID}", is_open=True),
    Route(
        f"{API}/articles/{{id}}/versions/{{number}}",
        rf"{API}/articles/{_ARTICLE}/versions/\d+",
        is_open=True,
    ),
    Route(f"{API}/articles/{{id}}", rf"{API}/articles/{_ARTICLE}", is_open=True),
    # The API says itself that there is nothing else, in the form of its errors.
    Route(f"{API}/…", rf"{API}/{_ARTICLE}", is_open=True),
)


def route_of(path: str) -> Route | None:
    """Return the route of a path, the nearest where several have it; None where none has."""
    if ".." in path:
        return None
    return next((route for route in _SERVED if route.has(path)), None)
