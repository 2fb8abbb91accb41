"""Which article an input is of, the numbers of its versions, and what is done with several."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.archive import Archive
from corpus.article import RawArticle, Sentence, Span, Version
from corpus.database import FILE_NAME
from corpus.errors import ConflictError, ItemError
from corpus.groups import Limited
from corpus.target import OWNER, Writer

Groups = tuple[str, ...]
URL = "https://gazette.example/a"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "store", create=True) as opened:
        yield opened


def put(archive: Archive, raw: RawArticle, writer: Writer = OWNER) -> Version | None:
    whole = [Sentence(0, 0, Span(0, len(raw.text)), 0)]
    with archive.transaction():
        return archive.put(raw, whole, archive.target(raw, writer))


def raw(
    text: str = "It rained.", groups: Groups | None = None, name: str | None = "x", url: str = ""
) -> RawArticle:
    return RawArticle(text, "in.jsonl", id=name, url=url or None, groups=groups, key="/in")


def beside(archive: Archive, text: str, groups: Groups) -> Version:
    """Store an article beside all others of its id."""
    others = {version.article_key for version in archive.current_versions_of("x")}
    there = [groups == archive.groups_of(article) for article, _ in archive.current_versions()]
    writer = OWNER if any(there) else Writer(named=others)
    version = put(archive, raw(text, groups), writer)
    assert version is not None
    return version


def held(archive: Archive) -> dict[tuple[str, ...], list[tuple[str, int]]]:
    """Return the current texts of x with their numbers, by groups."""
    found: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for version in archive.current_versions_of("x"):
        article = archive.article_of(version)
        assert article is not None
        found.setdefault(archive.groups_of(article), []).append((version.text, version.number))
    return found


@pytest.mark.parametrize(
    ("stored", "said", "becomes"),
    [
        ([()], None, {(): [("New.", 2)]}),
        ([("a",)], None, {("a",): [("New.", 2)]}),
        ([("a",)], (), {(): [("New.", 2)]}),
        ([()], ("a",), {("a",): [("New.", 2)]}),
        ([(), ("a",)], None, {(): [("New.", 2)], ("a",): [("1", 1)]}),
        ([(), ("a",)], ("a",), {(): [("0", 1)], ("a",): [("New.", 2)]}),
        ([(), ("a",)], ("b",), {(): [("0", 1)], ("a",): [("1", 1)], ("b",): [("New.", 1)]}),
        ([("a",), ("a", "b")], ("b", "a"), {("a",): [("0", 1)], ("a", "b"): [("New.", 2)]}),
    ],
)
def test_who_sees_everything_means_the_same_groups_first_and_then_the_only_one(
    archive: Archive, stored: list[Groups], said: Groups | None, becomes: dict[Groups, object]
) -> None:
    for number, groups in enumerate(stored):
        beside(archive, str(number), groups)
    put(archive, raw("New.", said and tuple(sorted(said))))
    assert held(archive) == becomes


def test_what_could_be_any_of_several_is_refused(archive: Archive) -> None:
    for group in "ab":
        beside(archive, group, (group,))
    with pytest.raises(ItemError, match="for different groups") as refused:
        put(archive, raw("New."))
    assert refused.value.code == "E_GROUPS"
    assert held(archive) == {("a",): [("a", 1)], ("b",): [("b", 1)]}
    put(archive, raw("New."), Writer(frozenset("b")))  # who sees one of them means that
    assert held(archive) == {("a",): [("a", 1)], ("b",): [("New.", 2)]}


@pytest.mark.parametrize("name", ["x", None], ids=["by id", "by link"])
def test_what_is_not_seen_is_neither_found_nor_in_the_way(
    archive: Archive, name: str | None
) -> None:
    first = put(archive, raw("Secret.", ("a",), name, URL), Writer(frozenset("a")))
    assert first is not None
    for groups in (None, (), ("b",)):
        mine = raw("Mine.", groups, name, URL)
        assert archive.target(mine, Writer(frozenset("b"))).key is None
        assert archive.target(mine, Writer(frozenset("ba"))).key == first.article_key


def test_what_is_brought_twice_for_those_who_see_it_is_stored_once(archive: Archive) -> None:
    beside(archive, "Secret.", ("a",))
    outside = Writer(frozenset("b"))
    assert put(archive, raw("Secret.", ("a",)), outside) is None
    assert put(archive, raw("Mine.", ("a",)), outside) is not None
    assert put(archive, raw("Mine.", ("a",)), outside) is None
    assert held(archive) == {("a",): [("Secret.", 1), ("Mine.", 2)]}


# Numbers


def test_numbers_are_never_given_twice(archive: Archive, tmp_path: Path) -> None:
    put(archive, raw("One."))
    put(archive, raw("Two."))
    assert archive.remove(article_id="x") == 1
    assert b"last_numbers" in (tmp_path / "store" / FILE_NAME).read_bytes()
    again = put(archive, raw("Three."))
    assert again is not None
    assert again.number == 3
    archive.remove(article_id="x")
    assert archive.remove(article_id="x") == 0
    once_more = put(archive, raw("One."))
    assert once_more is not None
    assert once_more.number == 4


def test_numbers_count_for_each_set_of_groups(archive: Archive) -> None:
    for text in ("One.", "Two.", "Three."):
        beside(archive, text, ("a",))
    assert beside(archive, "Mine.", ()).number == 1
    archive.remove(article_id="x", seen_in=frozenset())
    assert beside(archive, "Mine.", ()).number == 2
    assert beside(archive, "Four.", ("a",)).number == 4


def test_a_number_that_went_with_an_article_to_others_is_not_given_again(archive: Archive) -> None:
    put(archive, raw("One."))
    put(archive, raw("Two."))
    archive.limit(["a"], article_id="x")
    assert beside(archive, "Mine.", ()).number == 3
    put(archive, raw("Three.", ("a",)))
    assert held(archive) == {(): [("Mine.", 3)], ("a",): [("Three.", 3)]}


def test_the_digest_of_what_was_removed_tells_neither_id_nor_groups(archive: Archive) -> None:
    beside(archive, "It rained.", ("desk",))
    archive.remove(article_id="x")
    rows = archive.connection().execute("SELECT * FROM last_numbers").fetchall()
    assert [(len(digest), number) for digest, number in rows] == [(64, 1), (64, 1)]
    other = Archive.open(archive.store.with_name("other"), create=True)
    beside(other, "It rained.", ("desk",))
    other.remove(article_id="x")
    assert not set(rows) & set(other.connection().execute("SELECT * FROM last_numbers"))
    other.close()


# Several at once


def test_removal_and_reading_are_of_what_is_seen(archive: Archive) -> None:
    for groups in ((), ("a",), ("b",)):
        beside(archive, "-".join(groups) or "all", groups)
    with archive.limited_to(frozenset("b")) as seen:
        assert [version.text for version in seen.current_versions_of("x")] == ["all", "b"]
        assert seen.listed(1) == list(seen.current_versions())
    with archive.limited_to(frozenset("a")) as seen:
        archive.remove(article_id="x", seen_in=frozenset())
        first = seen.current_version("x")
        assert first is not None
        assert first.text == "a"
    assert archive.remove(article_id="x", seen_in=frozenset("c")) == 0
    assert archive.remove(article_id="x", seen_in=frozenset("a")) == 1
    assert archive.remove(article_id="x") == 1


def test_limiting_moves_what_is_alone_and_refuses_to_put_two_together(archive: Archive) -> None:
    beside(archive, "all", ())
    assert archive.limit(["a"], article_id="x") == Limited(1, 1)
    beside(archive, "mine", ())
    before = held(archive)
    for groups in (["a"], [], ["c"]):
        with pytest.raises(ConflictError, match="'x'"):
            archive.limit(groups, article_id="x")
        assert held(archive) == before
    archive.remove(article_id="x", seen_in=frozenset())
    assert archive.limit(["c"], article_id="x") == Limited(1, 1)
    assert archive.limit(["c"], article_id="x") == Limited(1, 0)
