"""Serve the chat page: Gradio mounted in a FastAPI application behind the guard, run by uvicorn."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address
from math import inf
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import uvicorn
from fastapi import FastAPI

from corpus.errors import UsageError
from web.admission import Admission
from web.application import NOTHING_MORE, Parts, application
from web.connection import Connection
from web.owner import Owner
from web.place import HERE, Place, in_brackets, parse_names, parse_place
from web.sign_in.ways import open_sign_in
from web.traffic import HEADER_LIMIT

if TYPE_CHECKING:
    from qa.settings import Settings
    from web.page.offers import See

_UNSAFE = (
    "{host} can be reached from other machines, and nobody signs in: set [sign_in] in the settings,"
    " listen on 127.0.0.1, or give --insecure if everybody who reaches it may read the collection"
)
_YOURS = "For you alone, with the right to add articles and all that is kept: {address}"
_NAMELESS = (
    "--insecure needs the names under which others find it, or pages anywhere could read it through"
    " their browsers: --name intranet.example (again for more; an address is a name as well), names"
    " in [serve] of the settings, or the whole address as --root-path"
)
STOP_SECONDS = 20.0
"""How long a stop waits for what is being answered or added."""
_DESCRIPTORS = 65_536
"""Files and connections that may be open, where the system lets us: 1,024 are soon spent, as each
view of the collection has some for every thread."""
_GRACE_SECONDS = 1  # how long it then waits for pages that keep a stream open
_KEEP_ALIVE_SECONDS = 30  # longer than who is refused is told to wait


def serve(
    store: Path,
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 7860,
    root_path: str = "",
    insecure: bool = False,
    names: Collection[str] = (),
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
        insecure: Whether others may reach it though nobody signs in; then it has to have names.
        names: Hosts that it is served under, beside that of the root path and the address itself.
        open_browser: Whether to open the page in the user's browser.
        announce: Takes each line for the user, once the page can be opened.

    Raises:
        UsageError: The address cannot be listened on, the root path or a name is none, or others
            could reach the page without signing in, or by any name.
        SettingsError: What signing in needs is missing.
        StoreError: The store cannot be used.
    """
    place = parse_place(root_path)
    _allow_descriptors()
    with listen(host, port) as listener:
        on_loopback = _is_loopback(listener)
        sign_in = open_sign_in(settings, place, os.environ, on_loopback=on_loopback)
        if not (on_loopback or sign_in or insecure):
            raise UsageError(_UNSAFE.format(host=host))
        hosts = parse_names(names, listener.getsockname()[0])
        if insecure and not (on_loopback or sign_in or hosts or place.host):
            raise UsageError(_NAMELESS)
        # These read the model, in vain where the port is in use.
        from web.assemble import open_parts
        from web.operation.logs import logging_as

        log_format, questions = settings.serve.log_format, settings.serve.log_questions
        by_address = not (on_loopback or place.is_behind_proxy)
        with (
            logging_as(log_format, questions=questions),
            open_parts(store, settings, sign_in, by_address=by_address) as (see, parts),
        ):
            run(see, listener, parts, place, hosts, announce=announce, open_browser=open_browser)


def run(
    see: See,
    listener: socket.socket,
    parts: Parts = NOTHING_MORE,
    place: Place = HERE,
    names: Collection[str] = (),
    *,
    announce: Callable[[str], None] = lambda _line: None,
    open_browser: bool = False,
) -> None:
    """Serve visitors on a listening socket until it is stopped, as `serve` does.

    The first signal refuses new questions and waits for the others; the second one ends at once.
    """
    admission = parts.admission or Admission()
    parts = replace(parts, admission=admission)
    own_machine = is_own_machine(listener, place)
    owner = None
    if own_machine and not parts.sign_in:
        owner = Owner(listener.getsockname()[1], place)
    page = application(see, parts, place, own_machine=own_machine, owner=owner, names=names)

    def ready() -> None:
        for line in _announcement(listener, place, parts, owner):
            announce(line)
        if open_browser:
            here = f"{address(listener)}{place.path}"
            webbrowser.open(owner.opening(here) if owner else here)

    if threading.current_thread() is threading.main_thread():
        # uvicorn stops on SIGTERM, then raises it once more for whoever handled it before
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = _Server(page, ready, admission)
    try:
        server.run(sockets=[listener])
    finally:
        if server.signal and admission.is_at_work:  # in vain: the interpreter would wait for it
            _end(server.signal)


class _Server(uvicorn.Server):
    """Says when the page can be opened, and stops when nothing is under way any more."""

    def __init__(self, page: FastAPI, ready: Callable[[], None], admission: Admission) -> None:
        config = uvicorn.Config(
            page,
            http=Connection,
            h11_max_incomplete_event_size=HEADER_LIMIT,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        logging.getLogger("uvicorn.error").addFilter(_is_no_cut_stream)
        logging.getLogger("asyncio").addFilter(_NO_DESCRIPTORS)
        self._ready = ready
        self._admission = admission
        self._stop_by = inf
        self.signal = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.signal:
            _end(sig)
        self.signal = sig
        self._stop_by = time.monotonic() + STOP_SECONDS
        self._admission.stop()
        self._captured_signals.append(sig)  # uvicorn raises it once more in the end

    async def on_tick(self, counter: int) -> bool:
        done = self.signal and not self._admission.is_underway
        if done or time.monotonic() >= self._stop_by:
            self.should_exit = True
        return await super().on_tick(counter)


def _end(number: int) -> NoReturn:
    """End the process; nothing is tidied, for what is stored is consistent at any moment."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(0 if number == signal.SIGTERM else 130)


def _is_no_cut_stream(record: logging.LogRecord) -> bool:
    """Keep silent about the streams of open pages, which every stop has to cut."""
    cut = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut and "graceful shutdown exceeded" not in str(record.msg)


class _Seldom(logging.Filter):
    """Lets one message pass once a minute: asyncio tries, and says so, thousands of times."""

    _SECONDS = 60.0

    def __init__(self, message: str) -> None:
        super().__init__()
        self._message = message
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(self._message):
            return True
        if (now := time.monotonic()) < self._next:
            return False
        self._next = now + self._SECONDS
        return True


_NO_DESCRIPTORS = _Seldom("socket.accept() out of system resource")


def _allow_descriptors() -> None:
    """Let the process open as many files and connections as it may ask for itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS has a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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
    return f"http://{in_brackets(host)}:{port}"


def is_own_machine(listener: socket.socket, place: Place) -> bool:
    """Return whether nobody but this machine's users can come in."""
    return _is_loopback(listener) and not place.is_behind_proxy


def _is_loopback(listener: socket.socket) -> bool:
    return ip_address(listener.getsockname()[0]).is_loopback


def _announcement(
    listener: socket.socket, place: Place, parts: Parts, owner: Owner | None
) -> list[str]:
    here = f"{address(listener)}{place.path}"
    lines = [f"OnRecord is at {here}"]
    lines += [_YOURS.format(address=owner.address(here))] if owner else []
    lines += [f"Visitors find it at {place.root}"] if place.is_behind_proxy else []
    if not (parts.sign_in or is_own_machine(listener, place)):
        lines.append("Whoever reaches this machine can read the collection: there is no log-in.")
    # Others may see what is offered at the start; nobody here has signed in.
    if examples := [] if parts.sign_in else parts.examples():
        lines += ["Try asking:", *(f"  {example}" for example in examples)]
    return [*lines, "Ctrl-C stops it."]
