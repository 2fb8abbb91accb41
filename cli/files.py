"""Where commands may write, and files that must be new."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import UsageError


def check_writable(path: Path) -> None:
    """Raise UsageError where a file of that name cannot be."""
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be a file there")


def write_new(file: Path, lines: Iterable[str]) -> None:
    """Write a file that does not exist yet; UsageError where it does or cannot be made."""
    content = "".join(line + "\n" for line in lines)
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
    except FileExistsError as error:
        raise UsageError(f"{file} exists already; give another name") from error
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
