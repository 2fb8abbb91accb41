"""What is removed leaves every file of the store: all bytes are looked at."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import index.chunk_index
import qa.removal
from corpus.archive import Archive
from corpus.errors import StoreError
from index.build import ingest
from index.check import check
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from qa.answer import Turn
from qa.conversations.store import FILE_NAME, Conversations
from qa.evaluation.sets.feedback import Feedback, read_feedback, record_feedback, remove_feedback
from qa.gone import Gone
from qa.removal import finish, remove
from qa.render import to_json, to_markdown

# No two begin alike, so that neither a stem nor what FTS5 shares with the term before hides one.
WORDS = (
    "Quizzaciously", "Vexwhorple", "Jumbleduck", "Zorquilnitz", "Wobblegrot", "Yttermunkian",
    "Øresprænger", "Kwyjibo", "Xanthopsol",
)  # fmt: skip
SAID = "The Kwyjibo crew sang Quizzaciously on Monday."
SECRET = {
    "id": "Zorquilnitz-1", "url": "https://gazette.example/Vexwhorple?a=1",
    "title": "Jumbleduck sails", "authors": ["Wobblegrot Øresprænger"], "publisher": "Gazette",
    "text": f"{SAID} Nobody heard the Yttermunkian bells.",
}  # fmt: skip
OTHER = {"id": "other", "publisher": "Post", "text": "The bridge opened in May. It rained."}
ASKED = "When did they sing?"


@pytest.fixture(autouse=True)
def small_stores_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let FAISS and snapshots begin at two chunks."""
    monkeypatch.setattr(index.chunk_index, "SMALL", 2)


def take(archive: Archive, folder: Path, name: str, *articles: dict[str, Any]) -> None:
    source = folder / name
    source.write_text("".join(f"{json.dumps(article)}\n" for article in articles), "utf-8")
    ingest([str(source)], archive, HashEmbedder())


@pytest.fixture
def news(newsroom: Any, tmp_path: Path) -> Any:
    """A store in which much was done with the article that is to go, and with another."""
    archive = newsroom.archive
    bad = {"id": SECRET["id"], "text": "", "published": "Jumbleduck"}
    take(archive, tmp_path, "Xanthopsol.jsonl", SECRET, bad)
    take(archive, tmp_path, "others.jsonl", OTHER, OTHER | {"id": "more"}, {"text": ""})
    answer = newsroom.answer(ASKED, SAID, "The bridge opened in May.", short="Monday")
    answer = replace(answer, note="Said of the Kwyjibo crew.", carried=("Quizzaciously",))
    plain = newsroom.answer("When did the bridge open?", "The bridge opened in May.")
    with Conversations(archive) as kept:
        for user in ("ann", "ben"):
            id_ = kept.start(user, ASKED)
            kept.append(user, id_, Turn(ASKED, ASKED, answer))
            after = replace(plain, standalone="Did the Kwyjibo crew sing? (Quizzaciously)")
            kept.append(user, id_, Turn("Did they?", after.standalone, after, said="Kwyjibo"))
        id_ = kept.start("cy", plain.question)
        kept.append("cy", id_, Turn(plain.question, plain.standalone, plain))
    record_feedback(archive.store, "good", to_json(answer), why="Well found")
    record_feedback(archive.store, "bad", to_json(plain))
    nearest = replace(answer, status="declined", statements=(), short=None)
    nearest = replace(nearest, nearest=answer.citations)
    record_feedback(archive.store, "bad", to_json(nearest))
    backup = archive.store / "archive.sqlite3.format-4.backup"
    backup.write_bytes(archive.path.read_bytes())
    (archive.store / f"{FILE_NAME}.format-1.backup.tmp").write_bytes(SAID.encode())
    later = SECRET | {"text": f"{SECRET['text']} They were Quizzaciously loud."}
    take(archive, tmp_path, "Xanthopsol.jsonl", later)
    ChunkIndex(archive, HashEmbedder()).publish()
    return newsroom


