"""An answer says how many of the articles that were found could not be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.assistant import Assistant
from qa.messages.say import speaking
from qa.render import to_json

QUESTION = "How much has China lent Venezuela?"


def altered(store: Path, count: int) -> None:
    """Alter a letter in the text of so many of the articles that speak of Venezuela."""
    with closing(sqlite3.connect(store / "archive.sqlite3")) as connection, connection:
        connection.execute(
            "UPDATE versions SET text = replace(text, 'e', 'E') WHERE id IN"
            " (SELECT id FROM versions WHERE text LIKE '%Venezuela%' ORDER BY id LIMIT ?)",
            (count,),
        )


@pytest.mark.parametrize(
    ("count", "language", "said"),
    [
        (0, "en", ""),
        (1, "en", "1 article that was found is damaged and could not be read"),
        (2, "en", "2 articles that were found are damaged and could not be read"),
        (1, "de", "1 gefundener Artikel ist beschädigt"),
    ],
)
def test_the_note_says_how_many(
    tmp_path: Path, quick: Callable[[Archive], Assistant], count: int, language: str, said: str
) -> None:
    store = tmp_path / "store"
    with open_archive(store, create=True) as archive:
        ingest([str(sample_path())], archive, HashEmbedder())
    altered(store, count)
    with open_archive(store) as archive, speaking(language):
        answer = quick(archive).ask(QUESTION)
    assert said in to_json(answer)["note"]
    assert bool(to_json(answer)["note"]) is bool(count)
