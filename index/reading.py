"""What each file said last of each article, so that reading it again changes nothing.

The rule: a file that says of an article what it said at its last reading (the same mentions in the
same order) changes nothing, whatever other files have said since. Where it says anything else, each
mention from the first different one on counts, and the last one is current, even if an older
version had that very text. Where it only leaves out the end of what it said, its last mention is
current as well, but for that the file must have been read to its end, without a refused item.

A reading that was broken off has recorded a beginning of its mentions; read again, they are
repeated, and the rest follows as if nothing had happened. A file is known by its path: a copy is a
file of its own, which changes nothing where it says what is current anyway.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.archive import Archive
from corpus.article import RawArticle, Version, sha256_of
from corpus.identity import derived_id, normal_url
from corpus.rows import row_digest
from corpus.sqlite_file import store_errors

# subject stands for a file and an article in it, position counts its mentions from 0.
SAID_TABLE = """
CREATE TABLE said (
    subject TEXT NOT NULL,
    position INTEGER NOT NULL,
    digest TEXT NOT NULL,
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    PRIMARY KEY (subject, position)
) WITHOUT ROWID;
CREATE INDEX said_version ON said (version_id);
"""


@dataclass(frozen=True, slots=True)
class Mention:
    """What a file says of an article in one place.

    Attributes:
        subject: Digest of the file's path and of what names the article there.
        position: How many mentions of the same reading about this subject came before.
        digest: Of all that is said.
    """

    subject: str
    position: int
    digest: str


class Reading:
    """One reading of one file, from its first item on.

    Attributes:
        source: The file, as the items name it.
        is_whole: To be set False where an item of it was refused.
        named: The numbers of the articles that it has named with their groups so far.
    """

    def __init__(self, archive: Archive, source: str) -> None:
        self.source = source
        self.is_whole = True
        self.named: set[int] = set()
        self._archive = archive
        self._path = os.path.abspath(source)  # noqa: PTH100 (a link that is renewed is one file)
        self._counts: Counter[str] = Counter()
        self._changed: set[str] = set()
        # The last mention so far of each article that the file said more of last time.
        self._awaited: dict[str, tuple[Mention, int]] = {}

    def next_mention(self, raw: RawArticle) -> Mention:
        """Return what the file says with its next item, which was cleaned."""
        subject = row_digest((self._path, raw.id or derived_id(raw)))
        self._counts[subject] += 1
        return Mention(subject, self._counts[subject] - 1, _digest_of(raw))

    def repeated(self, mention: Mention) -> Version | None:
        """Return the version that this led to, where the file says just what it said last time.

        That is, of this article and so far. It does not, where that version is the current one and
        was altered since: stored anew, the article is whole again.
        """
        self._awaited.pop(mention.subject, None)
        if mention.subject in self._changed:
            return None
        rows = self._said_from(mention)
        if not rows or tuple(rows[0][:2]) != (mention.position, mention.digest):
            self._changed.add(mention.subject)
            return None
        if len(rows) > 1:
            self._awaited[mention.subject] = mention, rows[0][2]
        version = self._archive.version(rows[0][2])
        return None if self._is_altered(version) else version

    def _said_from(self, mention: Mention) -> list[tuple[int, str, int]]:
        """Return what was said last time at this place and at the next, as far as there are any."""
        query = (
            "SELECT position, digest, version_id FROM said WHERE subject = ? AND position >= ?"
            " ORDER BY position LIMIT 2"
        )
        with store_errors(self._archive.path):
            rows = self._archive.connection().execute(query, (mention.subject, mention.position))
            return rows.fetchall()

    def _is_altered(self, version: Version) -> bool:
        current = self._archive.current_with(version.article_key)
        return not version.is_intact and current is not None and version == current[1]

    def shortened(self) -> Iterator[tuple[RawArticle, Mention]]:
        """Yield the last words on articles that the file said more of last time; call at its end.

        They were taken for repeated, as more was to be expected.
        """
        for mention, version_id in self._awaited.values() if self.is_whole else ():
            version = self._archive.version(version_id)
            article = self._archive.article_of(version)
            if article and version.is_intact:
                yield _as_read(version, self.source, self._archive.groups_of(article)), mention


def record(connection: sqlite3.Connection, mention: Mention, version_id: int) -> None:
    """Remember a mention and the version it led to, inside the open transaction.

    What an earlier reading said there and behind is forgotten.
    """
    connection.execute(
        "DELETE FROM said WHERE subject = ? AND position >= ?",
        (mention.subject, mention.position),
    )
    connection.execute(
        "INSERT INTO said VALUES (?, ?, ?, ?)",
        (mention.subject, mention.position, mention.digest, version_id),
    )


def _digest_of(raw: RawArticle) -> str:
    return row_digest(
        (
            normal_url(raw.url) if raw.url else None,
            raw.publisher,
            raw.title,
            *raw.authors,
            raw.published.isoformat() if raw.published else None,
            raw.language,
            sha256_of(raw.text),
            # Left out where nothing is said, so that what was read before is still the same.
            *(() if raw.groups is None else ("groups", *raw.groups)),
        )
    )


def _as_read(version: Version, source: str, groups: tuple[str, ...]) -> RawArticle:
    return RawArticle(
        version.text,
        source,
        id=version.article_id,
        title=version.title,
        authors=version.authors,
        published=version.published,
        language=version.language,
        groups=groups,  # which of those with its id it is
    )
