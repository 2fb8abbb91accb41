"""Whatever is altered in a store is found, and the article is named; a sound store is passed."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import index.chunk_index
from corpus.archive import Archive
from corpus.article import RawArticle, Sentence, Span
from corpus.errors import OnRecordError, StoreDamagedError
from index.build import ingest
from index.check import Problem, check
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive

ARTICLES = [
    {"id": "fire", "url": "https://news.example/fire", "publisher": "Gazette", "title": "Fire",
     "authors": ["A. Vale"], "published": "2019-01-24",
     "text": "The pier burned. Nobody was hurt.\n\nThe mayor came at once."},
    {"id": "flood", "publisher": "Post", "title": "Flood", "published": "2019-02-03T08:00:00Z",
     "text": " ".join(f"Street {n} stood {n * 7} centimetres under water." for n in range(60))},
    {"id": "plain", "text": "Café owners met – “at last”, they said. 💶"},
]  # fmt: skip
NEWER = {"id": "fire", "text": "The pier burned. Two people were hurt.\n\nThe mayor came."}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a snapshot, three articles, and an older version of one of them."""
    folder = tmp_path_factory.mktemp("sound")
    with open_archive(folder / "store", create=True) as archive:
        for number, articles in enumerate((ARTICLES, [NEWER])):
            for article in articles:
                _take(archive, folder / f"{number}-{article['id']}.jsonl", article)
        ChunkIndex(archive, HashEmbedder()).publish()
    return folder / "store"


def _take(archive: Archive, path: Path, article: dict[str, Any]) -> None:
    path.write_text(json.dumps(article))
    ingest([str(path)], archive, HashEmbedder())


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    """A copy of the sound store, to be spoiled."""
    return Path(shutil.copytree(sound, tmp_path / "store"))


def spoil(store: Path, statement: str, *values: object) -> None:
    """Change the file as something outside OnRecord would: without keys, checks and triggers."""
    with closing(sqlite3.connect(store / "archive.sqlite3")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)
        connection.commit()


def problems(store: Path) -> list[Problem]:
    with open_archive(store) as archive:
        return check(archive)


def test_a_sound_store_gives_nothing(store: Path) -> None:
    assert problems(store) == []


def test_a_store_without_articles_is_sound(tmp_path: Path) -> None:
    with open_archive(tmp_path / "store", create=True) as archive:
        assert check(archive) == []


FLOOD_KEY, FIRE_KEY, PLAIN_KEY = (
    f"(SELECT key FROM articles WHERE id = '{name}')" for name in ("flood", "fire", "plain")
)
FLOOD = f"(SELECT id FROM versions WHERE article = {FLOOD_KEY})"
FLOOD_CHUNKS = f"(SELECT id FROM chunks WHERE version_id = {FLOOD})"
ONE_CHUNK = f"(SELECT min(id) FROM chunks WHERE version_id = {FLOOD})"


