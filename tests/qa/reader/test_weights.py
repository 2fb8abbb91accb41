"""A file of weights: what fitting writes is read back, anything else is refused by name."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import SettingsError
from qa.assemble import open_assistant
from qa.reader.fit import UNFITTED
from qa.reader.weights import Weights, read_weights
from qa.settings import AnswerSettings, Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "weights.json"


def write(file: Path, **changed: Any) -> None:
    stored = {**asdict(UNFITTED), "figures": {}, **changed}
    file.write_text(json.dumps({k: v for k, v in stored.items() if v is not ...}))


def test_what_was_written_is_read(file: Path) -> None:
    write(file, floor=0.25)
    assert read_weights(file) == Weights(**{**asdict(UNFITTED), "floor": 0.25})


def message_of(file: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        read_weights(file)
    return str(caught.value).replace(str(file), "F")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("weights", "F: not JSON: Expecting value; expected what", id="not JSON"),
        pytest.param("", "F: not JSON: ", id="empty"),
        pytest.param("[" * 200_000, "F: not JSON: nested too deeply", id="nested"),
        pytest.param("[1]", "F: no object with parts; expected what", id="a list"),
    ],
)
def test_a_file_of_something_else_is_refused(file: Path, content: str, message: str) -> None:
    file.write_text(content)
    assert message_of(file).startswith(message)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param({"view": ...}, "F: the part 'view' is missing; expected", id="missing part"),
        pytest.param({"floor": ...}, "F: the part 'floor' is missing; expected", id="no floor"),
        pytest.param(
            {"short": {k: v for k, v in UNFITTED.short.items() if k not in ("bias", "is_best")}},
            "F: short: no weight for is_best, bias; expected",
            id="features without weights",
        ),
        pytest.param({"answer": [1]}, "F: answer: no object of weights", id="part is a list"),
        pytest.param(
            {"view": {**UNFITTED.view, "share": "x"}}, "F: view.share: no number but 'x'", id="text"
        ),
        pytest.param({"floor": True}, "F: floor: no number but True", id="truth value"),
        pytest.param({"floor": 10**400}, "F: floor: no number but 1000", id="beyond any float"),
        pytest.param({"floor": float("inf")}, "F: not JSON", id="infinity"),
    ],
)
def test_a_file_that_lacks_something_is_refused(
    file: Path, changed: dict[str, Any], message: str
) -> None:
    write(file, **changed)
    assert message_of(file).startswith(message)


def test_a_number_too_large_is_refused(file: Path) -> None:
    write(file, floor=12345)
    file.write_text(file.read_text().replace("12345", "1e999"))
    assert message_of(file).startswith("F: floor: no number but inf")


def test_everything_that_is_missing_is_named(file: Path) -> None:
    write(file, view=..., floor=...)
    assert [line.split("'")[1] for line in message_of(file).splitlines()] == ["view", "floor"]


def test_a_missing_file_and_a_folder_are_refused(file: Path) -> None:
    assert "F: the file of weights cannot be read: No such file" in message_of(file)
    file.mkdir()
    assert message_of(file) == "F: the file of weights is not a regular file"


def test_the_setting_decides_which_are_read(file: Path, tmp_path: Path) -> None:
    write(file, view=...)
    with pytest.raises(SettingsError, match="the part 'view' is missing"):
        open_assistant(tmp_path, Settings(answer=AnswerSettings(weights=file)))
