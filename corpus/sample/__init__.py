"""The sample that ships: invented articles to try OnRecord with, never a source of facts."""

from __future__ import annotations

from pathlib import Path

KNOWN_ARTICLE = "quillon-2015-china-loans-65-billion"
"""An id of the sample; a store that holds this article holds the sample."""

QUESTIONS = (
    "How much has China lent Venezuela?",
    "How many people died in the Brackmere flood?",
    "Why was the opening of the Tolliver Bridge delayed?",
)
"""Questions to try on it."""


def sample_path() -> Path:
    """Return the path of the sample's JSONL file (one article a line, UTF-8)."""
    return Path(__file__).with_name("articles.jsonl")
