"""A question made of a sentence, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Asks(StrEnum):
    """What a question asks for."""

    WHEN = "when"
    HOW_MUCH = "how much"
    HOW_MANY = "how many"
    WHO = "who"
    WHO_IS = "who is"
    WHY = "why"
    WHERE = "where"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Made:
    """A question made of a sentence.

    Attributes:
        expected: What of the sentence answers it.
        name: Of the person that it is about, or "".
    """

    question: str
    asks: Asks
    expected: str
    name: str = ""
