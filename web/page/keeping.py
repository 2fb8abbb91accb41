"""A visitor's kept conversations, as the page lists, opens and changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus.catalogue import Catalogue
from corpus.errors import OnRecordError
from qa.answer import Turn
from qa.conversations.kept import Reopened
from web.page import markup
from web.page.shelf import Keeps, shelf


class Keeping:
    """One visitor's conversations; each method takes one transaction at most."""

    def __init__(self, kept: Keeps, user: str, seen: Catalogue | None) -> None:
        """Keep the conversations of `user` in `kept`, who sees of the articles what `seen` has."""
        self._kept = kept
        self._user = user
        self._seen = seen

    @property
    def readonly(self) -> bool:
        """Whether nothing can be kept here."""
        return self._kept.readonly

    def listing(self, at: str | None) -> str:
        """Return the list, `at` the id of the open one."""
        try:
            return shelf(self._kept.listed(self._user), at, readonly=self._kept.readonly)
        except OnRecordError as error:
            return markup.hint(str(error))

    def keep(self, at: str | None, turn: Turn) -> str:
        """Add a turn to the conversation `at`, or to a new one; return its id."""
        at = at or self._kept.start(self._user, turn.question)
        self._kept.append(self._user, at, turn)
        return at

    def opened(self, picked: Mapping[str, Any]) -> Reopened | None:
        """Return the conversation that was picked to be opened, or None."""
        id_ = picked.get("open")
        return self._kept.open(self._user, id_, self._seen) if isinstance(id_, str) else None

    def change(self, picked: Mapping[str, Any]) -> str | None:
        """Rename or delete what was picked; return the id of a deleted one, or None."""
        renamed, deleted, name = (picked.get(part) for part in ("rename", "delete", "name"))
        if isinstance(renamed, str) and isinstance(name, str):
            self._kept.rename(self._user, renamed, name)
        if not isinstance(deleted, str):
            return None
        self._kept.delete(self._user, deleted)
        return deleted
