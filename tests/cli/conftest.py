from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from app import application
from cli.edge import run
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _untimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no line of progress come between on a slow machine."""
    monkeypatch.setattr("cli.progress.SECONDS_TO_THE_FIRST_LINE", 3600.0)


@pytest.fixture
def onrecord(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command in this process, as the command line would."""

    def call(*arguments: object) -> Outcome:
        code = run(application, [str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture
def ferry_store(tmp_path: Path) -> Path:
    """Make a store of one short article."""
    source = tmp_path / "in.jsonl"
    text = "The ferry Skua sank on Monday. Nobody was hurt."
    source.write_text(json.dumps({"id": "ferry", "title": "Ferry lost", "text": text}))
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
    return tmp_path / "store"
