"""The index made anew from the stored texts, after damage or for another embedder."""

from __future__ import annotations

from collections.abc import Callable

from corpus.archive import Archive
from index.chunk_index import ChunkIndex
from index.embed import Embedder
from index.passages import Stop, chunk_text, embed_all, never
from index.report import Progress
from index.schema import begin_rebuild, drop_index, unfinished, write_index
from index.snapshot import Snapshots


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
            try:
                done += _reindex(archive, embedder, version_id, stop or never)
            except InterruptedError:
                return done
            if progress is not None:
                progress(Progress(done, 0, done, 0, 0, "", len(versions)))
        ChunkIndex(archive, embedder).publish_if_worthwhile()
    return done


def _reindex(archive: Archive, embedder: Embedder, version_id: int, stop: Stop) -> bool:
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
        stop=stop,
    )
    (vectors,) = embed_all([text], embedder, stop)
    with archive.transaction() as connection:
        write_index(connection, version, text.chunks, vectors.chunks, vectors.sentences)
        archive.changed()
    return True
