"""Whether a store is sound: what `onrecord verify` runs, and every test that kills a process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from corpus.archive import Archive
from corpus.article import Sentence, Version
from corpus.errors import StoreError
from corpus.groups import is_group_name
from corpus.rows import SELECT_VERSION, is_row_intact, sentences_from, version_from
from index.schema import index_digest, is_range
from index.snapshot import Snapshots


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a store.

    Attributes:
        article_id: The article concerned, None where it is the store itself.
    """

    message: str
    article_id: str | None = None

    def __str__(self) -> str:
        """Return the line shown to the user."""
        return f"{self.article_id}: {self.message}" if self.article_id else self.message


def check(archive: Archive) -> list[Problem]:
    """Return everything that is wrong with the store, an empty list where all is well.

    Left-over partial files of an interrupted process are deleted, unless somebody is writing.
    """
    problems: list[Problem] = []
    for part in (_file, _articles, _groups, _versions, _ids, _full_text, _snapshot):
        try:
            problems.extend(part(archive))
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # see `store_errors`
            problems.append(Problem(f"{archive.path} cannot be read to the end: {error}"))
    return list(dict.fromkeys(problems))


def _file(archive: Archive) -> Iterator[Problem]:
    for (message,) in archive.connection().execute("PRAGMA integrity_check"):
        if message != "ok":
            yield Problem(f"{archive.path}: {message}")
    for table, row, parent, _ in archive.connection().execute("PRAGMA foreign_key_check"):
        if table != "article_groups":  # see `_groups`, which names the article
            yield Problem(f"row {row} of {table} belongs to no row of {parent}")


def _articles(archive: Archive) -> Iterator[Problem]:
    rows = archive.connection().execute(
        "SELECT articles.id, version_count, max(number), max(number * current), total(current),"
        " count(number) FROM articles LEFT JOIN versions ON versions.article = key GROUP BY key"
    )
    for article_id, known, newest, current, currents, versions in rows:
        if newest is None or current != newest or currents != 1 or versions != known:
            yield Problem("not all its versions are there, the last of them current", article_id)


def _groups(archive: Archive) -> Iterator[Problem]:
    rows = archive.connection().execute(
        "SELECT ifnull(articles.id, 'number ' || article), name, key IS NOT NULL"
        " FROM article_groups LEFT JOIN articles ON key = article"
    )
    for article_id, name, is_stored in rows:
        if not is_stored:
            yield Problem("it is limited to groups, but there is no such article", article_id)
        elif not isinstance(name, str) or not is_group_name(name):
            yield Problem("the name of a group that it is limited to was altered", article_id)
    for article_id, audience, names in archive.connection().execute(
        "SELECT id, audience, (SELECT group_concat(name, char(10)) FROM"
        " (SELECT name FROM article_groups WHERE article = key ORDER BY name)) FROM articles"
    ):
        if audience != (names or ""):
            yield Problem("the groups that it is limited to were altered", article_id)


def _versions(archive: Archive) -> Iterator[Problem]:
    connection = archive.connection()
    for version_id, article_id, current in connection.execute(
        "SELECT versions.id, articles.id, current FROM versions"
        " LEFT JOIN articles ON key = versions.article ORDER BY versions.id"
    ).fetchall():
        try:
            messages = [*_version(archive, version_id, current)]
        except sqlite3.DatabaseError as error:
            messages = [f"cannot be read: {error}"]
        yield from (Problem(message, article_id) for message in messages)


def _version(archive: Archive, version_id: int, current: int) -> Iterator[str]:
    connection = archive.connection()
    row = connection.execute(f"{SELECT_VERSION} WHERE versions.id = ?", (version_id,)).fetchone()
    if row is None:
        yield "a version belongs to no article"
        return
    version, sentences = version_from(row), sentences_from(row)
    if not is_row_intact(row):
        yield f"title, date or other facts of version {version.number} were altered"
    elif not version.is_intact:
        yield f"the text of version {version.number} was altered"
    elif not _are_sentences_of(version.text, sentences):
        yield f"the sentences of version {version.number} do not fit its text"
    elif current:
        yield from _indexed(connection, version, sentences)


def _are_sentences_of(text: str, sentences: Sequence[Sentence]) -> bool:
    """Whether they are in order, disjoint, within the text, with only white space between."""
    end = 0
    for sentence in sentences:
        if not end <= sentence.span.start < sentence.span.end <= len(text):
            return False
        if text[end : sentence.span.start].strip():
            return False
        end = sentence.span.end
    return bool(sentences) and not text[end:].strip()


def _indexed(
    connection: sqlite3.Connection, version: Version, sentences: Sequence[Sentence]
) -> Iterator[str]:
    row = connection.execute(
        "SELECT digest, stale FROM indexed WHERE version_id = ?", (version.id,)
    ).fetchone()
    if row is None or row[1]:
        yield "it waits to be indexed: run `onrecord rebuild`"
        return
    if index_digest(connection, version.id) != row[0]:
        yield "its vectors were altered: run `onrecord rebuild`"
    chunks = connection.execute(
        "SELECT start, stop, first, last, title, text FROM chunks"
        " LEFT JOIN chunk_text ON chunk_text.rowid = chunks.id WHERE version_id = ?",
        (version.id,),
    )
    for start, stop, first, last, title, text in chunks:
        spans = ((start, stop, len(version.text)), (first, last, len(sentences)))
        if not all(is_range(*span) for span in spans):
            yield "a chunk lies outside its text: run `onrecord rebuild`"
        elif (title, text) != (version.title or "", version.text[start:stop]):
            yield "its full text was altered: run `onrecord rebuild`"


def _ids(archive: Archive) -> Iterator[Problem]:
    connection = archive.connection()
    chunks = {row[0] for row in connection.execute("SELECT id FROM chunks")}
    for name, query in (
        ("vectors", "SELECT chunk_id FROM vectors"),
        ("full texts", "SELECT rowid FROM chunk_text"),
        (
            "chunks of current versions",
            "SELECT chunks.id FROM chunks JOIN versions ON versions.id = version_id"
            " WHERE current = 1",
        ),
    ):
        difference = chunks ^ {row[0] for row in connection.execute(query)}
        if difference:
            yield Problem(f"{len(difference)} {name} do not match the chunks: `onrecord rebuild`")


def _full_text(archive: Archive) -> Iterator[Problem]:
    if archive.readonly:
        return
    # FTS5 offers its check as an insert, which needs the writer's lock; a busy store skips it.
    with suppress(StoreError), archive.writing(wait=0) as connection:
        try:
            connection.execute("INSERT INTO chunk_text (chunk_text) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            yield Problem(f"the full-text index is damaged: run `onrecord rebuild` ({error})")


def _snapshot(archive: Archive) -> Iterator[Problem]:
    snapshots = Snapshots(archive)
    if not archive.readonly:
        with suppress(StoreError), archive.writing(wait=0):
            snapshots.tidy()
    message = snapshots.check()
    if message:
        yield Problem(f"{message}; it is made anew with the next ingest")
