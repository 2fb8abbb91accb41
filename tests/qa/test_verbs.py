from __future__ import annotations

import pytest

from qa.verbs import (
    IRREGULAR,
    is_only_past,
    is_participle,
    may_be_past,
    participles_of_past,
    past_forms,
    pasts_of_participle,
    same_verb,
)


@pytest.mark.parametrize(
    ("word", "past"),
    [
        ("give", {"gave", "given"}), ("gives", {"gave", "given"}), ("lend", {"lent"}),
        ("approve", {"approved"}), ("carries", {"carried"}), ("stop", {"stopped", "stoped"}),
        ("pushes", {"pushed"}), ("pays", {"paid"}), ("play", {"played"}), ("a", set()),
    ],
)  # fmt: skip
def test_past_forms(word: str, past: set[str]) -> None:
    assert past <= past_forms(word)
    assert past or not past_forms(word)


def test_no_past_of_another_verb() -> None:
    assert "founded" not in past_forms("find")
    assert "lended" not in past_forms("lend")


@pytest.mark.parametrize(
    ("word", "past", "participle"),
    [
        ("gave", True, False), ("given", False, True), ("lent", True, True),
        ("approved", True, True), ("come", False, True), ("came", True, False),
        ("lend", False, False), ("red", False, False), ("bridge", False, False),
    ],
)  # fmt: skip
def test_past_and_participle(word: str, past: bool, participle: bool) -> None:
    assert (may_be_past(word), is_participle(word)) == (past, participle)
    assert is_only_past(word) is (past and not participle)


def test_forms_lead_to_each_other() -> None:
    assert pasts_of_participle("given") == ("gave",)
    assert participles_of_past("gave") == ("given",)
    assert pasts_of_participle("approved") == participles_of_past("approved") == ("approved",)
    assert same_verb("gave", "given")
    assert not same_verb("gave", "taken")
    assert not same_verb("approved", "opened")


def test_every_irregular_verb_has_its_forms_in_lower_case() -> None:
    for base, (pasts, participles) in IRREGULAR.items():
        assert pasts
        assert participles
        assert all(form.isalpha() and form.islower() for form in (base, *pasts, *participles))
