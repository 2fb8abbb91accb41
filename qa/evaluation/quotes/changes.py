"""A change to a quote, and the words after which another figure may still be true."""

from __future__ import annotations

import re
from typing import NamedTuple


class Change(NamedTuple):
    """A stretch of the quote, from `start` to `end`, and what comes in its place."""

    start: int
    end: int
    text: str

    def of(self, quote: str) -> str:
        """Return the quote with the change made."""
        return quote[: self.start] + self.text + quote[self.end :]


BOUND = re.compile(
    r"\b(?:than|than the|at least|at most|up to|as (?:many|much|few|little|high|low) as|over|under"
    r"|about|above|below|around|roughly|some|nearly|almost|approximately|between|within|beyond"
    r"|exceed\w*|estimated|past|between [^,]{1,20} and|\d (?:to|or)) $",
    re.IGNORECASE,
)
"""What stands before a figure that leaves others true as well."""
