"""How far long work is: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from cli.common import counted
from cli.edge import error_line, printable

SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """How far work is."""

    @property
    def done(self) -> int:
        """How many things are done."""
        ...

    @property
    def total(self) -> int | None:
        """How many there will be; None where that is not known."""
        ...

    @property
    def source(self) -> str:
        """What it is at, in words."""
        ...


@contextmanager
def progress_shown(noun: str = "article") -> Iterator[Callable[[Progress], None]]:
    """Yield what shows on stderr how far work on things of that name is."""
    if sys.stderr.isatty():
        with _bar(noun) as show:
            yield show
    else:
        yield _lines(noun)


@contextmanager
def _bar(noun: str) -> Iterator[Callable[[Progress], None]]:
    from rich import progress as rich_progress
    from rich.console import Console
    from rich.table import Column

    columns = (
        rich_progress.BarColumn(20),
        rich_progress.TextColumn(f"{{task.completed:,}} {noun}s"),
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


def _lines(noun: str) -> Callable[[Progress], None]:
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            total = f" of {progress.total:,}" if progress.total else ""
            source = f", now {printable(progress.source)}" if progress.source else ""
            error_line(f"{counted(progress.done, noun)}{total} so far{source}")

    return show
