"""The archive: articles with every version of them, in the store's SQLite file."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from corpus.article import Article, RawArticle, Sentence, Version, sha256_of
from corpus.catalogue import Catalogue
from corpus.errors import ItemError
from corpus.groups import Limited, group_names, set_groups
from corpus.identity import derived_id, normal_url, shown_url
from corpus.rows import packed_sentences, row_digest


class Archive(Catalogue):
    """Articles and every version of them; only the newest version of an article is current.

    An article is identified by the id given with it, else by its normalised link, else by its key.
    A value that a later input leaves out (a date, say) never erases one that is known.
    """

    def find(self, raw: RawArticle) -> str:
        """Return the id that `raw` has in the archive, or would get.

        Without id and link, a text that is stored already under another key is that article: moving
        a folder changes nothing.
        """
        if raw.id:
            return raw.id
        if raw.url:
            row = self._row(
                "SELECT id FROM articles WHERE url_key = ? ORDER BY named_by = 'id', id LIMIT 1",
                normal_url(raw.url),
            )
            return row[0] if row else derived_id(raw)
        own = derived_id(raw)
        if self._row("SELECT 1 FROM articles WHERE id = ?", own):
            return own
        row = self._row(
            "SELECT articles.id FROM versions JOIN articles ON articles.id = article_id"
            " WHERE sha256 = ? AND title IS ? AND current = 1 AND named_by = 'key' LIMIT 1",
            sha256_of(raw.text),
            raw.title,
        )
        return row[0] if row else own

    def is_known(self, raw: RawArticle) -> bool:
        """Whether `raw` (cleaned) says nothing that the current version of its article does not.

        Who may see it is no matter of versions; see `regroup`.
        """
        article_id = self.find(raw)
        current, article = self.current_version(article_id), self.article(article_id)
        if current is None or article is None:
            return False
        return not _differs(raw, article, current)

    def completed(self, raw: RawArticle) -> RawArticle:
        """Return `raw` with the metadata that it leaves out taken from the current version."""
        article_id = self.find(raw)
        article, current = self.article(article_id), self.current_version(article_id)
        if article is None or current is None or not current.is_intact:
            return raw
        return replace(
            raw,
            url=raw.url or article.url,
            publisher=raw.publisher or article.publisher,
            title=raw.title or current.title,
            authors=raw.authors or current.authors,
            published=raw.published or current.published,
            language=raw.language or current.language,
        )

    def put(self, raw: RawArticle, sentences: Sequence[Sentence]) -> Version | None:
        """Store `raw` as a new article or a new version, inside the open transaction.

        Args:
            raw: Already cleaned; its `text` is canonical.
            sentences: Those of `raw.text`.

        Returns:
            The new version, or None where there is none; groups are stored in any case.
        """
        article_id = self.find(raw)
        if self.is_known(raw):
            self._set_groups(article_id, raw)
            return None
        raw = self.completed(raw)
        previous = self.current_version(article_id)
        self._put_article(article_id, raw)
        self._set_groups(article_id, raw)
        connection = self.connection()
        connection.execute("UPDATE versions SET current = 0 WHERE article_id = ?", (article_id,))
        version_id = self._insert_version(article_id, previous, raw, packed_sentences(sentences))
        self.changed()
        return self.version(version_id)

    def regroup(self, raw: RawArticle) -> bool:
        """Limit a stored article to the groups that `raw` says; return whether that is a change."""
        article_id = self.find(raw)
        if raw.groups is None or set(raw.groups) == set(self.groups_of(article_id)):
            return False
        with self.transaction():
            return self.article(article_id) is not None and self._set_groups(article_id, raw)

    def _set_groups(self, article_id: str, raw: RawArticle) -> bool:
        if raw.groups is None or not set_groups(self.connection(), article_id, raw.groups):
            return False
        self.changed()
        return True

    def _put_article(self, article_id: str, raw: RawArticle) -> None:
        known = self._row("SELECT named_by FROM articles WHERE id = ?", article_id)
        columns = (
            article_id,
            shown_url(raw.url) if raw.url else None,
            normal_url(raw.url) if raw.url else None,
            raw.publisher,
            known[0] if known else "id" if raw.id else "url" if raw.url else "key",
        )
        self.connection().execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " url = excluded.url, url_key = excluded.url_key, publisher = excluded.publisher,"
            " digest = excluded.digest",
            (*columns, row_digest(columns)),
        )

    def _insert_version(
        self, article_id: str, previous: Version | None, raw: RawArticle, sentences: bytes
    ) -> int:
        columns = (
            self._next_id(),
            article_id,
            previous.number + 1 if previous else 1,
            raw.title,
            json.dumps(raw.authors),
            raw.published.isoformat() if raw.published else None,
            _now(),
            raw.language,
            _origin(raw),
            sha256_of(raw.text),
            sentences,
        )
        self.connection().execute(
            "INSERT INTO versions (id, article_id, number, title, authors, published, fetched,"
            " language, origin, sha256, sentences, digest, text, current)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (*columns, row_digest(columns), raw.text),
        )
        return columns[0]

    def _next_id(self) -> int:
        row = self._row("SELECT seq FROM sqlite_sequence WHERE name = 'versions'")
        return int(row[0]) + 1 if row else 1

    def remove(
        self, *, article_id: str | None = None, url: str | None = None, publisher: str | None = None
    ) -> int:
        """Remove the articles that match every limit given, with all versions and index rows.

        Returns:
            How many articles there were; they can no longer be found when this returns.
        """
        chosen, values = _chosen(article_id, url, publisher)
        with self.transaction() as connection:
            removed = connection.execute(f"DELETE FROM articles WHERE {chosen}", values).rowcount
            if removed:
                self.changed()
        return removed

    def limit(
        self,
        groups: Collection[str],
        *,
        article_id: str | None = None,
        url: str | None = None,
        publisher: str | None = None,
    ) -> Limited:
        """Limit the articles that match every value given to these groups; none: to everybody.

        Nobody else sees them when this returns.

        Raises:
            ValueError: The name of a group cannot be one, or nothing says which articles are meant.
        """
        names = group_names(groups)
        chosen, values = _chosen(article_id, url, publisher)
        with self.transaction() as connection:
            rows = connection.execute(f"SELECT id FROM articles WHERE {chosen}", values).fetchall()
            changed = sum(set_groups(connection, row[0], names) for row in rows)
            if changed:
                self.changed()
        return Limited(len(rows), changed)

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


def _chosen(
    article_id: str | None, url: str | None, publisher: str | None
) -> tuple[str, tuple[str, ...]]:
    """Return the condition for the articles that match every value given, and its values."""
    limits = {"id = ?": article_id, "publisher = ? COLLATE NOCASE": publisher}
    limits["url_key = ?"] = normal_url(url) if url is not None else None
    given = {limit: value for limit, value in limits.items() if value is not None}
    if not given:
        raise ValueError("it needs an id, a link or a publisher")
    return " AND ".join(given), tuple(given.values())


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
