"""Chunks: whole sentences, one of overlap, and nothing beyond what the embedder reads."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Sentence, Span
from corpus.clean import clean
from corpus.sentences import split_sentences
from index.chunks import Chunk, chunk_sentences
from index.embed_double import HashEmbedder
from index.tokens import count_tokens

READS_40 = HashEmbedder(limit=40)


def chunked(text: str, limit: int = 20) -> list[str]:
    return [chunk.span.of(text) for chunk in cut(text, limit)]


def cut(text: str, limit: int) -> list[Chunk]:
    return chunk_sentences(text, split_sentences(text), limit=limit, fits=READS_40.fits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="no sentence"),
        pytest.param("It rained.", ["It rained."], id="one sentence"),
        pytest.param(
            "Ada ran. Bob sat. Cem ate. Dan hid. Eve won. Fay led.",
            ["Ada ran. Bob sat. Cem ate. Dan hid.", "Dan hid. Eve won. Fay led."],
            id="one sentence of overlap",
        ),
        pytest.param(
            "The mayor of the town told the council so. It sat. The vote is on Friday, all said.",
            [
                "The mayor of the town told the council so. It sat.",
                "It sat. The vote is on Friday, all said.",
            ],
            id="the overlap is what was last",
        ),
        pytest.param(
            "It sat. The mayor of the town told the council on Monday. Nobody in it spoke up.",
            [
                "It sat. The mayor of the town told the council on Monday.",
                "Nobody in it spoke up.",
            ],
            id="no overlap that fills half a chunk",
        ),
    ],
)
def test_known_texts(text: str, expected: list[str]) -> None:
    assert chunked(text) == expected


def test_a_chunk_knows_its_sentences_and_version() -> None:
    text = "Ada ran. Bob sat. Cem ate. Dan hid. Eve won. Fay led."
    sentences = split_sentences(text, version_id=7)
    chunks = chunk_sentences(text, sentences, limit=20, fits=READS_40.fits)
    assert [chunk.sentences for chunk in chunks] == [(0, 4), (3, 6)]
    assert {(chunk.id, chunk.version_id) for chunk in chunks} == {(0, 7)}


def test_a_long_sentence_is_split_at_spaces_into_chunks_of_its_own() -> None:
    text = "It sat. " + "The mayor spoke and " * 12 + "left. Bob ran."
    chunks = cut(text, 20)
    parts = [chunk for chunk in chunks if chunk.sentences == (1, 2)]
    assert len(parts) > 2
    assert " ".join(part.span.of(text) for part in parts) in text
    assert chunks[0].sentences == (0, 1)
    assert chunks[-1].span.of(text) == "Bob ran."


def test_what_the_embedder_does_not_read_whole_is_cut_smaller() -> None:
    text = "One two three. Four five six. Seven eight nine."
    chunks = chunk_sentences(
        text, split_sentences(text), limit=180, fits=lambda piece: len(piece) <= 30
    )
    assert [chunk.span.of(text) for chunk in chunks] == [
        "One two three. Four five six.",
        "Four five six.",
        "Seven eight nine.",
    ]


def test_an_embedder_that_reads_nothing_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="one character"):
        chunk_sentences("Go.", split_sentences("Go."), limit=9, fits=lambda _: False)


@pytest.mark.parametrize(
    "word", ["x", "你", "😀", "e\u0301"], ids=["letter", "CJK", "emoji", "accent"]
)
def test_a_giant_word_is_split_at_characters(word: str) -> None:
    text = word * 20_000
    sentence = Sentence(1, 0, Span(0, len(text)), 0)
    chunks = chunk_sentences(text, [sentence], limit=180, fits=lambda piece: len(piece) <= 150)
    assert "".join(chunk.span.of(text) for chunk in chunks) == text
    assert max(len(chunk.span) for chunk in chunks) <= 150


WORDS = st.sampled_from(
    ["the", "Mr.", "5 p.m.", "ran.", "said!", "“no”", "你好。", "\n", "a" * 60, "😀"]
)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=120).map(lambda words: clean(" ".join(words))), st.integers(8, 40))
def test_every_sentence_is_in_a_chunk_and_no_chunk_is_too_large(text: str, limit: int) -> None:
    sentences = split_sentences(text)
    chunks = chunk_sentences(text, sentences, limit=limit, fits=READS_40.fits)
    covered = set()
    for chunk in chunks:
        piece = chunk.span.of(text)
        first, last = chunk.sentences
        whole = Span(sentences[first].span.start, sentences[last - 1].span.end)
        assert chunk.span == whole or (last - first == 1 and whole.contains(chunk.span))
        assert piece == piece.strip()
        assert count_tokens(piece) <= limit
        assert READS_40.fits(piece)
        covered |= set(range(chunk.span.start, chunk.span.end))
    missing = {p for s in sentences for p in range(s.span.start, s.span.end)} - covered
    assert all(text[position].isspace() for position in missing)
    assert all(one.span.start < two.span.start for one, two in pairwise(chunks))
