from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import progress as shown
from cli.ingest import exit_code, summary
from corpus.errors import ItemError
from index.build import IngestReport, Progress
from index.embed_double import HashEmbedder

OnRecord = Callable[..., tuple[int, str, str]]
REFUSED = ItemError("E_EMPTY", "no text", source="a.txt")


@pytest.fixture(autouse=True)
def _embedder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("index.embed.open_embedder", lambda *_: HashEmbedder())
    monkeypatch.chdir(tmp_path)


def test_the_summary_line() -> None:
    report = IngestReport(added=1200, updated=3, unchanged=0, refused_count=1, seconds=3.14)
    assert summary(report) == (
        "ingested 1,203 articles: 1,200 new, 3 changed, 0 unchanged, 1 refused, in 3.1 s"
    )


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (IngestReport(), 0),
        (IngestReport(added=2), 0),
        (IngestReport(unchanged=2), 0),
        (IngestReport(added=1, refused_count=1), 3),
        (IngestReport(unchanged=1, refused_count=1), 3),
        (IngestReport(refused_count=2), 4),
        (IngestReport(added=1, refused_count=1, interrupted=True), 130),
    ],
    ids=["nothing", "new", "unchanged", "partly", "partly known", "all refused", "interrupted"],
)
def test_the_exit_code(report: IngestReport, code: int) -> None:
    assert exit_code(report) == code


def test_ingest_makes_the_store_and_again_changes_nothing(onrecord: OnRecord) -> None:
    Path("ferry.txt").write_text("Ferry sinks\n\nThe ferry sank on Monday. Nobody was hurt.\n")
    code, out, err = onrecord("ingest", "ferry.txt")
    assert (code, err) == (0, "")
    assert re.fullmatch(
        r"ingested 1 article: 1 new, 0 changed, 0 unchanged, 0 refused, in \d+\.\d s\n", out
    )
    code, out, _ = onrecord("ingest", "ferry.txt")
    assert (code, out[:59]) == (0, "ingested 1 article: 0 new, 0 changed, 1 unchanged, 0 refuse")
    assert Path("data").is_dir()


def test_the_sample_goes_in(onrecord: OnRecord) -> None:
    code, out, err = onrecord("ingest", "--sample", "--store", "sample")
    assert (code, err) == (0, "")
    assert re.match(r"ingested (\d+) articles: \1 new", out)
    figures = json.loads(onrecord("stats", "--json", "--store", "sample")[1])
    assert out.startswith(f"ingested {figures['articles']} articles")


def test_what_is_refused_is_said_and_kept(onrecord: OnRecord) -> None:
    Path("good.txt").write_text("The ferry sank on Monday.")
    Path("bad.jsonl").write_text('{"text": "It sank again."}\n[]\n')
    code, out, err = onrecord("ingest", "good.txt", "bad.jsonl", "none.txt")
    assert code == 3
    assert "ingested 2 articles: 2 new, 0 changed, 0 unchanged, 2 refused" in out
    bad, missing = err.splitlines()
    assert bad.startswith("bad.jsonl:2: E_")
    assert missing.startswith("none.txt: E_NOT_FOUND ")
    kept = onrecord("errors")[1].splitlines()
    assert [line.split(" ", 2)[2] for line in kept] == [bad, missing]


def test_an_ingest_limits_what_it_reads(onrecord: OnRecord) -> None:
    Path("ferry.txt").write_text("The ferry sank on Monday.")
    Path("pier.jsonl").write_text('{"id": "pier", "text": "It burned.", "groups": ["all"]}\n')
    assert onrecord("ingest", "ferry.txt", "pier.jsonl", "--group", "b", "--group", "a ")[0] == 0
    out = onrecord("export")[1]
    assert [json.loads(line)["groups"] for line in out.splitlines()] == [["a", "b"]] * 2
    assert "0 new, 0 changed, 2 unchanged" in onrecord("ingest", "ferry.txt", "pier.jsonl")[1]
    assert onrecord("export")[1] == out
    assert "0 new, 1 changed, 0 unchanged" in onrecord("ingest", "ferry.txt", "--group", "c")[1]


def test_b01_where_all_is_refused_the_code_is_4(onrecord: OnRecord) -> None:
    code, out, err = onrecord("ingest", "none.txt")
    assert code == 4
    assert out.startswith("ingested 0 articles: ")
    assert err.startswith("none.txt: E_NOT_FOUND ")


@pytest.mark.parametrize(
    "name",
    [b"line\nbreak.txt", b"byte\xff.txt", b"-leading.txt", "🚢.txt".encode(), b"n" * 251 + b".txt"],
    ids=["line break", "not UTF-8", "dash", "emoji", "255 bytes"],
)
def test_b16_odd_names(onrecord: OnRecord, name: bytes) -> None:
    path = os.fsdecode(name)
    Path(path).write_text("")
    code, _, err = onrecord("ingest", "--", path)
    assert code == 4
    assert "E_EMPTY" in err
    assert err.count("\n") == 1
    assert err.isprintable() or err.rstrip("\n").isprintable()
    Path(path).write_text("The ferry sank on Monday.")
    assert onrecord("ingest", "--", path)[0] == 0


def lines_told(capsys: pytest.CaptureFixture[str], number: int) -> list[str]:
    """Wait for that many lines on stderr."""
    told: list[str] = []
    for _ in range(12_000):
        if len(told) >= number:
            break
        time.sleep(0.01)
        told += capsys.readouterr().err.splitlines()
    return told


def test_without_a_terminal_a_line_comes_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shown, "SECONDS_TO_THE_FIRST_LINE", 0.01)
    monkeypatch.setattr(shown, "SECONDS_BETWEEN_LINES", 0.01)
    with shown.progress_shown("reading n\news") as show:
        assert lines_told(capsys, 1) == ["reading n\\news"]
        show(Progress(1500, 1500, 0, 0, 0, "news.jsonl"))
        assert lines_told(capsys, 1) == ["1,500 articles so far, now news.jsonl"]
        show(Progress(1, 0, 1, 0, 0, "", 9))
        assert lines_told(capsys, 1) == ["1 article of 9 so far"]
    assert capsys.readouterr() == ("", "")


def test_no_store_is_made_for_nothing(onrecord: OnRecord) -> None:
    Path("blank.txt").write_text("... --- !!!")
    code, out, err = onrecord("ingest", "none.txt", "blank.txt")
    assert code == 4
    assert out.startswith("ingested 0 articles: 0 new, 0 changed, 0 unchanged, 2 refused")
    assert [line.split()[1] for line in err.splitlines()] == ["E_NOT_FOUND", "E_EMPTY"]
    assert not Path("data").exists()
    Path("good.txt").write_text("The ferry sank on Monday.")
    assert onrecord("ingest", "none.txt", "good.txt")[0] == 3
    assert onrecord("ingest", "none.txt")[0] == 4
    assert onrecord("errors")[1].count("none.txt: E_NOT_FOUND") == 1


def test_b10_notes_name_the_line(onrecord: OnRecord) -> None:
    article = {"text": "The ferry sank on Monday.", "url": "javascript:alert(1)"}
    Path("in.jsonl").write_text(f"\n{json.dumps(article)}")
    note = "note: in.jsonl: line 2: the url 'javascript:alert(1)' is no http link and was left out"
    assert onrecord("ingest", "in.jsonl")[2] == f"{note}\n"
