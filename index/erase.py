"""What was removed from the archive leaves the index's own files as well.

SQLite overwrites what is deleted (`secure_delete`), but the full text keeps the words of deleted
rows in its segments until these are merged, and a snapshot keeps the vectors of a former state.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from corpus.archive import Archive
from corpus.errors import StoreError
from index.snapshot import Snapshots

# Pages that one transaction merges: readers wait for milliseconds, not for all of it.
_PAGES = 500


def erase(archive: Archive) -> list[Path]:
    """Erase what was removed from full text, snapshots and backups; call it inside `writing`.

    Returns:
        The backups of former formats that were deleted: they held all articles of their time.
    """
    _merge_full_text(archive)
    _renew_snapshot(archive)
    return _delete_backups(archive.store)


def _merge_full_text(archive: Archive) -> None:
    """Merge all segments of the full text into one, in which no word of a deleted row is left."""
    pages = -_PAGES  # negative: begin with all that there is
    while True:
        with archive.transaction() as connection:
            before = connection.total_changes
            connection.execute(
                "INSERT INTO chunk_text (chunk_text, rank) VALUES ('merge', ?)", (pages,)
            )
            # As FTS5 has it: less than two changes means that there was nothing left to do.
            if connection.total_changes - before < 2 and pages > 0:
                return
        pages = _PAGES


def _renew_snapshot(archive: Archive) -> None:
    """Write the snapshot without vectors of what is gone; one that cannot be is deleted."""
    snapshots = Snapshots(archive)
    manifest = snapshots.manifest()
    base = snapshots.load(manifest.fingerprint, manifest.dimension) if manifest else None
    if manifest is None or base is None:
        snapshots.drop()
        return
    current = archive.connection().execute("SELECT id FROM chunks").fetchall()
    gone = np.setdiff1d(base.ids, np.array([row[0] for row in current], np.int64))
    if not len(gone):
        snapshots.tidy()
        return
    base.remove(gone)
    try:
        snapshots.publish(base, manifest.fingerprint, archive.change)
    except StoreError:  # a full disk, say; it only saves time
        snapshots.drop()


def _delete_backups(store: Path) -> list[Path]:
    deleted = []
    for path in sorted(store.glob("*.format-*.backup*")):
        with suppress(FileNotFoundError):
            path.unlink()
            deleted.append(path)
    return deleted
