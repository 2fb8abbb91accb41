"""Articles that somebody hands in one by one: as a file, as pasted text or by their link."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from corpus.archive import Archive
from corpus.article import Article, RawArticle, Version
from corpus.errors import ItemError
from corpus.fetch import article_from, fetch
from corpus.loaders import load
from corpus.target import Writer
from index.build import IngestReport, ingest
from index.embed import Embedder
from index.intake import Grouping, cleaned
from index.schema import open_archive

_MOST_LOOKED_AT = 100
_FIELDS = ("text", "title", "publisher", "published", "url")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of what was handed in.

    Attributes:
        article: The first one given, as it is stored now.
        version: Its newest version.
        stored: How many articles are new or changed.
        refused: Why others of the same file were not taken.
    """

    article: Article
    version: Version
    stored: int
    refused: tuple[ItemError, ...]


class Adding:
    """Stores what is handed in; each call waits for its turn to write.

    All methods raise ItemError where nothing of it can be stored, and StoreError where the store
    cannot be written.
    """

    def __init__(self, store: Path, embedder: Embedder) -> None:
        """Add to the archive in the folder `store`, whose vectors `embedder` made."""
        self._store = store
        self._embedder = embedder
        self._groups: frozenset[str] | None = None

    def brought_by(self, groups: frozenset[str] | None) -> Adding:
        """Return what stores for readers in these groups; None for those who see everything.

        Of what they do not see they learn nothing, and change nothing of it: what they bring with
        the same id or link is an article of its own.
        """
        adding = Adding(self._store, self._embedder)
        adding._groups = groups
        return adding

    def file(self, name: str, content: bytes) -> Added:
        """Store the articles of a file; its name says the format."""
        # Only the last part of the name is used, and never one that leads out of the folder.
        name = PurePath(name.replace("\\", "/")).name.replace("\0", "") or "article.txt"
        with TemporaryDirectory() as folder:
            path = Path(folder, name)
            try:
                path.write_bytes(content)
            except OSError as error:
                raise ItemError("E_READ", error.strerror or str(error), source=name) from error
            return self._stored(path, name)

    def pasted(self, given: Mapping[str, str]) -> Added:
        """Store one text with what is known of it.

        Args:
            given: "text", and where known "title", "publisher", "published" (an ISO date) and
                "url", as an article's JSON line has them.
        """
        known = {field: given[field].strip() for field in _FIELDS if given.get(field, "").strip()}
        line = json.dumps({"text": "", **known})
        return self._line(line, known.get("title", "the pasted text"))

    def articles(self, records: Iterable[Mapping[str, object]]) -> IngestReport:
        """Store articles, each as its JSON line has it; return what became of them.

        Refused ones are named by their number among them, from 1.
        """
        with TemporaryDirectory() as folder:
            path = Path(folder, "articles.jsonl")
            path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
            with open_archive(self._store) as archive:
                report = self._ingested(path, archive)
                if report.refused:
                    archive.forget_errors(str(path))
            report.refused = [_named(error, "articles") for error in report.refused]
            return report

    def page(self, url: str) -> Added:
        """Fetch the page behind a link and store its article."""
        raw = article_from(fetch(url.strip()))
        return self._line(_json_line(raw), raw.source)

    def _ingested(self, path: Path, archive: Archive) -> IngestReport:
        grouping = Grouping(brought_by=self._groups)
        return ingest([str(path)], archive, self._embedder, grouping=grouping)

    def _line(self, line: str, source: str) -> Added:
        with TemporaryDirectory() as folder:
            path = Path(folder, "article.jsonl")
            path.write_text(f"{line}\n", "utf-8")
            return self._stored(path, source)

    def _stored(self, path: Path, source: str) -> Added:
        with open_archive(self._store) as archive:
            report = self._ingested(path, archive)
            refused = tuple(_named(error, source) for error in report.refused)
            if refused:  # they are told at once, and the path is about to be gone
                archive.forget_errors(str(path))
            found = _first(path, archive, Writer(self._groups))
        if found is None:
            raise refused[0] if refused else _nothing(source, hidden=bool(report.done))
        return Added(*found, report.added + report.updated, refused)


def _first(path: Path, archive: Archive, writer: Writer) -> tuple[Article, Version] | None:
    """Return the first article of a file that its writer sees in the archive, or None."""
    for item in islice(load(str(path)), _MOST_LOOKED_AT):
        if isinstance(item, ItemError):
            continue
        try:
            target = archive.target(cleaned(item), writer)
        except ItemError:
            continue
        found = None if target.key is None else archive.current_with(target.key)
        if found:
            return found
    return None


def _named(error: ItemError, source: str) -> ItemError:
    """Return an error that names what was handed in, rather than where it lay meanwhile."""
    return ItemError(
        error.code, error.message, source=source, locator=error.locator, hint=error.hint
    )


def _nothing(source: str, *, hidden: bool) -> ItemError:
    if hidden:
        message = "it is stored, but limited to groups that you are not in"
        return ItemError("E_GROUPS", message, source=source)
    return ItemError("E_EMPTY", "no article in it", source=source)


def _json_line(raw: RawArticle) -> str:
    published = raw.published.isoformat() if raw.published else None
    return json.dumps(
        {
            "url": raw.url,
            "publisher": raw.publisher,
            "title": raw.title,
            "authors": list(raw.authors),
            "published": published,
            "text": raw.text,
        }
    )
