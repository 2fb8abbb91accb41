"""What the commands share: their common options, the settings, and dates."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.days import parse_day

if TYPE_CHECKING:
    from index.embed import Embedder
    from qa.settings import Settings

SETTINGS_FILE = Path("onrecord.toml")


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Store = Annotated[
    Path | None,
    # Whether it can be read is checked where it is opened: that is no matter of usage.
    typer.Option(
        "--store", metavar="DIR", readable=False, help="Folder of the store.  [default: ./data]"
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Settings file.  [default: ./onrecord.toml if present]"
    ),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Wait = Annotated[
    float,
    typer.Option("--wait", min=0, max=86400, help="Seconds to wait for another writer."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Publisher = Annotated[
    str | None, typer.Option("--publisher", metavar="NAME", help="Only articles of this outlet.")
]
Since = Annotated[
    date | None,
    typer.Option("--since", metavar="DATE", parser=_day, help="Only from this day on."),
]
Until = Annotated[
    date | None,
    typer.Option("--until", metavar="DATE", parser=_day, help="Only up to this day."),
]
Everything = Annotated[
    bool,
    typer.Option(
        "--everything", help='Search all articles, also where the question says "according to".'
    ),
]
Asked = Annotated[
    date | None,
    typer.Option(
        "--asked",
        metavar="DATE",
        parser=_day,
        help="The day the question is asked, for words such as 'last week'.  "
        "[default: day of the newest article]",
    ),
]


def read_settings(config: Path | None, store: Path | None) -> Settings:
    """Return the settings of the file, with the store given on the command line.

    Raises:
        SettingsError: the file is wrong, or `config` does not exist.
    """
    # pydantic takes 50 ms to import, which --help need not pay
    from qa.settings_file import load_settings

    settings = load_settings(config or (SETTINGS_FILE if SETTINGS_FILE.exists() else None))
    return settings.model_copy(update={"store": store}) if store else settings


def open_model(settings: Settings) -> Embedder:
    """Return the embedder of the settings; ModelError if it is missing or altered."""
    from index.embed import open_embedder

    model = settings.model
    return open_embedder(model.name, model.cache, model.threads)


def checked_groups(context: typer.Context, option: str, groups: Sequence[str]) -> tuple[str, ...]:
    """Return groups given with this option, or end with a message where one cannot be."""
    from corpus.groups import group_names

    try:
        return group_names(groups)
    except ValueError as error:
        context.fail(f"{option}: {error}")


def columns(rows: Mapping[str, object]) -> str:
    """Return lines of names and values, the values aligned."""
    width = max(map(len, rows))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())


def text_width() -> int:
    """Return the columns to wrap text at; without a terminal a quote stays on one line."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 1_000_000
