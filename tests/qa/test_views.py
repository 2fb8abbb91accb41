"""What readers may not see is in no answer, follow-up, proposal or reopened conversation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.chunk_index import NO_LIMITS, ChunkIndex, Limits
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Assistant
from qa.conversations.store import Conversations
from qa.discourse.moves import Move
from qa.quotes import find_quote
from qa.reader.features import Asked
from qa.reader.question import analyse
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.suggestions.about import WORDING
from qa.views import View, Views
from tests import shipped

DESK = frozenset({"desk"})
NOBODY = frozenset[str]()
COST = "How much has the Tolliver Bridge cost?"
QUESTIONS = (
    COST,
    "When did the Tolliver Bridge open?",
    "How many people died in the Brackmere flood?",
    "How much has China lent Venezuela?",
    "Who is Samuel Tolliver?",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with open_archive(tmp_path_factory.mktemp("views") / "store", create=True) as opened:
        ingest([str(sample_path())], opened, HashEmbedder())
        yield opened


@pytest.fixture(scope="module")
def assistant(archive: Archive) -> Assistant:
    index = ChunkIndex(archive, HashEmbedder())
    reader = Reader(archive, index, shipped_weights(), shipped.reader())
    # Hashed words are nothing like the model that confidence was fitted on: any sentence may pass.
    return Assistant(
        archive, index, HashEmbedder(), reader, shipped.resolver(), floor=0.0, quotes=4
    )  # fmt: skip


@pytest.fixture
def views(archive: Archive, assistant: Assistant) -> Iterator[Views]:
    """The views of a store whose articles on the bridge are for the desk alone."""
    for name in _named(archive, "bridge"):
        archive.limit(["desk"], article_id=name)
    with Views(assistant, archive, most=2) as made:
        yield made
    for article, _ in archive.current_versions():
        archive.limit([], article_id=article.id)


def _named(archive: Archive, word: str) -> set[str]:
    return {article.id for article, _ in archive.current_versions() if word in article.id}


def shown(answer: Answer) -> set[str]:
    """Return the articles that an answer quotes."""
    return {citation.article_id for citation in (*answer.citations, *answer.nearest)}


def talk(view: View, *questions: str) -> Iterator[tuple[Conversation, Any]]:
    """Ask one question after another; yield the conversation so far and the last trace."""
    held = Conversation(())
    for question in questions:
        trace = view.assistant.trace(question, conversation=held)
        turn = Turn(question, trace.answer.standalone, trace.answer)
        held = Conversation((*held.turns, turn))
        yield held, trace


def test_none_sees_everything_with_the_very_same_assistant(
    views: Views, archive: Archive, assistant: Assistant
) -> None:
    whole = views.of(None)
    assert (whole.assistant, whole.archive) == (assistant, archive)
    assert shown(whole.assistant.ask(COST)) & _named(archive, "bridge")


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_hidden_is_neither_found_nor_read_nor_quoted(
    views: Views, archive: Archive, question: str
) -> None:
    hidden = _named(archive, "bridge")
    view = views.of(NOBODY)
    for limits in (NO_LIMITS, Limits(publisher="Ellisport Times")):
        trace = view.assistant.trace(question, limits=limits)
        found = {archive.version(hit.chunk.version_id).article_id for hit in trace.hits}
        assert found
        assert not hidden & (found | {e.article.id for e in trace.evidence} | shown(trace.answer))
        of_outlet = view.archive.publishers()["Ellisport Times"]
        count = of_outlet if limits else view.archive.article_count
        assert trace.answer.searched.startswith(f"{count} articles")
    assert len(view.assistant.trace(question).hits) >= 60 - 1  # hidden ones take no place of others


def test_the_reader_opens_and_counts_only_what_may_be_seen(views: Views, archive: Archive) -> None:
    whole = ChunkIndex(archive, HashEmbedder())
    reader = Reader(archive, whole, shipped_weights(), shipped.reader())
    vector = HashEmbedder().embed_query(COST)
    hits = whole.dense(vector, 60)  # as if all of it had been hidden since it was found
    seen = views.of(NOBODY).archive
    limited = reader.seen_by(seen, whole.seen_by(seen))
    question = analyse(COST)
    asked = Asked(question, vector, limited.rarity(question.terms), None)
    opened = {source.article.id for source in limited.sources(asked, hits)}
    assert opened == {s.article.id for s in reader.sources(asked, hits)} - _named(archive, "bridge")
    assert limited.rarity(["tolliver"])["tolliver"] == pytest.approx(1, abs=0.05)
    assert reader.rarity(["tolliver"])["tolliver"] < 0.6


def test_what_is_hidden_after_it_was_found_is_not_read(
    views: Views, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = ChunkIndex(archive, HashEmbedder()).dense(HashEmbedder().embed_query(COST), 60)
    monkeypatch.setattr("qa.pipeline.retrieve", lambda *_, **__: hits)
    trace = views.of(NOBODY).assistant.trace(COST)
    assert trace.evidence
    assert not _named(archive, "bridge") & {item.article.id for item in trace.evidence}


def test_who_is_in_the_group_is_answered_as_if_nothing_was_limited(views: Views) -> None:
    for question in QUESTIONS:
        ours, whole = (views.of(g).assistant.ask(question) for g in (DESK, None))
        assert ours.citations == whole.citations
        assert ours.confidence == pytest.approx(whole.confidence)


def test_whatever_an_assistant_tells_of_its_articles_is_limited(
    views: Views, archive: Archive, assistant: Assistant
) -> None:
    hidden = _named(archive, "bridge")
    view = views.of(NOBODY)
    assert view.assistant.stats().articles == assistant.stats().articles - len(hidden)
    assert sum(view.assistant.publishers().values()) == view.archive.article_count
    assert not hidden & {article.id for article, _ in view.assistant.newest(100)}
    for name in hidden:
        version = archive.current_version(name)
        assert version
        cited = (name, 1, version.sha256)
        assert view.assistant.source(*cited) is None
        assert view.assistant.numbered(name, 1) is None
        assert views.of(DESK).assistant.source(*cited) == assistant.source(*cited) is not None
    text = archive.current_version("brackmere-2018-bridge-742-million").text
    sentence = "The Tolliver Bridge has cost $742 million to date"
    assert sentence in text
    match = find_quote(view.archive, sentence)
    assert match.status != "exact"
    assert not match.citation or match.citation.article_id not in hidden
    assert find_quote(views.of(DESK).archive, sentence).status == "exact"


@pytest.mark.parametrize("move", [*WORDING.values(), "Why?", "Show me the article", "And in 2016?"])
def test_a_follow_up_to_what_was_hidden_meanwhile_finds_nothing_there(
    views: Views, archive: Archive, move: str
) -> None:
    hidden = _named(archive, "bridge")
    ((held, before),) = talk(views.of(DESK), COST)
    assert shown(before.answer) & hidden
    trace = views.of(NOBODY).assistant.trace(move, conversation=held)
    found = {archive.version(hit.chunk.version_id).article_id for hit in trace.hits}
    assert not hidden & (found | {e.article.id for e in trace.evidence} | shown(trace.answer))


def test_every_move_is_tried_above() -> None:
    assert set(Move) - set(WORDING) == {Move.REASON, Move.SOURCE}


def test_proposals_come_from_what_may_be_seen(
    views: Views, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.suggestions.opening.LEAST_CONFIDENCE", 0.0)
    hidden = _named(archive, "bridge")
    view = views.of(NOBODY)
    asked = view.suggestions.opening()
    assert asked
    assert not any("Tolliver" in each.question for each in asked)
    for held, trace in talk(view, *QUESTIONS):
        for question in view.suggestions.following(trace, held, NO_LIMITS, search=True):
            assert not hidden & shown(view.assistant.ask(question, conversation=held))
    # What was shown before it was hidden is gone on from no more.
    ((held, trace),) = talk(views.of(DESK), COST)
    assert views.of(DESK).suggestions.following(trace, held, NO_LIMITS, search=False)
    assert view.suggestions.following(trace, held, NO_LIMITS, search=False) == []


def test_a_kept_conversation_withdraws_what_may_no_longer_be_seen(
    views: Views, archive: Archive
) -> None:
    hidden = _named(archive, "bridge")
    ((held, trace),) = talk(views.of(DESK), COST)
    with Conversations(archive) as kept:
        id_ = kept.start("ann", COST)
        kept.append("ann", id_, held.turns[0])
        (whole,) = kept.open("ann", id_).turns
        assert whole.turn.answer.citations == trace.answer.citations
        (timed,) = kept.open("ann", id_, views.of(NOBODY).archive).turns
        answer = timed.turn.answer
        assert not hidden & shown(answer)
        assert len(answer.withdrawn) == len(trace.answer.citations) - len(answer.citations) > 0
        assert not any(gone.quote or gone.article_id or gone.title for gone in answer.withdrawn)
        assert {gone.why for gone in answer.withdrawn} == {"removed"}
        archive.limit([], publisher="Brackmere Courier")
        (timed,) = kept.open("ann", id_, views.of(NOBODY).archive).turns
        assert shown(timed.turn.answer) == shown(trace.answer) & _open(views)


def _open(views: Views) -> set[str]:
    return {article.id for article, _ in views.of(NOBODY).archive.current_versions()}


def test_a_change_counts_for_the_next_question(views: Views, archive: Archive) -> None:
    view = views.of(NOBODY)
    found = shown(view.assistant.ask(QUESTIONS[2]))
    assert found
    for name in found:
        archive.limit(["desk"], article_id=name)
    assert not found & shown(view.assistant.ask(QUESTIONS[2]))
    for name in found:
        archive.limit([], article_id=name)
    assert shown(view.assistant.ask(QUESTIONS[2])) == found


def test_groups_that_limit_nothing_tell_nobody_apart(views: Views, archive: Archive) -> None:
    ours = views.of(DESK)
    assert views.of(frozenset({"desk", "choir"})) is ours
    assert views.of(frozenset({"choir"})) is views.of(NOBODY)
    archive.limit(["choir"], article_id="ellisport-2019-bridge-opens")
    choir = views.of(frozenset({"choir"}))
    assert choir.archive.article("ellisport-2019-bridge-opens")
    assert ours.archive.article("ellisport-2019-bridge-opens") is None


def _open_files(path: Path) -> int:
    folder = "/proc/self/fd"
    return sum(os.path.realpath(f"{folder}/{name}") == str(path) for name in os.listdir(folder))  # noqa: PTH208


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_view_that_drops_out_serves_who_has_it_and_then_closes(
    views: Views, archive: Archive
) -> None:
    for number in range(3):
        archive.limit([f"g{number}", "desk"], article_id="ellisport-2019-bridge-opens")
        article = {"article_id": "ellisport-2015-bridge-work-begins"}
        archive.limit([f"g{n}" for n in range(3)], **article)
    before = _open_files(archive.path)
    held = views.of(frozenset({"g0"}))
    assert held.assistant.ask(COST)
    for name in ("g1", "g2", "desk"):
        assert views.of(frozenset({name})).assistant.ask(COST)
    assert views.of(frozenset({"g0"})) is not held
    assert held.assistant.ask(COST)
    opened = _open_files(archive.path)
    del held
    assert _open_files(archive.path) == opened - 1
    views.close()
    assert _open_files(archive.path) == before


def test_threads_with_other_groups_do_not_meet(views: Views, archive: Archive) -> None:
    hidden = _named(archive, "bridge")

    def ask(number: int) -> bool:
        groups = (DESK, NOBODY, frozenset({"choir"}))[number % 3]
        found = shown(views.of(groups).assistant.ask(COST))
        return bool(found & hidden) == (groups == DESK)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(12)))
