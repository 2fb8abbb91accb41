"""`onrecord feedback`: what readers said of answers, to look at and to remove."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import AsJson, Config, Debug, Store, read_settings
from cli.edge import PARTLY, error_line, printable
from corpus.counts import counted
from corpus.errors import ItemError

if TYPE_CHECKING:
    from qa.evaluation.sets.feedback import Feedback

feedback = typer.Typer(rich_markup_mode=None)


@feedback.callback()
def group() -> None:
    """List and remove what readers said of answers."""


@feedback.command(name="list")
def list_all(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """List the judgements, the earliest first.

    For example: onrecord feedback list
    """
    from qa.evaluation.sets.feedback import read_feedback

    found = read_feedback(read_settings(config, store).store)
    for judgement in found:
        if isinstance(judgement, ItemError):
            error_line(str(judgement))
        else:
            typer.echo(json.dumps(_json(judgement)) if as_json else _line(judgement))
    if not found and not as_json:
        typer.echo("no answer has been judged")
    if any(isinstance(judgement, ItemError) for judgement in found):
        raise typer.Exit(PARTLY)


@feedback.command()
def remove(
    context: typer.Context,
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="ID...", help="Numbers, as `list` shows them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove all of them.")] = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Remove judgements, at once and without asking back; they leave the file.

    Where there is none of them the exit code is 1.

    For example: onrecord feedback remove 3
    """
    if bool(ids) == everything:
        context.fail("give the numbers of judgements, or --all")
    from qa.evaluation.sets.feedback import remove_feedback

    removed = remove_feedback(read_settings(config, store).store, None if everything else ids)
    typer.echo(f"removed {counted(removed, 'judgement')}")
    if not removed:
        raise typer.Exit(1)


def _line(judgement: Feedback) -> str:
    why = f": {judgement.why}" if judgement.why else ""
    said = f"{judgement.verdict}{why}"
    return printable(
        f"{judgement.id}  {judgement.time:%Y-%m-%d}  {judgement.answer.question}  {said}"
    )


def _json(judgement: Feedback) -> dict[str, Any]:
    return {
        "id": judgement.id,
        "time": judgement.time.isoformat(),
        "verdict": judgement.verdict,
        "why": judgement.why,
        "question": judgement.answer.question,
        "history": list(judgement.history),
    }
