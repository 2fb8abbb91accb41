"""`onrecord keys`: who may use the HTTP API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import AsJson, Config, Debug, Store, read_settings
from cli.edge import error_line, printable
from corpus.errors import StoreError

if TYPE_CHECKING:
    from web.keys import Key, Keys

keys = typer.Typer(rich_markup_mode=None)


@keys.callback()
def group() -> None:
    """Make, list and revoke keys for the HTTP API. Only their digests are kept."""


@keys.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who or what it is for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="ask, read, write, metrics or embed.  [default: ask, read]",
        ),
    ] = None,
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "--group", metavar="NAME", help="Also articles of this group; again for more."
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=36500, help="Days that it is good for.")
    ] = None,
    as_json: AsJson = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Make a key and print it, this once.

    For example: onrecord keys create "intranet search" --scope ask --days 365
    """
    with _opened(config, store) as kept:
        lasts = timedelta(days=days) if days else None
        key, text = kept.create(name, scope or ["ask", "read"], lasts, groups or ())
    if as_json:
        typer.echo(json.dumps(_json(key) | {"key": text}))
    else:
        typer.echo(text)
        error_line("It is shown this once; `onrecord keys revoke` takes it away.")


@keys.command(name="list")
def list_all(
    as_json: AsJson = False, store: Store = None, config: Config = None, _debug: Debug = False
) -> None:
    """List the keys that are good.

    For example: onrecord keys list
    """
    with _opened(config, store) as kept:
        found = kept.listed()
    for key in found:
        typer.echo(json.dumps(_json(key)) if as_json else _line(key))
    if not found and not as_json:
        typer.echo("there is no key yet")


@keys.command()
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `list` shows it.")],  # noqa: A002
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Take a key away, at once.

    For example: onrecord keys revoke 1f3a5c7e
    """
    with _opened(config, store) as kept:
        kept.revoke(id)
    typer.echo(f"revoked {id}")


@contextmanager
def _opened(config: Path | None, store: Path | None) -> Iterator[Keys]:
    from web.keys import Keys

    folder = read_settings(config, store).store
    if not folder.is_dir():
        raise StoreError(f"there is no store in {folder}; `onrecord ingest` makes one")
    with Keys(folder) as kept:
        yield kept


def _line(key: Key) -> str:
    expires = f"until {key.expires:%Y-%m-%d}" if key.expires else "without end"
    expired = ", expired" if key.has_expired else ""
    scopes = ", ".join((*sorted(key.scopes), *(f"group {name}" for name in sorted(key.groups))))
    return printable(f"{key.id}  {key.created:%Y-%m-%d}  {expires}{expired}  {scopes}  {key.name}")


def _json(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "groups": sorted(key.groups),
        "created": key.created.isoformat(),
        "expires": key.expires.isoformat() if key.expires else None,
    }
