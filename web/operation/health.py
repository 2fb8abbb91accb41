"""Whether the server is alive and ready; reasons and figures only for those who may see them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from corpus.archive import Archive
from corpus.errors import OnRecordError, StoreLockedError
from web.api.callers import Callers
from web.identity import visitor_of
from web.operation.metrics import Metrics
from web.workers import Workers

READ_SECONDS = 0.4
"""How long a look at the store waits for a process that keeps it to itself."""
LEAST_FREE = 500_000_000
"""Bytes on the store's disk, below which the server is not ready: soon nothing can be kept."""


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of the server's health.

    Attributes:
        is_warm: Returns whether the models are loaded.
        is_stopping: Returns whether the server is about to end.
    """

    archive: Archive
    is_warm: Callable[[], bool]
    is_stopping: Callable[[], bool] = lambda: False

    def reasons(self) -> list[str]:
        """Return why questions cannot be answered or kept now; an empty list if they can."""
        found = ["stopping"] if self.is_stopping() else []
        found += [] if self.is_warm() else ["starting"]
        found += ["read-only"] if self.archive.readonly else []
        try:
            free = shutil.disk_usage(self.archive.store).free
            found += ["disk"] if free < LEAST_FREE else []
            self.archive.check_readable(READ_SECONDS)
        except StoreLockedError:
            found += [_held(self.archive.other_writer() or 0)]
        except (OnRecordError, OSError):
            found += ["store"]
        return found

    def notes(self) -> list[str]:
        """Return what keeps nobody from asking, and may keep articles from being added."""
        writer = self.archive.other_writer()
        return [] if writer is None else [_held(writer)]


def _held(process: int) -> str:
    return "another process holds the store" + (f" (process {process})" if process else "")


@dataclass(frozen=True, slots=True)
class Watch:
    """What those who watch the server are told.

    Attributes:
        callers: Tells who may see reasons and figures: those with the scope "metrics".
    """

    health: Health
    metrics: Metrics
    callers: Callers

    def is_seen_by(self, request: Request) -> bool:
        """Return whether the caller sees reasons and figures."""
        return self.callers.may(request, "metrics")


def add_health(app: FastAPI, watch: Watch) -> None:
    """Serve ``/healthz`` (alive), ``/readyz`` (503 where not ready) and ``/metrics``."""
    looking = Workers(1, "health")  # the other threads may all wait for the store

    @app.get("/healthz")
    async def alive() -> PlainTextResponse:  # in the event loop: it waits for no thread
        return PlainTextResponse("alive")

    @app.get("/readyz")
    async def ready(request: Request) -> JSONResponse:
        said = await looking.done(_readiness, watch, request)
        return JSONResponse(said, 200 if said["ready"] else 503)

    @app.get("/metrics")
    def figures(request: Request) -> Response:
        if not watch.is_seen_by(request):
            return PlainTextResponse("a key is needed", 401, {"WWW-Authenticate": "Bearer"})
        return Response(watch.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _readiness(watch: Watch, request: Request) -> dict[str, object]:
    """Return whether questions can be answered; why not to those who may see it."""
    reasons = watch.health.reasons()
    said: dict[str, object] = {"ready": not reasons}
    visitor = visitor_of(request)
    if (visitor and visitor.is_here) or watch.is_seen_by(request):
        said["reasons"] = reasons
        if not reasons and (notes := watch.health.notes()):
            said["notes"] = notes
    return said
