"""Days as people type them in options and files of questions."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date


def parse_day(text: object) -> date:
    """Return the date written as YYYY-MM-DD; ValueError for anything else."""
    # date.fromisoformat alone also takes 20190131 and 2019-W05-4, and pydantic seconds since 1970
    if isinstance(text, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise ValueError(f"{text!r} is not a date such as 2019-01-31")
