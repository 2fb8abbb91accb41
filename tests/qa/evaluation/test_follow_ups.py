"""How follow-ups are understood is counted in words, as a person would have worded them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from corpus.errors import UsageError
from qa.answer import Conversation
from qa.evaluation.follow_ups import (
    AS_THEY_ARE,
    FOUND,
    INVENTED,
    NEW_SUBJECTS,
    RIGHT,
    FollowUp,
    figures,
    read_follow_ups,
)

LENT = {"question": "How much has China lent?", "answer": "Ingrid Vass says $65 billion."}


def follow_up(question: str, rewrite: str, name: str = "a", **more: object) -> FollowUp:
    record = {
        "conversation_id": name, "history": [LENT], "question": question, "rewrite": rewrite,
        "needs_rewrite": question != rewrite,
    }  # fmt: skip
    return FollowUp.model_validate(record | more)


def measured(*follow_ups: FollowUp, understood: str | None = None) -> dict[str, float]:
    def understand(question: str, _before: Conversation) -> str:
        return understood if understood and question == follow_ups[0].question else question

    return {figure.name: figure.value for figure in figures(follow_ups, understand)}


def test_words_are_found_and_right() -> None:
    asked = follow_up("Who said so?", "Did Vass say what China lent Peru?")
    found = measured(asked, understood="Who said so (Vass, billion)?")
    assert found[FOUND] == pytest.approx(1 / 3)  # of Vass, China, lent; Peru was never said
    assert found[RIGHT] == pytest.approx(1 / 2)
    assert found[INVENTED] == 0


def test_an_invented_word_is_counted() -> None:
    asked = follow_up("Who said so?", "Who said what China lent?")
    assert measured(asked, understood="Who said what Brazil lent?")[INVENTED] == 1


def test_a_possessive_ending_is_no_word() -> None:
    asked = follow_up("What is her post?", "What is Vass's post?")
    assert measured(asked, understood="What is Vass's post?")[INVENTED] == 0


def test_what_needs_nothing_is_left() -> None:
    alone = follow_up("Who is Anna Lund?", "Who is Anna Lund?")
    assert measured(alone)[AS_THEY_ARE] == 1
    assert measured(alone, understood="Who is Anna Lund (China)?")[AS_THEY_ARE] == 0


def test_another_conversations_first_question_is_a_new_subject() -> None:
    first = follow_up("And Russia?", "How much has Russia lent?")
    second = follow_up("Why?", "Why?", "b", history=[{"question": "Who is Anna Lund?"}])
    assert measured(first, second)[NEW_SUBJECTS] == 1
    assert NEW_SUBJECTS not in measured(first)


def test_what_was_answered_is_known_by_its_words() -> None:
    given: list[Conversation] = []

    def understand(question: str, before: Conversation) -> str:
        given.append(before)
        return question

    figures([follow_up("Who said so?", "Who said so?")], understand)
    assert [turn.said for turn in given[-1].turns] == [LENT["answer"]]
    assert all(turn.answer is None for turn in given[-1].turns)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"question": "x"}', "rewrites.jsonl:1: conversation_id"),
        ("\n{", "rewrites.jsonl:2"),
        ("", "holds no follow-up"),
        ("\x1f\ufffd", "rewrites.jsonl:1"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "rewrites.jsonl"
    path.write_text(line)
    with pytest.raises(UsageError, match=said):
        read_follow_ups(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rewrites.jsonl"
    asked = follow_up("And Russia?", "How much has Russia lent?")
    path.write_text(json.dumps(asked.model_dump()))
    assert read_follow_ups(path) == [asked]
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_follow_ups(path) == [asked]
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UsageError, match="damaged gzip data"):
        read_follow_ups(path)
