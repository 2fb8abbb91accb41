"""Reading files again: the same words change nothing, other words count, the last one most."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.archive import Archive
from index.build import IngestReport, Progress, ingest
from index.check import check
from index.embed_double import HashEmbedder
from index.schema import MIGRATIONS, open_archive

Line = tuple[str, str]
Take = Callable[..., IngestReport]


def write(path: Path, lines: Sequence[Line | str]) -> str:
    """Write lines, each an article's name and its word (or raw text), as JSONL."""
    path.write_text("".join(f"{as_json(line)}\n" for line in lines))
    return str(path)


def as_json(line: Line | str) -> str:
    if isinstance(line, str):
        return line
    url = f"https://n.example/{line[0]}"
    return json.dumps({"url": url, "title": "The dam", "text": f"The dam holds {line[1]}."})


def history(archive: Archive) -> dict[str, str]:
    """Return for each article the words of its versions, oldest first."""
    rows = archive.connection().execute(
        "SELECT substr(url, 19), substr(text, 15, 1) FROM versions"
        " JOIN articles ON key = versions.article ORDER BY url, number"
    )
    return {
        name: "".join(word for _, word in words)
        for name, words in groupby(rows.fetchall(), lambda row: row[0])
    }


@pytest.fixture
def take(tmp_path: Path, archive: Archive) -> Take:
    """Ingest lines through a file of the given name."""

    def read(*lines: Line | str, name: str = "in.jsonl", **how: Any) -> IngestReport:
        return ingest([write(tmp_path / name, lines)], archive, HashEmbedder(), **how)

    return read


def said(words: str) -> list[Line]:
    return [("u", word) for word in words]


@pytest.mark.parametrize(
    ("readings", "versions"),
    [
        pytest.param(["AB"] * 3, "AB", id="two states"),
        pytest.param(["AAB"] * 3, "AB", id="the first state twice"),
        pytest.param(["ABA"] * 3, "ABA", id="back within a file"),
        pytest.param(["A", "B", "A"], "ABA", id="a correction is taken back"),
        pytest.param(["A", "B", "A", "A"], "ABA", id="and read again"),
        pytest.param(["A", "AB", "AB"], "AB", id="the file grows"),
        pytest.param(["AB", "A", "A"], "ABA", id="the last word is gone"),
        pytest.param(["ABC", "AB", "AB"], "ABCB", id="the last word of three is gone"),
        pytest.param(["AB", "AC", "AB"], "ABCB", id="another end"),
        pytest.param(["AB", "B", "B"], "AB", id="the first word is gone"),
        pytest.param(["AB", "BA", "BA"], "ABA", id="the other way round"),
        pytest.param(["A", "", "A"], "A", id="not in every file"),
    ],
)
def test_readings_of_one_file(
    archive: Archive, take: Take, readings: list[str], versions: str
) -> None:
    reports = [take(*said(words)) for words in readings]
    assert history(archive) == {"u": versions}
    assert [report.done for report in reports] == [len(words) or 1 for words in readings]
    assert sum(report.added + report.updated for report in reports) == len(versions)
    assert check(archive) == []


def test_a_file_that_is_read_again_says_nothing_against_another(
    archive: Archive, take: Take
) -> None:
    for name, word in (("mon", "A"), ("tue", "A"), ("wed", "B"), ("mon", "A"), ("tue", "A")):
        take(*said(word), name=f"{name}.jsonl")
    assert history(archive) == {"u": "AB"}
    take(*said("C"), name="mon.jsonl")
    take(*said("B"), name="wed.jsonl")
    assert history(archive) == {"u": "ABC"}


