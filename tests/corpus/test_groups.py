"""Articles for some readers only: for all others they are not there, whatever is read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.archive import Archive
from corpus.article import RawArticle, Sentence, Span, Version
from corpus.catalogue import Catalogue
from corpus.errors import ItemError, StoreError
from corpus.groups import Limited, group_names
from corpus.lookup import Lookup
from corpus.migrations import CORPUS_MIGRATIONS

ROOT = Path(__file__).parents[2]
NAMES = ("a", "b", "c")
groups_of_articles = st.lists(st.sets(st.sampled_from(NAMES)), max_size=8)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "store", create=True) as opened:
        yield opened


def stored(archive: Archive, name: str, text: str = "It rained.", **given: Any) -> Version:
    raw = RawArticle(text, "feed.jsonl", id=name, **given)
    with archive.transaction():
        version = archive.put(raw, [Sentence(0, 0, Span(0, len(text)), 0)])
    assert version is not None
    return version


def seen(archive: Archive, *groups: str) -> list[str]:
    with archive.limited_to(frozenset(groups)) as limited:
        return [article.id for article, _ in limited.current_versions()]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ([], ()),
        (["b", " a ", "b"], ("a", "b")),
        (["A", "a"], ("A", "a")),
        (["Größe & Co."], ("Größe & Co.",)),
        (["x" * 80], ("x" * 80,)),
    ],
)
def test_names_are_stripped_and_kept_once(given: list[str], names: tuple[str, ...]) -> None:
    assert group_names(given) == names


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb", "a\0", "\udcff", "\u202e"])
def test_what_is_no_name_is_refused(archive: Archive, name: str) -> None:
    stored(archive, "x")
    for refuse in (group_names, lambda names: archive.limit(names, article_id="x")):
        with pytest.raises(ValueError, match="1 to 80 printable characters"):
            refuse([name])
    assert seen(archive, name) == ["x"]  # and nobody fails who is in such a group elsewhere


def test_one_group_in_common_is_enough(archive: Archive) -> None:
    for name, groups in {"all": (), "a": ("a",), "ab": ("a", "b"), "c": ("c",)}.items():
        stored(archive, name, groups=groups)
    assert seen(archive) == seen(archive, "none", "A", "a ") == ["all"]
    assert seen(archive, "b") == ["all", "ab"]
    assert seen(archive, "a", "none") == ["all", "a", "ab"]
    assert seen(archive, "a", "b", "c") == ["all", "a", "ab", "c"]
    limited = archive.limited_to(frozenset("ab"))
    assert limited.limited_to(frozenset("bc")).visitor_groups == {"b"}


def test_what_leaves_groups_out_changes_nothing_that_is_known(archive: Archive) -> None:
    stored(archive, "x", groups=("a",))
    stored(archive, "x", "It snowed.")
    assert archive.groups_of("x") == ("a",)
    before = archive.change
    with archive.transaction():
        raw = RawArticle("It snowed.", "feed.jsonl", id="x", groups=("b", "c"))
        assert archive.put(raw, []) is None
    assert (archive.groups_of("x"), archive.change) == (("b", "c"), before + 1)
    stored(archive, "x", "It thawed.", groups=())
    assert archive.groups_of("x") == ()
    assert archive.remove(article_id="x") == 1
    stored(archive, "y", groups=("a",))
    assert archive.remove(article_id="y") == 1
    assert archive.connection().execute("SELECT * FROM article_groups").fetchall() == []


def test_limit_replaces_the_groups_of_those_that_are_meant(archive: Archive) -> None:
    stored(archive, "x", publisher="Post", url="https://n.example/x")
    stored(archive, "y", publisher="Post", groups=("a",))
    stored(archive, "z", publisher="Gazette")
    change = archive.change
    assert archive.limit(["a"], publisher="POST") == Limited(found=2, changed=1)
    assert archive.limit(["a"], publisher="post") == Limited(2, 0)
    assert archive.change == change + 1
    assert archive.limit(["b", "c"], url="https://N.example/x#top") == Limited(1, 1)
    assert [archive.groups_of(name) for name in "xyz"] == [("b", "c"), ("a",), ()]
    assert archive.limit([], article_id="x") == Limited(1, 1)
    assert archive.limit([], article_id="gone") == Limited(0, 0)
    assert archive.limiting_groups() == {"a"}
    with pytest.raises(ValueError, match="needs an id"):
        archive.limit(["a"])


def test_a_change_is_seen_by_the_next_read(archive: Archive) -> None:
    stored(archive, "x")
    limited = archive.limited_to(frozenset({"a"}))
    with Archive.open(archive.store) as other:
        for groups, there in ((["b"], False), (["a"], True), ([], True), (["c"], False)):
            other.limit(groups, article_id="x")
            assert (limited.article("x") is not None) == there
    limited.close()


READ = {
    "article",
    "article_of",
    "version",
    "current_version",
    "current_versions_of",
    "current_with",
    "version_number",
    "cited",
    "numbered",
    "current_of",
    "sentences",
    "current_versions",
    "groups_of",
    "limiting_groups",
    "publishers",
    "listed",
    "newest",
    "months",
    "newest_date",
    "published_on",
    "article_count",
    "stats",
    "errors",
}


def test_every_way_to_read_is_among_those_tried_here() -> None:
    read = {*vars(Catalogue), *vars(Lookup)}
    assert {name for name in read if not name.startswith("_")} == READ


@given(of_articles=groups_of_articles, reader=st.frozensets(st.sampled_from(NAMES)))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_that_is_read_is_of_an_article_for_others(
    tmp_path_factory: pytest.TempPathFactory, of_articles: list[set[str]], reader: frozenset[str]
) -> None:
    store = tmp_path_factory.mktemp("seen") / "store"
    with Archive.open(store, create=True) as archive:
        versions = {}
        for number, groups in enumerate(of_articles):
            given = {"publisher": f"P{number % 3}", "published": date(2019, number + 1, 1)}
            name = f"n{number}"
            old = stored(archive, name, "An old text.", groups=tuple(groups), **given)
            versions[name] = (old, stored(archive, name, f"Story {number}.", **given))
        archive.record_error(ItemError("E_JSON", "a secret", source="in.jsonl"))
        groups = {f"n{number}": named for number, named in enumerate(of_articles)}
        with archive.limited_to(reader) as limited:
            may = {name for name in versions if not groups[name] or groups[name] & reader}
            _compare(archive, limited, versions, may)
            for name in may:
                assert limited.groups_of(name) == tuple(sorted(groups[name] & reader))
            assert limited.limiting_groups() == reader & {n for named in of_articles for n in named}


def _compare(
    archive: Archive, limited: Archive, versions: dict[str, tuple[Version, Version]], may: set[str]
) -> None:
    for name, (old, new) in versions.items():
        there = name in may
        assert limited.article(name) == (archive.article(name) if there else None)
        assert limited.current_version(name) == (new if there else None)
        assert limited.current_versions_of(name) == ([new] if there else [])
        whole = archive.current_with(new.article_key)
        assert limited.current_with(new.article_key) == (whole if there else None)
        for version in (old, new):
            found = limited.version_number(name, version.number)
            assert found == (version if there else None)
            cited = limited.cited(name, version.number, version.sha256)
            assert cited == (archive.cited(name, version.number, version.sha256) if there else None)
            numbered = limited.numbered(name, version.number)
            assert numbered == (archive.numbered(name, version.number) if there else None)
            assert limited.current_of(version) == (new if there else None)
            assert limited.article_of(version) == limited.article(name)
            assert bool(limited.sentences(version.id)) == there
            with suppress(KeyError):
                assert limited.version(version.id) == version
                assert there
        assert there or limited.groups_of(name) == ()
    shown = [pair for pair in archive.current_versions() if pair[0].id in may]
    assert list(limited.current_versions()) == shown
    assert limited.listed(9) == sorted(shown, key=lambda pair: pair[0].id)
    assert limited.newest(9) == sorted(shown, key=lambda pair: str(pair[1].published))[::-1]
    outlets = [article.publisher for article, _ in shown]
    assert limited.publishers() == {name: outlets.count(name) for name in set(outlets)}
    assert {outlet: sum(n.values()) for outlet, n in limited.months().items()} == (
        limited.publishers()
    )
    days = {version.id: version.published for _, version in shown}
    ids = [version.id for pair in versions.values() for version in pair]
    assert set(days) <= set(limited.published_on(ids))
    assert len(limited.published_on(ids)) == 2 * len(may)
    assert limited.newest_date == max(days.values(), default=None)
    assert limited.article_count == len(may)
    stats = limited.stats()
    assert (stats.articles, stats.versions, stats.sentences) == (len(may), 2 * len(may), len(may))
    assert (stats.publishers, stats.refused) == (len(set(outlets)), 0)
    assert (stats.oldest, stats.newest) == (min(days.values(), default=None), limited.newest_date)
    assert limited.errors() == []


def test_a_table_that_nobody_thought_of_is_not_shown(tmp_path: Path) -> None:
    later = (*CORPUS_MIGRATIONS, "CREATE TABLE gossip (article_id TEXT, word TEXT);\n")
    with Archive.open(tmp_path / "store", create=True, migrations=later) as archive:
        stored(archive, "x")
        archive.connection().execute("INSERT INTO gossip VALUES ('x', 'psst')")
        with archive.limited_to(frozenset("a")) as limited:
            assert limited.connection().execute("SELECT * FROM gossip").fetchall() == []


def test_a_limited_archive_cannot_be_written(archive: Archive) -> None:
    stored(archive, "x")
    with archive.limited_to(frozenset("a")) as limited:
        for write in (
            lambda: limited.remove(article_id="x"),
            lambda: limited.limit(["b"], article_id="x"),
            lambda: limited.record_error(ItemError("E", "e", source="s")),
        ):
            with pytest.raises(StoreError, match="only read"):
                write()
        for statement in ("DELETE FROM articles", "DELETE FROM main.articles"):
            with pytest.raises(Exception, match=r"readonly|view"):
                limited.connection().execute(statement)
        assert limited.readonly
    assert archive.article_count == 1


def test_a_store_that_cannot_be_written_is_limited_too(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(archive, "x", groups=("a",))
    monkeypatch.setattr("corpus.database.is_writable", lambda _: False)
    with Archive.open(archive.store) as reading:
        assert reading.readonly
        assert (seen(reading), seen(reading, "a")) == ([], ["x"])


def test_what_a_killed_writer_left_is_rolled_back_for_limited_readers_too(archive: Archive) -> None:
    for number in range(40):
        stored(archive, f"x{number}", "It rained. " * 2000, groups=("a",))
    limited = archive.limited_to(frozenset({"a"}))
    script = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA cache_size = 1')\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute(\"UPDATE versions SET text = text || 'x'\")\n"
        "os._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", script, archive.path], check=False)
    assert archive.path.with_name(f"{archive.path.name}-journal").stat().st_size > 0
    assert all(version.is_intact for _, version in limited.current_versions())
    limited.close()


def _open_files(path: Path) -> int:
    links = (os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))  # noqa
    return sum(os.path.exists(link) and os.path.realpath(link) == str(path) for link in links)  # noqa


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_connection_is_one_descriptor_a_thread_and_closes_with_its_archive(
    archive: Archive,
) -> None:
    stored(archive, "x", groups=("a",))
    before = _open_files(archive.path)
    limited = archive.limited_to(frozenset("a"))
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: limited.article_count, range(40))) == {1}
        assert before < _open_files(archive.path) <= before + 4
    assert limited.article_count == 1
    del limited  # nobody has it any more: no one has to close it
    assert _open_files(archive.path) == before
    limited = archive.limited_to(frozenset("a"))
    assert limited.article_count == 1
    limited.close()
    assert _open_files(archive.path) == before
