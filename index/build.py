"""The straight-line ingest: load -> clean -> split -> chunk -> embed -> one transaction an article.

Articles are prepared in small windows, because embedding is faster over many chunks of like length;
they are committed one by one, so that whatever stops the work stops it between two articles. While
a window is embedded, which may take minutes, others write: what was read before is asked again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from corpus.archive import Archive
from corpus.article import RawArticle
from corpus.errors import ItemError, OnRecordError, StoreError
from corpus.loaders import load
from corpus.target import Target, Writer
from index.chunk_index import OUTDATED, OUTDATED_MIDWAY, ChunkIndex
from index.embed import Embedder
from index.intake import AS_SAID, Grouping, cleaned, sentences_of, unexpected
from index.passages import ChunkedText, TextVectors, chunk_text, embed_all
from index.reading import Mention, Reading, record
from index.rebuild import rebuild
from index.report import IngestReport, Progress
from index.schema import check_embedder, claim_embedder, write_index
from index.snapshot import Snapshots

__all__ = ["IngestReport", "Progress", "ingest", "rebuild"]

_WINDOW_ARTICLES = 32
_WINDOW_CHARACTERS = 300_000
# Mentions that change nothing are recorded together, as a commit takes milliseconds.
_MOST_HEARD = 500
# The report keeps this many; the archive records all of them.
_MOST_REPORTED = 10_000


@dataclass(frozen=True, slots=True)
class _Prepared:
    raw: RawArticle
    mention: Mention
    text: ChunkedText
    reading: Reading
    key: int | None  # of the article that it is a newer version of


def ingest(
    sources: Sequence[str],
    archive: Archive,
    embedder: Embedder,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    grouping: Grouping = AS_SAID,
) -> IngestReport:
    """Read the sources and store what is new; a bad item never stops the rest.

    Args:
        sources: Files, folders and links of pages.
        archive: Where to store; other writers get their turn while texts are embedded.
        embedder: Must be the one that made the store's vectors.
        progress: Called after every item.
        stop: Asked between articles, and in a long one between its parts; True ends the ingest
            before the next article.
        grouping: Who may see what is read.

    Raises:
        ModelError: The store's vectors come from another embedder.
        StoreError: The store cannot be written (a full disk, say); what is committed stays.
    """
    started = time.monotonic()
    work = _Ingest(archive, embedder, progress, stop, grouping)
    with archive.writing():
        claim_embedder(archive, embedder.fingerprint)
        Snapshots(archive).tidy()
        for source in sources:
            archive.forget_errors(source)
            work.take(source)
        work.finish()
    work.report.seconds = time.monotonic() - started
    return work.report


class _Ingest:
    """One ingest: the file being read, the open window and the report so far."""

    def __init__(
        self,
        archive: Archive,
        embedder: Embedder,
        progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
        grouping: Grouping,
    ) -> None:
        self.report = IngestReport()
        self._archive = archive
        self._embedder = embedder
        self._progress = progress
        self._stop = stop
        self._grouping = grouping
        self._window: list[_Prepared] = []
        self._waiting: set[str] = set()  # the ids of the articles in the window
        self._regrouped: set[int] = set()  # the articles that are as they were, but for groups
        self._heard: list[tuple[Mention, int]] = []
        self._errors: list[ItemError] = []

    def take(self, source: str) -> None:
        """Read one source to its end, or to where `stop` says so."""
        reading = None
        for item in load(source):
            if self._stopped():
                return
            if reading is None or reading.source != item.source:
                self._end(reading)
                reading = Reading(self._archive, item.source)
            with self._refusing(item, reading):
                self._take_item(item, reading)
            self._make_room()
        self._end(reading)

    def _end(self, reading: Reading | None) -> None:
        if reading is None:
            return
        for raw, mention in reading.shortened():
            # It was counted when more was to be expected.
            if self._target(raw, reading).key in self._regrouped:
                self.report.updated -= 1
            else:
                self.report.unchanged -= 1
            with self._refusing(raw, reading):
                self._weigh(raw, mention, reading)
            self._make_room()

    def _target(self, raw: RawArticle, reading: Reading) -> Target:
        return self._archive.target(raw, Writer(self._grouping.brought_by, reading.named))

    def _make_room(self) -> None:
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

    @contextmanager
    def _refusing(self, item: RawArticle | ItemError, reading: Reading | None) -> Iterator[None]:
        try:
            yield
            return
        except ItemError as error:
            self._refuse(error)
        except OnRecordError:
            raise
        except InterruptedError:  # by `stop`, which ends the ingest
            self._stopped()
        except Exception as error:  # whatever an item does to a library, the rest goes on
            self._refuse(unexpected(item, error))
        if reading:
            reading.is_whole = False

    def _take_item(self, item: RawArticle | ItemError, reading: Reading) -> None:
        if isinstance(item, ItemError):
            raise item
        self.report.notes.extend(f"{item.source}: {note}" for note in item.notes)
        raw = cleaned(item)
        mention = reading.next_mention(raw)
        before = reading.repeated(mention)
        raw = self._grouping.of(raw, repeated=before is not None)
        if before is None:
            self._weigh(raw, mention, reading)
            return
        target = self._target(raw, reading) if raw.groups is not None else None
        if target and target.key is None:  # of several, it is the one that was said before
            target = replace(target, key=before.article_key)
        self._leave(raw, target)

    def _weigh(self, raw: RawArticle, mention: Mention, reading: Reading) -> None:
        """Take what a file says for the first time, in the order in which it is said."""
        if self._target(raw, reading).id in self._waiting:
            self._store_window()
        target = self._target(raw, reading)
        current = None if target.key is None else self._archive.current_with(target.key)
        if current and self._archive.is_known(raw, target):
            self._heard.append((mention, current[1].id))
            if raw.groups is not None:
                reading.named.add(current[0].key)
            self._leave(raw, target)
        else:
            self._window.append(self._prepared(raw, mention, target, reading))
            self._waiting.add(target.id)

    def _leave(self, raw: RawArticle, target: Target | None) -> None:
        if target and target.key is not None and self._archive.regroup(raw, target):
            self._regrouped.add(target.key)
            self.report.updated += 1
        else:
            self.report.unchanged += 1
        self._tell(raw.source)

    def _prepared(
        self, raw: RawArticle, mention: Mention, target: Target, reading: Reading
    ) -> _Prepared:
        whole = self._archive.completed(raw, target)
        text = chunk_text(
            raw.text,
            sentences_of(raw),
            self._embedder,
            title=whole.title,
            published=whole.published,
            stop=self._stopped,
        )
        return _Prepared(raw, mention, text, reading, target.key)

    def _is_full(self) -> bool:
        return (
            len(self._window) >= _WINDOW_ARTICLES
            or len(self._errors) >= _WINDOW_ARTICLES
            or len(self._heard) >= _MOST_HEARD
            or sum(len(p.raw.text) for p in self._window) >= _WINDOW_CHARACTERS
        )

    def _store_window(self) -> None:
        window, self._window = self._window, []
        self._waiting.clear()
        self._record_heard()
        if self._stopped():
            window = []  # embedding it would keep whoever interrupts waiting for seconds
        for prepared, vectors in self._embedded(window):
            if self._stopped():
                break
            try:
                self._store(prepared, vectors)
            except ItemError as error:
                self._refuse(error)
        if self._errors:
            self._archive.record_error(*self._errors)
            self._errors.clear()

    def _record_heard(self) -> None:
        if self._heard:
            with self._archive.transaction() as connection:
                for mention, version_id in self._heard:
                    record(connection, mention, version_id)
            self._heard.clear()

    def _embedded(self, window: list[_Prepared]) -> Iterator[tuple[_Prepared, TextVectors]]:
        texts = [prepared.text for prepared in window]
        try:
            with self._archive.open_to_others():
                vectors = embed_all(texts, self._embedder, self._stopped)
            yield from zip(window, vectors, strict=True)
        except InterruptedError:
            return
        except ValueError as error:
            if len(window) > 1:
                for prepared in window:
                    yield from self._embedded([prepared])
            else:
                self._refuse(unexpected(window[0].raw, error))

    def _store(self, prepared: _Prepared, vectors: TextVectors) -> None:
        raw, text = prepared.raw, prepared.text
        size = 4 * len(raw.text) + vectors.chunks.nbytes + vectors.sentences.nbytes // 2
        # Asked again: what stood before it in the window may be stored by now.
        target = self._target(raw, prepared.reading)
        if prepared.key is not None and self._archive.current_with(prepared.key) is None:
            self.report.unchanged += 1  # it was removed meanwhile, and stays so
            self._tell(raw.source)
            return
        check_embedder(self._archive, self._embedder.fingerprint)
        with self._archive.transaction(size) as connection:
            version = self._archive.put(raw, text.sentences, target)
            if version is not None:
                write_index(connection, version, text.chunks, vectors.chunks, vectors.sentences)
            key = version.article_key if version else target.key
            current = None if key is None else self._archive.current_with(key)
            if current is not None:
                record(connection, prepared.mention, current[1].id)
        if current and raw.groups is not None:
            prepared.reading.named.add(current[0].key)
        if target.key is None:
            self.report.added += 1
        elif version is None:
            self.report.unchanged += 1
        else:
            self.report.updated += 1
        self._tell(raw.source)

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
