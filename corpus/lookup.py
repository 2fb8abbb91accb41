"""One article or version of an archive at a time: by id, by number, by what a citation says."""

from __future__ import annotations

import re

from corpus.article import Article, Sentence, Version
from corpus.database import Database
from corpus.rows import (
    ARTICLE_COLUMNS,
    ARTICLE_START,
    SELECT_FRAME,
    SELECT_VERSION,
    article_from,
    sentences_from,
    version_from,
)

LEAST_DIGITS = 8
"""Hex digits of a sha256 by which a citation is held at least; links carry so many."""
IN_ORDER = "audience <> '', articles.key"
"""Articles that share an id: the one for everybody first, then as they were first ingested."""
_CITED_DIGITS = re.compile(rf"[0-9a-f]{{{LEAST_DIGITS},64}}")
_LARGEST = (1 << 63) - 1  # that SQLite can look up
_FIRST = f"SELECT key FROM articles WHERE id = ? ORDER BY {IN_ORDER} LIMIT 1"


class Lookup(Database):
    """Finds what is named in an archive.

    Articles for different groups may have the same id. Where only an id is given, they come in the
    order of `IN_ORDER`, as far as they are seen.
    """

    def article(self, article_id: str) -> Article | None:
        """Return the article with this id, or None.

        Several for different groups may have it: the one for everybody comes first, then they come
        in the order of their first ingest. So it is wherever only an id is given.
        """
        row = self._row(
            f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE key = ({_FIRST})", article_id
        )
        return article_from(row) if row else None

    def article_of(self, version: Version) -> Article | None:
        """Return the article of a version, or None where it was removed."""
        query = f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE key = ?"
        row = self._row(query, version.article_key)
        return article_from(row) if row else None

    def version(self, version_id: int) -> Version:
        """Return a version by row id; KeyError where there is none (it was removed).

        Where its row was altered behind our back `is_intact` is False, and it must not be quoted.
        """
        row = self._row(f"{SELECT_VERSION} WHERE versions.id = ?", version_id)
        if row is None:
            raise KeyError(version_id)
        return version_from(row)

    def current_version(self, article_id: str) -> Version | None:
        """Return the newest version of the article with this id, or None."""
        row = self._row(f"{SELECT_VERSION} WHERE article = ({_FIRST}) AND current = 1", article_id)
        return version_from(row) if row else None

    def current_versions_of(self, article_id: str) -> list[Version]:
        """Return the newest version of every article with this id, in the order of `article`."""
        query = f"{SELECT_VERSION} WHERE articles.id = ? AND current = 1 ORDER BY {IN_ORDER}"
        return [version_from(row) for row in self._rows(query, article_id)]

    def current_with(self, key: int) -> tuple[Article, Version] | None:
        """Return an article by its number in the archive, with its newest version; or None."""
        row = self._row(f"{SELECT_VERSION} WHERE article = ? AND current = 1", key)
        return (article_from(row[ARTICLE_START:]), version_from(row)) if row else None

    def version_number(self, article_id: str, number: int) -> Version | None:
        """Return the version that has this number, of an article with this id, or None."""
        if not _is_stored_form(article_id, number):
            return None
        row = self._row(
            f"{SELECT_VERSION} WHERE articles.id = ? AND number = ? ORDER BY {IN_ORDER} LIMIT 1",
            article_id,
            number,
        )
        return version_from(row) if row else None

    def cited(self, article_id: str, number: int, sha256: str) -> tuple[Article, Version] | None:
        """Return the version that a citation names, with its article, or None if it is gone.

        A citation is held by its text: after a removal, id and number may be those of other words.
        Whatever comes from outside may be given; nothing that was altered is ever returned.

        Args:
            article_id: As cited; several articles for different groups may have it.
            number: Of the version, from 1.
            sha256: Of its text, or at least the first `LEAST_DIGITS` digits of it; where these fit
                two different texts, neither is returned.
        """
        if not _CITED_DIGITS.fullmatch(sha256) or not _is_stored_form(article_id, number):
            return None
        rows = self._rows(
            f"{SELECT_VERSION} WHERE articles.id = ? AND number = ?"
            f" AND substr(sha256, 1, length(?)) = ? ORDER BY {IN_ORDER}",
            *(article_id, number, sha256, sha256),
        )
        found = [(article_from(row[ARTICLE_START:]), version_from(row)) for row in rows]
        intact = [each for each in found if each[1].is_intact]
        return intact[0] if len({version.sha256 for _, version in intact}) == 1 else None

    def numbered(self, article_id: str, number: int) -> tuple[Article, Version] | None:
        """Return what bears this id and number now, if it is intact; a citation is `cited`."""
        version = self.version_number(article_id, number)
        article = self.article_of(version) if version and version.is_intact else None
        return (article, version) if article and version else None

    def current_of(self, version: Version) -> Version | None:
        """Return the newest version of the article that this is one of, or None if it is gone."""
        found = self.current_with(version.article_key)
        return found[1] if found else None

    def sentences(self, version_id: int) -> list[Sentence]:
        """Return a version's sentences in order; none where it is unknown or damaged."""
        row = self._row(f"{SELECT_FRAME} WHERE versions.id = ?", version_id)
        return sentences_from(row) if row else []

    def groups_of(self, article: Article | str) -> tuple[str, ...]:
        """Return the groups that an article is limited to, in order; none: it is for everybody.

        A limited archive tells those of its own groups only.
        """
        key, value = ("?", article.key) if isinstance(article, Article) else (_FIRST, article)
        query = f"SELECT name FROM article_groups WHERE article = ({key}) ORDER BY name"
        return tuple(row[0] for row in self._rows(query, value))


def _is_stored_form(article_id: str, number: int) -> bool:
    """Whether SQLite can look for these: what comes from outside may hold half a character."""
    try:
        article_id.encode()
    except UnicodeEncodeError:
        return False
    return 0 < number <= _LARGEST