def traces(store: Path) -> dict[str, list[str]]:
    """Return which words stand in which files: in any case, by their stems, as JSON has them."""
    found: dict[str, list[str]] = {}
    for path in sorted(store.rglob("*")):
        raw = path.read_bytes() if path.is_file() else b""
        for word in WORDS:
            stems = (word[:-3], word[:-3].lower())
            forms = {*stems, *(json.dumps(stem)[1:-1] for stem in stems)}
            forms |= {stem.replace("ø", "o").replace("æ", "ae") for stem in stems}
            if any(form.encode() in raw or form.encode() in raw.lower() for form in forms):
                found.setdefault(path.name, []).append(word)
    return found


def vectors(archive: Archive, name: str) -> list[bytes]:
    """Return the beginnings of an article's vectors, as the archive and FAISS have them."""
    rows = archive.connection().execute(
        "SELECT vector FROM vectors JOIN chunks ON chunks.id = chunk_id"
        " JOIN versions ON versions.id = version_id JOIN articles ON key = article"
        " WHERE articles.id = :name UNION SELECT vectors FROM sentence_vectors"
        " JOIN versions ON versions.id = version_id JOIN articles ON key = article"
        " WHERE articles.id = :name",
        {"name": name},
    )
    return [row[0][:64] for row in rows]


def test_no_byte_of_what_was_removed_is_left(news: Any) -> None:
    archive = news.archive
    store = archive.store
    there = traces(store)
    assert set(there["archive.sqlite3"]) == set(WORDS)
    assert {"feedback.sqlite3", FILE_NAME, "archive.sqlite3.format-4.backup"} < set(there)
    gone = vectors(archive, SECRET["id"])
    files = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
    assert all(any(vector in raw for raw in files) for vector in gone)
    assert any(path.suffix == ".faiss" for path in store.rglob("*"))

    removed = remove(archive, article_id=SECRET["id"])

    assert (removed.articles, removed.judgements, removed.turns) == (1, 2, 4)
    assert [path.name for path in removed.backups] == [
        "archive.sqlite3.format-4.backup",
        f"{FILE_NAME}.format-1.backup.tmp",
    ]
    assert traces(store) == {}
    files = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
    assert [vector for vector in gone if any(vector in raw for raw in files)] == []
    assert archive.erasing() == frozenset()


def test_all_else_is_as_it_was(news: Any) -> None:
    archive = news.archive
    remove(archive, url=SECRET["url"])
    assert check(archive) == []
    assert [article.id for article, _ in archive.current_versions()] == [
        "ferry",
        "bridge",
        "other",
        "more",
    ]
    assert [error.error.source for error in archive.errors()] == [
        str(archive.store.parent / "others.jsonl")
    ]
    index = ChunkIndex(archive, HashEmbedder())
    assert len(index.lexical("bridge", 9)) == 3
    assert len(index.dense(HashEmbedder().embed_query("bridge"), 9)) == 4
    (left,) = [entry for entry in read_feedback(archive.store) if isinstance(entry, Feedback)]
    assert left.answer.question == "When did the bridge open?"
    with Conversations(archive) as kept:
        (summary,) = kept.listed("cy")
        opened = kept.open("cy", summary.id)  # type: ignore[union-attr]
        answer = opened.turns[0].turn.answer
        assert answer is not None
        assert (answer.status, answer.withdrawn) == ("answered", ())


