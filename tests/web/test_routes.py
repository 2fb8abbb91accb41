from __future__ import annotations

import pytest

from web.routes import route_of


@pytest.mark.parametrize(
    ("path", "template", "is_open"),
    [
        ("/", "/", False),
        ("/sources", "/sources", False),
        ("/sign-in", "/sign-in", True),
        ("/healthz", "/healthz", True),
        ("/v1/ask", "/v1/ask", True),  # asks for a key itself
        ("/v1/articles/a/b/versions/3", "/v1/articles/{id}/versions/{number}", True),
        ("/v1/articles/a/b", "/v1/articles/{id}", True),
        ("/v1/nothing", "/v1/…", True),
        ("/gradio_api/queue/join/", "/gradio_api/queue/join", False),
        ("/gradio_api/heartbeat/abc123", "/gradio_api/heartbeat/{session}", False),
        ("/conversations/x.json", "/conversations/{file}", False),
        ("/onrecord/page.js", "/onrecord/{file}", True),
    ],
)
def test_a_path_has_a_template_that_says_who_may_see_it(
    path: str, template: str, is_open: bool
) -> None:
    route = route_of(path)
    assert route is not None
    assert (route.template, route.is_open) == (template, is_open)


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/ask\nx", "/.env", "/sources/", "/../sources", "/onrecord/../x", "/v1/", "//"),
        *("/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/conversations/x.html", ""),
        *("/embed/example/index.html", "/v1/articles/../keys", "/static/x/y.js"),
    ],
)
def test_what_is_not_served_has_no_route(path: str) -> None:
    assert route_of(path) is None
