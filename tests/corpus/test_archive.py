from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.article import RawArticle, Sentence, Span, Version
from corpus.errors import ItemError

FIRST = "The port closed on Monday.\n\nIt opened again."
SECOND = "The port closed on Tuesday.\n\nIt opened again."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "store", create=True) as opened:
        yield opened


def raw(text: str = FIRST, **given: Any) -> RawArticle:
    return RawArticle(text, **({"source": "feed.jsonl", "locator": "1"} | given))


def sentences_of(text: str) -> list[Sentence]:
    lines = text.split("\n\n")
    starts = [text.index(line) for line in lines]
    return [
        Sentence(0, i, Span(start, start + len(line)), i)
        for i, (start, line) in enumerate(zip(starts, lines, strict=True))
    ]


def put(archive: Archive, article: RawArticle) -> Version | None:
    with archive.transaction():
        return archive.put(article, sentences_of(article.text))


def stored(archive: Archive, article: RawArticle) -> Version:
    version = put(archive, article)
    assert version is not None
    return version


def test_everything_given_comes_back(archive: Archive) -> None:
    when = datetime(2019, 1, 24, 23, 30, tzinfo=UTC)
    version = stored(
        archive,
        raw(
            id="a-1",
            url="https://bo:pw@n.example/a#x",
            publisher="Harbour Gazette",
            title="Port closed",
            authors=("Ann Ray", "Bo Li"),
            published=when,
            language="en",
        ),
    )
    assert archive.version(version.id) == version == archive.current_version("a-1")
    assert (version.number, version.title, version.authors) == (
        1,
        "Port closed",
        ("Ann Ray", "Bo Li"),
    )
    assert (version.published, version.language, version.text) == (when, "en", FIRST)
    assert version.is_intact
    article = archive.article("a-1")
    assert article is not None
    assert (article.url, article.publisher) == ("https://n.example/a#x", "Harbour Gazette")
    sentences = archive.sentences(version.id)
    assert [s.span.of(FIRST) for s in sentences] == FIRST.split("\n\n")
    assert [(s.position, s.paragraph, s.version_id) for s in sentences] == [
        (0, 0, version.id),
        (1, 1, version.id),
    ]


def test_unknown_ids(archive: Archive) -> None:
    assert archive.article("x") is archive.current_version("x") is None
    assert archive.version_number("x", 1) is None
    assert archive.sentences(7) == []
    with pytest.raises(KeyError):
        archive.version(7)


@pytest.mark.parametrize(
    ("first", "again", "number"),
    [
        pytest.param({"id": "a"}, {"id": "a"}, None, id="same"),
        pytest.param({"id": "a"}, {"id": "a", "text": SECOND}, 2, id="text changed"),
        pytest.param({"id": "a", "title": "T"}, {"id": "a", "title": "U"}, 2, id="title changed"),
        pytest.param(
            {"id": "a", "title": "T"}, {"id": "a"}, None, id="missing value erases nothing"
        ),
        pytest.param(
            {"id": "a"}, {"id": "a", "published": date(2019, 1, 2)}, 2, id="date becomes known"
        ),
        pytest.param({"id": "a"}, {"id": "b"}, 1, id="another id"),
        pytest.param(
            {"url": "https://n.example/a"}, {"url": "HTTPS://n.example/a#x"}, None, id="same link"
        ),
        pytest.param(
            {"url": "https://n.example/a"},
            {"url": "https://n.example/a?utm_x=1", "text": SECOND},
            2,
            id="same link, text changed",
        ),
        pytest.param(
            {"id": "a", "url": "https://n.example/a"},
            {"url": "https://n.example/a"},
            None,
            id="link of an article with an id",
        ),
        pytest.param(
            {"url": "https://n.example/a"}, {"url": "https://n.example/b"}, 1, id="wire copy"
        ),
        pytest.param({"key": "/x/a.txt"}, {"key": "/y/a.txt"}, None, id="moved"),
        pytest.param(
            {"key": "/x/a.txt"}, {"key": "/y/a.txt", "text": SECOND}, 1, id="moved and changed"
        ),
        pytest.param({"key": "/x/a.txt"}, {"key": "/x/a.txt", "text": SECOND}, 2, id="edited"),
        pytest.param({"key": "/x/a.txt", "title": "T"}, {"key": "/y/a.txt"}, 1, id="other title"),
        pytest.param({"id": "a"}, {"key": "/y/a.txt"}, 1, id="same text as one with an id"),
    ],
)
def test_put_again(
    archive: Archive, first: dict[str, Any], again: dict[str, Any], number: int | None
) -> None:
    stored(archive, raw(**first))
    assert archive.is_known(raw(**again)) == (number is None)
    version = put(archive, raw(**again))
    assert (version and version.number) == number


def test_old_versions_stay_and_missing_values_are_kept(archive: Archive) -> None:
    stored(archive, raw(id="a", title="T", published=date(2019, 1, 2), publisher="P"))
    newer = stored(archive, raw(SECOND, id="a"))
    assert (newer.title, newer.published) == ("T", date(2019, 1, 2))
    older = archive.version_number("a", 1)
    assert older is not None
    assert older.text == FIRST
    assert archive.sentences(older.id)
    assert [v.number for _, v in archive.current_versions()] == [2]


