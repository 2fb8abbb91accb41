"""`onrecord chat`: the conversation in a terminal."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from cli.common import Config, Debug, Store, read_settings, text_width
from cli.edge import error_line
from cli.progress import steps_shown
from corpus.errors import QuestionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from qa.answer import Answer, Conversation

HELP = """\
Ask in plain words; a follow-up may lean on the question before.
/sources  where the quotes of the last answer stand
/new      forget the conversation
/quit     leave (so does Ctrl-D)"""
_QUIT = ("/quit", "quit", "exit")


def chat(store: Store = None, config: Config = None, _debug: Debug = False) -> None:
    """Talk with the store in the terminal; follow-up questions are understood.

    For example: onrecord chat --store data
    """
    settings = read_settings(config, store)
    from qa.assemble import open_assistant

    assistant = open_assistant(settings.store, settings)

    def ask(question: str, conversation: Conversation) -> Answer:
        with steps_shown() as progress:
            return assistant.ask(question, conversation=conversation, progress=progress)

    _converse(ask)


def _converse(ask: Callable[[str, Conversation], Answer]) -> None:
    from qa.answer import Conversation, Turn

    with suppress(ImportError):
        import readline  # noqa: F401  # line editing and history, where Python has it
    if sys.stdin.isatty():
        typer.echo(HELP)
    conversation = Conversation()
    while (line := _read_line()) is not None and line not in _QUIT:
        if line == "/new":
            conversation = Conversation()
        elif line.startswith("/") or line == "help":
            _command(line, conversation)
        elif line:
            answer = _answer(ask, line, conversation)
            if answer is not None:
                conversation = conversation.with_turn(Turn(line, answer.standalone, answer))


def _read_line() -> str | None:
    """Return the next line without surrounding blanks, or None at the end."""
    try:
        return input("\n> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None


def _command(line: str, conversation: Conversation) -> None:
    last = conversation.turns[-1].answer if conversation.turns else None
    if line != "/sources":
        typer.echo(HELP)
    elif last is None:
        typer.echo("nothing has been asked yet")
    else:
        for citation in last.citations or last.nearest:
            place = f"{citation.article_id}, version {citation.version}, characters"
            typer.echo(f"{citation.title or 'untitled'}  {citation.url or ''}")
            typer.echo(f"  {place} {citation.span.start}-{citation.span.end}")
            typer.echo(f"  sha256 {citation.sha256}")


def _answer(
    ask: Callable[[str, Conversation], Answer], question: str, conversation: Conversation
) -> Answer | None:
    from qa.render import to_text

    try:
        answer = ask(question, conversation)
    except QuestionError as error:
        error_line(str(error))
        return None
    typer.echo(to_text(answer, text_width()))
    return answer
