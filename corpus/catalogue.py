"""What an archive holds: lists of articles, and figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from corpus.article import Article, Version, day_of
from corpus.errors import ItemError
from corpus.lookup import IN_ORDER, Lookup
from corpus.rows import (
    ARTICLE_START,
    SELECT_VERSION,
    article_from,
    moment_from,
    sentence_count,
    version_from,
)

_PAGE = 64
# A date beyond the day after the ingest is none.
_IS_DATE = "(published IS NOT NULL AND substr(published, 1, 10) <= date(fetched, '+1 day'))"
_DATED = f"WHERE current = 1 AND {_IS_DATE}"


@dataclass(frozen=True, slots=True)
class Stats:
    """How much a store holds.

    Attributes:
        sentences: Of the current versions only.
        publishers: How many different ones.
        oldest: Publication day, None where no article has one.
        bytes: Size of the SQLite file.
        refused: Items that the last ingest of each source refused.
    """

    articles: int
    versions: int
    sentences: int
    chunks: int
    publishers: int
    oldest: date | None
    newest: date | None
    bytes: int
    refused: int


@dataclass(frozen=True, slots=True)
class RecordedError:
    """An item that was refused, and when (aware, UTC)."""

    time: datetime
    error: ItemError


class Catalogue(Lookup):
    """The reading half of the archive; any number of threads and processes may use it at once."""

    def current_versions(self) -> Iterator[tuple[Article, Version]]:
        """Yield every article with its newest version, in the order of ingest.

        Read page by page: no lock is held while the caller works.
        """
        after = 0
        query = (
            f"{SELECT_VERSION} WHERE versions.id > ? AND current = 1 ORDER BY versions.id LIMIT ?"
        )
        while page := self._rows(query, after, _PAGE):
            for row in page:
                yield article_from(row[ARTICLE_START:]), version_from(row)
            after = page[-1][0]

    def limiting_groups(self) -> frozenset[str]:
        """Return the groups that any articles are limited to; through a limited one, its own."""
        return frozenset(row[0] for row in self._rows("SELECT DISTINCT name FROM article_groups"))

    def publishers(self) -> dict[str, int]:
        """Return the publishers' names and how many articles each has, most first."""
        return dict(
            self._rows(
                "SELECT publisher, count(*) AS n FROM articles WHERE publisher IS NOT NULL"
                " GROUP BY publisher ORDER BY n DESC, publisher"
            )
        )

    def listed(
        self, count: int, *, after: str = "", publisher: str | None = None
    ) -> list[tuple[Article, Version]]:
        """Return articles with their newest version in the order of their ids.

        Args:
            count: How many ids at most; those that share one come together.
            after: The id after which they begin.
            publisher: Its name, in any case of letters; None for all.
        """
        limit = "" if publisher is None else " AND publisher = ? COLLATE NOCASE"
        given = tuple(value for value in (after, publisher) if value is not None)
        ids = f"SELECT DISTINCT id FROM articles WHERE id > ?{limit} ORDER BY id LIMIT ?"
        rows = self._rows(
            f"{SELECT_VERSION} WHERE current = 1 AND articles.id IN ({ids}){limit}"
            f" ORDER BY articles.id, {IN_ORDER}",
            *(*given, count, *given[1:]),
        )
        return [(article_from(row[ARTICLE_START:]), version_from(row)) for row in rows]

    def newest(self, count: int) -> list[tuple[Article, Version]]:
        """Return the newest articles that have a date, newest first, those unaltered.

        As for `newest_date`, dates beyond the day after an article's ingest are no dates.
        """
        rows = self._rows(f"{SELECT_VERSION} {_DATED} ORDER BY published DESC LIMIT ?", count)
        found = ((article_from(row[ARTICLE_START:]), version_from(row)) for row in rows)
        return [(article, version) for article, version in found if version.is_intact]

    def months(self) -> dict[str | None, dict[str | None, int]]:
        """Return how many articles each outlet has a month.

        By outlet (None where unknown), those with most articles first; then by month ("2019-01",
        None without a date), the earliest first.
        """
        counts: dict[str | None, dict[str | None, int]] = {}
        for publisher, month, count in self._rows(
            f"SELECT publisher, CASE WHEN {_IS_DATE} THEN substr(published, 1, 7) END AS month,"
            " count(*) FROM versions JOIN articles ON key = versions.article WHERE current = 1"
            " GROUP BY publisher, month ORDER BY month"
        ):
            counts.setdefault(publisher, {})[month] = count
        return dict(
            sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0] or ""))
        )

    @property
    def newest_date(self) -> date | None:
        """The day of the newest article; dates beyond the day after its ingest are no dates."""
        return self._published("DESC")

    def _published(self, order: str) -> date | None:
        row = self._row(
            f"SELECT published FROM versions {_DATED} ORDER BY published {order} LIMIT 1"
        )
        try:
            return day_of(moment_from(row[0])) if row else None
        except ValueError:  # a damaged row; `verify` names it
            return None

    def published_on(self, version_ids: Sequence[int]) -> dict[int, date]:
        """Return the day of each of these versions that has one."""
        marks = ", ".join("?" * len(version_ids))
        rows = self._rows(
            f"SELECT id, published FROM versions WHERE published IS NOT NULL AND id IN ({marks})",
            *version_ids,
        )
        days: dict[int, date] = {}
        for version_id, published in rows:
            with suppress(ValueError):  # a damaged row; `verify` names it
                day = day_of(moment_from(published))
                if day:
                    days[version_id] = day
        return days

    @property
    def article_count(self) -> int:
        """How many articles the store holds."""
        return self._count("articles")

    def stats(self) -> Stats:
        """Return how much the store holds."""
        (packed,) = self._row("SELECT total(length(sentences)) FROM versions WHERE current = 1")
        return Stats(
            articles=self._count("articles"),
            versions=self._count("versions"),
            sentences=sentence_count(int(packed)),
            chunks=self._count("chunks"),
            publishers=len(self.publishers()),
            oldest=self._published("ASC"),
            newest=self._published("DESC"),
            bytes=self.path.stat().st_size,
            refused=self._count("ingest_error"),
        )

    def _count(self, table: str) -> int:
        # The index brings its own tables; a store without them has none of what they hold.
        if not self._row("SELECT 1 FROM sqlite_master WHERE name = ?", table):
            return 0
        return int(self._row(f"SELECT count(*) FROM {table}")[0])

    def errors(self) -> list[RecordedError]:
        """Return what the last ingest of each source refused, oldest first."""
        rows = self._rows(
            "SELECT time, source, locator, code, message, hint FROM ingest_error"
            " ORDER BY time, source, length(locator), locator"
        )
        return [
            RecordedError(
                datetime.fromisoformat(time),
                ItemError(code, message, source=source, locator=locator, hint=hint),
            )
            for time, source, locator, code, message, hint in rows
        ]
