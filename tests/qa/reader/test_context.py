"""The sentence before is shown where a quote leans on it; of very long sentences only a part."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Span, Version, sha256_of
from corpus.sentences import split_sentences
from qa.fold import is_border
from qa.reader.context import (
    LONGEST_CONTEXT,
    LONGEST_QUOTE,
    MAX_CONTEXT_SENTENCES,
    QUOTED_OF_LONG,
    context_of,
    quoted_part,
)


def shown(*sentences: str, position: int = -1) -> str | None:
    text = " ".join(sentences)
    found = split_sentences(text)
    assert [sentence.span.of(text) for sentence in found] == list(sentences)
    version = Version(
        1, "a", 1, None, (), None, datetime(2026, 1, 2, tzinfo=UTC), None, text, sha256_of(text)
    )
    context = context_of(version, found, position % len(found))
    return context.of(text) if context else None


VASS = "Ingrid Vass follows Latin American finance."
SAID = "She expects the credit to continue."
ADDED = "It will have stricter terms."
BRIDGE = "The Tolliver Bridge opened on Friday."


@pytest.mark.parametrize(
    ("sentences", "context"),
    [
        pytest.param((BRIDGE,), None, id="no pronoun"),
        pytest.param((VASS, BRIDGE), None, id="no pronoun after another sentence"),
        pytest.param((VASS, SAID), f"{VASS} {SAID}", id="she"),
        pytest.param((SAID,), None, id="nothing stands before"),
        pytest.param((VASS, SAID, ADDED), f"{VASS} {SAID} {ADDED}", id="she, then it"),
        pytest.param((BRIDGE, VASS, ADDED), f"{VASS} {ADDED}", id="only as far as is needed"),
        pytest.param((BRIDGE, SAID, ADDED, SAID), f"{SAID} {ADDED} {SAID}", id="at most two"),
        pytest.param(
            (BRIDGE, "The company paid for the bridge."),
            f"{BRIDGE} The company paid for the bridge.",
            id="the company",
        ),
        pytest.param(
            (BRIDGE, "Mayor Whitcombe said that she will use it."), None, id="a name stands before"
        ),
        pytest.param((BRIDGE, "A thistle is no pronoun."), None, id="whole words only"),
        pytest.param(
            (BRIDGE, "Among the many thousands of people who were waiting in the rain was she."),
            None,
            id="late in the sentence",
        ),
    ],
)
def test_what_stands_before_a_pronoun_is_shown(
    sentences: tuple[str, ...], context: str | None
) -> None:
    assert shown(*sentences) == context


def test_a_very_long_sentence_before_is_not_shown() -> None:
    fits = "A" + "a" * (LONGEST_CONTEXT - 3) + "."
    assert shown(fits, SAID) == f"{fits} {SAID}"
    assert shown(fits.replace("A", "Aaaaa"), SAID) is None


def test_the_position_is_the_quote_s() -> None:
    assert shown(VASS, SAID, BRIDGE, position=1) == f"{VASS} {SAID}"
    assert shown(VASS, SAID, BRIDGE, position=2) is None
    assert MAX_CONTEXT_SENTENCES == 2


# A part of a very long sentence


def test_a_sentence_of_ordinary_length_is_quoted_whole() -> None:
    text = "word " * (LONGEST_QUOTE // 5)
    sentence = Span(0, LONGEST_QUOTE)
    assert quoted_part(text, sentence, Span(10, 14), ()) is None
    assert quoted_part(f"{text}word", Span(0, LONGEST_QUOTE + 4), Span(10, 14), ()) is not None


@pytest.mark.parametrize("place", [0, 1, 40, 150, 298, 299])
def test_a_part_holds_the_answer_and_cuts_no_word(place: int) -> None:
    words = [f"word{n}" for n in range(300)]
    words[place] = "$65 billion"
    text = "Before. " + " ".join(words) + " After."
    start = text.index("$65 billion")
    answer, sentence = Span(start, start + 11), Span(8, len(text) - 7)
    part = quoted_part(text, sentence, answer, ())
    assert part is not None
    assert sentence.contains(part)
    assert part.contains(answer)
    quote = part.of(text)
    assert quote == quote.strip()
    assert set(quote.split()) <= set(text.split())
    assert QUOTED_OF_LONG // 2 < len(quote) < QUOTED_OF_LONG + 20


def test_without_an_answer_the_beginning_is_quoted() -> None:
    text = "word " * 300
    part = quoted_part(text, Span(5, 1499), None, ())
    assert part is not None
    assert part.start == 5
    assert part.of(text).endswith("word")


def test_a_sentence_without_spaces_is_cut_somewhere() -> None:
    text = "x" * 5_000_000
    part = quoted_part(text, Span(0, len(text)), Span(2_000_000, 2_000_010), ())
    assert part is not None
    assert part.contains(Span(2_000_000, 2_000_010))
    assert len(part) < LONGEST_QUOTE


PIECES = st.sampled_from(["word", "a", "$65", "e\u0301", "💶", "hyphen-word", "x" * 30, "“no”,"])


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, min_size=150, max_size=300), st.data())
def test_every_part_lies_in_its_sentence_around_its_answer(
    pieces: list[str], data: st.DataObject
) -> None:
    text = "Go. " + " ".join(pieces) + " Went."
    sentence = Span(4, len(text) - 6)
    number = data.draw(st.integers(0, len(pieces) - 1))
    start = 4 + len(" ".join(pieces[:number])) + (number > 0)
    answer = data.draw(st.sampled_from([None, Span(start, start + len(pieces[number]))]))
    part = quoted_part(text, sentence, answer, ())
    if part is None:
        assert len(sentence) <= LONGEST_QUOTE
        return
    assert sentence.contains(part)
    assert answer is None or part.contains(answer)
    assert not part.of(text)[0].isspace()
    assert not part.of(text)[-1].isspace()
    assert all(is_border(text, end) for end in (part.start, part.end))


def test_without_a_short_answer_the_part_has_what_was_asked_about() -> None:
    text = ", ".join(f"ferry {number} sails to pier {number % 7}" for number in range(2_000))
    part = quoted_part(text, Span(0, len(text)), None, {"ferri", "777", "pier"})
    assert part is not None
    assert "ferry 777 sails" in part.of(text)
