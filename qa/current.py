"""Answers that were given earlier, as they stand now: what may be sent, or followed on, again.

Whoever holds an answer longer than it took to make it asks here before it is used. As long as
nothing changed in the store that costs one look at the number of its changes.
"""

from __future__ import annotations

from dataclasses import replace

from corpus.catalogue import Catalogue
from qa.answer import Answer, Conversation, Evidence, Turn
from qa.restore import Restorer


def current(conversation: Conversation, archive: Catalogue) -> Conversation:
    """Return a conversation as it stands in an archive; the same one where nothing changed.

    Quotes are withdrawn and marked as when a kept conversation is opened.
    """
    sight = archive.sight
    if all(turn.answer is None or turn.answer.as_of == sight for turn in conversation.turns):
        return conversation
    restorer = Restorer(archive)
    return replace(conversation, turns=tuple(map(restorer.again, conversation.turns)))


def current_answer(answer: Answer, before: Conversation, archive: Catalogue) -> Answer:
    """Return an answer that nobody has seen yet as it stands now; nothing is said to be gone."""
    if answer.as_of == archive.sight:
        return answer
    turn = Turn(answer.question, answer.standalone, answer)
    *_, turn = current(before.with_turn(turn), archive).turns
    return replace(turn.answer, withdrawn=()) if turn.answer else answer


def current_evidence(evidence: tuple[Evidence, ...], archive: Catalogue) -> tuple[Evidence, ...]:
    """Return the sentences whose version is still there, and still the newest."""
    return tuple(item for item in evidence if archive.current_of(item.version) == item.version)
