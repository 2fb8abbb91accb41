"""The tools over HTTP, at ``/v1/mcp``: one request, one JSON reply, nothing kept in between.

Hosts, origins and the size of bodies are the guard's matter, keys are `Callers`'.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from web.admission import Admission
from web.api.callers import Callers
from web.api.errors import ApiError, check_json, error_json
from web.api.service import Served
from web.guard import BODY_LIMIT
from web.identity import Visitor
from web.mcp.server import is_installed, tool_server
from web.mcp.tools import allowed
from web.tabs import read_body

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

_PATH = "/mcp"


def add_mcp(app: FastAPI, served: Served, callers: Callers, admission: Admission) -> None:
    """Add the tools to the API, where the library for them is installed."""
    if is_installed():
        endpoint = _Endpoint(served, callers, admission)
        app.router.routes.append(Route(_PATH, endpoint, include_in_schema=False))


class _Endpoint:
    """ASGI application that answers one message of an assistant."""

    def __init__(self, served: Served, callers: Callers, admission: Admission) -> None:
        self._served = served
        self._callers = callers
        self._admission = admission

    @cached_property
    def _server(self) -> Server[dict[str, Any]]:
        """The server, made with the first request: its library takes a second to import."""
        return tool_server(self._served, self._admission, _caller)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell who calls, then let the library answer; ApiError where nobody is let in."""
        if scope["method"] != "POST":  # a stream or a session is not to be had
            body = error_json("E_METHOD", "only POST is answered here")
            await JSONResponse(body, 405, headers={"Allow": "POST"})(scope, receive, send)
            return
        request = Request(scope)
        caller = await run_in_threadpool(self._callers.of, request)
        if not allowed(caller):
            raise ApiError(403, "E_SCOPE", "this key is for none of the tools")
        request.state.caller = caller
        receive, sent = await read_body(receive)
        if "json" in request.headers.get("content-type", ""):  # the library takes nothing else
            check_json(sent)
        server = await run_in_threadpool(lambda: self._server)
        await _answer(server, scope, receive, send)


async def _answer(
    server: Server[dict[str, Any]], scope: Scope, receive: Receive, send: Send
) -> None:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    # One for each request: they may run once only, and would have to be run by the lifespan of the
    # whole application, which a mounted one has no part in.
    manager = StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=BODY_LIMIT
    )
    async with manager.run():
        await manager.handle_request(scope, receive, send)


def _caller(request: Request) -> Visitor:
    caller: Visitor = request.state.caller
    return caller
