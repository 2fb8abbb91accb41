"""The sample's questions: 80 on the invented articles that ship, 20 of them near misses."""

from __future__ import annotations

from pathlib import Path


def questions_path() -> Path:
    """Return the path of the sample's question set (JSONL)."""
    return Path(__file__).with_name("questions.jsonl")


def floors_path() -> Path:
    """Return the path of the floors that the figures on it may not pass (TOML)."""
    return Path(__file__).with_name("floors.toml")
