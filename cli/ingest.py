"""`onrecord ingest`: articles into the store."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import Config, Debug, Store, Wait, checked_groups, open_model, read_settings
from cli.edge import ALL_REFUSED, INTERRUPTED, PARTLY, error_line, printable, stoppable
from cli.progress import progress_shown
from corpus.counts import counted

if TYPE_CHECKING:
    from corpus.errors import ItemError
    from index.build import IngestReport

MOST_LOOKED_AT = 1000


def ingest(
    context: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE...", help="Files, folders and links.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="The sample articles that come with OnRecord.")
    ] = False,
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            metavar="NAME",
            help="Limit every article read to readers in this group; may be repeated.",
        ),
    ] = None,
    wait: Wait = 30.0,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Read articles into the store, which is made if there is none.

    Text, Markdown, HTML and JSON-lines files, folders of these, and links of single pages. What is
    stored already is left as it is; a changed text becomes a new version, and only the newest is
    quoted.

    For example: onrecord ingest news/ articles.jsonl --store data
    """
    named = _named(context, sources or (), sample=sample)
    limited = checked_groups(context, "--group", groups or ())
    settings = read_settings(config, store)
    # heavy rooms are imported where they are used, so that --help starts at once
    from index.build import IngestReport
    from index.build import ingest as ingest_sources
    from index.intake import Grouping
    from index.schema import open_archive

    # an empty store would only be in the way of whoever mistyped a path
    if _is_new(settings.store) and (refused := _all_refused(named)):
        _report(IngestReport(refused_count=len(refused), refused=refused))
    embedder = open_model(settings)
    with (
        open_archive(settings.store, create=True, wait=wait) as archive,
        stoppable() as stopped,
        progress_shown(f"reading {' '.join(named)}") as progress,
    ):
        grouping = Grouping(limited or None)
        report = ingest_sources(named, archive, embedder, progress, stopped, grouping)
    _report(report)


def _named(context: typer.Context, sources: Sequence[str], *, sample: bool) -> list[str]:
    named = list(sources)
    if sample:
        from corpus.sample import sample_path

        named.append(str(sample_path()))
    if not named:
        context.fail("name a file or folder, or give --sample")
    return named


def _all_refused(sources: Sequence[str]) -> list[ItemError]:
    """Return why nothing can be stored; an empty list if anything can, or if it takes too long."""
    from corpus.loaders import load
    from index.intake import refusal

    refused: list[ItemError] = []
    for item in islice(chain.from_iterable(map(load, sources)), MOST_LOOKED_AT):
        error = refusal(item)
        if error is None:
            return []
        refused.append(error)
    return refused if len(refused) < MOST_LOOKED_AT else []


def _is_new(store: Path) -> bool:
    from corpus.database import FILE_NAME

    try:
        return not (store / FILE_NAME).exists()
    except OSError:  # opening it says what is wrong
        return False


def _report(report: IngestReport) -> None:
    for note in report.notes:
        error_line(f"note: {printable(note)}")
    for error in report.refused:
        error_line(str(error))
    if unlisted := report.refused_count - len(report.refused):
        error_line(f"and {unlisted:,} more were refused; `onrecord errors` lists all")
    typer.echo(summary(report))
    if code := exit_code(report):
        raise typer.Exit(code)


def summary(report: IngestReport) -> str:
    """Return the one line that says what was done."""
    stored = report.done - report.refused_count
    return (
        f"ingested {counted(stored, 'article')}: {report.added:,} new, "
        f"{report.updated:,} changed, {report.unchanged:,} unchanged, "
        f"{report.refused_count:,} refused, in {report.seconds:.1f} s"
    )


def exit_code(report: IngestReport) -> int:
    """Return 0 where nothing was refused, 3 where some items were, 4 where all were."""
    if report.interrupted:
        return INTERRUPTED
    if not report.refused_count:
        return 0
    return ALL_REFUSED if report.refused_count == report.done else PARTLY
