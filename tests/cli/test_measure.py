from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from index.build import ingest
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.assistant import Assistant, Trace
from qa.reader.read import Reader
from qa.reader.weights import shipped_weights
from qa.settings import Settings
from tests import shipped

OnRecord = Callable[..., tuple[int, str, str]]
SANK = "The ferry Constance sank off Skail on March 4 after 12 years at sea."
COST = "The new pier at Lowhaven cost $12 million."
FERRY: dict[str, Any] = {
    "id": "ferry",
    "question": "When did the ferry Constance sink?",
    "answers": ["March 4"],
    "gold_sentences": [{"article_id": "a1", "sentence": SANK}],
}
PIER: dict[str, Any] = {
    "id": "pier",
    "question": "How much did the new pier at Lowhaven cost?",
    "answers": ["$12 million"],
    "gold_sentences": [{"article_id": "a2", "sentence": COST}],
}
NOBODY: dict[str, Any] = {"id": "none", "question": "Who was the mayor?", "answers": []}
UNASKABLE: dict[str, Any] = {"id": "blank", "question": "of the", "answers": []}


class Watched(Assistant):
    """Counts what it is asked; `meanwhile` may do something while it answers."""

    asked = 0

    def trace(self, *given: Any, **named: Any) -> Trace:
        type(self).asked += 1
        self.meanwhile(self.asked)
        return super().trace(*given, **named)

    def meanwhile(self, asked: int) -> None:
        pass


