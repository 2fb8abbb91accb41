"""Reading files and walking folders without being held up, led astray or flooded."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from corpus.errors import ItemError

MAX_FILE_BYTES = 64 * 1024 * 1024
CLOCK_STEP = 20_000_000
"""Nanoseconds; twice the longest step in which Linux moves the time of a file's change."""

_MOST_WAITS = 5

# Files below these look regular, yet reading them can hang, never end or change something.
_KERNEL_FOLDERS = ("/proc/", "/sys/")
# What may lie beside articles (a saved page's folder) and can hold none is passed over in silence.
_NO_ARTICLES = re.compile(
    r".*\.(?:png|jpe?g|gif|webp|svg|ico|bmp|avif|css|m?js|map|woff2?|[ot]tf|eot"
    r"|mp[34]|m4a|webm|ogg|wav|mov|avi)",
    re.IGNORECASE | re.DOTALL,
)
_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ", "a Windows program"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"RIFF", "RIFF sound, film or image"),
    (b"OggS", "Ogg sound"),
    (b"ID3", "MP3 sound"),
)
# A text may begin with these as well.
_ALSO_WORDS = (b"MZ", b"RIFF", b"ID3", b"OggS", b"BZh", b"Rar!")
_SAMPLE = 8192
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b"))


def shown(path: str | os.PathLike[str]) -> str:
    """Return a path as valid text, whatever bytes its name holds; it stays one-to-one."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_folder(path: str) -> bool:
    """Return whether the path names a folder; what cannot be looked at is none."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


@contextmanager
def open_regular(path: str, *, source: str) -> Iterator[BufferedReader]:
    """Open a regular file for reading; anything else is refused without being opened.

    Raises:
        ItemError: E_NOT_FOUND, E_PERMISSION, E_NOT_REGULAR or E_READ.
    """
    try:
        _check_regular(Path(path).stat(), path, source)
        # Should a FIFO take the file's place meanwhile, not waiting for its writer avoids a hang.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            _check_regular(os.fstat(descriptor), path, source)
            yield file
    except (OSError, ValueError) as error:
        raise _translated(error, source) from error


def read_file(path: str, *, source: str) -> bytes:
    """Return a file's bytes, the same before and after reading; one retry if it was written to.

    Raises:
        ItemError: as `open_regular`, and E_TOO_LARGE, E_CHANGED, E_EMPTY.
    """
    for _ in range(2):
        with open_regular(path, source=source) as file:
            before = settled_fingerprint(file)
            if before[0] > MAX_FILE_BYTES:
                raise ItemError(
                    "E_TOO_LARGE",
                    f"{before[0]:,} bytes; at most {MAX_FILE_BYTES:,} are read from one file",
                    source=source,
                )
            data = file.read(MAX_FILE_BYTES + 1)
            if fingerprint(file) == before == (len(data), before[1]):
                return data
    raise changed(source)


def changed(source: str) -> ItemError:
    """Return the error for a file that is written to while it is read."""
    return ItemError(
        "E_CHANGED",
        "the file changed while it was read",
        source=source,
        hint="ingest it again once it is complete",
    )


def empty(source: str, locator: str = "") -> ItemError:
    """Return the error for an item without any text."""
    return ItemError("E_EMPTY", "it holds no text", source=source, locator=locator)


def fingerprint(file: BufferedReader) -> tuple[int, int]:
    """Return an open file's size in bytes and time of the last change in nanoseconds."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def settled_fingerprint(file: BufferedReader) -> tuple[int, int]:
    """Return the fingerprint once every later write will show in it, which takes milliseconds.

    Times of change move in steps; a second write within the step of the first one leaves no trace.
    """
    for _ in range(_MOST_WAITS):
        found = fingerprint(file)
        if not 0 <= time.time_ns() - found[1] < CLOCK_STEP:
            return found
        time.sleep(CLOCK_STEP / 1e9)
    return -1, -1  # written to all the time, and equal to no fingerprint


def _check_regular(status: os.stat_result, path: str, source: str) -> None:
    if stat.S_ISREG(status.st_mode) and not os.path.realpath(path).startswith(_KERNEL_FOLDERS):
        return
    raise ItemError("E_NOT_REGULAR", f"{_kind(status.st_mode)}, not a file", source=source)


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISREG, "a window into the system"),
    )
    return next((name for test, name in kinds if test(mode)), "a device")


def _translated(error: OSError | ValueError, source: str) -> ItemError:
    missing = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)
    if isinstance(error, OSError) and error.errno in missing:
        return ItemError("E_NOT_FOUND", "there is no such file or folder", source=source)
    if isinstance(error, PermissionError):
        return ItemError("E_PERMISSION", "it may not be read by this user", source=source)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return ItemError("E_READ", f"it cannot be read: {reason}", source=source)


def walk(folder: str) -> Iterator[str | ItemError]:
    """Yield the files below a folder as they are found, and what could not be looked into.

    Hidden entries, images, styles, scripts, sound and film are passed over. Links are not followed:
    what they name inside the folder is found anyway, and what lies outside is reported.
    """
    root = os.path.realpath(folder)
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            with os.scandir(current) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_symlink():
                        yield from _link_problem(entry.path, root)
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif not _NO_ARTICLES.fullmatch(entry.name):
                        yield entry.path
        except OSError as error:
            yield _translated(error, shown(current))


def _link_problem(path: str, root: str) -> Iterator[ItemError]:
    target = os.path.realpath(path)
    try:
        Path(target).stat()
    except FileNotFoundError:
        yield ItemError("E_NOT_FOUND", "a link to nothing, or to itself", source=shown(path))
        return
    except OSError as error:
        yield _translated(error, shown(path))
        return
    if os.path.commonpath([target, root]) != root:
        yield ItemError(
            "E_OUTSIDE",
            "a link that leaves the folder is not followed",
            source=shown(path),
            hint=f"name {shown(target)} itself to ingest it",
        )


def check_not_binary(data: bytes, *, source: str, of_lines: bool = False) -> None:
    """Raise ItemError E_BINARY, naming the type where known, for bytes that are no text.

    Args:
        data: The file's bytes, or what it starts with.
        source: The file as the user named it.
        of_lines: Whether each line is judged by itself, so that one stray NUL damns only its own.
    """
    kind = next((name for magic, name in _MAGIC if data.startswith(magic)), None)
    if data.startswith(_ALSO_WORDS) and data[:_SAMPLE].isascii() and not data[:_SAMPLE].count(0):
        kind = None
    if kind is None and data[257:262] == b"ustar":
        kind = "a tar archive"
    sample = data[:_SAMPLE]
    # Text has next to no control characters; random bytes have one in ten.
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if kind is None and (controls * 20 > len(sample) or (sample.count(0) and not of_lines)):
        kind = "binary data"
    if kind:
        raise ItemError("E_BINARY", f"it holds {kind}, not text", source=source)
