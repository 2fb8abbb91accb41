"""Questions to go on with after an answer: each has an answer that was not shown yet.

What the article says beside the quote, and what follows from the answer itself ("Tell me more"), is
known without asking. What would have to be searched for ("And Russia?") is proposed only after it
was asked; at most one question is asked for that.
"""

from __future__ import annotations

from itertools import islice

from corpus.archive import Archive
from qa.answer import Conversation
from qa.assistant import Trace
from qa.discourse.recall import Place, place_of
from qa.suggestions.about import about_answer, confirmation, goes_on
from qa.suggestions.nearby import nearby_questions
from qa.suggestions.said import Said, said_in
from qa.suggestions.searched import Ask, first_answered, likely_after, likely_instead

LEAST_SHOWN = 2
MOST_SHOWN = 3
MOST_OWN = 2
"""How many come before what may be asked about the answer itself."""


def following_questions(
    trace: Trace,
    conversation: Conversation,
    archive: Archive,
    floor: float,
    ask: Ask | None = None,
) -> list[str]:
    """Return up to three questions that go on from an answer, best first.

    Args:
        trace: The answer with its evidence, which may be empty.
        conversation: The turns so far, the one with this answer last.
        archive: Where its quotes stand.
        floor: The confidence, 0 to 1, below which a sentence is no answer.
        ask: Answers a question within the conversation; asked once at most, and only if there are
            fewer than three without. Without it nothing is proposed that has to be asked first.
    """
    answer = trace.answer
    if answer.status == "unclear" or not conversation.turns:
        return []
    said = said_in(conversation)
    if answer.status == "declined":
        return first_answered(likely_instead(answer, archive), said, ask) if ask else []
    place = place_of(archive, answer.citations[0])
    if place is None:
        return []
    own = _own(place, said)
    about = about_answer(trace, place, said, floor)
    known = [*own[:MOST_OWN], *about, *own[MOST_OWN:]]
    if ask and len(known) < MOST_SHOWN:
        likely = likely_after(trace, place, said, archive)
        new = (each for each in likely if each.question not in known)
        known = [*first_answered(new, said, ask), *known]
    more = goes_on(place, said)
    shown = list(dict.fromkeys([*known, *more]))
    return [*shown, *confirmation(said)][: max(LEAST_SHOWN, min(len(shown), MOST_SHOWN))]


def _own(place: Place, said: Said) -> list[str]:
    """Return what the article answers beside the quote, in questions of their own."""
    found = (each.made.question for each in nearby_questions(place, said.question, said.read))
    return list(dict.fromkeys(islice((q for q in found if not said.repeats(q)), MOST_SHOWN)))
