"""What was answered earlier, as it stands now: the same where nothing changed, else without it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qa.answer import Answer, Conversation, Turn
from qa.current import current, current_answer, current_evidence
from qa.verify import ask_back

SANK = "The ferry Skua sank on Monday."
COST = "It had cost $575 million, the council said."
FERRY = {
    "id": "ferry", "title": "Ferry lost", "publisher": "Harbour Gazette",
    "url": "https://gazette.example/ferry", "published": "2019-01-24T08:30:00+02:00",
    "text": "The ferry Skua sank on Monday. It carried 65 cars. Nobody on board was hurt.",
}  # fmt: skip


def turn(answer: Answer) -> Turn:
    return Turn(answer.question, answer.standalone, answer)


def talk(newsroom: Any, first: str = "When did it sink?", **later: Any) -> Conversation:
    """Return two turns: one on the ferry, then one on the bridge that was carried over to."""
    answers = (
        newsroom.answer(first, SANK, short="Monday"),
        replace(newsroom.answer("What did it cost?", COST), **later),
    )
    return current(Conversation(tuple(map(turn, answers))), newsroom.archive)


def gone_of(newsroom: Any, held: Conversation) -> list[Turn]:
    newsroom.archive.remove(article_id="ferry")
    return list(current(held, newsroom.archive).turns)


def test_where_nothing_changed_it_is_the_very_same(newsroom: Any) -> None:
    held = talk(newsroom)
    assert current(held, newsroom.archive) is held
    newsroom.take({"id": "other", "text": "Another article came in on Tuesday."})
    fresh = current(held, newsroom.archive)
    assert fresh is not held
    assert fresh == held
    assert current(fresh, newsroom.archive) is fresh


def test_of_a_removed_article_nothing_is_left(newsroom: Any) -> None:
    held = talk(newsroom)
    first, second = gone_of(newsroom, held)
    assert first.answer
    assert (first.answer.status, first.answer.short, first.answer.note) == ("declined", None, "")
    for words in ("Monday", "Ferry lost", "Harbour Gazette", "gazette.example", "Skua", "ferry"):
        assert words not in repr((first, second))
    assert second.answer
    assert [citation.quote for citation in second.answer.citations] == [COST]


def test_what_was_carried_over_from_it_is_carried_no_more(newsroom: Any) -> None:
    held = talk(newsroom)
    assert held.turns[1].standalone == "What did it cost? (Skua)"
    _, second = gone_of(newsroom, held)
    assert second.answer
    assert (second.standalone, second.answer.standalone) == ("What did it cost?",) * 2
    assert second.answer.carried == ()


def test_what_was_typed_is_carried_on(newsroom: Any) -> None:
    held = talk(newsroom, "When did the Skua sink?")
    _, second = gone_of(newsroom, held)
    assert second.standalone == "What did it cost? (Skua)"
    assert second.answer
    assert second.answer.carried == ("Skua",)


@pytest.mark.parametrize(
    ("note", "left"),
    [
        ("Nothing newer than Harbour Gazette, “Ferry lost”, 24 January 2019.", ""),
        ("Checked again.", "Checked again."),
    ],
)
def test_a_note_that_names_it_is_dropped(newsroom: Any, note: str, left: str) -> None:
    _, second = gone_of(newsroom, talk(newsroom, note=note))
    assert second.answer
    assert second.answer.note == left


def test_what_was_proposed_is_not_proposed_of_what_may_be_gone(newsroom: Any) -> None:
    proposed = ask_back(
        question="hello", standalone="hello", choices=("When did the ferry Skua sink?",), note="Hi:"
    )
    asked_back = ask_back(
        question="the deal?", standalone="the deal?", choices=("The deal?", "deal?")
    )
    held = current(Conversation((turn(proposed), turn(asked_back))), newsroom.archive)
    first, second = gone_of(newsroom, held)
    assert first.answer
    assert first.answer.choices == ()
    assert "cannot be offered any more" in first.answer.note
    assert second.answer
    assert second.answer.choices == ("The deal?", "deal?")


def test_what_may_have_been_meant_is_named_while_it_stands_anywhere(newsroom: Any) -> None:
    meant = replace(
        newsroom.declined("Heron?", SANK), choices=("Skua?",), note="Did you mean Skua?"
    )
    held = Conversation((turn(meant),))
    (kept,) = current(held, newsroom.archive).turns
    assert kept.answer
    assert kept.answer.choices == ("Skua?",)
    (left,) = gone_of(newsroom, held)
    assert left.answer
    assert (left.answer.choices, left.answer.note) == ((), "")


def test_a_newer_version_marks_and_a_removal_withdraws(newsroom: Any) -> None:
    held = talk(newsroom)
    newsroom.revise(FERRY, "on Monday", "on Tuesday")
    held = current(held, newsroom.archive)
    assert held.turns[0].answer
    assert [c.changed for c in held.turns[0].answer.citations] == [True]
    first, _ = gone_of(newsroom, held)
    assert first.answer
    assert [gone.why for gone in first.answer.withdrawn] == ["removed"]
    again = current(Conversation((first,)), newsroom.archive)
    assert again.turns == (first,)


def test_readers_who_may_no_longer_see_it_are_told_nothing_of_it(newsroom: Any) -> None:
    held = talk(newsroom)
    newsroom.archive.limit(["desk"], article_id="ferry")
    with newsroom.archive.limited_to(frozenset({"desk"})) as desk:
        assert current(held, desk) == held
    with newsroom.archive.limited_to(frozenset()) as others:
        assert "Monday" not in repr(current(held, others))


def test_an_answer_that_nobody_saw_says_of_nothing_that_it_is_gone(newsroom: Any) -> None:
    answer = newsroom.answer("When did it sink?", SANK, short="Monday")
    newsroom.archive.remove(article_id="ferry")
    left = current_answer(answer, Conversation(), newsroom.archive)
    assert (left.status, left.withdrawn) == ("declined", ())
    assert current_answer(left, Conversation(), newsroom.archive) is left


def test_evidence_is_of_the_newest_version_that_is_there(newsroom: Any) -> None:
    items = (newsroom.evidence(SANK), newsroom.evidence(COST))
    assert current_evidence(items, newsroom.archive) == items
    newsroom.revise(FERRY, "on Monday", "on Tuesday")
    assert current_evidence(items, newsroom.archive) == items[1:]
