"""What the costliest question makes a program do is no more than a few ordinary ones do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import pytest

import index.lexical
from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.compiled import padded
from index.embed_double import HashEmbedder
from index.lexical import document_frequency
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Assistant
from qa.checks import MAX_QUESTION_CHARACTERS
from qa.history import PastQuestion, conversation_from
from qa.reader.named import name_spans
from qa.reader.question import FIGURE, MOST_NAMED, MOST_TERMS, analyse
from qa.reader.words import content_stems
from qa.resolve.said import LONGEST_TEXT, TURNS_READ, said_before

ASKED = "How much has China lent Venezuela in 2015?"


def filled(pieces: Iterator[str]) -> str:
    """Return a question of these pieces, as long as one may be, that asks at its end."""
    text = ""
    for piece in pieces:
        if len(text) + len(piece) + len(ASKED) + 2 > MAX_QUESTION_CHARACTERS:
            break
        text += f"{piece} "
    return f"{text.strip(' ,')}. {ASKED}"


LONG = {
    "words": filled(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600)),
    "names": filled(f"Name{chr(97 + n % 26)}{chr(97 + n // 26)}," for n in range(600)),
    "figures": filled(str(n) for n in range(5000)),
    "money": filled(f"${n} million," for n in range(5000)),
    "dates": filled(f"January {n % 28 + 1}, {1900 + n}," for n in range(1000)),
    "places": filled("China and Peru," for _ in range(1000)),
}


@pytest.mark.parametrize("text", LONG.values(), ids=[*LONG])
def test_a_long_question_has_few_terms_and_keeps_those_that_ask(text: str) -> None:
    assert len(text) > MAX_QUESTION_CHARACTERS - 60
    found = analyse(text)
    assert len(found.terms) <= MOST_TERMS
    assert len(found.asking) <= MOST_TERMS
    for named in (found.names, found.figures, found.named):
        assert len(named) <= MOST_NAMED
    asks = analyse(ASKED)
    assert set(asks.terms) <= set(found.terms)
    assert set(asks.asking) <= set(found.terms)
    assert found.kind is asks.kind
    assert list(found.terms) == [t for t in dict.fromkeys(found.terms) if t in found.terms]


def test_an_ordinary_question_loses_nothing() -> None:
    text = f"What did {' '.join(f'W{n}x' for n in range(25))} say? {ASKED}"
    found = analyse(text)
    assert list(found.terms) == content_stems(text)
    assert list(found.asking) == content_stems(ASKED)
    assert found.figures == tuple(FIGURE.findall(text))


def test_each_name_is_looked_at_without_what_stands_far_before() -> None:
    text = f"{'x ' * 1500}Was it so? Pinterest announced. {'y ' * 300}"
    assert [span.of(text) for span in name_spans(text)] == ["Pinterest"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(tmp_path_factory.mktemp("sample") / "store", create=True) as opened:
        ingest([str(sample_path())], opened, HashEmbedder())
        yield opened


@pytest.mark.parametrize("text", LONG.values(), ids=[*LONG])
def test_a_long_question_looks_into_the_index_as_often_as_a_few(
    archive: Archive,
    quick: Callable[[Archive], Assistant],
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[int] = []

    def count(connection: sqlite3.Connection, terms: Sequence[str], **rest: bool) -> dict[str, int]:
        counted.append(len(terms))
        return document_frequency(connection, terms, **rest)

    monkeypatch.setattr("index.chunk_index.document_frequency", count)
    quick(archive).ask(text)
    assert counted
    assert sum(counted) <= 2 * MOST_TERMS


def test_a_common_word_is_counted_up_to_a_limit(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    (many,) = document_frequency(archive.connection(), ["the"]).values()
    assert many > 10
    monkeypatch.setattr(index.lexical, "MOST_COUNTED", 10)
    assert document_frequency(archive.connection(), ["the", "nowhere"]) == {"the": 10, "nowhere": 0}


@pytest.mark.parametrize("count", [1, TURNS_READ, TURNS_READ + 1, 50])
def test_only_turns_that_are_read_are_understood(count: int) -> None:
    understood: list[str] = []

    def understand(question: str, _before: Conversation, _asked: date | None) -> Turn:
        understood.append(question)
        return Turn(question, f"{question} (understood)")

    def ask(*_: object) -> Answer:
        raise AssertionError

    history = [PastQuestion(question=f"q{n}", answer=f"a{n}") for n in range(count)]
    conversation = conversation_from(history, None, ask, understand)
    assert understood == [f"q{n}" for n in range(count)][-TURNS_READ:]
    assert [turn.question for turn in conversation.turns] == [f"q{n}" for n in range(count)]
    assert [turn.said for turn in conversation.turns] == [f"a{n}" for n in range(count)]
    read = [said.text for said in said_before(conversation) if not said.is_answer]
    assert all(text.endswith("(understood)") for text in read)


def test_of_a_long_turn_the_beginning_is_read() -> None:
    turn = Turn("q" * 4000, "q" * 4000, said="a" * 100_000)
    texts = [said.text for said in said_before(Conversation((turn,)))]
    assert texts == ["q" * LONGEST_TEXT, "a" * LONGEST_TEXT]


def test_models_see_few_lengths() -> None:
    lengths = {padded(length) for length in range(1, 257)}
    assert len(lengths) <= 16
    assert all(padded(length) >= length for length in range(1, 257))
