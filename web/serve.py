"""Serve the chat page: Gradio mounted in a FastAPI application behind the guard, run by uvicorn."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from corpus.errors import UsageError
from web.application import NOTHING_MORE, Parts, application
from web.place import HERE, Place, parse_place
from web.sign_in.ways import open_sign_in

if TYPE_CHECKING:
    from qa.settings import Settings
    from web.offers import Assists

_UNSAFE = (
    "{host} can be reached from other machines, and nobody signs in: set [sign_in] in the settings,"
    " listen on 127.0.0.1, or give --insecure if everybody who reaches it may read the collection"
)
_GRACE_SECONDS = 1  # how long a stop waits for pages that keep a stream open


def serve(
    store: Path,
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 7860,
    root_path: str = "",
    insecure: bool = False,
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
        insecure: Whether others may reach it though nobody signs in.
        open_browser: Whether to open the page in the user's browser.
        announce: Takes each line for the user, once the page can be opened.

    Raises:
        UsageError: The address cannot be listened on, the root path is none, or others could
            reach the page without signing in.
        SettingsError: What signing in needs is missing.
        StoreError: The store cannot be used.
    """
    place = parse_place(root_path)
    with listen(host, port) as listener:
        on_loopback = _is_loopback(listener)
        sign_in = open_sign_in(settings, place, os.environ, on_loopback=on_loopback)
        if not (on_loopback or sign_in or insecure):
            raise UsageError(_UNSAFE.format(host=host))
        # These read the model, in vain where the port is in use.
        from web.assemble import open_parts

        with open_parts(store, settings, sign_in) as (assistant, parts):
            run(assistant, listener, parts, place, announce=announce, open_browser=open_browser)


def run(
    assistant: Assists,
    listener: socket.socket,
    parts: Parts = NOTHING_MORE,
    place: Place = HERE,
    *,
    announce: Callable[[str], None] = lambda _line: None,
    open_browser: bool = False,
) -> None:
    """Serve an assistant on a listening socket until it is stopped; see `serve`."""
    page = application(assistant, parts, place, own_machine=is_own_machine(listener, place))

    def ready() -> None:
        for line in _announcement(listener, place, parts):
            announce(line)
        if open_browser:
            webbrowser.open(address(listener))

    if threading.current_thread() is threading.main_thread():
        # uvicorn stops on SIGTERM, then raises it once more for whoever handled it before
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _Server(page, ready).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when the page can be opened."""

    def __init__(self, page: FastAPI, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            page,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        logging.getLogger("uvicorn.error").addFilter(_is_no_cut_stream)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _is_no_cut_stream(record: logging.LogRecord) -> bool:
    """Keep silent about the streams of open pages, which every stop has to cut."""
    cut = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut and "graceful shutdown exceeded" not in str(record.msg)


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
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def is_own_machine(listener: socket.socket, place: Place) -> bool:
    """Return whether nobody but this machine's users can come in."""
    return _is_loopback(listener) and not place.is_behind_proxy


def _is_loopback(listener: socket.socket) -> bool:
    return ip_address(listener.getsockname()[0]).is_loopback


def _announcement(listener: socket.socket, place: Place, parts: Parts) -> list[str]:
    lines = [f"OnRecord is at {address(listener)}{place.path}"]
    lines += [f"Visitors find it at {place.root}"] if place.is_behind_proxy else []
    if not (parts.sign_in or is_own_machine(listener, place)):
        lines.append("Whoever reaches this machine can read the collection: there is no log-in.")
    # Others may see what is offered at the start; nobody here has signed in.
    if examples := [] if parts.sign_in else parts.examples():
        lines += ["Try asking:", *(f"  {example}" for example in examples)]
    return [*lines, "Ctrl-C stops it."]
