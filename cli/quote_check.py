"""`onrecord eval quotes`: are quotes found, and false statements refused?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import AsJson, Config, Debug, Store, columns, read_settings
from cli.progress import steps_shown
from corpus.errors import UsageError

if TYPE_CHECKING:
    from qa.evaluation.quotes.check import QuoteCheck, Tally


def quotes(
    foreign: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Sentences of no article, one a line; else invented."),
    ] = None,
    excerpts: Annotated[int, typer.Option(min=1, help="Excerpts to look for.")] = 1000,
    statements: Annotated[int, typer.Option(min=1, help="Statements of each kind.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="What to draw by.")] = 0,
    as_json: AsJson = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Measure how well quotes are found in the store, and false statements refused.

    Excerpts have to lead to their article, altered ones to the words that differ; false statements
    over true quotes have to be refused, true ones in other words accepted.

    For example: onrecord eval quotes --store data
    """
    from index.schema import open_archive
    from qa.evaluation.quotes.check import check_quotes

    sentences = _sentences(foreign) if foreign else None
    with (
        open_archive(read_settings(config, store).store) as archive,
        steps_shown() as progress,
    ):
        found = check_quotes(
            archive,
            excerpts=excerpts,
            statements=statements,
            foreign=sentences,
            seed=seed,
            progress=progress,
        )
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        typer.echo(columns(dict(_rows(found))))


def _sentences(path: Path) -> list[str]:
    try:
        lines = [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"--foreign: {path} cannot be read: {reason}") from error
    if not lines:
        raise UsageError(f"--foreign: {path} holds no sentence")
    return lines


def _rows(found: QuoteCheck) -> Iterator[tuple[str, str]]:
    yield "excerpts found with their source", _shown(found.found)
    yield "the same in other typography", _shown(found.variants)
    yield "foreign sentences said to be in none", _shown(found.foreign)
    yield "altered excerpts shown with what differs", _shown(found.altered)
    for refused, tally in found.refused.items():
        yield f"false statements refused: {refused}", _shown(tally)
    for accepted, tally in found.accepted.items():
        yield f"true statements accepted: {accepted}", _shown(tally)


def _shown(tally: Tally) -> str:
    return f"{tally.right:,} of {tally.n:,} ({tally.share:.1%})" if tally.n else "none to be had"
