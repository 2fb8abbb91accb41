"""The straight-line ingest: load -> clean -> split -> chunk -> embed -> one transaction an article.

Articles are prepared in small windows, because embedding is faster over many chunks of like length;
they are committed one by one, so that whatever stops the work stops it between two articles.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.archive import Archive
from corpus.article import RawArticle
from corpus.errors import ItemError, OnRecordError, StoreError
from corpus.loaders import load
from index.chunk_index import OUTDATED, OUTDATED_MIDWAY, ChunkIndex
from index.embed import Embedder
from index.intake import cleaned, sentences_of, unexpected
from index.passages import ChunkedText, TextVectors, chunk_text, embed_all
from index.schema import begin_rebuild, claim_embedder, drop_index, unfinished, write_index
from index.snapshot import Snapshots

_WINDOW_ARTICLES = 32
_WINDOW_CHARACTERS = 300_000
# The report keeps this many; the archive records all of them.
_MOST_REPORTED = 10_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is.

    Attributes:
        done: Articles stored, found unchanged or refused so far.
        source: The file that the last one came from.
        total: How many there will be, None where that is not known.
    """

    done: int
    added: int
    updated: int
    unchanged: int
    refused: int
    source: str
    total: int | None = None


@dataclass(slots=True)
class IngestReport:
    """What an ingest did; every item of the sources is counted exactly once.

    Attributes:
        refused: The items refused, the first 10,000 of them.
        notes: Remarks for the user (an encoding that was guessed, say), "source: remark".
        interrupted: Whether it was asked to stop before the end.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused_count: int = 0
    refused: list[ItemError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def done(self) -> int:
        """How many items there were."""
        return self.added + self.updated + self.unchanged + self.refused_count


@dataclass(frozen=True, slots=True)
class _Prepared:
    raw: RawArticle
    text: ChunkedText


def ingest(
    sources: Sequence[str],
    archive: Archive,
    embedder: Embedder,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> IngestReport:
    """Read the sources and store what is new; a bad item never stops the rest.

    Args:
        sources: Files and folders.
        archive: Where to store; other writers wait until the end.
        embedder: Must be the one that made the store's vectors.
        progress: Called after every item.
        stop: Asked between articles; True ends the ingest there.

    Raises:
        ModelError: The store's vectors come from another embedder.
        StoreError: The store cannot be written (a full disk, say); what is committed stays.
    """
    started = time.monotonic()
    work = _Ingest(archive, embedder, progress, stop)
    with archive.writing():
        claim_embedder(archive, embedder.fingerprint)
        Snapshots(archive).tidy()
        for source in sources:
            archive.forget_errors(source)
            work.take(source)
        work.finish()
    work.report.seconds = time.monotonic() - started
    return work.report


def rebuild(
    archive: Archive,
    embedder: Embedder,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> int:
    """Make chunks, vectors and full text anew from the stored texts, for `embedder`.

    One transaction an article; broken off, it goes on where it was when called again.

    Returns:
        How many articles were indexed. Damaged ones are left out of the index.
    """
    done = 0
    with archive.writing():
        begin_rebuild(archive, embedder.fingerprint)
        Snapshots(archive).tidy()
        versions = unfinished(archive)
        for version_id in versions:
            if stop is not None and stop():
                return done
            done += _reindex(archive, embedder, version_id)
            if progress is not None:
                progress(Progress(done, 0, done, 0, 0, "", len(versions)))
        ChunkIndex(archive, embedder).publish_if_worthwhile()
    return done


def _reindex(archive: Archive, embedder: Embedder, version_id: int) -> bool:
    version = archive.version(version_id)
    if not version.is_intact:
        with archive.transaction() as connection:
            drop_index(connection, version_id)
        return False
    text = chunk_text(
        version.text,
        archive.sentences(version_id),
        embedder,
        title=version.title,
        published=version.published,
    )
    (vectors,) = embed_all([text], embedder)
    with archive.transaction() as connection:
        write_index(connection, version, text.chunks, vectors.chunks, vectors.sentences)
        archive.changed()
    return True


class _Ingest:
    """One ingest: the open window and the report so far."""

    def __init__(
        self,
        archive: Archive,
        embedder: Embedder,
        progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.report = IngestReport()
        self._archive = archive
        self._embedder = embedder
        self._progress = progress
        self._stop = stop
        self._window: list[_Prepared] = []
        self._errors: list[ItemError] = []

    def take(self, source: str) -> None:
        """Read one source to its end, or to where `stop` says so."""
        for item in load(source):
            if self._stopped():
                return
            self._take_item(item)
            if self._is_full():
                self._store_window()
                self._publish(OUTDATED_MIDWAY)

    def finish(self) -> None:
        """Store what is left and renew the snapshot."""
        self._store_window()
        self._publish(OUTDATED)

    def _publish(self, outdated: float) -> None:
        try:
            ChunkIndex(self._archive, self._embedder).publish_if_worthwhile(outdated)
        except StoreError as error:
            # The snapshot only saves time; every article is stored.
            if str(error) not in self.report.notes:
                self.report.notes.append(str(error))

    def _take_item(self, item: RawArticle | ItemError) -> None:
        try:
            if isinstance(item, ItemError):
                raise item
            self.report.notes.extend(f"{item.source}: {note}" for note in item.notes)
            raw = cleaned(item)
            if self._archive.is_known(raw):
                self.report.unchanged += 1
                self._tell(raw.source)
            else:
                self._window.append(self._prepared(self._archive.completed(raw)))
        except ItemError as error:
            self._refuse(error)
        except OnRecordError:
            raise
        except Exception as error:  # whatever an item does to a library, the rest goes on
            self._refuse(unexpected(item, error))

    def _prepared(self, raw: RawArticle) -> _Prepared:
        sentences = sentences_of(raw)
        text = chunk_text(
            raw.text, sentences, self._embedder, title=raw.title, published=raw.published
        )
        return _Prepared(raw, text)

    def _is_full(self) -> bool:
        return (
            len(self._window) >= _WINDOW_ARTICLES
            or len(self._errors) >= _WINDOW_ARTICLES
            or sum(len(p.raw.text) for p in self._window) >= _WINDOW_CHARACTERS
        )

    def _store_window(self) -> None:
        window, self._window = self._window, []
        if self._stopped():
            window = []  # embedding it would keep whoever interrupts waiting for seconds
        for prepared, vectors in self._embedded(window):
            if self._stopped():
                break
            self._store(prepared, vectors)
        if self._errors:
            self._archive.record_error(*self._errors)
            self._errors.clear()

    def _embedded(self, window: list[_Prepared]) -> Iterator[tuple[_Prepared, TextVectors]]:
        try:
            yield from zip(window, embed_all([p.text for p in window], self._embedder), strict=True)
        except ValueError as error:
            if len(window) > 1:
                for prepared in window:
                    yield from self._embedded([prepared])
            else:
                self._refuse(unexpected(window[0].raw, error))

    def _store(self, prepared: _Prepared, vectors: TextVectors) -> None:
        size = 4 * len(prepared.raw.text) + vectors.chunks.nbytes + vectors.sentences.nbytes // 2
        with self._archive.transaction(size) as connection:
            version = self._archive.put(prepared.raw, prepared.text.sentences)
            if version is not None:
                write_index(
                    connection, version, prepared.text.chunks, vectors.chunks, vectors.sentences
                )
        if version is None:
            self.report.unchanged += 1
        elif version.number == 1:
            self.report.added += 1
        else:
            self.report.updated += 1
        self._tell(prepared.raw.source)

    def _refuse(self, error: ItemError) -> None:
        self.report.refused_count += 1
        if len(self.report.refused) < _MOST_REPORTED:
            self.report.refused.append(error)
        self._errors.append(error)
        self._tell(error.source)

    def _stopped(self) -> bool:
        if self._stop is not None and self._stop():
            self.report.interrupted = True
        return self.report.interrupted

    def _tell(self, source: str) -> None:
        report = self.report
        if self._progress is not None:
            self._progress(
                Progress(
                    report.done,
                    report.added,
                    report.updated,
                    report.unchanged,
                    report.refused_count,
                    source,
                )
            )