def test_files_of_one_name_are_told_apart_by_their_folders(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, word in (("mon", "A"), ("tue", "B")):
        (tmp_path / "days" / folder).mkdir(parents=True)
        write(tmp_path / "days" / folder / "in.jsonl", said(word))
    monkeypatch.chdir(tmp_path)
    ingest(["days/mon", "days/tue"], archive, HashEmbedder())
    for source in ("days", str(tmp_path / "days" / "mon"), "days/tue/in.jsonl", "./days/mon/"):
        ingest([source], archive, HashEmbedder())
    assert history(archive) == {"u": "AB"}


def test_a_last_word_that_is_current_is_not_overtaken_by_what_waits_for_its_vectors(
    archive: Archive, take: Take
) -> None:
    take(*said("B"), name="old.jsonl")
    take(*said("AB"), name="new.jsonl")
    assert history(archive) == {"u": "BAB"}


def test_a_shortened_file_with_a_bad_line_takes_nothing_back(archive: Archive, take: Take) -> None:
    take(*said("AB"))
    take(*said("A"), "{")
    assert history(archive) == {"u": "AB"}
    take(*said("A"))
    assert history(archive) == {"u": "ABA"}


def test_a_change_of_title_alone_is_read_again_without_change(take: Take) -> None:
    lines = [json.dumps({"id": "a", "title": title, "text": "It rained."}) for title in "TUT"]
    assert take(*lines).updated == 2
    again = take(*lines)
    assert (again.unchanged, again.updated) == (3, 0)


def test_removed_articles_come_back_with_their_file(archive: Archive, take: Take) -> None:
    take(*said("AB"))
    archive.remove(url="https://n.example/u")
    assert archive.connection().execute("SELECT count(*) FROM said").fetchone() == (0,)
    take(*said("AB"))
    assert history(archive) == {"u": "AB"}


def test_an_altered_article_is_made_whole_by_its_file(archive: Archive, take: Take) -> None:
    take(*said("AB"))
    archive.connection().execute("UPDATE versions SET text = 'The dam holds X.' WHERE number = 2")
    take(*said("AB"))
    assert history(archive) == {"u": "AXB"}


def test_known_mentions_are_recorded_also_where_there_are_many(
    archive: Archive, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build._MOST_HEARD", 3)
    names = [f"u{number}" for number in range(8)]
    for name, word in (("a", "A"), ("b", "A"), ("c", "B"), ("b", "A")):
        take(*((subject, word) for subject in names), name=f"{name}.jsonl")
    assert history(archive) == dict.fromkeys(names, "AB")


def test_a_store_of_the_former_format_opens(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", said("AB"))
    store = tmp_path / "store"
    with Archive.open(store, create=True, migrations=MIGRATIONS[:2]) as archive:
        assert archive.connection().execute("PRAGMA user_version").fetchone() == (2,)
    for _ in range(2):
        with open_archive(store) as archive:
            ingest([source], archive, HashEmbedder())
            (number,) = archive.connection().execute("PRAGMA user_version").fetchone()
            assert number == len(MIGRATIONS)
            assert history(archive) == {"u": "AB"}
            assert check(archive) == []


# Against a model

FILES = st.lists(
    st.tuples(
        st.sampled_from(["x.jsonl", "y.jsonl"]),
        st.lists(st.tuples(st.sampled_from("uv"), st.sampled_from("AB")), max_size=5),
        st.none() | st.integers(0, 5),
    ),
    max_size=6,
)


class Model:
    """What each file said of each article, and the words of its versions."""

    def __init__(self) -> None:
        self.said: dict[Line, str] = {}
        self.history: dict[str, str] = defaultdict(str)

    def read(self, file: str, lines: Sequence[Line]) -> None:
        for name in dict.fromkeys(name for name, _ in lines):
            words = "".join(word for subject, word in lines if subject == name)
            before = self.said.get((file, name), "")
            if words != before:
                same = next((i for i, w in enumerate(words) if before[i : i + 1] != w), -1)
                for word in words[same:]:
                    if not self.history[name].endswith(word):
                        self.history[name] += word
            self.said[file, name] = words


class KilledError(BaseException):
    """The process ends here."""


def kill_after(items: int) -> Callable[[Progress], None]:
    def progress(step: Progress) -> None:
        if step.done > items:
            raise KilledError

    return progress


@contextmanager
def opened() -> Iterator[Archive]:
    """Open a new store in a folder of its own: one test runs many times."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_archive(Path(folder), create=True) as archive,
    ):
        archive.connection().execute("PRAGMA synchronous = OFF")
        yield archive


@settings(max_examples=120, deadline=None)
@given(readings=FILES, window=st.integers(1, 4))
def test_any_files_in_any_order_killed_and_read_again(
    readings: list[tuple[str, list[Line], int | None]], window: int
) -> None:
    model = Model()
    with pytest.MonkeyPatch.context() as patch, opened() as archive:
        patch.setattr("index.build._WINDOW_ARTICLES", window)
        for file, lines, killed_after in readings:
            source = write(archive.store / file, lines)
            if killed_after is not None:
                with suppress(KilledError):
                    ingest([source], archive, HashEmbedder(), kill_after(killed_after))
            ingest([source], archive, HashEmbedder())
            model.read(file, lines)
            assert history(archive) == model.history
            change = archive.change
            report = ingest([source] * 2, archive, HashEmbedder())
            assert (report.unchanged, archive.change) == (2 * len(lines), change)
        assert check(archive) == []
