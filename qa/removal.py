"""Removing articles from all that a store keeps: archive, index, judgements, conversations."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.archive import Archive
from corpus.errors import StoreLockedError
from index.erase import erase
from qa.conversations.store import Conversations
from qa.evaluation.sets.feedback import remove_quoting
from qa.gone import Gone


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed.

    Attributes:
        articles: How many.
        judgements: How many of the readers' judgements quoted them.
        turns: In how many kept turns their words, or what was made of them, are gone.
        backups: Backups of former formats that were deleted, as they held all articles.
    """

    articles: int = 0
    judgements: int = 0
    turns: int = 0
    backups: tuple[Path, ...] = ()


def remove(
    archive: Archive,
    *,
    article_id: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
    seen_in: frozenset[str] | None = None,
) -> Removed:
    """Remove articles, chosen as `Archive.remove` does, from every file of the store.

    They can no longer be found once the first step is done. Where the process ends before the last
    one, `finish` or the next removal does what is left to do.
    """
    with archive.writing():
        count = archive.remove(article_id=article_id, url=url, publisher=publisher, seen_in=seen_in)
        return _erased(archive, count)


def finish(archive: Archive) -> None:
    """Do what a removal that was broken off left to do, unless somebody is writing."""
    if archive.erasing() and not archive.readonly:
        with suppress(StoreLockedError), archive.writing(wait=0):
            _erased(archive, 0)


def _erased(archive: Archive, count: int) -> Removed:
    ids = archive.erasing()
    if not ids:
        return Removed(count)
    gone = Gone(archive, ids)
    backups: list[Path] = []
    try:
        with Conversations(archive) as kept:
            turns = kept.erase(gone)
        judgements = remove_quoting(archive.store, gone.within)
    finally:  # whatever ails those files, the archive's own are clean
        backups = erase(archive)
    archive.erased(ids)
    return Removed(count, judgements, turns, tuple(backups))
