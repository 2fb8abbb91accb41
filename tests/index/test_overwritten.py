"""Blocks of the file overwritten by anything: found, or nothing that is stored has changed."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from corpus.errors import StoreError
from index.build import ingest
from index.check import check
from index.embed_double import HashEmbedder
from index.schema import open_archive

_BLOCK = 4096


def stored(path: Path) -> list[object]:
    """Return every row of every table."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return [connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names]


def is_found(store: Path) -> bool:
    try:
        with open_archive(store) as archive:
            return bool(check(archive))
    except StoreError:
        return True


def test_an_overwritten_block_is_found_or_was_free(tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    source.write_text(
        "\n".join(f"Pier {n} took {n * 7} crates of tea on board." for n in range(90))
    )
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
        path = archive.path
    intact, wanted, chance = path.read_bytes(), stored(path), random.Random(3)
    free = 0
    for start in range(0, len(intact), _BLOCK):
        path.write_bytes(intact[:start] + chance.randbytes(_BLOCK) + intact[start + _BLOCK :])
        if not is_found(tmp_path / "store"):
            free += 1
            assert stored(path) == wanted
    # Pages are filled from both ends, so many a block holds nothing.
    assert 0 < free < len(intact) // _BLOCK
