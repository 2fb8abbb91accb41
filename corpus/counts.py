"""How many of something there are, in words; alone, so that --help need not load more."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return "1 article", "2 articles", "3,000 articles"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