def interrupt_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Send Ctrl-C while that question is answered."""

    def meanwhile(_: Watched, asked: int) -> None:
        if asked == number:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Watched, "meanwhile", meanwhile)


@pytest.fixture(autouse=True)
def _assistant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Watched, "asked", 0)

    def open_assistant(store: Path, settings: Settings) -> Assistant:
        archive, embedder = open_archive(store), HashEmbedder()
        index = ChunkIndex(archive, embedder)
        reader = Reader(archive, index, shipped_weights(), shipped.reader())
        floor = 1.0 if settings.answer.may_be_wrong == 0 else 0.0
        resolver = shipped.resolver()
        return Watched(archive, index, embedder, reader, resolver, floor=floor, quotes=4)

    monkeypatch.setattr("qa.assemble.open_assistant", open_assistant)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    source = tmp_path / "in.jsonl"
    articles = [{"id": "a1", "text": SANK}, {"id": "a2", "text": COST}]
    source.write_text("".join(json.dumps(article) + "\n" for article in articles))
    with open_archive(tmp_path / "data", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
    return tmp_path / "data"


def written(*records: dict[str, Any], name: str = "set.jsonl") -> Path:
    path = Path(name)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def figures(path: str) -> dict[str, tuple[float, int]]:
    return {f["name"]: (f["value"], f["n"]) for f in json.loads(Path(path).read_bytes())["figures"]}


@pytest.mark.usefixtures("store")
def test_a_run_prints_a_table_and_writes_its_json(onrecord: OnRecord) -> None:
    code, out, err = onrecord("eval", "run", written(FERRY, PIER, NOBODY), "--json", "f.json")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "3 questions on 2 articles, 2 answerable, 1 not"
    groups = ("Finding", "Answering", "Citing", "Declining", "Speed")
    assert [line for line in lines if line in groups] == list(groups)
    assert "  first quote right          1.000  0.342 to 1.000  2" in lines
    assert lines[-2:] == ["Outcomes: right 2, wrongly answered 1", "Lost: wrongly answered 1"]
    report = json.loads(Path("f.json").read_bytes())
    assert report["questions"] | {"sha256": ""} == {"file": "set.jsonl", "sha256": "", "n": 3}
    assert report["settings"]["chunks"] == 60
    assert [row["outcome"] for row in report["rows"]] == ["right", "right", "wrongly answered"]
    assert figures("f.json")["unanswerable declined"] == (0, 1)
    assert not Path("f.json.part").exists()


BAD_LINES = {
    "no JSON": "{",
    "no object": "[1]",
    "a field that is wrong": json.dumps(FERRY | {"id": "bad", "answers": "March 4"}),
    "no question": json.dumps({"id": "bad", "answers": []}),
    "an article that is not there": json.dumps(
        PIER
        | {"id": "bad", "question": "And the dam?"}
        | {"gold_sentences": [{"article_id": "a9", "sentence": COST}]}
    ),
    "a sentence that is not there": json.dumps(
        PIER
        | {"id": "bad", "question": "And the dam?"}
        | {"gold_sentences": [{"article_id": "a2", "sentence": "It was free."}]}
    ),
    "an id that is taken": json.dumps(PIER | {"id": "ferry", "question": "And the dam?"}),
    "a dialogue with one bad turn": json.dumps(
        {
            "conversation_id": "bad",
            "turns": [
                {"question": "Who is it?", "answers": []},
                {"question": "Who was it?", "answers": ["Ada"], "gold_sentences": []},
            ],
        }
    ),
}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_a_run_goes_on_past_a_bad_line_and_says_so(onrecord: OnRecord, line: str) -> None:
    path = Path("set.jsonl")
    path.write_text("\n".join([json.dumps(FERRY), line, json.dumps(NOBODY)]) + "\n")
    code, out, err = onrecord("eval", "run", path, "--json", "f.json")
    assert code == 3
    assert out.startswith("2 questions on 2 articles")
    named, counted = err.splitlines()
    assert named.startswith("set.jsonl:2:")
    assert counted == "set.jsonl: 1 line left out, 2 questions asked"
    report = json.loads(Path("f.json").read_bytes())
    assert [row["id"] for row in report["rows"]] == ["ferry", "none"]
    assert [each["line"] for each in report["left_out"]] == [2]


@pytest.mark.usefixtures("store")
def test_b86_a_run_over_bad_lines_alone_reports_nothing(onrecord: OnRecord) -> None:
    alone = [line for kind, line in BAD_LINES.items() if kind != "an id that is taken"]
    Path("set.jsonl").write_text("\n".join(alone))
    code, out, err = onrecord("eval", "run", "set.jsonl", "--json", "f.json")
    assert (code, out) == (2, "")
    assert re.search(r"set\.jsonl:1:\d+: not JSON", err)
    assert not Path("f.json").exists()


@pytest.mark.usefixtures("store")
def test_a_part_of_a_set_is_not_held_to_the_floors_of_all_of_it(onrecord: OnRecord) -> None:
    onrecord("eval", "run", written(FERRY, PIER, NOBODY), "--gate", "floors.toml", "--pin")
    path = Path("set.jsonl")
    path.write_text(path.read_text() + "{\n")
    code, _, err = onrecord("eval", "run", "set.jsonl", "--gate", "floors.toml")
    assert code == 1
    assert "the questions are not those the floors were pinned on" in err


@pytest.mark.usefixtures("store")
def test_only_the_first_questions(onrecord: OnRecord) -> None:
    onrecord("eval", "run", written(FERRY, PIER, NOBODY), "--json", "f.json", "--limit", "1")
    assert figures("f.json")["cpu p50 ms"][1] == 1


@pytest.mark.usefixtures("store")
def test_ctrl_c_stops_after_a_question_and_the_same_command_goes_on(
    onrecord: OnRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("eval", "run", written(FERRY, PIER, NOBODY), "--json", "f.json")
    interrupt_at(monkeypatch, 2)
    code, out, err = onrecord(*command)
    assert (code, out) == (130, "")
    assert "stopped after 2 questions; the same command goes on from f.json.part" in err
    assert not Path("f.json").exists()
    code, out, err = onrecord(*command)
    assert (code, err) == (0, "f.json.part: going on after 2 questions\n")
    assert Watched.asked == 3
    assert figures("f.json")["first quote right"] == (1, 2)
    assert not Path("f.json.part").exists()


@pytest.mark.usefixtures("store")
def test_a_run_with_other_settings_starts_anew(
    onrecord: OnRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("eval", "run", written(FERRY, PIER), "--json", "f.json")
    interrupt_at(monkeypatch, 1)
    assert onrecord(*command)[0] == 130
    Path("onrecord.toml").write_text("answer.may_be_wrong = 0.0\n")
    code, out, err = onrecord(*command)
    assert (code, err, Watched.asked) == (0, "", 3)
    assert "Outcomes: wrongly declined 2" in out


@pytest.mark.usefixtures("store")
def test_without_json_there_is_nothing_to_go_on_from(
    onrecord: OnRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at(monkeypatch, 1)
    code, _, err = onrecord("eval", "run", written(FERRY, PIER))
    assert code == 130
    assert "stopped after 1 question; with --json FILE it could go on" in err


def test_figures_of_two_states_of_a_store_are_not_mixed(
    onrecord: OnRecord, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    def remove(_: Watched, asked: int) -> None:
        with open_archive(store) as archive:
            assert archive.remove(article_id="a2") == (asked == 1)

    monkeypatch.setattr(Watched, "meanwhile", remove)
    code, out, err = onrecord("eval", "run", written(FERRY, PIER), "--json", "f.json")
    assert (code, out) == (2, "")
    assert err == "Error: the store was changed while it was measured; run again\n"
    assert not Path("f.json").exists()


@pytest.mark.usefixtures("store")
def test_what_is_left_out_of_a_set_is_said(onrecord: OnRecord) -> None:
    code, _, err = onrecord("eval", "run", written(FERRY, PIER | {"question": ""}))
    assert (code, err) == (0, "set.jsonl: 1 remark; `onrecord eval check` names them\n")


@pytest.mark.usefixtures("store")
def test_questions_that_cannot_be_asked(onrecord: OnRecord) -> None:
    code, out, err = onrecord("eval", "run", written(FERRY, UNASKABLE))
    assert code == 3
    assert err.startswith("set.jsonl:2: blank could not be asked: Please ask")
    assert "Outcomes: right 1, failed 1" in out
    code, out, err = onrecord("eval", "run", written(UNASKABLE), "--json", "f.json")
    assert (code, out) == (2, "")
    assert err.startswith("Error: there is nothing to report over: none of 1 question")
    assert not Path("f.json").exists()


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([], "holds no question"),
        ([FERRY | {"gold_sentences": [{"article_id": "a9", "sentence": "x"}]}], "no article 'a9'"),
    ],
)
@pytest.mark.usefixtures("store")
def test_b86_a_set_that_cannot_be_used(
    onrecord: OnRecord, records: list[dict[str, Any]], message: str
) -> None:
    code, out, err = onrecord("eval", "run", written(*records), "--json", "f.json")
    assert (code, out) == (2, "")
    assert message in err
    assert not list(Path().glob("f.json*"))


@pytest.mark.usefixtures("store")
def test_comparing_names_what_changed(onrecord: OnRecord) -> None:
    path = written(FERRY, PIER)
    onrecord("eval", "run", path, "--json", "before.json")
    Path("onrecord.toml").write_text("answer.may_be_wrong = 0.0\n")
    code, out, _ = onrecord("eval", "run", path, "--compare", "before.json")
    assert code == 0
    lines = out[out.index("Compared on") :].splitlines()
    assert lines[0] == "Compared on 2 questions; other settings"
    (changed,) = [line.split() for line in lines if line.startswith("answered right ")]
    assert changed == [*"answered right 1.000 0.000 -1.000 -1.000 to -1.000 2 1.000".split(),
                       "unclear"]  # fmt: skip
    assert lines[-3:] == [
        "2 questions came out otherwise",
        "  ferry: right -> wrongly declined",
        "  pier: right -> wrongly declined",
    ]


@pytest.mark.usefixtures("store")
def test_the_gate_is_pinned_held_and_missed(onrecord: OnRecord) -> None:
    command = ("eval", "run", written(FERRY, PIER), "--gate", "floors.toml")
    code, out, err = onrecord(*command, "--pin")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("floors.toml: pinned ")
    assert '[figures."answered right"]' in (pinned := Path("floors.toml").read_text())
    assert " ms" not in pinned
    code, out, err = onrecord(*command)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].endswith(" figures hold")
    Path("onrecord.toml").write_text("answer.may_be_wrong = 0.0\n")
    code, out, err = onrecord(*command)
    assert code == 1
    assert "floors.toml: note: the settings are not those the floors were pinned with" in err
    assert "floors.toml: answered right: 0.0000 (n = 2) is below its floor 0.5000" in err
    code, _, err = onrecord(*command, "--pin")
    assert code == 2
    assert "nothing was pinned" in err
    assert Path("floors.toml").read_text() == pinned
    assert onrecord(*command, "--pin", "--lower")[0] == 0
    assert onrecord(*command)[0] == 0


@pytest.mark.usefixtures("store")
def test_trec_files_and_the_page(onrecord: OnRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ModuleType("qa.evaluation.report")
    page.write_report = lambda report, path: path.write_text(report["rows"][0]["id"])  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "qa.evaluation.report", page)
    code, _, err = onrecord(
        "eval", "run", written(FERRY, PIER), "--trec", "trec", "--html", "page.html"
    )
    assert (code, err) == (0, "")
    assert Path("page.html").read_text() == "ferry"
    run, qrels = (
        Path(f"trec/articles.{kind}").read_text().splitlines() for kind in ("run", "qrels")
    )
    assert run[0].startswith("ferry Q0 a1 1 ")
    assert qrels == ["ferry 0 a1 1", "pier 0 a2 1"]
    gold = Path("trec/sentences.qrels").read_text().split()[2]
    assert Path("trec/sentences.run").read_text().startswith(f"ferry Q0 {gold} 1 1.0 ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pin"], "--pin needs --gate FILE"),
        (["--gate", "floors.toml", "--lower"], "--lower belongs to --pin"),
        (["--json", "no/f.json"], "no/f.json cannot be a file there"),
        (["--html", "data"], "data cannot be a file there"),
        (["--compare", "no.json"], "no.json: cannot be read"),
        (["--gate", "no.toml"], "no.toml: cannot be read"),
        (["--compare", "set.jsonl"], "set.jsonl: figures: not the JSON of an evaluation"),
        (["--limit", "0"], "Invalid value for '--limit'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("store")
def test_b84_what_cannot_work_is_said_before_anything_is_asked(
    onrecord: OnRecord, arguments: list[str], message: str
) -> None:
    code, out, err = onrecord("eval", "run", written(FERRY), *arguments)
    assert (code, out, Watched.asked) == (2, "", 0)
    assert message in err


def test_b78_a_missing_store_is_not_made(onrecord: OnRecord) -> None:
    code, out, _ = onrecord("eval", "run", written(FERRY), "--store", "none", "--json", "f.json")
    assert (code, out) == (5, "")
    assert [path.name for path in Path().iterdir()] == ["set.jsonl"]


def test_help(onrecord: OnRecord) -> None:
    code, out, err = onrecord("eval", "run", "--help")
    assert (code, err) == (0, "")
    assert "For example: onrecord eval run" in out
