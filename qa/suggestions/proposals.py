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

    def __init__(self, archive: Archive) -> None:
        """Propose questions about an archive."""
        self._archive = archive
        self._lock = threading.Lock()
        self._found: tuple[Opening, ...] = ()
        self._change: int | None = None

    def __call__(self, ask: Ask) -> tuple[str, ...]:
        """Return up to `SHOWN` questions that are answered, best first.

        Args:
            ask: Answers a question that stands by itself. It is not kept: the assistant, which has
                this, would be let go of later than the last who asks it.
        """
        change = self._archive.change
        if change != self._change and self._lock.acquire(blocking=False):
            try:
                found = opening_questions(self._archive, ask, SHOWN, most=MOST_ASKED, apart=False)
                self._found, self._change = tuple(found), change
            finally:
                self._lock.release()
        # Another thread may still be looking; of what is gone nothing is proposed meanwhile.
        return tuple(each.question for each in self._found if each.stands(self._archive))
