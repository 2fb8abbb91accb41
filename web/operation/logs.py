"""What is written to stderr while the page is served: lines of text, or of JSON.

Neither has in it what a visitor sent. The message of an exception may quote that ("invalid literal:
'…'"), so only the kind of an exception is written where its message is not known to be ours or the
system's. Control characters are escaped, so that nothing can pass for a line of its own.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

from pythonjsonlogger.json import JsonFormatter

from corpus.errors import StoreError

Format = Literal["text", "json"]
REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered here; "" for none."""

_SAFE = (sqlite3.Error, StoreError, ImportError, MemoryError, AttributeError, RecursionError)
_Caught = tuple[type[BaseException], BaseException, TracebackType | None]
_Nothing = tuple[None, None, None]

log = logging.getLogger(__name__)


@contextmanager
def logging_as(
    form: Format, stream: TextIO | None = None, *, questions: bool = False
) -> Iterator[None]:
    """Write what is logged meanwhile.

    Args:
        form: With json, every request is logged (`web.operation.requests`), and that uvicorn starts
            and ends.
        stream: Where to; None is stderr.
        questions: Whether what is asked is logged (`web.operation.metrics`).
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    levels = {"web.operation.metrics": logging.INFO if questions else logging.WARNING}
    levels |= (
        dict.fromkeys(("web.operation.requests", "uvicorn"), logging.INFO) if form == "json" else {}
    )
    before = {name: logging.getLogger(name).level for name in levels}
    hook = threading.excepthook
    root = logging.getLogger()
    root.addHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    threading.excepthook = _thread_failed
    logging.captureWarnings(form == "json")
    try:
        yield
    finally:
        logging.captureWarnings(False)
        threading.excepthook = hook
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
        root.removeHandler(handler)


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        log.error("a thread failed", exc_info=failed.exc_value)


def escaped(text: str) -> str:
    """Return a text as one line that steers no terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def without_messages(error: BaseException) -> str:
    """Return a traceback with the kind of each exception, and only messages that quote nobody."""
    lines = []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        lines += [without_messages(cause), "", "After that:", ""]
    lines += ["Traceback (most recent call last):"]
    lines += "".join(traceback.format_tb(error.__traceback__)).rstrip("\n").split("\n")
    kind = type(error)
    lines.append(f"{kind.__module__}.{kind.__qualname__}: {_message(error)}")
    if isinstance(error, BaseExceptionGroup):
        lines += map(without_messages, error.exceptions)
    return "\n".join(lines)


def _message(error: BaseException) -> str:
    if isinstance(error, OSError):  # else with the name of a file that somebody may have chosen
        return f"[Errno {error.errno}] {error.strerror or ''}"
    return escaped(str(error)) if isinstance(error, _SAFE) else "(its message is not logged)"


def _said(record: logging.LogRecord) -> str:
    """Return a record's message; asyncio's quote the exception after their first line."""
    message = record.getMessage()
    return escaped(message.partition("\n")[0] if record.name == "asyncio" else message)


class _Careful(logging.Formatter):
    """Writes tracebacks without messages that may quote somebody, and leaves none to others."""

    def formatException(self, ei: _Caught | _Nothing) -> str:  # noqa: N802 - logging's
        return without_messages(ei[1]) if ei[1] else ""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # as another handler wrote it
        try:
            return super().format(record)
        finally:
            record.exc_text = None


class _Text(_Careful):
    """The message alone, as Python writes it where nothing is configured."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's
        return _said(record)


class _Json(_Careful, JsonFormatter):
    """One object a line; only what is passed as "fields" is added to it."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        made = datetime.fromtimestamp(record.created, UTC)
        log_data["time"] = made.isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname.lower()
        fields = getattr(record, "fields", None)
        log_data |= fields or {"event": record.name, "message": _said(record)}
        if REQUEST.get():
            log_data["request"] = REQUEST.get()
        if trace := message_dict.get("exc_info"):
            log_data["traceback"] = trace
