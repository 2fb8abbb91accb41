"""The sample that ships: invented articles to try OnRecord with, never a source of facts."""

from __future__ import annotations

from pathlib import Path


def sample_path() -> Path:
    """Return the path of the sample's JSONL file (one article a line, UTF-8)."""
    return Path(__file__).with_name("articles.jsonl")
