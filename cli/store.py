"""The commands that look after a store."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import (
    AsJson,
    Config,
    Debug,
    Store,
    Wait,
    checked_groups,
    columns,
    open_model,
    read_settings,
)
from cli.edge import INTERRUPTED, STORE, error_line, stoppable
from cli.progress import progress_shown
from corpus.counts import counted

if TYPE_CHECKING:
    pass


def export(store: Store = None, config: Config = None, _debug: Debug = False) -> None:
    """Write the current versions as stored, one JSON object a line.

    An article whose text was altered behind our back is left out, and the exit code is 5.

    For example: onrecord export > articles.jsonl
    """
    from corpus.export import article_json
    from index.schema import open_archive

    damaged = 0
    with open_archive(read_settings(config, store).store) as archive:
        for article, version in archive.current_versions():
            if version.is_intact:
                _print_json(article_json(article, version, archive.groups_of(article)))
            else:
                damaged += 1
                error_line(f"{article.id}: E_DAMAGED the text no longer matches its digest")
    if damaged:
        raise typer.Exit(STORE)


ArticleId = Annotated[str | None, typer.Argument(metavar="ID", help="The article's id.")]
Link = Annotated[str | None, typer.Option("--url", metavar="URL", help="The article of this link.")]
Outlet = Annotated[
    str | None, typer.Option("--publisher", metavar="NAME", help="Every article of this outlet.")
]


def remove(
    context: typer.Context,
    article_id: ArticleId = None,
    url: Link = None,
    publisher: Outlet = None,
    wait: Wait = 30.0,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Remove articles with all their versions, at once and without asking back.

    Nothing of them stays in any file of the store: readers' judgements that quote them go too, kept
    conversations lose their words, and backups of former formats are deleted. What users asked
    stays. Where there is no such article the exit code is 1.

    For example: onrecord remove --publisher "Harbour Gazette"
    """
    _check_one(context, article_id, url, publisher)
    from index.schema import open_archive
    from qa.removal import remove as remove_all

    with open_archive(read_settings(config, store).store, wait=wait) as archive:
        removed = remove_all(archive, article_id=article_id, url=url, publisher=publisher)
    typer.echo(f"removed {counted(removed.articles, 'article')}")
    if removed.judgements:
        typer.echo(f"removed {counted(removed.judgements, 'judgement')} that quoted them")
    if removed.turns:
        typer.echo(f"took their words out of {counted(removed.turns, 'kept turn')}")
    for backup in removed.backups:
        error_line(f"note: deleted the backup {backup.name}, which held the articles of its time")
    if not removed.articles:
        raise typer.Exit(1)


def limit(
    context: typer.Context,
    article_id: ArticleId = None,
    url: Link = None,
    publisher: Outlet = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="NAME", help="A group that may see them; may be repeated."),
    ] = None,
    to_everyone: Annotated[
        bool, typer.Option("--to-everyone", help="Everybody may see them.")
    ] = False,
    wait: Wait = 30.0,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Limit articles to readers in these groups, at once; what they were limited to is replaced.

    Who sits at the machine and uses these commands sees every article, whatever its groups. Where
    there is no such article the exit code is 1.

    For example: onrecord limit --publisher "Harbour Gazette" --to investigations
    """
    _check_one(context, article_id, url, publisher)
    if bool(to) == to_everyone:
        context.fail("give --to with the name of a group, or --to-everyone")
    groups = checked_groups(context, "--to", to or ())
    from index.schema import open_archive

    with open_archive(read_settings(config, store).store, wait=wait) as archive:
        done = archive.limit(groups, article_id=article_id, url=url, publisher=publisher)
    typer.echo(f"changed {counted(done.changed, 'article')} of {done.found:,}")
    if not done.found:
        raise typer.Exit(1)


def _check_one(
    context: typer.Context, article_id: str | None, url: str | None, publisher: str | None
) -> None:
    if sum(value is not None for value in (article_id, url, publisher)) != 1:
        context.fail("give one of ID, --url and --publisher")
    if url is None:
        return
    from corpus.identity import normal_url

    try:
        normal_url(url)
    except ValueError as error:
        context.fail(f"--url: {url!r} is no link: {error}")


def stats(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """Tell what the store holds.

    For example: onrecord stats --json
    """
    from index.schema import open_archive

    settings = read_settings(config, store)
    with open_archive(settings.store) as archive:
        figures = asdict(archive.stats())
    if as_json:
        _print_json(figures)
    else:
        typer.echo(columns({"store": settings.store} | figures))


def verify(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """Check every stored text, place, vector and snapshot; what is wrong is named.

    Where anything is wrong the exit code is 5.

    For example: onrecord verify --store data
    """
    from index.check import check
    from index.schema import open_archive

    with open_archive(read_settings(config, store).store) as archive:
        if archive.erasing():  # a removal was broken off
            from qa.removal import finish

            finish(archive)
        problems = check(archive)
        held = archive.stats()
    if as_json:
        _print_json({"sound": not problems, "problems": [asdict(found) for found in problems]})
    else:
        sound = f"sound: {counted(held.articles, 'article')}, {counted(held.versions, 'version')}"
        typer.echo("\n".join(map(str, problems)) or sound)
    if problems:
        raise typer.Exit(STORE)


def rebuild(
    wait: Wait = 30.0, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """Make the search anew from the stored articles, also for another model.

    Broken off, it goes on where it was when called again.

    For example: onrecord rebuild --config onrecord.toml
    """
    settings = read_settings(config, store)
    from index.build import rebuild as rebuild_index
    from index.schema import open_archive

    embedder = open_model(settings)
    with (
        open_archive(settings.store, wait=wait) as archive,
        stoppable() as stopped,
        progress_shown() as progress,
    ):
        done = rebuild_index(archive, embedder, progress, stopped)
    typer.echo(f"rebuilt the search of {counted(done, 'article')}")
    if stopped():
        raise typer.Exit(INTERRUPTED)


def errors(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """List what the last ingest of each source refused, and why.

    For example: onrecord errors
    """
    from index.schema import open_archive

    with open_archive(read_settings(config, store).store) as archive:
        recorded = archive.errors()
    for entry in recorded:
        error = entry.error
        if as_json:
            _print_json(
                {
                    "time": entry.time.isoformat(),
                    "source": error.source,
                    "locator": error.locator,
                    "code": error.code,
                    "message": error.message,
                    "hint": error.hint,
                }
            )
        else:
            typer.echo(f"{entry.time:%Y-%m-%d %H:%M} {error}")
    if not recorded and not as_json:
        typer.echo("nothing was refused")


def prepare(config: Config = None, _debug: Debug = False) -> None:
    """Compile the bundled models for this machine, once; ingest and ask do so when they must.

    For example: onrecord prepare
    """
    cache = read_settings(config, None).model.cache
    from index.export import prepare as prepare_model
    from qa.reader.export import prepare_reader
    from qa.resolve.export import prepare_terms

    typer.echo(f"the model is ready in {prepare_model(error_line, cache)}")
    typer.echo(f"the reader is ready in {prepare_reader(error_line, cache)}")
    typer.echo(f"the model for follow-ups is ready in {prepare_terms(error_line, cache)}")


def _print_json(record: dict[str, Any]) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False, default=str))
