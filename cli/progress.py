"""How far long work is: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.common import counted
from cli.edge import error_line, printable

if TYPE_CHECKING:
    from index.build import Progress

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress_shown() -> Iterator[Callable[[Progress], None]]:
    """Yield what shows the progress of an ingest or a rebuild on stderr."""
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich import progress as rich_progress
    from rich.console import Console
    from rich.table import Column

    columns = (
        rich_progress.BarColumn(20),
        rich_progress.TextColumn("{task.completed:,} articles"),
        rich_progress.TimeElapsedColumn(),
        rich_progress.TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
    )
    console = Console(stderr=True)
    with rich_progress.Progress(*columns, console=console, transient=True, expand=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(progress: Progress) -> None:
            source = printable(progress.source)
            bar.update(task, completed=progress.done, total=progress.total, description=source)

        yield show


def _lines() -> Callable[[Progress], None]:
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            total = f" of {progress.total:,}" if progress.total else ""
            source = f", now {printable(progress.source)}" if progress.source else ""
            error_line(f"{counted(progress.done, 'article')}{total} so far{source}")

    return show
