"""`onrecord eval quotes`, over a few articles of the sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.sample import sample_path
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.evaluation.quotes.falsify import FALSE_KINDS

OnRecord = Callable[..., Any]
FEW = ("--excerpts", 5, "--statements", 3)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quotes")
    few = folder / "few.jsonl"
    few.write_text("\n".join(sample_path().read_text("utf-8").splitlines()[:12]), "utf-8")
    with open_archive(folder / "store", create=True) as archive:
        ingest([str(few)], archive, HashEmbedder())
    return folder / "store"


def test_figures_by_kind(onrecord: OnRecord, store: Path) -> None:
    found = onrecord("eval", "quotes", "--store", store, "--json", *FEW)
    figures = json.loads(found.out)
    assert found.code == 0
    assert figures["found"]["n"] == figures["found"]["right"] == 5
    assert list(figures["refused"]) == list(FALSE_KINDS)
    assert all(tally["right"] == tally["n"] for tally in figures["refused"].values())
    shown = onrecord("eval", "quotes", "--store", store, *FEW)
    assert "excerpts found with their source" in shown.out
    assert "5 of 5 (100.0%)" in shown.out


def test_sentences_of_ones_own(onrecord: OnRecord, store: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.txt"
    foreign.write_text("Nobody in Lima rowed to the moon.\n\nSheep knit no jumpers.\n", "utf-8")
    found = onrecord("eval", "quotes", "--store", store, "--json", "--foreign", foreign, *FEW)
    assert json.loads(found.out)["foreign"]["n"] == 2


@pytest.mark.parametrize("content", [None, b"", b"\xff"], ids=["missing", "empty", "no UTF-8"])
def test_a_file_that_holds_no_sentence(
    onrecord: OnRecord, store: Path, tmp_path: Path, content: bytes | None
) -> None:
    foreign = tmp_path / "foreign.txt"
    if content is not None:
        foreign.write_bytes(content)
    found = onrecord("eval", "quotes", "--store", store, "--foreign", foreign, *FEW)
    assert found.code == 2
    assert str(foreign) in found.err
