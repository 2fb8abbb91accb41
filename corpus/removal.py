"""Removing articles and limiting them to groups, at once and for good."""

from __future__ import annotations

import json
from collections.abc import Collection

from corpus.catalogue import Catalogue
from corpus.chosen import check_free, chosen
from corpus.groups import Limited, audience_of, group_names, set_groups
from corpus.numbers import keep_numbers
from corpus.refusals import forget_refusals

_ERASING = "erasing"


class Removal(Catalogue):
    """The part of the archive that takes articles from readers."""

    def remove(
        self,
        *,
        article_id: str | None = None,
        url: str | None = None,
        publisher: str | None = None,
        seen_in: frozenset[str] | None = None,
    ) -> int:
        """Remove the articles that match every limit given, with all versions and index rows.

        Args:
            article_id: Their id; several for different groups may have it.
            url: Their link.
            publisher: Their outlet, in any case of letters.
            seen_in: Only those that readers in these groups see; None for all.

        Returns:
            How many articles there were; they can no longer be found when this returns. What else
            of them lies in the store's files is to be erased then; see `erasing`.
        """
        with self.transaction() as connection:
            found = chosen(connection, article_id, url, publisher, seen_in)
            if found:
                keys = json.dumps([match.key for match in found])
                keep_numbers(connection, [match.key for match in found], removed=True)
                forget_refusals(connection, keys)
                connection.execute(
                    "DELETE FROM articles WHERE key IN (SELECT value FROM json_each(?))", (keys,)
                )
                self._set_erasing(self.erasing().union(match.id for match in found))
                self.changed()
        return len(found)

    def erasing(self) -> frozenset[str]:
        """Return the ids of what was removed and may still lie in the store's other files.

        They are remembered until `erased`, also where the process ends in between.
        """
        stored = self.meta(_ERASING)
        return frozenset(json.loads(stored)) if stored else frozenset()

    def erased(self, ids: Collection[str]) -> None:
        """Forget the ids of what has left every file."""
        with self.transaction():
            self._set_erasing(self.erasing().difference(ids))

    def _set_erasing(self, ids: Collection[str]) -> None:
        if ids:
            self.set_meta(_ERASING, json.dumps(sorted(ids)))
        else:
            self.connection().execute("DELETE FROM meta WHERE key = ?", (_ERASING,))

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
            ConflictError: There is an article of the same id for these groups already.
        """
        names = group_names(groups)
        with self.transaction() as connection:
            found = chosen(connection, article_id, url, publisher, None)
            moved = [match for match in found if match.audience != audience_of(names)]
            check_free(connection, moved, audience_of(names))
            keep_numbers(connection, [match.key for match in moved])
            changed = sum(set_groups(connection, match.key, names) for match in found)
            if changed:
                self.changed()
        return Limited(len(found), changed)
