"""The conversations that are kept, as the page lists, opens and changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus.errors import OnRecordError
from qa.answer import Turn
from qa.conversations.kept import Reopened
from qa.conversations.store import LOCAL_USER
from web import markup
from web.shelf import Keeps, shelf


class Keeping:
    """Whoever sits at this machine is the only user; each method takes one transaction at most."""

    def __init__(self, kept: Keeps) -> None:
        self._kept = kept

    @property
    def readonly(self) -> bool:
        """Whether nothing can be kept here."""
        return self._kept.readonly

    def listing(self, at: str | None) -> str:
        """Return the list, `at` the id of the open one."""
        try:
            return shelf(self._kept.listed(LOCAL_USER), at, readonly=self._kept.readonly)
        except OnRecordError as error:
            return markup.hint(str(error))

    def keep(self, at: str | None, turn: Turn) -> str:
        """Add a turn to the conversation `at`, or to a new one; return its id."""
        at = at or self._kept.start(LOCAL_USER, turn.question)
        self._kept.append(LOCAL_USER, at, turn)
        return at

    def opened(self, picked: Mapping[str, Any]) -> Reopened | None:
        """Return the conversation that was picked to be opened, or None."""
        id_ = picked.get("open")
        return self._kept.open(LOCAL_USER, id_) if isinstance(id_, str) else None

    def change(self, picked: Mapping[str, Any]) -> str | None:
        """Rename or delete what was picked; return the id of a deleted one, or None."""
        renamed, deleted, name = (picked.get(part) for part in ("rename", "delete", "name"))
        if isinstance(renamed, str) and isinstance(name, str):
            self._kept.rename(LOCAL_USER, renamed, name)
        if not isinstance(deleted, str):
            return None
        self._kept.delete(LOCAL_USER, deleted)
        return deleted
