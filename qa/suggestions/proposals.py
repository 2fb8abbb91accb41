"""Questions that a collection can answer, for who has not asked any; found once for each state."""

from __future__ import annotations

import threading

from corpus.archive import Archive
from qa.suggestions.opening import Ask, Opening, opening_questions

SHOWN = 3
MOST_ASKED = 8
"""Questions that are tried: somebody waits for it."""


class Proposals:
    """A call returns the questions; one thread looks for them, others get what is known."""

    def __init__(self, archive: Archive, ask: Ask) -> None:
        """Propose questions about an archive.

        Args:
            archive: What is asked about.
            ask: Answers a question that stands by itself.
        """
        self._archive = archive
        self._ask = ask
        self._lock = threading.Lock()
        self._found: tuple[Opening, ...] = ()
        self._change: int | None = None

    def __call__(self) -> tuple[str, ...]:
        """Return up to `SHOWN` questions that are answered, best first."""
        change = self._archive.change
        if change != self._change and self._lock.acquire(blocking=False):
            try:
                found = opening_questions(self._archive, self._ask, SHOWN, most=MOST_ASKED)
                self._found, self._change = tuple(found), change
            finally:
                self._lock.release()
        # Another thread may still be looking; of what is gone nothing is proposed meanwhile.
        return tuple(each.question for each in self._found if each.stands(self._archive))
