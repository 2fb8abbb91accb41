"""OnRecord's command line; without a command it serves the chat page."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from cli.ask import ask
from cli.chat import chat
from cli.conversations import conversations
from cli.edge import PROGRAM, handle_signals, run
from cli.evaluate import evaluate
from cli.feedback import feedback
from cli.ingest import ingest
from cli.keys import keys
from cli.mcp import mcp
from cli.quote import quote
from cli.serve import serve
from cli.store import errors, export, limit, prepare, rebuild, remove, stats, verify

COMMANDS = (
    ingest,
    ask,
    chat,
    serve,
    mcp,
    quote,
    export,
    remove,
    limit,
    stats,
    verify,
    rebuild,
    errors,
    prepare,
)

application = typer.Typer(name=PROGRAM, add_completion=False, rich_markup_mode=None)
for command in COMMANDS:
    application.command()(command)
application.add_typer(conversations, name="conversations")
application.add_typer(evaluate, name="eval")
application.add_typer(feedback, name="feedback")
application.add_typer(keys, name="keys")


@application.callback()
def onrecord() -> None:
    """Ask a collection of news articles; every answer quotes, word for word, who says so.

    Without a command the chat page is served.
    """


def with_default_command(arguments: Sequence[str]) -> list[str]:
    """Put `serve` before the arguments where they name no command."""
    named = arguments and (not arguments[0].startswith("-") or arguments[0] == "--help")
    return list(arguments) if named else ["serve", *arguments]


def main() -> None:
    """Run the command line and end the process with its exit code."""
    handle_signals()
    sys.exit(run(application, with_default_command(sys.argv[1:])))


if __name__ == "__main__":
    main()
