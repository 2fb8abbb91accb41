"""What turns around a withdrawn quote still say of it: names carried over, notes, choices.

A question as understood has words of the questions typed and of the answers before it, and no
others (`qa.resolve`). Once a quote is gone, those that only it can have given are taken off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from qa.answer import Answer, Turn
from qa.facts import FUNCTION_WORDS
from qa.messages.say import say

_WORD = re.compile(r"\w+")


class Traces:
    """Follows the turns of one conversation, the first one first."""

    def __init__(self, occurs: Callable[[str], bool]) -> None:
        """Begin; `occurs` tells whether a word stands anywhere in the articles that are seen."""
        self._occurs = occurs
        self._known: set[str] = set()
        self._gone: set[str] = set()
        self._any_gone = False

    def taken_off(self, turn: Turn, gone: Iterable[str], *, any_gone: bool) -> Turn:
        """Return a turn without what only withdrawn quotes of it or of earlier ones can have given.

        Args:
            turn: The next one, its answer as far as it stands.
            gone: Titles and outlets of what was withdrawn of it.
            any_gone: Whether anything was.
        """
        self._gone.update(gone)
        self._any_gone |= any_gone
        self._known |= _words(turn.question)
        if turn.answer and turn.answer.choices:
            turn = replace(turn, answer=self._choosing(turn.answer))
        if self._any_gone:
            turn = self._cleared(turn, loses_note=any_gone)
        if turn.answer:
            self._known.update(*(_words(citation.quote) for citation in turn.answer.citations))
        return turn

    def _cleared(self, turn: Turn, *, loses_note: bool) -> Turn:
        standalone = turn.standalone if self._is_known(turn.standalone) else turn.question
        if turn.answer is None:
            return replace(turn, standalone=standalone)
        answer = self._without(turn.answer, standalone)
        if loses_note or any(name in answer.note for name in self._gone):
            answer = replace(answer, note="")
        return replace(turn, standalone=standalone, answer=answer)

    def _without(self, answer: Answer, standalone: str) -> Answer:
        return replace(
            answer,
            standalone=standalone if answer.standalone != answer.question else answer.standalone,
            carried=tuple(term for term in answer.carried if self._is_known(term)),
        )

    def _choosing(self, answer: Answer) -> Answer:
        """Return an answer with those choices that nothing which may be gone is needed for.

        What is asked back was said in the conversation; names that may have been meant stand in
        some article; and what was proposed to who asked nothing is proposed anew when they ask.
        """
        is_asked_back = answer.status == "unclear"
        kept = tuple(
            choice
            for choice in answer.choices
            if self._is_known(choice) or (not is_asked_back and self._is_anywhere(choice))
        )
        if len(kept) == len(answer.choices):
            return answer
        if not is_asked_back or kept:
            return replace(answer, choices=kept, note=answer.note if is_asked_back else "")
        return replace(answer, choices=(), note=say("answer.choices_gone"))

    def _is_anywhere(self, text: str) -> bool:
        return all(map(self._occurs, _words(text) - self._known))

    def _is_known(self, text: str) -> bool:
        """Whether every word was typed, or stands in a quote that is still there."""
        return _words(text) <= self._known


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)} - FUNCTION_WORDS
