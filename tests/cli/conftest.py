from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from app import application
from cli.edge import run


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def onrecord(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command in this process, as the command line would."""

    def call(*arguments: object) -> Outcome:
        code = run(application, [str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return call
