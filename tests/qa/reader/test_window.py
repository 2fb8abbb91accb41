"""How a question and a window become word pieces, the same in training and at work."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tokenizers import Tokenizer

from index.embed import open_tokenizer
from index.export import bundled_folder
from qa.reader.window import LIMIT, QUESTION_LIMIT, heading_of, pad_rows, write_row


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return open_tokenizer(bundled_folder())


@pytest.mark.parametrize(
    ("title", "published", "heading"),
    [
        pytest.param("Loans", date(2015, 5, 3), "Loans (3 May 2015)", id="both"),
        pytest.param("Loans", None, "Loans", id="undated"),
        pytest.param("", date(2015, 5, 3), "3 May 2015", id="untitled"),
        pytest.param("", None, "", id="neither"),
    ],
)
def test_heading(title: str, published: date | None, heading: str) -> None:
    assert heading_of(title, published) == heading


def test_a_row_has_three_parts_and_two_segments(tokenizer: Tokenizer) -> None:
    row = write_row(tokenizer, "Who lent?", "Loans", "China lent it.")
    assert tokenizer.decode(row.ids, skip_special_tokens=False) == (
        "[CLS] who lent? [SEP] loans [SEP] china lent it. [SEP]"
    )
    assert tokenizer.decode(row.ids[row.segment :]) == "loans china lent it."
    assert tokenizer.decode(row.ids[row.first : -1]) == "china lent it."


def test_offsets_are_of_the_window(tokenizer: Tokenizer) -> None:
    window = "Nicolás  Maduro owes “$65bn”."
    row = write_row(tokenizer, "Who owes?", "A title", window)
    words = [window[start:end] for start, end in row.offsets]
    assert words[0] == "Nicolás"
    assert "".join(words) == window.replace(" ", "")


def test_a_long_question_keeps_its_end_and_a_long_window_its_beginning(
    tokenizer: Tokenizer,
) -> None:
    row = write_row(tokenizer, "so " * 200 + "who lent?", "title " * 90, "first " + "next " * 300)
    assert len(row.ids) == LIMIT
    assert tokenizer.decode(row.ids[: row.segment]).endswith("who lent?")
    assert row.segment == QUESTION_LIMIT + 2
    assert tokenizer.decode(row.ids[row.first :]).startswith("first next")


def test_rows_are_padded_behind(tokenizer: Tokenizer) -> None:
    rows = [write_row(tokenizer, "Who?", "", text) for text in ("One.", "One two three four.")]
    ids, mask, segments = pad_rows(rows)
    assert ids.shape == mask.shape == segments.shape == (2, len(rows[1].ids))
    assert mask.sum(axis=1).tolist() == [len(row.ids) for row in rows]
    assert np.array_equal(ids[0][mask[0] == 1], rows[0].ids)
    assert segments[0].sum() == len(rows[0].ids) - rows[0].segment
