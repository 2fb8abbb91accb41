"""What a follow-up wants of the last answer shows in its words alone."""

from __future__ import annotations

import pytest

from corpus.article import Span
from qa.answer import Answer, Citation, Conversation, Statement, Turn
from qa.discourse.moves import Move, TrainedMoves, move_of
from qa.verify import decline
from tests import shipped

QUOTE = Citation("a", 1, "0" * 64, Span(0, 4), "Four", Span(0, 4))
MODEL = TrainedMoves(shipped.embedder())
ANSWERED = Conversation(
    (Turn("q", "q", Answer("q", "q", "answered", (Statement("Four", (QUOTE,)),))),)
)
MOVES = {
    Move.SPEAKER: "Who said that?|says who|According to whom?|and who claims so|whose words?",
    Move.DATE: "When was that?|When?|and when did he say that?|when did it happen|how old is that",
    Move.REASON: "Why?|Why is that?|How come?|But why did they do that?|what was the reason",
    Move.MORE: "What else?|Anything else?|tell me more|go on|What else did he say?|any others?",
    Move.PROOF: "Are you sure?|really?|Is that true?|How do you know that?|does anyone disagree?",
    Move.SOURCE: "Show me the article|source?|Where does it say that?|which newspaper is it",
    Move.STILL: "Is that still so?|is it still true|Has that changed since?|is it up to date?|now?",
}


@pytest.mark.parametrize(
    ("question", "move"), [(q, move) for move, forms in MOVES.items() for q in forms.split("|")]
)
def test_a_question_about_the_answer(question: str, move: Move) -> None:
    assert move_of(question, ANSWERED, MODEL) is move


@pytest.mark.parametrize(
    "question",
    [
        "Who said the dam was safe?",
        "When did the gates open?",
        "Why did it stop?",
        "What else did she say about oil?",
        "How old is he?",
        "Is it true that Russia sold fighters?",
        "How many?",
        "And Russia?",
        "Who is he?",
        "What did it cost?",
        "",
    ],
)
def test_a_question_of_its_own(question: str) -> None:
    assert move_of(question, ANSWERED, MODEL) is None


def test_where_nothing_was_quoted_nothing_can_be_asked_about_it() -> None:
    declined = decline(question="q", standalone="q", nearest=(), searched="")
    assert move_of("Who said that?", Conversation((Turn("q", "q", declined),)), MODEL) is None
    assert move_of("Who said that?", Conversation(), MODEL) is None
