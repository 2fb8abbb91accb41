"""Which question is asked, for what was typed or picked on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa.answer import Conversation
from web.page.components import TYPED_LIMIT


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way.

    Attributes:
        before: What it follows on.
        without: Terms that are not carried.
        everything: Whether what it states limits nothing.
        unlimited: Whether what is set beside it limits nothing either, from now on.
    """

    question: str
    before: Conversation
    without: tuple[str, ...] = ()
    everything: bool = False
    unlimited: bool = False


def asked_for(typed: str, held: Conversation, picked: Mapping[str, Any]) -> Asked:
    """Return what was picked on the page, else what was typed.

    Picked is a question, or a term or the limits of an earlier turn, which is then asked again
    without them.
    """
    turn, term, question = picked.get("turn"), picked.get("drop"), picked.get("ask")
    if isinstance(turn, int) and 0 <= turn < len(held.turns):
        again = held.turns[turn]
        if wide := picked.get("everything"):
            before, unlimited = held.before(turn), wide == "all"
            return Asked(again.question, before, again.without, True, unlimited)
        if isinstance(term, str):
            without = (*again.without, term[:TYPED_LIMIT])
            return Asked(again.question, held.before(turn), without, again.everything)
    return Asked((question if isinstance(question, str) else typed)[:TYPED_LIMIT], held)