@pytest.mark.parametrize(
    ("statement", "article", "message"),
    [
        pytest.param(
            f"UPDATE versions SET text = replace(text, '42 c', '43 c') WHERE article = {FLOOD_KEY}",
            "flood", "the text of version 1 was altered", id="text",
        ),
        pytest.param(
            f"UPDATE versions SET text = CAST(text AS BLOB) WHERE article = {FLOOD_KEY}",
            "flood", "the text of version 1 was altered", id="text is bytes",
        ),
        pytest.param(
            f"UPDATE versions SET text = text || '!' WHERE article = {FIRE_KEY} AND number = 1",
            "fire", "the text of version 1 was altered", id="text of an older version",
        ),
        *(
            pytest.param(
                f"UPDATE versions SET {column} = {value} WHERE article = {FLOOD_KEY}",
                "flood", "facts of version 1 were altered", id=column,
            )
            for column, value in {
                "title": "'Floods'", "authors": "'[\"B. Vale\"]'", "published": "'2019-02-04'",
                "fetched": "'2020-01-01T00:00:00+00:00'", "language": "'en'", "origin": "'x'",
                "sha256": "lower(hex(zeroblob(32)))", "digest": "'0'", "published ": "NULL",
                "sentences": "zeroblob(length(sentences))", "sentences ": "x'00'",
            }.items()
        ),
        *(
            pytest.param(
                f"UPDATE articles SET {column} = {value} WHERE id = 'fire'",
                "fire", "facts of version 2 were altered", id=f"article's {column}",
            )
            for column, value in {
                "url": "'https://other.example/'", "url_key": "NULL", "publisher": "'Post'",
                "named_by": "'url'", "digest": "'0'", "audience": "'desk'", "version_count": "1",
            }.items()
        ),
        pytest.param(
            f"UPDATE versions SET number = 3 WHERE article = {FIRE_KEY} AND number = 2",
            "fire", "facts of version 3 were altered", id="a number is left out",
        ),
        pytest.param(
            f"UPDATE versions SET current = 0 WHERE article = {FLOOD_KEY}",
            "flood", "not all its versions are there", id="no version is current",
        ),
        pytest.param(
            f"UPDATE versions SET current = 1 - current WHERE article = {FIRE_KEY} AND number = 2",
            "fire", "not all its versions are there", id="the newest is not current",
        ),
        pytest.param(
            f"DELETE FROM versions WHERE article = {FIRE_KEY} AND number = 1",
            "fire", "not all its versions are there", id="an older version is gone",
        ),
        pytest.param(
            f"DELETE FROM versions WHERE article = {PLAIN_KEY}",
            "plain", "not all its versions are there", id="all versions are gone",
        ),
        pytest.param(
            f"UPDATE vectors SET vector = zeroblob(length(vector)) WHERE chunk_id = {ONE_CHUNK}",
            "flood", "its vectors were altered", id="vector",
        ),
        pytest.param(
            f"UPDATE vectors SET vector = x'00' WHERE chunk_id = {ONE_CHUNK}",
            "flood", "its vectors were altered", id="short vector",
        ),
        pytest.param(
            f"UPDATE sentence_vectors SET vectors = x'' WHERE version_id = {FLOOD}",
            "flood", "its vectors were altered", id="sentence vectors",
        ),
        pytest.param(
            f"DELETE FROM sentence_vectors WHERE version_id = {FLOOD}",
            "flood", "its vectors were altered", id="no sentence vectors",
        ),
        pytest.param(
            f"UPDATE indexed SET digest = '0' WHERE version_id = {FLOOD}",
            "flood", "its vectors were altered", id="index digest",
        ),
        pytest.param(
            f"UPDATE indexed SET stale = 1 WHERE version_id = {FLOOD}",
            "flood", "waits to be indexed", id="stale",
        ),
        pytest.param(
            f"DELETE FROM indexed WHERE version_id = {FLOOD}",
            "flood", "waits to be indexed", id="not indexed",
        ),
        pytest.param(
            f"UPDATE chunks SET stop = 999999 WHERE id = {ONE_CHUNK}",
            "flood", "a chunk lies outside its text", id="chunk's end",
        ),
        pytest.param(
            f"UPDATE chunks SET start = stop WHERE id = {ONE_CHUNK}",
            "flood", "a chunk lies outside its text", id="empty chunk",
        ),
        pytest.param(
            f"UPDATE chunks SET start = x'00', last = 'one' WHERE id = {ONE_CHUNK}",
            "flood", "a chunk lies outside its text", id="chunk's numbers are none",
        ),
        pytest.param(
            f"UPDATE chunks SET last = 999 WHERE id = {ONE_CHUNK}",
            "flood", "a chunk lies outside its text", id="chunk's sentences",
        ),
        pytest.param(
            f"UPDATE chunks SET stop = stop - 1 WHERE id = {ONE_CHUNK}",
            "flood", "its full text was altered", id="chunk's span",
        ),
        pytest.param(
            f"UPDATE chunk_text SET text = 'The pier' WHERE rowid = {ONE_CHUNK}",
            "flood", "its full text was altered", id="full text",
        ),
        pytest.param(
            f"UPDATE chunk_text SET title = 'Drought' WHERE rowid = {ONE_CHUNK}",
            "flood", "its full text was altered", id="full text's title",
        ),
        pytest.param(
            f"DELETE FROM chunk_text WHERE rowid = {ONE_CHUNK}",
            "flood", "its full text was altered", id="no full text",
        ),
    ],
)  # fmt: skip
def test_damage_is_found_and_the_article_named(
    store: Path, statement: str, article: str, message: str
) -> None:
    spoil(store, statement)
    found = problems(store)
    assert any(p.article_id == article and message in p.message for p in found), found
    assert {problem.article_id for problem in found} <= {article, None}
    assert str(next(p for p in found if p.article_id)).startswith(f"{article}: ")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        pytest.param(
            f"DELETE FROM chunks WHERE id = {ONE_CHUNK}", "1 vectors do not match", id="chunk"
        ),
        pytest.param(
            "INSERT INTO chunks SELECT 99, 1, 0, 5, 0, 1", "chunks of current", id="old version's"
        ),
        pytest.param(
            "INSERT INTO chunks SELECT 99, 77, 0, 5, 0, 1", "belongs to no row of versions",
            id="nobody's chunk",
        ),
        pytest.param("DELETE FROM vectors", "vectors do not match the chunks", id="no vectors"),
        pytest.param("INSERT INTO vectors VALUES (99, x'00')", "1 vectors", id="orphan vector"),
        pytest.param(
            "INSERT INTO chunk_text (rowid, title, text) VALUES (99, '', 'x')", "1 full texts",
            id="orphan full text",
        ),
        pytest.param(
            "INSERT INTO sentence_vectors VALUES (99, x'')", "belongs to no row of versions",
            id="orphan sentence vectors",
        ),
        pytest.param(
            "DELETE FROM articles WHERE id = 'plain'", "belongs to no row of articles",
            id="no article",
        ),
        pytest.param(
            f"UPDATE chunk_text_content SET c1 = c1 || ' pier' WHERE id = {ONE_CHUNK}",
            "full-text index is damaged", id="full-text content",
        ),
        pytest.param(
            "UPDATE chunk_text_data SET block = zeroblob(length(block)) WHERE id > 10",
            "full-text index is damaged", id="full-text index",
        ),
        pytest.param(
            "UPDATE meta SET value = 'x' || value WHERE key = 'snapshot'",
            "snapshot: its number was altered", id="snapshot's number",
        ),
        pytest.param(
            "UPDATE meta SET value = replace(value, ' ', ' 0') WHERE key = 'snapshot'",
            "snapshot 0001.faiss: its manifest was altered", id="snapshot's digest",
        ),
    ],
)  # fmt: skip
def test_damage_of_the_store_itself_is_found(store: Path, statement: str, message: str) -> None:
    spoil(store, statement)
    assert any(message in str(problem) for problem in problems(store)), problems(store)


