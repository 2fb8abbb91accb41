"""Figures of the running server, as Prometheus reads them; nothing of what was asked is in them."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.archive import Archive
from corpus.errors import OnRecordError
from qa.answer import Answer
from qa.assistant import Assistant, Trace
from web.admission import Admission, Cause

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

log = logging.getLogger(__name__)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 3.0, 10.0)
# What is counted by name; everything else is "other", so that labels stay few.
_STAGES = frozenset({"resolve", "retrieve", "read", "verify", "total"})
_REFUSALS = frozenset({400, 401, 403, 404, 405, 413, 415, 421, 422, 429, 500, 503})

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""For FastAPI, whose own tells of addresses with questions in them, where a provider is set up."""


class Metrics:
    """The figures of one server."""

    def __init__(self, archive: Archive) -> None:
        """Begin to count, beside the archive that is searched."""
        self._registry = CollectorRegistry()
        self._stages = Histogram(
            "onrecord_stage_seconds",
            "How long each stage of an answer took.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._answers = Counter(
            "onrecord_answers",
            "Answers by status: answered, declined, unclear, failed.",
            ["status"],
            registry=self._registry,
        )
        self._refused = Counter(
            "onrecord_refused_requests",
            "Requests that were refused, by status code.",
            ["code"],
            registry=self._registry,
        )
        self._rejected = Counter(
            "onrecord_rejected_questions",
            "Questions that were not taken, by cause: rate, running, queue, wait, late, stopping.",
            ["cause"],
            registry=self._registry,
        )
        for cause in Cause:  # so that each is there from the start, as 0
            self._rejected.labels(cause.value)
        self._registry.register(_StoreFigures(archive))
        ProcessCollector(registry=self._registry)

    def answered(self, answer: Answer) -> None:
        """Count an answer and how long its stages took."""
        self._answers.labels(answer.status).inc()
        for stage, milliseconds in answer.ms.items():
            self._stages.labels(stage if stage in _STAGES else "other").observe(milliseconds / 1000)

    def failed(self) -> None:
        """Count a question without an answer."""
        self._answers.labels("failed").inc()

    def refused(self, status: int) -> None:
        """Count a request that was refused."""
        self._refused.labels(str(status) if status in _REFUSALS else "other").inc()

    def rejected(self, cause: Cause) -> None:
        """Count a question that was not taken."""
        self._rejected.labels(cause.value).inc()

    def watch(self, admission: Admission) -> None:
        """Tell how many questions wait and are worked on."""
        for name, meaning, count in (
            ("waiting", "Questions that wait for their turn.", lambda: admission.waiting),
            ("running", "Questions that are worked on.", lambda: admission.running),
        ):
            gauge = Gauge(f"onrecord_questions_{name}", meaning, registry=self._registry)
            gauge.set_function(count)

    def text(self) -> bytes:
        """Return the figures in Prometheus' text format."""
        return generate_latest(self._registry)


class _StoreFigures(Collector):
    """How much is stored, looked up whenever it is asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each figure; none of a store that cannot be read."""
        try:
            stats = self._archive.stats()
            free = shutil.disk_usage(self._archive.store).free
        except (OnRecordError, OSError):
            return
        figures = {
            "articles": (stats.articles, "Articles in the store."),
            "chunks": (stats.chunks, "Chunks that can be searched."),
            "refused_items": (stats.refused, "Items that the last ingests refused."),
            "disk_free_bytes": (free, "Bytes free where the store is."),
        }
        for name, (value, meaning) in figures.items():
            yield GaugeMetricFamily(f"onrecord_{name}", meaning, value=float(value))


def measured(assistant: Assistant, metrics: Metrics, *, log_questions: bool = False) -> Assistant:
    """Return the assistant, its answers counted, and its questions logged where that is wished."""
    return cast(Assistant, _Measured(assistant, metrics, log_questions))


class _Measured:
    """An assistant whose answers are counted; whatever else it has is the assistant's own."""

    def __init__(self, assistant: Assistant, metrics: Metrics, log_questions: bool) -> None:
        self._assistant = assistant
        self._metrics = metrics
        self._log_questions = log_questions

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the assistant has
        return getattr(self._assistant, name)

    def seen_by(self, archive: Archive) -> Assistant:
        """Return the assistant as a limited archive has it; its answers are counted as well."""
        return measured(self._assistant.seen_by(archive), self._metrics)

    def ask(self, question: str, **given: Any) -> Answer:  # noqa: ANN401 - passed on
        """Answer, as `Assistant.ask` does, and count it."""
        return self.trace(question, **given).answer

    def trace(self, question: str, **given: Any) -> Trace:  # noqa: ANN401 - passed on
        """Answer, as `Assistant.trace` does, and count it."""
        try:
            trace = self._assistant.trace(question, **given)
        except Exception:
            self._metrics.failed()
            self._log(question, "failed")
            raise
        self._metrics.answered(trace.answer)
        self._log(question, trace.answer.status)
        return trace

    def _log(self, question: str, status: str) -> None:
        if self._log_questions:
            fields = {"event": "question", "question": question, "status": status}
            log.info("asked (%s): %s", status, question, extra={"fields": fields})


class Counting:
    """ASGI middleware around the guard that counts what is refused."""

    def __init__(self, app: ASGIApp, refused: Callable[[int], None]) -> None:
        self._app = app
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and look at the status of its response."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                self._refused(message["status"])
            await send(message)

        await self._app(scope, receive, counted)
