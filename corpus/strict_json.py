"""JSON as strictly as RFC 8259 has it; every file of ours made of JSON lines is read by it.

Python's own parser also takes ``NaN`` and keeps the last of two values under one key.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

MAX_DIGITS = 1000
"""Of one whole number; reading many more takes quadratic time."""


class StrictJsonError(ValueError):
    """Bytes that are no JSON; its text says why.

    Attributes:
        code: E_ENCODING where they are not UTF-8, else E_JSON.
        column: Where, counted from 1 in code points; 0 where that is not known.
    """

    def __init__(self, code: str, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.column = column


def parse_json(line: bytes) -> object:
    """Return what a line of JSON in UTF-8 holds, in time linear in its length.

    Raises:
        StrictJsonError: Not UTF-8, not JSON, nested too deeply, a key that occurs twice in an
            object, NaN or an infinity, or a whole number of more than MAX_DIGITS digits.
    """
    try:
        parsed: object = json.loads(
            line.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        message = f"byte 0x{line[error.start]:02x} at offset {error.start} of the line is not UTF-8"
        column = len(line[: error.start].decode()) + 1
        raise StrictJsonError("E_ENCODING", message, column) from error
    except json.JSONDecodeError as error:
        raise StrictJsonError("E_JSON", f"not JSON: {error.msg}", error.colno) from error
    except RecursionError as error:
        raise StrictJsonError("E_JSON", "not JSON: nested too deeply") from error
    except ValueError as error:  # from the functions below
        raise StrictJsonError("E_JSON", f"not JSON: {error}") from error
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name!r} occurs twice")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits")
    return int(digits)
