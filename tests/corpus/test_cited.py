"""A citation is held by its text: id and number alone may be those of other words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.archive import Archive
from corpus.article import RawArticle, Sentence, Span, Version, sha256_of

FIRST = "The port closed on Monday."
SECOND = "The port opened on Tuesday."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "store", create=True) as opened:
        yield opened


def stored(archive: Archive, text: str, name: str = "a") -> Version:
    whole = [Sentence(0, 0, Span(0, len(text)), 0)]
    with archive.transaction():
        version = archive.put(RawArticle(text, "in.jsonl", id=name, publisher="Post"), whole)
    assert version is not None
    return version


def found(archive: Archive, version: Version, digits: int = 64) -> Version | None:
    cited = archive.cited(version.article_id, version.number, version.sha256[:digits])
    assert cited is None or cited[0] == archive.article(version.article_id)
    return cited[1] if cited else None


@pytest.mark.parametrize("digits", [8, 9, 63, 64])
def test_what_is_stored_is_found_by_its_text(archive: Archive, digits: int) -> None:
    version = stored(archive, FIRST)
    assert found(archive, version, digits) == version


def test_an_older_version_is_found_beside_the_newer(archive: Archive) -> None:
    older, newer = stored(archive, FIRST), stored(archive, SECOND)
    assert (found(archive, older), found(archive, newer)) == (older, newer)
    assert archive.current_of(older) == archive.current_of(newer) == newer


def test_what_was_removed_is_gone_also_when_its_id_is_given_again(archive: Archive) -> None:
    version = stored(archive, FIRST)
    archive.remove(article_id="a")
    assert found(archive, version) is None
    other = stored(archive, SECOND)
    assert found(archive, version) is None
    assert found(archive, version, 8) is None
    assert found(archive, other) == other


def test_one_article_is_not_found_by_another_with_the_same_text(archive: Archive) -> None:
    version, other = stored(archive, FIRST), stored(archive, FIRST, "b")
    assert (found(archive, version), found(archive, other)) == (version, other)
    archive.remove(article_id="b")
    assert (found(archive, version), found(archive, other)) == (version, None)


@pytest.mark.parametrize(
    "damage",
    [
        "text = replace(text, 'Monday', 'Sunday')",
        "text = CAST(x'ff41' AS TEXT)",
        "text = CAST(text AS BLOB)",
        "sha256 = 'damaged'",
        "title = 'Other'",
        "sentences = x'00'",
        "authors = '{'",
        "digest = ''",
    ],
)
def test_a_damaged_version_is_never_found(archive: Archive, damage: str) -> None:
    version = stored(archive, FIRST)
    with closing(sqlite3.connect(archive.path)) as behind, behind:
        behind.execute(f"UPDATE versions SET {damage}")
    assert found(archive, version) is None


@pytest.mark.parametrize("article_id", ["", "b", "a ", "\ud800", "a\0", "%", "a' OR 1=1 --"])
def test_any_other_id_is_none(archive: Archive, article_id: str) -> None:
    version = stored(archive, FIRST)
    assert archive.cited(article_id, version.number, version.sha256) is None


@pytest.mark.parametrize("number", [-1, 0, 2, 1 << 63, 1 << 80])
def test_any_other_number_is_none(archive: Archive, number: int) -> None:
    version = stored(archive, FIRST)
    assert archive.cited("a", number, version.sha256) is None


@pytest.mark.parametrize(
    "sha256",
    [
        "",
        sha256_of(FIRST)[:7],
        sha256_of(FIRST).upper(),
        sha256_of(FIRST) + "0",
        sha256_of(FIRST)[1:],
        sha256_of(FIRST) + "\n",
        sha256_of(FIRST)[:8] + "%",
        "٠" * 8,
        "\ud800" * 8,
        "_" * 64,
    ],
    ids=ascii,
)
def test_any_other_digest_is_none(archive: Archive, sha256: str) -> None:
    stored(archive, FIRST)
    assert archive.cited("a", 1, sha256) is None


@pytest.mark.parametrize("digits", [8, 9, 16, 63, 64])
def test_every_digit_that_is_given_counts(archive: Archive, digits: int) -> None:
    version = stored(archive, FIRST)
    given_ = version.sha256[:digits]
    for place in range(digits):
        other = "0" if given_[place] != "0" else "f"
        changed = given_[:place] + other + given_[place + 1 :]
        assert archive.cited("a", 1, changed) is None
    assert found(archive, version, digits) == version


@given(text=st.text(max_size=70), number=st.integers(), name=st.text(max_size=9))
def test_nothing_that_is_given_raises(
    tmp_path_factory: pytest.TempPathFactory, text: str, number: int, name: str
) -> None:
    store = tmp_path_factory.getbasetemp() / "any"
    with Archive.open(store, create=True) as archive:
        assert archive.cited(name, number, text) is None
