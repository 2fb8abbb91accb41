"""What may enter the archive, in which form, and how the rest is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import RawArticle
from corpus.clean import clean
from corpus.errors import ItemError
from index.intake import (
    LONGEST_ID,
    MOST_CHARACTERS,
    MOST_SENTENCES,
    cleaned,
    refusal,
    sentences_of,
    unexpected,
)

RAW = RawArticle("The pier burned.", "feed.jsonl", locator="7", id="a", title="Fire")


def test_every_field_becomes_canonical() -> None:
    raw = replace(
        RAW, text="\r\n The pier \t burned.\r\n\r\n\r\nNobody was hurt. ", title=" A\nfire ",
        publisher="The\u00a0Post\n", authors=("A.  Vale", " ", "B. Ode"),
    )  # fmt: skip
    found = cleaned(raw)
    assert found.text == "The pier burned.\n\nNobody was hurt."
    assert (found.title, found.publisher) == ("A fire", "The Post")
    assert found.authors == ("A. Vale", "B. Ode")
    assert cleaned(found) == found


def test_blank_lines_of_metadata_are_unknown() -> None:
    found = cleaned(replace(RAW, title=" \n", publisher="", authors=("",)))
    assert (found.title, found.publisher, found.authors) == (None, None, ())


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(replace(RAW, text=""), "E_EMPTY", id="no text"),
        pytest.param(replace(RAW, text=" \n\ufeff\u200b "), "E_EMPTY", id="only white space"),
        pytest.param(replace(RAW, text="... --- !!!"), "E_EMPTY", id="no word"),
        pytest.param(replace(RAW, text="😀 🚢 ❤️"), "E_EMPTY", id="only emoji"),
        pytest.param(
            replace(RAW, text="Please enable JS and disable any ad blocker"),
            "E_NO_TEXT",
            id="a notice",
        ),
        pytest.param(replace(RAW, id="x\u200by"), "E_ID", id="invisible in an id"),
        pytest.param(replace(RAW, id="\ud800"), "E_ID", id="half a character for an id"),
        pytest.param(replace(RAW, id=" "), "E_ID", id="blank id"),
        pytest.param(replace(RAW, url="http://a.example:99999/"), "E_URL", id="no port"),
        pytest.param(replace(RAW, text="x" * (MOST_CHARACTERS + 1)), "E_TOO_LARGE", id="too long"),
        pytest.param(replace(RAW, id="x" * (LONGEST_ID + 1)), "E_ID", id="long id"),
        pytest.param(replace(RAW, id="a\nb"), "E_ID", id="id of two lines"),
        pytest.param(replace(RAW, id="\x1b[31m"), "E_ID", id="id that steers a terminal"),
        pytest.param(replace(RAW, url="https://a.example/b c"), "E_URL", id="link with a space"),
        pytest.param(replace(RAW, url="https://[::1/"), "E_URL", id="no link"),
    ],
)
def test_what_cannot_be_an_article_is_refused_with_its_place(raw: RawArticle, code: str) -> None:
    with pytest.raises(ItemError) as caught:
        cleaned(raw)
    error = caught.value
    assert (error.code, error.source, error.locator) == (code, "feed.jsonl", "7")
    assert str(error).startswith(f"feed.jsonl:7: {code} ")


def test_the_longest_that_may_enter() -> None:
    assert len(cleaned(replace(RAW, text="x" * MOST_CHARACTERS)).text) == MOST_CHARACTERS
    assert cleaned(replace(RAW, id="x" * LONGEST_ID)).id == "x" * LONGEST_ID


@pytest.mark.parametrize("identity", ["a  b", "a b", " a", "e\u0301"])
def test_an_id_is_kept_as_given(identity: str) -> None:
    assert cleaned(replace(RAW, id=identity)).id == identity


@pytest.mark.parametrize("text", ["1", "½ 中", "… é …"])
def test_one_letter_or_digit_is_a_word(text: str) -> None:
    assert cleaned(replace(RAW, text=text)).text == text


def test_why_an_item_is_refused() -> None:
    error = ItemError("E_NOT_FOUND", "no such file", source="b.txt")
    assert refusal(error) is error
    assert refusal(RAW) is None
    refused = refusal(replace(RAW, text="!"))
    assert refused
    assert refused.code == "E_EMPTY"


def test_sentences() -> None:
    assert [s.span.of(RAW.text) for s in sentences_of(RAW)] == ["The pier burned."]
    most = replace(RAW, text="\n".join(["Go."] * MOST_SENTENCES))
    assert len(sentences_of(most)) == MOST_SENTENCES
    with pytest.raises(ItemError, match="more than 20,000 sentences"):
        sentences_of(replace(most, text=f"{most.text}\nGo."))
    with pytest.raises(ItemError, match="E_EMPTY no sentence"):
        sentences_of(replace(RAW, text=""))


@pytest.mark.parametrize(
    "item", [RAW, ItemError("E_JSON", "x", source="feed.jsonl", locator="7")], ids=["raw", "error"]
)
def test_what_a_library_fails_on_keeps_its_place(item: RawArticle | ItemError) -> None:
    error = unexpected(item, ZeroDivisionError("by zero"))
    assert str(error) == "feed.jsonl:7: E_FAILED ZeroDivisionError: by zero"


@given(st.text().filter(lambda text: any(c.isalnum() for c in clean(text))))
def test_whatever_enters_is_clean(text: str) -> None:
    found = cleaned(replace(RAW, text=text))
    assert clean(found.text) == found.text == clean(text)
