"""Which question is asked, for what was typed or picked on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa.answer import Conversation
from web.page.components import TYPED_LIMIT


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on its way; `before` is what it follows on, `without` what is not carried."""

    question: str
    before: Conversation
    without: tuple[str, ...] = ()


def asked_for(typed: str, held: Conversation, picked: Mapping[str, Any]) -> Asked:
    """Return what was picked on the page, else what was typed.

    Picked is a question, or a term of an earlier turn, which is then asked again without it.
    """
    turn, term, question = picked.get("turn"), picked.get("drop"), picked.get("ask")
    if isinstance(term, str) and isinstance(turn, int) and 0 <= turn < len(held.turns):
        again = held.turns[turn]
        return Asked(again.question, held.before(turn), (*again.without, term[:TYPED_LIMIT]))
    return Asked((question if isinstance(question, str) else typed)[:TYPED_LIMIT], held)
