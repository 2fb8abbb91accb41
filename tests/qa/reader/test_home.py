"""A conversation speaks for the article just quoted, most of all for what follows the quote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from qa.reader.home import HOME_BONUS, NEXT_BONUS, NOWHERE, QUOTED_SHARE, Home, at_home, by_standing

TEXTS = ["Before.", "Quoted.", "Next.", "Later."]
HOME = Home(("ferry",), frozenset({"Quoted."}))


@dataclass(frozen=True)
class Sentence:
    """What `Home` looks at of a scored sentence."""

    article: str
    position: int
    score: float = 0.0

    @property
    def source(self) -> Any:
        return SimpleNamespace(
            article=SimpleNamespace(id=self.article), reading=SimpleNamespace(texts=TEXTS)
        )

    @property
    def text(self) -> str:
        return TEXTS[self.position]


def standing(sentence: Sentence, home: Home = HOME) -> float:
    return home.standing(cast("Any", sentence))


def test_elsewhere_nothing_is_added() -> None:
    assert standing(Sentence("bridge", 2, 1.5)) == 1.5
    assert standing(Sentence("ferry", 2, 1.5), NOWHERE) == 1.5


def test_at_home_the_sentence_after_the_quote_gains_most() -> None:
    before, quoted, after, later = (standing(Sentence("ferry", place)) for place in range(4))
    assert after == pytest.approx(HOME_BONUS + NEXT_BONUS)
    assert HOME_BONUS < later < after
    assert before == HOME_BONUS
    assert quoted == HOME_BONUS * QUOTED_SHARE


def test_what_is_read_first_is_what_the_conversation_speaks_for() -> None:
    far, near = Sentence("bridge", 0, 2.0), Sentence("ferry", 2, 1.0)
    assert by_standing(cast("Any", [far, near]), HOME) == [near, far]
    scored = at_home(cast("Any", [far, near]), HOME)
    assert scored == [replace(near, score=standing(near)), far]


def test_nowhere_is_no_conversation() -> None:
    assert not NOWHERE
    assert HOME
