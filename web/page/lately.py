"""Questions to begin with, found in the background whenever the collection has changed."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress

from qa.suggestions.opening import Opening

log = logging.getLogger(__name__)

_LOW_PRIORITY = 10
"""Added to the thread's niceness, so that nobody's question waits for it."""


class Lately:
    """Questions about what the collection holds lately; a call returns those that are known."""

    def __init__(
        self,
        find: Callable[[Callable[[], bool]], Sequence[Opening]],
        state: Callable[[], Hashable],
        stands: Callable[[Opening], bool],
        *,
        first: float = 0,
    ) -> None:
        """Find questions.

        Args:
            find: Takes seconds, and a function that says whether it is to stop.
            state: Returns what changes with the collection.
            stands: Whether the text that a question was made of is still there for everybody.
            first: Seconds until the first search, before which none is begun: the server has more
                to do when it starts.
        """
        self._find = find
        self._state = state
        self._stands = stands
        self._questions: Sequence[Opening] = ()
        self._known: Hashable = None
        self._searching = threading.Lock()
        self._is_early = first > 0
        self._closed = threading.Event()
        if first:
            timer = threading.Timer(first, self._begin)
            timer.daemon = True
            timer.start()

    def _begin(self) -> None:
        self._is_early = False
        self()

    def __call__(self) -> Sequence[str]:
        """Return the questions found last, and look for others where the collection changed.

        Of an article that was removed or limited since, none is returned.
        """
        if self._is_early or self._closed.is_set():
            return self._standing()
        state = self._state()
        if state != self._known and self._searching.acquire(blocking=False):
            self._known = state
            # No daemon: a process that ends while a model is at work is aborted.
            threading.Thread(target=self._search, name="lately").start()
        return self._standing()

    def _standing(self) -> list[str]:
        return [found.question for found in self._questions if self._stands(found)]

    def close(self) -> None:
        """Look for no more questions; a search that is on its way ends soon."""
        self._closed.set()

    def _search(self) -> None:
        with suppress(OSError, AttributeError):  # Linux lets a thread be nicer than its process
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW_PRIORITY)
        try:
            self._questions = self._find(self._closed.is_set)
        except InterruptedError:
            log.debug("the search for opening questions was stopped")
        except Exception:
            log.exception("no questions to begin with could be found")
        finally:
            self._searching.release()
