from __future__ import annotations

import pytest

from corpus.counts import counted


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 articles"), (1, "1 article"), (2, "2 articles"), (3_000, "3,000 articles")],
)
def test_counted(number: int, words: str) -> None:
    assert counted(number, "article") == words