def test_a_kept_conversation_says_what_it_lost_and_keeps_its_questions(news: Any) -> None:
    remove(news.archive, publisher="gazette")
    with Conversations(news.archive) as kept:
        (summary,) = kept.listed("ann")
        opened = kept.open("ann", summary.id)  # type: ignore[union-attr]
    assert opened.left_out == ()
    first, second = (timed.turn for timed in opened.turns)
    assert (first.question, second.question, second.standalone) == (ASKED, "Did they?", "Did they?")
    assert first.answer is not None
    assert [citation.article_id for citation in first.answer.citations] == ["other"]
    (gone,) = first.answer.withdrawn
    assert (gone.quote, gone.why, gone.title, gone.nearest) == ("", "removed", None, False)
    assert "A quote was taken off" in to_markdown(first.answer)
    assert second.answer is not None
    assert second.answer.status == "answered"


def test_what_was_said_of_it_before_does_not_come_back_afterwards(news: Any) -> None:
    """An answer that was under way, or stands on an open page, is kept or judged after all."""
    archive = news.archive
    answer = news.answer(ASKED, SAID, "The bridge opened in May.")
    other = news.answer(ASKED, "The bridge opened in May.")
    remove(archive, article_id=SECRET["id"])
    with Conversations(archive) as kept:
        id_ = kept.start("dee", ASKED)
        kept.append("dee", id_, Turn(ASKED, ASKED, answer))
        opened = kept.open("dee", id_).turns[0].turn.answer
        assert opened is not None
        assert [citation.article_id for citation in opened.citations] == ["other"]
    before = len(read_feedback(archive.store))
    for judged, count in ((answer, 0), (other, 1)):
        record_feedback(archive.store, "bad", to_json(judged), gone=Gone(archive).within)
        assert len(read_feedback(archive.store)) == before + count
    assert traces(archive.store) == {}


def test_a_damaged_turn_or_judgement_that_may_hold_its_words_goes_too(news: Any) -> None:
    store = news.archive.store
    kept, judged = (FILE_NAME, "turns SET turn"), ("feedback.sqlite3", "feedback SET answer")
    for name, column in (kept, judged):
        with closing(sqlite3.connect(store / name)) as behind, behind:
            behind.execute("PRAGMA secure_delete = ON")
            behind.execute(f"UPDATE {column} = {column.split()[-1]} || '}}'")
    remove(news.archive, article_id=SECRET["id"])
    assert traces(store) == {}


def test_a_removal_that_is_broken_off_is_finished_by_the_next(
    news: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = news.archive

    def fails(_: Archive) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(qa.removal, "erase", fails)
        with pytest.raises(StoreError, match="full"):
            remove(archive, article_id=SECRET["id"])
    assert archive.article(SECRET["id"]) is None
    assert (archive.erasing(), check(archive)) == ({SECRET["id"]}, [])
    finish(archive)
    assert (check(archive), traces(archive.store)) == ([], {})


def test_a_damaged_snapshot_is_deleted_with_what_was_removed(news: Any) -> None:
    store = news.archive.store
    (path,) = store.rglob("*.faiss")
    path.write_bytes(path.read_bytes() + b"x")
    gone = vectors(news.archive, SECRET["id"])
    remove(news.archive, article_id=SECRET["id"])
    files = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
    assert [vector for vector in gone if any(vector in raw for raw in files)] == []
    assert check(news.archive) == []


def test_several_are_removed_in_one_pass(news: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    erase = qa.removal.erase
    monkeypatch.setattr(qa.removal, "erase", lambda archive: calls.append(1) or erase(archive))
    assert remove(news.archive, publisher="post").articles == 2
    assert remove(news.archive, publisher="post").articles == 0
    assert len(calls) == 1
    assert check(news.archive) == []


def test_judgements_are_removed_one_by_one_or_all(news: Any) -> None:
    store = news.archive.store
    one, *others = read_feedback(store)
    assert isinstance(one, Feedback)
    assert remove_feedback(store, [one.id, 99]) == 1
    assert read_feedback(store) == others
    assert b"Well found" not in (store / "feedback.sqlite3").read_bytes()
    assert remove_feedback(store) == 2
    assert read_feedback(store) == []
    assert traces(store).keys().isdisjoint({"feedback.sqlite3"})
    assert remove_feedback(store) == 0