def test_two_current_versions_are_found(store: Path) -> None:
    spoil(store, "DROP INDEX versions_current")
    spoil(store, f"UPDATE versions SET current = 1 WHERE article = {FIRE_KEY}")
    assert any("not all its versions" in str(problem) for problem in problems(store))


@pytest.mark.parametrize("name", ["0001.faiss", "0001.json"])
@pytest.mark.parametrize("damage", ["gone", "altered"])
def test_a_damaged_snapshot_is_found(store: Path, name: str, damage: str) -> None:
    path = store / "snapshots" / name
    packed = bytearray(path.read_bytes())
    packed[len(packed) // 2] ^= 1
    path.unlink()
    if damage == "altered":
        path.write_bytes(packed)
    (problem,) = problems(store)
    assert problem.article_id is None
    assert "snapshot 0001.faiss" in problem.message
    assert "made anew with the next ingest" in problem.message


def test_several_damaged_articles_are_all_named(store: Path) -> None:
    spoil(store, "UPDATE versions SET text = text || '.' WHERE current = 1")
    assert {problem.article_id for problem in problems(store)} == {"fire", "flood", "plain"}


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param([], id="none"),
        pytest.param([(0, 9, 0)], id="not all of the text"),
        pytest.param([(0, 9, 0), (5, 19, 0)], id="overlap"),
        pytest.param([(10, 19, 0), (0, 9, 0)], id="not in order"),
        pytest.param([(0, 9, 0), (10, 99, 0)], id="beyond the end"),
        pytest.param([(1, 9, 0), (10, 19, 0)], id="a letter before"),
        pytest.param([(0, 8, 0), (10, 19, 0)], id="a letter between"),
    ],
)
def test_sentences_that_do_not_fit_their_text_are_found(
    tmp_path: Path, sentences: list[tuple[int, int, int]]
) -> None:
    """Written by a faulty program, digests and all."""
    with open_archive(tmp_path / "store", create=True) as archive:
        with archive.transaction():
            archive.put(
                RawArticle("One came. Two left.", "s", id="a"),
                [Sentence(0, n, Span(*row[:2]), row[2]) for n, row in enumerate(sentences)],
            )
        (problem,) = check(archive)
    assert str(problem) == "a: the sentences of version 1 do not fit its text"


def test_a_schema_that_is_no_text_is_found(store: Path) -> None:
    """SQLite's message quotes the damaged name, which Python cannot decode."""
    path = store / "archive.sqlite3"
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE vectors", b"CREATE TABL\xe5 vectors"))
    with pytest.raises(StoreDamagedError, match=r"archive.sqlite3 is damaged"):
        problems(store)


def test_a_change_number_that_is_none_is_said_so(store: Path) -> None:
    spoil(store, "UPDATE meta SET value = x'05' WHERE key = 'change'")
    with open_archive(store) as archive, pytest.raises(StoreDamagedError, match="change number"):
        ChunkIndex(archive, HashEmbedder()).dense(HashEmbedder().embed_query("pier"), 1)


