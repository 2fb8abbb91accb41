"""`onrecord conversations`: what was asked and answered, to read again, hand on or delete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import AsJson, Config, Debug, Store, read_settings, text_width
from cli.edge import STORE, error_line, printable
from cli.files import check_writable
from corpus.counts import counted
from corpus.errors import ItemError
from corpus.files import write_whole

if TYPE_CHECKING:
    from qa.conversations.kept import Reopened, Summary
    from qa.conversations.store import Conversations

Id = Annotated[str, typer.Argument(metavar="ID", help="The conversation's id, as `list` shows it.")]


class Format(StrEnum):
    """What a conversation is exported as."""

    markdown = "markdown"
    json = "json"


conversations = typer.Typer(rich_markup_mode=None)


@conversations.callback()
def group() -> None:
    """List, show, rename, delete and export the conversations that are kept."""


@conversations.command(name="list")
def list_all(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """List the conversations, the one last added to first.

    For example: onrecord conversations list
    """
    from qa.conversations.export import summary_json
    from qa.conversations.store import LOCAL_USER

    with opened(config, store) as kept:
        found = kept.listed(LOCAL_USER)
    summaries = [entry for entry in found if not isinstance(entry, ItemError)]
    for summary in summaries:
        typer.echo(_json(summary_json(summary)) if as_json else listing(summary))
    if not found and not as_json:
        typer.echo("no conversation is kept yet")
    report_damage([entry for entry in found if isinstance(entry, ItemError)])


@conversations.command()
def show(
    id: Id,  # noqa: A002
    as_json: AsJson = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Show a conversation; every quote is checked again, and what became of it is said.

    For example: onrecord conversations show k7f3qx
    """
    from qa.conversations.export import conversation_json
    from qa.conversations.store import LOCAL_USER

    with opened(config, store) as kept:
        reopened = kept.open(LOCAL_USER, id)
    if as_json:
        typer.echo(_json(conversation_json(reopened)))
    else:
        typer.echo("\n".join(shown(reopened)))
    report_damage(reopened.left_out)


@conversations.command()
def rename(
    id: Id,  # noqa: A002
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name, in quotes.")],
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Give a conversation another name.

    For example: onrecord conversations rename k7f3qx "Loans to Venezuela"
    """
    from qa.conversations.store import LOCAL_USER

    with opened(config, store) as kept:
        typer.echo(printable(f"{id} is now: {kept.rename(LOCAL_USER, id, name)}"))


@conversations.command()
def delete(
    id: Id,  # noqa: A002
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Delete a conversation, at once and without asking back; its text leaves the file.

    For example: onrecord conversations delete k7f3qx
    """
    from qa.conversations.store import LOCAL_USER

    with opened(config, store) as kept:
        kept.delete(LOCAL_USER, id)
    typer.echo(f"deleted {id}")


@conversations.command()
def export(
    id: Id,  # noqa: A002
    form: Annotated[
        Format, typer.Option("--format", help="Markdown to read, or JSON with proofs.")
    ] = Format.markdown,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a file, in the place of one that is there."),
    ] = None,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Write a conversation as Markdown, or as JSON with a proof of every answer.

    For example: onrecord conversations export k7f3qx --format json --out loans.json
    """
    from qa.conversations.export import conversation_json, conversation_markdown
    from qa.conversations.store import LOCAL_USER

    if out:
        check_writable(out)
    with opened(config, store) as kept:
        reopened = kept.open(LOCAL_USER, id)
    if form is Format.json:
        content = _json(conversation_json(reopened, proofs=True), indent=2) + "\n"
    else:
        content = conversation_markdown(reopened)
    if out:
        write_whole(out, content)
    else:
        typer.echo(content, nl=False)
    report_damage(reopened.left_out)


@contextmanager
def opened(config: Path | None, store: Path | None) -> Iterator[Conversations]:
    """Yield the conversations of the store that the settings name."""
    settings = read_settings(config, store)
    from index.schema import open_archive
    from qa.conversations.store import Conversations

    with open_archive(settings.store) as archive, Conversations(archive) as kept:
        yield kept


def listing(summary: Summary) -> str:
    """Return the line of a list that stands for a conversation."""
    day = f"{summary.updated.astimezone():%Y-%m-%d %H:%M}"
    return printable(
        f"{summary.id}  {day}  {counted(summary.turns, 'question'):>13}  {summary.name}"
    )


def shown(reopened: Reopened) -> Iterator[str]:
    """Yield a conversation as paragraphs for the terminal."""
    from qa.render import to_text

    yield listing(reopened.summary)
    for timed in reopened.turns:
        yield f"\n> {printable(timed.turn.question)}"
        answer = timed.turn.answer
        yield to_text(answer, text_width()) if answer else "(not answered)"


def report_damage(errors: Sequence[ItemError]) -> None:
    """Name what was left out because it was damaged, and end with exit code 5 where any was."""
    for error in errors:
        error_line(str(error))
    if errors:
        raise typer.Exit(STORE)


def _json(record: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps(record, ensure_ascii=False, indent=indent)
