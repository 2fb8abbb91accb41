"""The shipped encoding: offline, exact, and not shorter than the embedder's own pieces."""

from __future__ import annotations

import hashlib
import socket
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import LONGEST_TOKEN, clip_tokens, count_tokens, encoding

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


def test_the_file_is_the_one_that_its_readme_describes() -> None:
    data = files("index").joinpath("encoding/onrecord.tiktoken").read_bytes()
    assert hashlib.sha256(data).hexdigest() == (
        "d6ac21695dd2459d1474528677b8545e3ca0e24cfa8a7c1848bc5b5a04547380"
    )
    assert encoding().n_vocab == 16_000


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("The council", ["The", " council"], id="a space belongs to its word"),
        pytest.param("$11,000.", ["$", "11", ",", "000", "."], id="marks stand alone"),
        pytest.param("2019", ["201", "9"], id="three digits at most"),
        pytest.param(" said.”", [" said", ".", "”"], id="a curly quote is one token"),
    ],
)
def test_known_texts(text: str, pieces: list[str]) -> None:
    tokens = encoding().encode_ordinary(text)
    assert [encoding().decode([token]) for token in tokens] == pieces


@given(TEXTS)
def test_tokens_give_the_text_back(text: str) -> None:
    tokens = encoding().encode_ordinary(text)
    assert encoding().decode(tokens) == text
    assert len(text) <= LONGEST_TOKEN * len(tokens)


@given(TEXTS, st.integers(1, 50))
def test_clipping_keeps_what_the_first_tokens_cover(text: str, limit: int) -> None:
    clipped = clip_tokens(text, limit)
    assert text.startswith(clipped)
    assert len(clipped) <= limit * LONGEST_TOKEN
    assert clipped or not text
    assert clipped == text or count_tokens(text) > limit


def test_megabytes_without_a_space_are_counted() -> None:
    assert count_tokens("x" * 5_000_000) > 5_000_000 / LONGEST_TOKEN
    assert len(clip_tokens("x" * 5_000_000, 10)) >= 10


def test_no_connection_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    encoding.cache_clear()
    assert count_tokens("China lent Venezuela money") == 6
