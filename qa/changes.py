"""Whether a newer version of an article still has a sentence."""

from __future__ import annotations

from corpus.article import Sentence, Version
from corpus.catalogue import Catalogue


def newer_says(archive: Catalogue, version: Version) -> frozenset[str] | None:
    """Return every sentence of the newest version as `words_of` gives it.

    None where there is no newer version than this one; a damaged one tells nothing.
    """
    newest = archive.current_of(version)
    if newest is None or newest.number <= version.number or not newest.is_intact:
        return None
    return frozenset(words_of(newest, sentence) for sentence in archive.sentences(newest.id))


def words_of(version: Version, sentence: Sentence) -> str:
    """Return a sentence with its white space made single spaces."""
    return " ".join(sentence.span.of(version.text).split())
