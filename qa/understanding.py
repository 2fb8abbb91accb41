"""A question after the turns before it: what it asks, and what it may be answered from."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from index.lexical import NO_LIMITS, Limits
from qa.answer import Conversation
from qa.limits import Stated, carried_over
from qa.resolve.resolve import Resolved, Resolver, last_whole
from qa.resolve.unclear import picked
from qa.small_talk import is_small_talk, without_small_talk


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question was understood as.

    Attributes:
        before: The turns that it may go on from.
        stated: The limits that it states, or that those before it stated if it goes on from them.
        asks: Whether it asks anything of the collection.
    """

    resolved: Resolved
    before: Conversation
    stated: Limits = NO_LIMITS
    asks: bool = True


def understand(
    question: str,
    conversation: Conversation,
    resolver: Resolver,
    limits_in: Callable[[str], Stated],
    *,
    without: Collection[str] = (),
    everything: bool = False,
) -> Understood:
    """Return what a question means after a conversation.

    Args:
        question: As typed.
        conversation: The turns before it.
        resolver: Understands follow-ups.
        limits_in: Returns what a question states of limits.
        without: Carried terms that are not wanted.
        everything: Whether what is stated limits nothing.
    """
    before = without_small_talk(conversation)
    if choice := picked(question, conversation):
        resolved, stated = Resolved(choice, chosen=True), NO_LIMITS
    elif is_small_talk(question):
        return Understood(Resolved(question), before, asks=False)
    else:
        found = limits_in(question)
        resolved, stated = _resolved(question, found.rest, before, resolver, without), found.limits
    turns = conversation.turns if resolved.chosen else before.turns
    if resolved.goes_on and turns:
        stated = carried_over(stated, turns[-1].stated)
    return Understood(resolved, before, NO_LIMITS if everything else stated)


def _resolved(
    question: str, rest: str, before: Conversation, resolver: Resolver, without: Collection[str]
) -> Resolved:
    """Return what is asked; where only a limit was said, the last question once more."""
    if rest or not before.turns:
        return resolver.resolve(rest or question, before, without)
    last = last_whole(before)
    return Resolved(last, typed=last)
