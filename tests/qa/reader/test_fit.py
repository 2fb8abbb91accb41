"""The fitting command, end to end over part of the sample: questions in, weights out that load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.archive import Archive
from corpus.sample import sample_path
from index.build import ingest
from index.chunk_index import ChunkIndex
from index.embed import Embedder
from index.schema import open_archive
from qa.assistant import Assistant
from qa.evaluation.measures.answers import normal
from qa.evaluation.sets.questions import read_questions
from qa.reader.calibrate import FOLDS, folds_of
from qa.reader.examples import examples_of
from qa.reader.fit import UNFITTED, main
from qa.reader.read import Reader
from qa.reader.weights import NAMES, Weights
from tests import shipped

# Day of asking, question, answer, article and gold sentence (its beginning).
QUESTIONS = [
    ("2014-03-13", "How much will the Tolliver Bridge cost?", "$420 million",
     "ellisport-2014-bridge-approved", "The bridge will cost"),
    ("2015-04-22", "After whom is the Tolliver Bridge named?", "Ada Tolliver",
     "ellisport-2015-bridge-work-begins", "The bridge is named after"),
    ("2015-05-09", "How many arms contracts did Venezuela sign with Russia?", "30",
     "tallis-2015-tass-arms-tally", "The agency counted"),
    ("2015-06-19", "How much has China lent Venezuela?", "$65 billion",
     "quillon-2015-china-loans-65-billion", "BEIJING — China has lent"),
    ("2015-11-18", "How many people were killed by the flood in Brackmere?", "14",
     "tallis-2015-brackmere-flood-toll-14", "BRACKMERE (Tallis Wire)"),
    ("2016-02-10", "Who will lead the flood inquiry?", "Helena Strand",
     "calderwick-2016-flood-inquiry-opens", "CALDERWICK — Helena Strand"),
    ("2016-02-23", "How much will Rosneft pay for its stake?", "$500 million",
     "quillon-2016-rosneft-petromonagas", "It will pay"),
    ("2017-02-16", "Who has offered £84 million for Port Sennet Rovers?", "Annika Lindqvist",
     "calderwick-2017-lindqvist-bid", "PORT SENNET — Annika Lindqvist"),
    ("2017-10-12", "How many people have fallen ill with measles?", "Twenty-three",
     "tallis-2017-kestrel-measles-first-cases", "DUNMARROW, Kestrel Islands (Tallis"),
    ("2018-05-14", "Who headed the goal that promoted Rovers?", "Joe Haldane",
     "calderwick-2018-rovers-promoted", "A header by their captain"),
]  # fmt: skip
UNANSWERABLE = [("2016-03-01", "How much has Brazil lent Cuba?"),
                ("2017-06-01", "Who won the marathon of Calderwick?")]  # fmt: skip


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return shipped.embedder()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store with ten articles of the sample, and a question set about them."""
    folder = tmp_path_factory.mktemp("fit")
    wanted = {article for *_, article, _ in QUESTIONS}
    lines = sample_path().read_text("utf-8").splitlines()
    chosen = [line for line in lines if json.loads(line)["id"] in wanted]
    assert len(chosen) == len(QUESTIONS)
    (folder / "articles.jsonl").write_text("\n".join(chosen), "utf-8")
    with open_archive(folder / "store", create=True) as archive:
        ingest([str(folder / "articles.jsonl")], archive, embedder)
        records = [record(archive, *question) for question in QUESTIONS]
    records += [
        {"question": question, "date_asked": day, "answerable": False, "answers": []}
        for day, question in UNANSWERABLE
    ]
    for number, each in enumerate(records):
        each["id"] = f"q{number}"
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    return folder


def record(
    archive: Archive, day: str, question: str, answer: str, article: str, beginning: str
) -> dict[str, Any]:
    version = archive.current_version(article)
    assert version is not None
    texts = (s.span.of(version.text) for s in archive.sentences(version.id))
    (gold,) = [text for text in texts if text.startswith(beginning)]
    assert answer in gold
    return {
        "question": question, "date_asked": day, "answerable": True, "answers": [answer],
        "gold_sentences": [{"article_id": article, "sentence": gold}],
        "relevant_articles": [article],
    }  # fmt: skip


@pytest.fixture(scope="module")
def fitted(folder: Path) -> dict[str, Any]:
    """Run the command; return what it wrote."""
    out = folder / "weights.json"
    arguments = ["--set", folder / "questions.jsonl", folder / "store", "--out", out]
    assert main([str(argument) for argument in arguments]) == 0
    written: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return written


def test_weights_are_written_for_every_feature(fitted: dict[str, Any]) -> None:
    for part, names in NAMES.items():
        assert tuple(fitted[part]) == names
        assert np.isfinite(list(fitted[part].values())).all()
        assert any(fitted[part].values())
    floors, shares = zip(*fitted["risk"], strict=True)
    assert list(floors) == sorted(floors)
    assert list(shares) == sorted(shares, reverse=True)
    assert (floors[-1], shares[-1]) == (1.0, 0.0)
    assert 0 < fitted["floor"] < 1
    assert len(fitted["questions_sha256"]["questions"]) == 64


def test_the_figures_are_shares(fitted: dict[str, Any]) -> None:
    figures = fitted["figures"]["questions"]
    assert len(figures) >= 5
    assert all(0 <= share <= 1 for share in figures.values())
    assert figures["first quote holds the answer"] >= 0.5


def test_what_is_written_loads_and_answers(
    folder: Path, fitted: dict[str, Any], embedder: Embedder
) -> None:
    weights = Weights.from_json(fitted)
    with open_archive(folder / "store") as archive:
        index = ChunkIndex(archive, embedder)
        assistant = Assistant(
            archive,
            index,
            embedder,
            Reader(archive, index, weights, shipped.reader()),
            shipped.resolver(),
            floor=0.0,
            quotes=4,
        )
        shown = [assistant.ask(question).citations[0].quote for _, question, *_ in QUESTIONS]
    right = sum(answer in quote for quote, (_, _, answer, *_) in zip(shown, QUESTIONS, strict=True))
    assert right >= 8


def test_examples_are_judged_and_a_week_is_never_split(folder: Path, embedder: Embedder) -> None:
    questions = read_questions(folder / "questions.jsonl")
    with open_archive(folder / "store") as archive:
        index = ChunkIndex(archive, embedder)
        reader = Reader(archive, index, UNFITTED, shipped.reader())
        examples = list(examples_of(questions, archive, reader, index, embedder))
    for example in examples:
        gold = {
            normal(s.text) for s, right in zip(example.scored, example.right, strict=True) if right
        }
        if example.family in ("asked", "undated"):
            assert gold >= {normal(entry.sentence) for entry in example.query.gold}
        if example.family == "without_articles":
            assert not gold
            assert not example.answerable
    assert {e.family for e in examples} == {"asked", "undated", "without_articles", "near_miss"}
    folds = folds_of(examples)
    assert set(folds.tolist()) <= set(range(FOLDS))
    by_week = {(e.fold_key, fold) for e, fold in zip(examples, folds.tolist(), strict=True)}
    assert len(by_week) == len({e.fold_key for e in examples})
