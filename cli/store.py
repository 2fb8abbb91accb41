"""The commands that look after a store: quote, export, remove, stats, verify, rebuild, errors."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.common import Config, Debug, Store, Wait, counted, read_settings
from cli.edge import STORE, error_line

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def quote(
    sentence: Annotated[str, typer.Argument(help="The sentence, in quotes.")],
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Tell which article says exactly this, or show how the nearest sentence differs.

    Finding nothing is an answer: the exit code is 0.

    For example: onrecord quote "Caracas has borrowed $65 billion."
    """
    settings = read_settings(config, store)
    typer.echo(sentence and settings)


def export(store: Store = None, config: Config = None, _debug: Debug = False) -> None:
    """Write the current versions as stored, one JSON object a line.

    For example: onrecord export > articles.jsonl
    """
    from corpus.archive import Archive

    damaged = 0
    with Archive.open(read_settings(config, store).store) as archive:
        for article, version in archive.current_versions():
            if not version.is_intact:
                damaged += 1
                error_line(f"{article.id}: E_DAMAGED the stored text no longer has its digest")
                continue
            published = version.published.isoformat() if version.published else None
            record = {
                "id": article.id,
                "url": article.url,
                "publisher": article.publisher,
                "title": version.title,
                "authors": list(version.authors),
                "published": published,
                "version": version.number,
                "sha256": version.sha256,
                "text": version.text,
            }
            typer.echo(json.dumps(record, ensure_ascii=False))
    if damaged:
        raise typer.Exit(STORE)


def remove(
    context: typer.Context,
    article_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="The article's id.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="The article of this link.")
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help="Every article of this outlet.")
    ] = None,
    wait: Wait = 30.0,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Remove articles with all their versions, at once and for good; nothing is asked back.

    The exit code is 1 where there is no such article.

    For example: onrecord remove --publisher "Harbour Gazette"
    """
    if sum(value is not None for value in (article_id, url, publisher)) != 1:
        context.fail("give one of ID, --url and --publisher")
    from corpus.archive import Archive

    with Archive.open(read_settings(config, store).store, wait=wait) as archive:
        removed = archive.remove(article_id=article_id, url=url, publisher=publisher)
    typer.echo(f"removed {counted(removed, 'article')}")
    if not removed:
        raise typer.Exit(1)


def stats(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """Tell what the store holds.

    For example: onrecord stats --json
    """


def verify(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """Check every stored text, position, vector and snapshot; problems give exit code 5.

    For example: onrecord verify --store data
    """


def rebuild(
    wait: Wait = 30.0, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """Make anew whatever can be computed from the articles: search snapshot and full text.

    For example: onrecord rebuild
    """


def errors(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """List the items that were refused, newest last.

    For example: onrecord errors
    """


def prepare(config: Config = None, _debug: Debug = False) -> None:
    """Compile the bundled model for this machine, once; ingest and ask do so when they must.

    For example: onrecord prepare
    """
