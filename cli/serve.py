"""`onrecord serve`: the chat page."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.common import Config, Debug, Store, read_settings


def serve(
    host: Annotated[
        str | None,
        typer.Option(metavar="HOST", help="Address to listen on.  [default: 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(metavar="PORT", min=0, max=65535, help="Port.  [default: 7860]"),
    ] = None,
    root_path: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="Where it is found behind a proxy: /news, or the whole address."
        ),
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Let other machines in though nobody signs in."),
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="A name that it is served under, which --insecure needs; again for more.",
        ),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser.")
    ] = False,
    log_format: Annotated[
        Literal["text", "json"] | None,
        typer.Option(help="Of what is logged; json has a line each request.  [default: text]"),
    ] = None,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Serve the chat page, to this machine only unless --host says otherwise.

    `onrecord` without a command does the same.

    For example: onrecord serve --port 8000 --open
    """
    settings = read_settings(config, store)
    if log_format:
        served = settings.serve.model_copy(update={"log_format": log_format})
        settings = settings.model_copy(update={"serve": served})
    # gradio takes seconds to import, which no other command need pay
    from web.serve import serve as serve_page

    serve_page(
        settings.store,
        settings,
        host=settings.serve.host if host is None else host,
        port=settings.serve.port if port is None else port,
        root_path=settings.serve.root_path if root_path is None else root_path,
        insecure=insecure,
        names=settings.serve.names if name is None else name,
        open_browser=open_browser,
        announce=typer.echo,
    )
