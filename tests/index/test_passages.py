"""What is embedded of a text: chunks under their heading, and a vector for each sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.clean import clean
from corpus.sentences import split_sentences
from index.embed import Passage, PassageVectors, unit
from index.embed_double import HashEmbedder
from index.passages import ChunkedText, chunk_text, embed_all, heading


@pytest.mark.parametrize(
    ("title", "published", "line"),
    [
        pytest.param("Fire", date(2019, 1, 24), "Fire (2019-01-24)\n", id="title and day"),
        pytest.param("Fire", None, "Fire\n", id="title"),
        pytest.param(None, date(2019, 1, 24), "(2019-01-24)\n", id="day"),
        pytest.param(None, None, "", id="nothing"),
        pytest.param("", None, "", id="empty title"),
        pytest.param(
            "Fire", datetime(2019, 1, 24, 23, 30, tzinfo=UTC), "Fire (2019-01-24)\n", id="moment"
        ),
        pytest.param("word " * 99, None, f"{('word ' * 32).strip()}\n", id="a whole text"),
    ],
)
def test_heading(title: str | None, published: date | None, line: str) -> None:
    assert heading(title, published) == line


def chunked(text: str, limit: int = 256, title: str | None = "Fire") -> ChunkedText:
    embedder = HashEmbedder(limit=limit)
    return chunk_text(text, split_sentences(text), embedder, title=title, published=None)


def test_the_heading_is_embedded_and_never_in_a_chunk() -> None:
    text = chunked("The pier burned. Nobody was hurt.")
    (passage,), (chunk,) = text.passages, text.chunks
    assert passage.text == "Fire\nThe pier burned. Nobody was hurt."
    assert (chunk.span.start, chunk.span.end) == (0, 33)
    assert [span.of(passage.text) for span in passage.sentences] == [
        "The pier burned.", "Nobody was hurt.",
    ]  # fmt: skip


def test_a_long_heading_leaves_less_room_for_the_chunk() -> None:
    text = " ".join(f"Street {n} stood under water." for n in range(12))
    short, long = chunked(text, 40, "Fire"), chunked(text, 40, "Fire and flood " * 8)
    assert len(long.chunks) > len(short.chunks)
    assert all(HashEmbedder(limit=40).fits(passage.text) for passage in long.passages)


WORDS = st.sampled_from(["the", "Mr.", "ran.", "said!", "“no”", "\n", "a" * 60, "😀", "water."])


@settings(deadline=None)
@given(st.lists(WORDS, max_size=80).map(lambda words: clean(" ".join(words))), st.integers(12, 40))
def test_a_passage_shows_the_sentences_of_its_chunk(text: str, limit: int) -> None:
    sentences = split_sentences(text)
    found = chunked(text, limit)
    assert len(found.passages) == len(found.chunks)
    for chunk, passage in zip(found.chunks, found.passages, strict=True):
        assert passage.text == f"Fire\n{chunk.span.of(text)}"
        shown = [span.of(passage.text) for span in passage.sentences]
        whole = [sentence.span.of(text) for sentence in sentences[slice(*chunk.sentences)]]
        assert len(shown) == len(whole)
        if len(whole) > 1:
            assert shown == whole
        else:
            assert shown[0] in whole[0]


class Numbered(HashEmbedder):
    """Gives the n-th passage the n-th unit vector, and all its sentences as well."""

    def embed_passages(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        axes = np.eye(len(passages), self.dimension, dtype=np.float32)
        return [
            PassageVectors(axis, np.tile(axis, (len(passage.sentences), 1)))
            for axis, passage in zip(axes, passages, strict=True)
        ]


def test_a_sentence_in_two_chunks_gets_the_mean_of_its_vectors() -> None:
    text = " ".join(f"Street {n} stood under water." for n in range(9))
    found = chunked(text, 26)
    assert [chunk.sentences for chunk in found.chunks] == [(0, 4), (3, 7), (6, 9)]
    (vectors,) = embed_all([found], Numbered())
    first, second, third = np.eye(3, 64, dtype=np.float32)
    np.testing.assert_array_equal(vectors.chunks, [first, second, third])
    expected = [first] * 3 + [unit(first + second)] + [second] * 2 + [unit(second + third)]
    np.testing.assert_allclose(vectors.sentences, [*expected, third, third], atol=1e-6)


def test_several_texts_at_once_are_as_each_by_itself() -> None:
    texts = [
        chunked(" ".join(f"Street {n} of town {t} stood." for n in range(5 * t)), 40)
        for t in range(1, 5)
    ]
    together = embed_all(texts, HashEmbedder())
    assert len(together) == 4
    for text, vectors in zip(texts, together, strict=True):
        (alone,) = embed_all([text], HashEmbedder())
        assert vectors.chunks.shape == (len(text.chunks), 64)
        assert vectors.sentences.shape == (len(text.sentences), 64)
        np.testing.assert_array_equal(vectors.chunks, alone.chunks)
        np.testing.assert_array_equal(vectors.sentences, alone.sentences)
        lengths = np.linalg.norm(np.vstack([vectors.chunks, vectors.sentences]), axis=1)
        assert lengths == pytest.approx(np.ones(len(lengths)), abs=1e-5)
    assert embed_all([], HashEmbedder()) == []
