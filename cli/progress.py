"""What is being done, and how far long work is: on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from cli.edge import error_line, printable
from corpus.counts import counted

SECONDS_TO_THE_FIRST_LINE = 2.0
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
def progress_shown(
    doing: str = "starting", noun: str = "article"
) -> Iterator[Callable[[Progress], None]]:
    """Yield what shows on stderr how far work is.

    Args:
        doing: What is done until there is progress to show.
        noun: What is counted.
    """
    with (_bar if sys.stderr.isatty() else _lines)(doing, noun) as show:
        yield show


@contextmanager
def steps_shown() -> Iterator[Callable[[str], None]]:
    """Yield what shows a step while it lasts, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("starting") as status:
        yield lambda step: status.update(escape(step))


@contextmanager
def _bar(doing: str, noun: str) -> Iterator[Callable[[Progress], None]]:
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
        task = bar.add_task(printable(doing), total=None)

        def show(progress: Progress) -> None:
            source = printable(progress.source)
            bar.update(task, completed=progress.done, total=progress.total, description=source)

        yield show


@contextmanager
def _lines(doing: str, noun: str) -> Iterator[Callable[[Progress], None]]:
    latest = printable(doing)
    over = threading.Event()

    def show(progress: Progress) -> None:
        nonlocal latest
        total = f" of {progress.total:,}" if progress.total else ""
        source = f", now {printable(progress.source)}" if progress.source else ""
        latest = f"{counted(progress.done, noun)}{total} so far{source}"

    def tell() -> None:
        told = ""
        seconds = SECONDS_TO_THE_FIRST_LINE
        while not over.wait(seconds):
            if latest != told:
                error_line(told := latest)
            seconds = SECONDS_BETWEEN_LINES

    # A thread, for a folder of a million pictures yields no progress for long.
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield show
    finally:
        over.set()
        teller.join()
