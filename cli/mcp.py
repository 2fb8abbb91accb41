"""`onrecord mcp`: the tools for an assistant on this machine."""

from __future__ import annotations

from cli.common import Config, Debug, Store, read_settings
from cli.edge import end_at_once


def mcp(store: Store = None, config: Config = None, _debug: Debug = False) -> None:
    """Serve an assistant that speaks the Model Context Protocol, over stdin and stdout.

    The assistant starts it. It needs the extra: pip install 'onrecord[mcp]'

    For example: onrecord mcp --store data/sample
    """
    settings = read_settings(config, store)
    from web.mcp.stdio import serve_stdio

    serve_stdio(settings.store, settings, stop=end_at_once)