def test_a_file_cut_short_is_found(store: Path) -> None:
    path = store / "archive.sqlite3"
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    try:
        found = [str(problem) for problem in problems(store)]
    except OnRecordError as error:
        found = [str(error)]
    assert found
    assert "archive.sqlite3" in found[0]


def test_while_another_process_writes_the_rest_is_still_checked(store: Path) -> None:
    spoil(store, f"UPDATE versions SET title = 'Floods' WHERE article = {FLOOD_KEY}")
    with open_archive(store) as writer, writer.writing():
        assert {problem.article_id for problem in problems(store)} == {"flood"}


def test_a_read_only_store_is_checked_and_left_alone(store: Path) -> None:
    (store / "snapshots" / "0002.faiss.tmp").write_bytes(b"x")
    with open_archive(store) as archive:
        archive.readonly = True
        assert check(archive) == []
        assert (store / "snapshots" / "0002.faiss.tmp").exists()
        archive.readonly = False
        assert check(archive) == []
        assert not (store / "snapshots" / "0002.faiss.tmp").exists()


# One bit anywhere

COLUMNS = {
    "articles": (
        "key", "id", "audience", "url", "url_key", "publisher", "named_by", "version_count",
        "digest",
    ),
    "versions": (
        "id", "article", "number", "title", "authors", "published", "fetched", "language",
        "origin", "sha256", "digest", "sentences", "text",
    ),
    "chunks": ("id", "version_id", "start", "stop", "first", "last"),
    "vectors": ("chunk_id", "vector"),
    "sentence_vectors": ("version_id", "vectors"),
    "indexed": ("version_id", "digest", "stale"),
    "chunk_text_content": ("id", "c0", "c1"),
}  # fmt: skip


def flipped(value: int | bytes, chance: random.Random) -> int | bytes:
    """Return the value with one bit changed."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    changed = bytearray(value)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def flips(store: Path, count: int) -> Iterator[tuple[str, str, tuple[object, ...]]]:
    """Yield statements that each change one bit of one stored value, kept of its type."""
    with closing(sqlite3.connect(store / "archive.sqlite3")) as connection:
        values = [
            (table, column, *row)
            for table, columns in COLUMNS.items()
            for column in columns
            for row in connection.execute(
                f"SELECT {columns[0]}, typeof({column}), iif(typeof({column}) = 'text',"
                f" CAST({column} AS BLOB), {column}) FROM {table} WHERE {column} IS NOT NULL"
            )
        ]
    chance = random.Random(1)
    for _ in range(count):
        table = chance.choice(list(COLUMNS))
        _, column, key, kind, value = chance.choice(
            [v for v in values if v[0] == table and v[-1] != b""]
        )
        new = "CAST(? AS TEXT)" if kind == "text" else "?"
        where = f"UPDATE {table} SET {column} = {new} WHERE {COLUMNS[table][0]} = ?"
        yield where, column, (flipped(value, chance), key)


def test_one_flipped_bit_of_a_stored_value_is_always_found(store: Path) -> None:
    intact = (store / "archive.sqlite3").read_bytes()
    missed = []
    for statement, _, values in flips(store, 120):
        (store / "archive.sqlite3").write_bytes(intact)
        try:
            spoil(store, statement, *values)
        except sqlite3.IntegrityError:
            continue  # what is no key any more cannot be stored like this
        if not problems(store):
            missed.append((statement, values))
    assert missed == []


def test_one_flipped_bit_of_the_file_is_found_or_changes_nothing(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.chunk_index, "SMALL", 2)
    wanted = everything(store)
    path = store / "archive.sqlite3"
    intact = path.read_bytes()
    used = [place for place, byte in enumerate(intact) if byte]
    chance, silent = random.Random(2), []
    for _ in range(100):
        place, bit = chance.choice(used), chance.randrange(8)
        path.write_bytes(intact[:place] + bytes([intact[place] ^ (1 << bit)]) + intact[place + 1 :])
        try:
            if not problems(store) and everything(store) != wanted:
                silent.append((place, bit))
        except (OnRecordError, sqlite3.DatabaseError):
            pass  # refused, which is found as well
    assert silent == []


def everything(store: Path) -> list[object]:
    """Return all that users can see of a store."""
    embedder = HashEmbedder()
    with open_archive(store) as archive:
        searched = ChunkIndex(archive, embedder)
        shown: list[object] = [
            (article, version, archive.sentences(version.id))
            for article, version in archive.current_versions()
        ]
        for text in ("pier", "water street 12", "café owners"):
            hits = searched.dense(embedder.embed_query(text), 9) + searched.lexical(text, 9)
            shown += [(hit.chunk, round(hit.score, 4), hit.rank) for hit in hits]
        shown += [archive.version_number("fire", 1), archive.stats().publishers]
    return shown
