"""What may enter the archive, and what is refused with which code."""

from __future__ import annotations

import pytest

from corpus.article import RawArticle
from corpus.errors import ItemError
from index.intake import LONGEST_ID, MOST_CHARACTERS, cleaned, refusal

TEXT = "The ferry sank on Monday. Nobody was hurt."


def raw(text: str = TEXT, **fields: str) -> RawArticle:
    return RawArticle(text, "a.jsonl", locator="7", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        pytest.param(raw(" \u200b\n"), "E_EMPTY", id="B06 blank"),
        pytest.param(raw("... --- !!!"), "E_EMPTY", id="no word"),
        pytest.param(raw("😀 🚢 ❤️"), "E_EMPTY", id="emoji"),
        pytest.param(raw("Please enable JS and disable any ad blocker"), "E_NO_TEXT", id="B23"),
        pytest.param(raw("x" * (MOST_CHARACTERS + 1)), "E_TOO_LARGE", id="characters"),
        pytest.param(raw(id="x\u200by"), "E_ID", id="invisible"),
        pytest.param(raw(id="\ud800"), "E_ID", id="surrogate"),
        pytest.param(raw(id=" "), "E_ID", id="blank id"),
        pytest.param(raw(id="x" * (LONGEST_ID + 1)), "E_ID", id="long id"),
        pytest.param(raw(url="http://a.example:99999/"), "E_URL", id="port"),
    ],
)
def test_refused(item: RawArticle, code: str) -> None:
    with pytest.raises(ItemError) as caught:
        cleaned(item)
    assert (caught.value.code, caught.value.locator) == (code, "7")


@pytest.mark.parametrize("identity", ["a  b", "a b", " a", "e\u0301", "x" * LONGEST_ID])
def test_an_id_is_kept_as_given(identity: str) -> None:
    assert cleaned(raw(id=identity)).id == identity


@pytest.mark.parametrize("text", ["1", "½ 中", "… é …", TEXT])
def test_one_letter_or_digit_is_a_word(text: str) -> None:
    assert cleaned(raw(text)).text == text


def test_why_an_item_is_refused() -> None:
    error = ItemError("E_NOT_FOUND", "no such file", source="b.txt")
    assert refusal(error) is error
    assert refusal(raw()) is None
    refused = refusal(raw("!"))
    assert refused
    assert refused.code == "E_EMPTY"
