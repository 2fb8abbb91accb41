"""Which kept quotes are of an article that was removed, so that their words have to go as well."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from corpus.catalogue import Catalogue
from corpus.numbers import was_removed
from corpus.sqlite_file import store_errors


class Gone:
    """Tells of quotes, as JSON has them, whether what they quote was removed from an archive."""

    def __init__(self, archive: Catalogue, ids: frozenset[str] | None = None) -> None:
        """Take for removed what `archive` no longer holds of the articles with these ids.

        By default of those with any id that something was removed of.
        """
        self._archive = archive
        self._ids = ids
        self._known: dict[tuple[str, object, object], bool] = {}

    def quote(self, record: Mapping[str, Any]) -> bool:
        """Return whether this is a quote of what was removed."""
        name, number, sha256 = (record.get(key) for key in ("article_id", "version", "sha256"))
        if not isinstance(name, str):
            return False
        key = (name, number, sha256)
        if key not in self._known:
            self._known[key] = self._is_meant(name) and not self._stands(name, number, sha256)
        return self._known[key]

    def _is_meant(self, name: str) -> bool:
        if self._ids is not None:
            return name in self._ids
        with store_errors(self._archive.path):
            return was_removed(self._archive.connection(), name)

    def _stands(self, name: str, number: object, sha256: object) -> bool:
        return (
            isinstance(number, int)
            and isinstance(sha256, str)
            and self._archive.cited(name, number, sha256) is not None
        )

    def within(self, encoded: str) -> bool:
        """Return whether JSON holds such a quote; what is damaged does where it names the id."""
        try:
            return any(map(self.quote, _objects(json.loads(encoded))))
        except (ValueError, RecursionError):
            return any(name in encoded for name in self._ids or ())


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
