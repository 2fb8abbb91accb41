"""The tools over stdin and stdout, for an assistant that starts OnRecord itself."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import MissingExtraError
from web.admission import Admission
from web.mcp.server import is_installed, tool_server

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

    from qa.settings import Settings

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve_stdio(store: Path, settings: Settings, stop: Callable[[], object]) -> None:
    """Serve the tools of a store until stdin ends; nothing else is written to stdout.

    Args:
        store: The folder of the archive.
        settings: Settings for the assistant.
        stop: Ends the process at once, when a signal asks for that.

    Raises:
        MissingExtraError: The library is not installed; the model is not read then.
        StoreError: The store cannot be used.
    """
    if not is_installed():
        raise MissingExtraError("serving assistants", "mcp")
    import anyio

    from web.assemble import open_service
    from web.identity import AT_THIS_MACHINE

    with open_service(store, settings) as service:
        server = tool_server(lambda _: service, Admission(), lambda _: AT_THIS_MACHINE)
        anyio.run(partial(_serve, server, stop))


async def _serve(server: Server[dict[str, object]], stop: Callable[[], object]) -> None:
    from mcp.server.stdio import stdio_server

    # A thread waits for the next line of stdin, and an orderly end would wait for that thread.
    for number in _STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            asyncio.get_running_loop().add_signal_handler(number, stop)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
