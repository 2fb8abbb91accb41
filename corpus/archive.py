"""The archive: articles with every version of them, in the store's SQLite file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from corpus.article import Article, RawArticle, Sentence, Version, sha256_of
from corpus.errors import ItemError
from corpus.groups import audience_of, groups_in, set_groups
from corpus.identity import derived_id, normal_url, shown_url
from corpus.numbers import keep_numbers, last_number
from corpus.removal import Removal
from corpus.rows import ARTICLE_COLUMNS, packed_sentences, row_digest
from corpus.target import OWNER, Match, Target, Writer, target_among


class Archive(Removal):
    """Articles and every version of them; only the newest version of an article is current.

    An article is identified, among those for the same groups, by the id given with it, else by its
    normalised link, else by its key. A value that a later input leaves out (a date, say) never
    erases one that is known.
    """

    def target(self, raw: RawArticle, writer: Writer = OWNER) -> Target:
        """Return the article that `raw` is of, as far as its writer knows the store.

        Without id and link, a text that is stored already under another key is that article: moving
        a folder changes nothing.

        Raises:
            ItemError: It could be any of several for different groups.
        """
        return target_among(raw, self._matches(raw, writer), writer)

    def _matches(self, raw: RawArticle, writer: Writer) -> list[Match]:
        if raw.id:
            return self._seen_by(writer, "articles WHERE id = ?", raw.id)
        if raw.url:
            linked = "articles WHERE url_key = ?"
            if found := self._seen_by(writer, linked, normal_url(raw.url)):
                return found
        found = self._seen_by(writer, "articles WHERE id = ?", derived_id(raw))
        if found or raw.url:
            return found
        return self._seen_by(
            writer,
            "versions JOIN articles ON key = versions.article"
            " WHERE sha256 = ? AND title IS ? AND current = 1 AND named_by = 'key'",
            sha256_of(raw.text),
            raw.title,
        )

    def _seen_by(self, writer: Writer, where: str, *values: str | None) -> list[Match]:
        rows = self._rows(
            f"SELECT key, articles.id, audience FROM {where}"
            " ORDER BY named_by = 'id', articles.id, key",
            *values,
        )
        return [match for row in rows if writer.sees(match := Match(*row))]

    def find(self, raw: RawArticle) -> str:
        """Return the id that `raw` has in the archive, or would get."""
        return self.target(raw).id

    def is_known(self, raw: RawArticle, target: Target | None = None) -> bool:
        """Whether `raw` (cleaned) says nothing that the current version of its article does not.

        Who may see it is no matter of versions; see `regroup`.
        """
        key = (target or self.target(raw)).key
        return key is not None and self._says_nothing_new(raw, key)

    def _says_nothing_new(self, raw: RawArticle, key: int) -> bool:
        current = self.current_with(key)
        return current is not None and not _differs(raw, *current)

    def completed(self, raw: RawArticle, target: Target | None = None) -> RawArticle:
        """Return `raw` with the metadata that it leaves out taken from the current version."""
        key = (target or self.target(raw)).key
        found = None if key is None else self.current_with(key)
        if found is None or not found[1].is_intact:
            return raw
        article, current = found
        return replace(
            raw,
            url=raw.url or article.url,
            publisher=raw.publisher or article.publisher,
            title=raw.title or current.title,
            authors=raw.authors or current.authors,
            published=raw.published or current.published,
            language=raw.language or current.language,
        )

    def put(
        self, raw: RawArticle, sentences: Sequence[Sentence], target: Target | None = None
    ) -> Version | None:
        """Store `raw` as a new article or a new version, inside the open transaction.

        Args:
            raw: Already cleaned; its `text` is canonical.
            sentences: Those of `raw.text`.
            target: The article that it is of; by default as whoever sees everything finds it.

        Returns:
            The new version, or None where there is none; groups are stored in any case.
        """
        target = target or self.target(raw)
        if target.key is None:
            key = None if self._is_there(raw, target) else self._new_article(raw, target)
        elif self.is_known(raw, target):
            self._set_groups(target.key, raw)
            return None
        else:
            raw, key = self.completed(raw, target), target.key
            self._set_groups(key, raw)
        if key is None:
            return None
        version_id = self._insert_version(key, target, raw, packed_sentences(sentences))
        self._describe(key, raw)
        self.changed()
        return self.version(version_id)

    def _is_there(self, raw: RawArticle, target: Target) -> bool:
        """Whether just this is stored in an article that the writer does not see."""
        matches = self._seen_by(
            OWNER, "articles WHERE id = ? AND audience = ?", target.id, target.audience
        )
        return any(self._says_nothing_new(raw, match.key) for match in matches)

    def regroup(self, raw: RawArticle, target: Target | None = None) -> bool:
        """Limit a stored article to the groups that `raw` says; return whether that is a change."""
        key = (target or self.target(raw)).key
        if raw.groups is None or key is None:
            return False
        with self.transaction():
            return self._set_groups(key, raw)

    def _set_groups(self, key: int, raw: RawArticle) -> bool:
        connection = self.connection()
        row = self._row("SELECT audience FROM articles WHERE key = ?", key)
        if raw.groups is None or row is None:
            return False
        if row[0] != audience_of(raw.groups):
            keep_numbers(connection, [key])
        if not set_groups(connection, key, raw.groups):
            return False
        self.changed()
        return True

    def _new_article(self, raw: RawArticle, target: Target) -> int:
        named_by = "id" if raw.id else "url" if raw.url else "key"
        row = self.connection().execute(
            "INSERT INTO articles (id, audience, named_by, version_count, digest)"
            " VALUES (?, '', ?, 0, '')",
            (target.id, named_by),
        )
        key = int(row.lastrowid or 0)
        set_groups(self.connection(), key, groups_in(target.audience))
        return key

    def _describe(self, key: int, raw: RawArticle) -> None:
        """Write what is known of an article with all its versions into its row."""
        connection = self.connection()
        connection.execute(
            "UPDATE articles SET url = ?, url_key = ?, publisher = ?, version_count ="
            " (SELECT count(*) FROM versions WHERE article = ?) WHERE key = ?",
            (
                shown_url(raw.url) if raw.url else None,
                normal_url(raw.url) if raw.url else None,
                raw.publisher,
                key,
                key,
            ),
        )
        columns = self._row(f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE key = ?", key)
        connection.execute(
            "UPDATE articles SET digest = ? WHERE key = ?", (row_digest(columns), key)
        )

    def _insert_version(self, key: int, target: Target, raw: RawArticle, sentences: bytes) -> int:
        connection = self.connection()
        given = last_number(connection, target.id, target.audience)
        own = self._row("SELECT ifnull(max(number), 0) FROM versions WHERE article = ?", key)
        connection.execute("UPDATE versions SET current = 0 WHERE article = ?", (key,))
        columns = (
            self._next_id(),
            key,
            max(given, own[0]) + 1,
            raw.title,
            json.dumps(raw.authors),
            raw.published.isoformat() if raw.published else None,
            _now(),
            raw.language,
            _origin(raw),
            sha256_of(raw.text),
            sentences,
        )
        connection.execute(
            "INSERT INTO versions (id, article, number, title, authors, published, fetched,"
            " language, origin, sha256, sentences, digest, text, current)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (*columns, row_digest(columns), raw.text),
        )
        return columns[0]

    def _next_id(self) -> int:
        row = self._row("SELECT seq FROM sqlite_sequence WHERE name = 'versions'")
        return int(row[0]) + 1 if row else 1

    def record_error(self, *errors: ItemError) -> None:
        """Remember refused items, for `errors`."""
        rows = [(e.source, e.locator, e.code, e.message, e.hint) for e in errors]
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO ingest_error VALUES (?, ?, ?, ?, ?, ?)",
                [(*map(_storable, row), _now()) for row in rows],
            )

    def forget_errors(self, source: str) -> None:
        """Forget what earlier ingests of a file or folder (and what lies in it) refused."""
        source = _storable(source)
        folder = source.rstrip("/") + "/"
        with self.transaction() as connection:
            connection.execute(
                "DELETE FROM ingest_error WHERE source = ? OR substr(source, 1, length(?)) = ?",
                (source, folder, folder),
            )


def _differs(raw: RawArticle, article: Article, current: Version) -> bool:
    if raw.text != current.text or not current.is_intact:
        return True
    pairs = (
        (raw.title, current.title),
        (raw.authors, current.authors),
        (raw.published and raw.published.isoformat(), _iso(current)),
        (raw.language, current.language),
        (raw.publisher, article.publisher),
        (raw.url and normal_url(raw.url), article.url and normal_url(article.url)),
    )
    return any(given and given != stored for given, stored in pairs)


def _iso(version: Version) -> str | None:
    return version.published.isoformat() if version.published else None


def _origin(raw: RawArticle) -> str:
    # The name without its folder: a moved file is still the same place.
    return _storable(f"{Path(raw.source).name}:{raw.locator}")


def _storable(text: str) -> str:
    # File names may hold bytes that are not UTF-8 (as lone surrogates), which SQLite refuses.
    return text.encode("utf-8", "backslashreplace").decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
