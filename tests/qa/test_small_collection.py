"""Who asks nothing, or misspells, is met with what the collection does have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from index.build import ingest
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Assistant
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.render import to_json
from qa.spelling import Spelling
from qa.suggestions.opening import opening_questions
from tests import shipped

ARTICLES: list[dict[str, Any]] = [
    {
        "id": "loan",
        "title": "Loan to Norland agreed",
        "text": "China has lent Norland $65 million. The loan runs for ten years.",
    },
    {
        "id": "loan-again",
        "title": "A loan for Norland",
        "text": "China has lent Norland $65 million. The harbour of Skellby is paid with it.",
    },
    {
        "id": "secret",
        "title": "Talks in Quorby",
        "text": "Delegates met in Quorby in March. The Quorby talks failed.",
        "groups": ["desk"],
    },
]
LENT = "How much has China lent Norland?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("small")
    source: Path = folder / "articles.jsonl"
    source.write_text("\n".join(map(json.dumps, ARTICLES)))
    with open_archive(folder / "store", create=True) as opened:
        ingest([str(source)], opened, HashEmbedder())
        yield opened


def assistant_of(archive: Archive, floor: float = 0.0) -> Assistant:
    embedder = HashEmbedder()
    index = ChunkIndex(archive, embedder)
    reader = Reader(archive, index, shipped_weights(), shipped.reader())
    return Assistant(archive, index, embedder, reader, shipped.resolver(), floor=floor, quotes=4)


@pytest.fixture(scope="module")
def assistant(archive: Archive) -> Assistant:
    return assistant_of(archive)


@pytest.fixture(scope="module")
def strict(archive: Archive) -> Assistant:
    """One that declines whatever it is asked."""
    return assistant_of(archive, floor=1.0)


def test_small_talk_is_met_with_what_can_be_asked(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = (LENT, "What is paid with the loan?")
    monkeypatch.setattr(assistant, "_proposals", lambda _ask: offered)
    trace = assistant.trace("Hello!")
    assert (trace.hits, trace.evidence) == ((), ())
    answer = trace.answer
    assert (answer.status, answer.choices) == ("unclear", offered)
    assert (answer.citations, answer.nearest) == ((), ())
    assert answer.note.startswith("At your service.")
    held = Conversation((Turn("Hello!", answer.standalone, answer),))
    assert assistant.ask("1", conversation=held).standalone == LENT


def test_small_talk_leaves_nothing_behind(assistant: Assistant) -> None:
    first = Turn(LENT, LENT, assistant.ask(LENT))
    thanked = Turn("thanks", "thanks", assistant.ask("thanks", conversation=Conversation((first,))))
    for follow_up in ("Who said that?", "And Russia?", "How long does it run?"):
        plain = assistant.ask(follow_up, conversation=Conversation((first,)))
        after = assistant.ask(follow_up, conversation=Conversation((first, thanked)))
        assert after.standalone == plain.standalone
        assert after.carried == plain.carried
        assert after.citations == plain.citations


def test_what_is_proposed_was_answered(assistant: Assistant) -> None:
    asked: list[str] = []
    for question in assistant.ask("help").choices:
        asked.append(question)
        assert assistant.ask(question).status == "answered"
    assert len(asked) <= 3


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("Chna", ["China"]),
        ("Cihna", ["China"]),
        ("Norlnd", ["Norland"]),
        ("norlannd", ["Norland"]),
        ("Skelby", ["Skellby"]),
        ("harbor", ["harbour"]),
        ("Xhina", ["China"]),
        ("Xna", []),
        ("Halden", []),
        ("Harbor", []),
    ],
    ids=[
        "a letter left out", "two letters swapped", "in a long name", "typed small", "doubled",
        "no name", "first letter", "too short", "nothing near", "a name is no thing",
    ],
)  # fmt: skip
def test_the_nearest_words(archive: Archive, word: str, near: list[str]) -> None:
    assert Spelling(archive, ChunkIndex(archive, HashEmbedder())).nearest(word) == near


def declined(strict: Assistant, question: str) -> Answer:
    answer = strict.ask(question)
    assert answer.status == "declined"
    return answer


def test_words_that_stand_nowhere_are_met_with_the_nearest(strict: Assistant) -> None:
    answer = declined(strict, "How much has Chna lent Norlnd?")
    assert answer.choices == (LENT,)
    assert "Did you mean China, Norland?" in answer.note
    assert to_json(answer)["choices"] == [LENT]
    held = Conversation((Turn(answer.question, answer.standalone, answer),))
    for reply in ("1", "yes", LENT):
        assert strict.ask(reply, conversation=held).standalone == LENT


def test_words_that_stand_somewhere_are_left_alone(strict: Assistant) -> None:
    answer = declined(strict, "How much has China lent Norland and Halden?")
    assert (answer.choices, answer.note) == ((), "")


def test_a_found_answer_is_not_disturbed(assistant: Assistant) -> None:
    right = assistant.ask("How many millions has China lent Norland?")
    assert (right.choices, right.note) == ((), "")
    named = assistant.ask("How much has Chna lent Norland?")
    assert named.status == "answered"
    assert named.choices == (LENT,)
    thing = assistant.ask("How much has China lentt Norland?")
    assert (thing.status, thing.choices) == ("answered", ())


def test_a_word_of_hidden_articles_is_proposed_to_nobody_else(
    archive: Archive, strict: Assistant
) -> None:
    question = "Who met in Qorby?"
    assert declined(strict, question).choices == ("Who met in Quorby?",)
    with archive.limited_to(frozenset()) as seen:
        assert declined(strict.seen_by(seen), question).choices == ()


def test_nearest_sentences_do_not_repeat_one_another(strict: Assistant) -> None:
    quotes = [citation.quote for citation in declined(strict, LENT).nearest]
    assert len(quotes) > 1
    assert len(quotes) == len(set(quotes))


def test_few_articles_are_asked_about_more_than_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The ferry Dunlin was built in 1987. Mayor Ada Quill opened the Skellby Bridge in 2011."
    (tmp_path / "a.txt").write_text(f"{text} The Skellby Bridge cost $5 million.")
    monkeypatch.setattr("qa.suggestions.opening.is_answered", lambda *_: True)
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(tmp_path / "a.txt")], archive, HashEmbedder())
        ask: Any = lambda _: None  # noqa: E731
        assert len(opening_questions(archive, ask, 3)) == 1
        assert len({each.question for each in opening_questions(archive, ask, 3, apart=False)}) > 1