def test_a_text_that_goes_back_is_a_new_version(archive: Archive) -> None:
    for text, number in ((FIRST, 1), (SECOND, 2), (FIRST, 3)):
        assert stored(archive, raw(text, id="a")).number == number


def test_remove(archive: Archive) -> None:
    stored(archive, raw(id="a", publisher="Gazette"))
    stored(archive, raw(SECOND, id="a", publisher="Gazette"))
    stored(archive, raw(id="b", publisher="gazette", url="https://n.example/b"))
    stored(archive, raw(id="c", publisher="Post"))
    assert archive.remove(url="https://n.example/b#x", publisher="Post") == 0
    assert archive.remove(url="https://n.example/b#x") == 1
    assert archive.remove(publisher="GAZETTE") == 1
    assert archive.remove(article_id="a") == 0
    assert [article.id for article, _ in archive.current_versions()] == ["c"]
    assert archive.stats().versions == 1
    with pytest.raises(ValueError, match="needs"):
        archive.remove()


def test_a_failed_transaction_changes_nothing(archive: Archive) -> None:
    def fail() -> None:
        with archive.transaction():
            archive.put(raw(id="a"), sentences_of(FIRST))
            raise KeyboardInterrupt

    change = archive.change
    with pytest.raises(KeyboardInterrupt):
        fail()
    assert archive.article("a") is None
    assert archive.change == change
    assert stored(archive, raw(id="a")).number == 1


def test_change_grows_with_changes_only(archive: Archive) -> None:
    seen = [archive.change]
    stored(archive, raw(id="a"))
    seen.append(archive.change)
    put(archive, raw(id="a"))
    archive.record_error(ItemError("E_X", "m", source="s"))
    assert archive.change == seen[-1]
    archive.remove(article_id="a")
    seen.append(archive.change)
    assert seen == sorted(set(seen))


def test_stats_publishers_and_newest_date(archive: Archive) -> None:
    assert archive.stats().newest is archive.newest_date is None
    days = {"a": date(2019, 3, 1), "b": datetime(2019, 3, 1, 23, tzinfo=UTC), "c": date(9999, 1, 1)}
    for name, day in days.items():
        stored(archive, raw(id=name, published=day, publisher="P" if name < "c" else "Q"))
    stored(archive, raw(id="d"))
    stats = archive.stats()
    assert (stats.articles, stats.versions, stats.sentences, stats.chunks) == (4, 4, 8, 0)
    assert stats.oldest == stats.newest == archive.newest_date == date(2019, 3, 1)
    assert archive.publishers() == {"P": 2, "Q": 1}


def test_errors_are_kept_until_their_source_is_read_again(archive: Archive) -> None:
    archive.record_error(
        ItemError("E_JSON", "not JSON", source="in/a.jsonl", locator="7", hint="look"),
        ItemError("E_JSON", "not JSON", source="in/a.jsonl", locator="7", hint="look"),
        ItemError("E_EMPTY", "empty", source="in/b\udcff.txt"),
        ItemError("E_EMPTY", "empty", source="inside.txt"),
    )
    assert [str(e.error) for e in archive.errors()] == [
        "in/a.jsonl:7: E_JSON not JSON (look)",
        "in/b\\udcff.txt: E_EMPTY empty",
        "inside.txt: E_EMPTY empty",
    ]
    assert archive.stats().refused == 3
    archive.forget_errors("in")
    assert [e.error.source for e in archive.errors()] == ["inside.txt"]


def test_current_versions_hold_no_lock_while_they_are_read(archive: Archive) -> None:
    for number in range(70):
        stored(archive, raw(id=f"a{number}"))
    reading = archive.current_versions()
    next(reading)
    with Archive.open(archive.store) as other:
        stored(other, raw(id="late"))
    assert len(list(reading)) == 70


@pytest.mark.parametrize(
    ("change", "intact_text"),
    [
        pytest.param("UPDATE versions SET text = replace(text, 'Mon', 'Sun')", False, id="text"),
        pytest.param("UPDATE versions SET text = CAST(x'ff' AS TEXT) || text", False, id="UTF-8"),
        pytest.param("UPDATE versions SET title = 'U'", True, id="title"),
        pytest.param("UPDATE versions SET published = 'never'", True, id="date"),
        pytest.param("UPDATE versions SET authors = x'00'", True, id="authors"),
        pytest.param("UPDATE versions SET sentences = zeroblob(24)", True, id="sentences"),
        pytest.param("UPDATE articles SET publisher = 'Other'", True, id="publisher"),
        pytest.param("UPDATE articles SET url = 'https://evil.example/'", True, id="link"),
    ],
)
def test_whatever_is_altered_is_never_intact(
    archive: Archive, change: str, intact_text: bool
) -> None:
    version = stored(archive, raw(id="a", title="T", published=date(2019, 1, 2), publisher="P"))
    archive.connection().execute(change)
    assert not archive.version(version.id).is_intact
    assert bool(archive.sentences(version.id)) == (not intact_text)
    again = stored(archive, raw(id="a", title="T", published=date(2019, 1, 2), publisher="P"))
    assert again.number == 2
    assert again.is_intact
