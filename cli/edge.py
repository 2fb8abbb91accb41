"""The edge of the command line: the one place where errors become messages and exit codes.

Exit codes: 0 done, 1 failed, 2 usage or settings, 3 partly done, 4 every item refused,
5 store unusable or damaged, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer

from corpus.errors import ItemError, OnRecordError

PROGRAM = "onrecord"
PARTLY, ALL_REFUSED, STORE, INTERRUPTED = 3, 4, 5, 130
_STREAMS = {
    "stdin": "surrogateescape",
    "stdout": "backslashreplace",
    "stderr": "backslashreplace",
}
_SHOW_CURSOR = b"\x1b[?25h\n"  # a progress bar hides it
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(application: typer.Typer, arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing is raised, and no traceback shown.

    `--debug` among the arguments shows the traceback of whatever went wrong.
    """
    _prepare_streams()
    try:
        _invoke(application, list(arguments))
        sys.stdout.flush()
    except typer.Exit as end:
        return _flushed(end.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return 0
    except Exception as error:
        return _report(error, debug="--debug" in arguments)
    return 0


def handle_signals() -> None:
    """Make SIGTERM and SIGHUP end the process as Ctrl-C does, unless told to ignore them.

    An interruption that falls into a finaliser, where Python would print and forget it, ends the
    process as well.
    """
    sys.unraisablehook = _ended_by_interruption
    for number in _STOP_SIGNALS[1:]:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)


def _ended_by_interruption(problem: sys.UnraisableHookArgs) -> None:
    if issubclass(problem.exc_type, KeyboardInterrupt):
        end_at_once()
    sys.__unraisablehook__(problem)


def end_at_once() -> NoReturn:
    """End the process; nothing is tidied, for what is stored is consistent at any moment."""
    with suppress(OSError):
        if os.isatty(2):
            os.write(2, _SHOW_CURSOR)
    os._exit(INTERRUPTED)


@contextmanager
def stoppable(noun: str = "article") -> Iterator[Callable[[], bool]]:
    """Yield a function telling whether a stop was asked for; asking twice stops at once."""
    asked = False
    message = f"\nstopping after this {noun}; once more stops at once\n".encode()

    def remember(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            end_at_once()
        asked = True
        with suppress(OSError):  # not through sys.stderr: it may be in the middle of a write
            os.write(2, message)

    before = {number: signal.getsignal(number) for number in _STOP_SIGNALS}
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, remember)
        yield lambda: asked
    finally:
        if not asked:  # else the process is about to end, and asking again still stops at once
            for number, handler in before.items():
                signal.signal(number, handler)


def error_line(message: str) -> None:
    """Write lines to stderr, nothing in them steering a terminal; that nobody reads is no error."""
    with suppress(OSError, ValueError):
        typer.echo("\n".join(map(printable, message.split("\n"))), err=True)


def printable(text: str) -> str:
    """Return the text as one line, with line ends and control characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _invoke(application: typer.Typer, arguments: list[str]) -> None:
    command = typer.main.get_command(application)
    with command.make_context(PROGRAM, arguments) as context:
        for argument in arguments:
            if not _is_utf8(argument) and not os.path.lexists(argument):
                context.fail(f"not valid UTF-8: {argument!a}")
        command.invoke(context)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _prepare_streams() -> None:
    """Read and write UTF-8 whatever the locale says; an odd byte never stops the output."""
    for name, errors in _STREAMS.items():
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller
            setattr(sys, name, Path(os.devnull).open("r+", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _report(error: Exception, *, debug: bool) -> int:
    if debug:
        with suppress(OSError, ValueError):
            traceback.print_exception(error)
    message, code = _explained(error)
    error_line(message)
    return code


def _explained(error: Exception) -> tuple[str, int]:
    """Return the message and the exit code of an error."""
    if isinstance(error, ItemError):
        return str(error), error.exit_code
    if isinstance(error, OnRecordError):
        return f"Error: {error}", error.exit_code
    if isinstance(error, typer.TyperException):
        return _usage(error), error.exit_code
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError):
        return f"Error: the store cannot be used: {error}", STORE
    if isinstance(error, OSError):
        return f"Error: {error}", 1
    kind = type(error).__name__
    return f"Error: internal error ({kind}: {error}); run again with --debug to see more", 1


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    usage = f"{context.get_usage()}\n" if context else ""
    return f"{usage}Error: {error.format_message()}"


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_stdout()
    return code


def _discard_stdout() -> None:
    """Send what is still buffered nowhere, so that closing at exit does not complain."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
