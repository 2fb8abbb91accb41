"""What readers of some groups are answered from: an assistant and its archive, limited to them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

from corpus.archive import Archive
from qa.assistant import Assistant
from qa.suggestions.suggest import Suggestions

MOST = 12
"""Views kept at once; each has a connection, and with it a descriptor, for every thread."""


@dataclass(frozen=True, slots=True)
class View:
    """What readers of some groups see of a store; whatever they are shown comes from here."""

    assistant: Assistant
    archive: Archive

    @property
    def suggestions(self) -> Suggestions:
        """Proposes questions that the assistant answers them."""
        return Suggestions(self.assistant, self.archive)


class Views:
    """The views of one store, made when somebody needs them; for any number of threads.

    Vectors and models are shared by all of them. Only the last ones used are kept. One that drops
    out serves whoever still has it, and its connections close with the last of them.
    """

    def __init__(self, assistant: Assistant, archive: Archive, most: int = MOST) -> None:
        """Begin with what sees everything.

        Args:
            assistant: Answers about the store.
            archive: Of the same store; not closed with this.
            most: How many views are kept.
        """
        self._whole = View(assistant, archive)
        self._most = most
        self._lock = threading.Lock()
        self._views: OrderedDict[frozenset[str], View] = OrderedDict()
        self._limiting: tuple[int, frozenset[str]] = (-1, frozenset())

    def of(self, groups: frozenset[str] | None) -> View:
        """Return what readers in these groups see; None sees everything.

        Taken for one request: what an article is limited to later counts in any case, but it may
        be to a group of theirs that limited nothing before, and then they do not see it yet.
        """
        if groups is None:
            return self._whole
        # Groups that limit nothing tell no readers apart.
        groups &= self._limiting_groups()
        with self._lock:
            view = self._views.pop(groups, None) or self._made(groups)
            self._views[groups] = view
            while len(self._views) > self._most:
                self._views.popitem(last=False)
        return view

    def _limiting_groups(self) -> frozenset[str]:
        archive = self._whole.archive
        change = archive.change
        if self._limiting[0] != change:
            self._limiting = change, archive.limiting_groups()
        return self._limiting[1]

    def _made(self, groups: frozenset[str]) -> View:
        archive = self._whole.archive.limited_to(groups)
        return View(self._whole.assistant.seen_by(archive), archive)

    def close(self) -> None:
        """Close the connections of all views, which are not used afterwards."""
        with self._lock:
            for view in self._views.values():
                view.archive.close()
            self._views.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
