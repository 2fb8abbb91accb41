"""Undoing what a site packed its page with (gzip, deflate, br), a small step at a time.

The steps let the caller stop at a limit: a page of a thousand bytes can unpack to gigabytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

STEP = 64 * 1024
ENCODINGS = ("gzip", "deflate", "br")

_GZIP = zlib.MAX_WBITS | 16
_ZLIB = zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS
_GZIP_START = 0x1F
_ZLIB_START = 8  # in the first byte's lower half, where bare deflate has no use for it


def unpacked(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the bytes that `pieces` were packed from, in pieces of about `STEP` bytes.

    Args:
        pieces: The packed bytes, cut anywhere; none may be empty.
        encoding: One of `ENCODINGS`, or an empty string for bytes that are not packed.

    Raises:
        ValueError: They are damaged or incomplete.
    """
    if encoding == "br":
        return _from_brotli(pieces)
    if encoding in ENCODINGS:
        return _inflated(pieces, is_gzip=encoding == "gzip")
    return iter(pieces)


def _inflated(pieces: Iterable[bytes], *, is_gzip: bool) -> Iterator[bytes]:
    unpacker = None
    try:
        for piece in pieces:
            left = piece
            while left:
                if unpacker is None:
                    unpacker = zlib.decompressobj(_window(left[0], is_gzip=is_gzip))
                elif unpacker.eof:
                    # One gzip after another is one text; anything else behind the end is padding.
                    if not is_gzip or left[0] != _GZIP_START:
                        return
                    unpacker = zlib.decompressobj(_GZIP)
                yield unpacker.decompress(left, STEP)
                left = unpacker.unconsumed_tail or unpacker.unused_data
        if unpacker is not None:
            yield unpacker.flush()
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if unpacker is not None and not unpacker.eof:
        raise ValueError("the end is missing")


def _window(first: int, *, is_gzip: bool) -> int:
    """Return zlib's word for the format; some sites send "deflate" bare (RFC 9110, 8.4.1.2)."""
    if is_gzip:
        return _GZIP
    return _ZLIB if first & 0x0F == _ZLIB_START else _RAW


def _from_brotli(pieces: Iterable[bytes]) -> Iterator[bytes]:
    import brotli  # type: ignore[import-untyped]

    unpacker = brotli.Decompressor()
    seen = False
    try:
        for piece in pieces:
            seen = True
            data = unpacker.process(piece, output_buffer_limit=STEP)
            while data:
                yield data
                data = unpacker.process(b"", output_buffer_limit=STEP)
    except brotli.error as error:
        raise ValueError(str(error)) from error
    if seen and not unpacker.is_finished():
        raise ValueError("the end is missing")
