from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Annotated

import pytest
import typer

from cli.edge import run
from corpus.errors import (
    ItemError,
    MissingExtraError,
    ModelError,
    QuestionError,
    SettingsError,
    StoreDamagedError,
    StoreError,
    StoreFormatError,
    StoreLockedError,
    UsageError,
)

ROOT = Path(__file__).parents[2]


def application_raising(error: BaseException) -> typer.Typer:
    application = typer.Typer(rich_markup_mode=None)

    @application.command()
    def fail(_debug: Annotated[bool, typer.Option("--debug")] = False) -> None:
        raise error

    return application


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("no"), 2, "Error: no"),
        (SettingsError("f:1: key: no"), 2, "Error: f:1: key: no"),
        (QuestionError("E_EMPTY", "ask something"), 2, "Error: ask something"),
        (ModelError("model.bin: altered"), 2, "Error: model.bin: altered"),
        (MissingExtraError("x", "pdf"), 2, "Error: x needs the extra 'pdf'"),
        (ItemError("E_EMPTY", "no text", source="a.txt"), 3, "a.txt: E_EMPTY no text"),
        (StoreError("no store"), 5, "Error: no store"),
        (StoreFormatError("format 9"), 5, "Error: format 9"),
        (StoreLockedError("pid 7"), 5, "Error: pid 7"),
        (StoreDamagedError("damaged"), 5, "Error: damaged"),
        (sqlite3.OperationalError("disk I/O error"), 5, "Error: the store cannot be used: disk"),
        (PermissionError(13, "Permission denied", "p.html"), 1, "Error: [Errno 13] Permission"),
        (ZeroDivisionError("x"), 1, "Error: internal error (ZeroDivisionError: x); run again with"),
        (sqlite3.ProgrammingError("closed"), 1, "Error: internal error (ProgrammingError: closed)"),
        (typer.BadParameter("odd"), 2, "Usage: "),
        (typer.Exit(3), 3, ""),
        (typer.Abort(), 130, ""),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_error_has_a_code_and_at_most_a_message(
    error: BaseException, code: int, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(application_raising(error), []) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(line) if line else err == ""
    assert "Traceback" not in err


def test_a_message_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    run(application_raising(UsageError("no \x1b[2J\r“file”\nsecond line")), [])
    assert capsys.readouterr().err == "Error: no \\x1b[2J\\r“file”\nsecond line\n"


def test_a_traceback_is_shown_with_debug_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(application_raising(ZeroDivisionError("x")), ["--debug"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("Error: internal error")


SCRIPT = """
import signal, sys, time, typer
from cli.edge import handle_signals, run, stoppable
application = typer.Typer(rich_markup_mode=None)

@application.command()
def pour() -> None:
    while True:
        typer.echo("x" * 100)

@application.command()
def work() -> None:
    with stoppable() as stopped:
        typer.echo("ready")
        while not stopped():
            time.sleep(0.01)
    typer.echo("stopped at a border")
    raise typer.Exit(130)

@application.command()
def deaf() -> None:
    with stoppable() as stopped:
        typer.echo("ready")
        time.sleep(60)

class Last:
    def __del__(self) -> None:
        typer.echo("ready")
        time.sleep(60)

@application.command()
def finalise() -> None:
    Last()

@application.command()
def finalise_deaf() -> None:
    with stoppable():
        Last()

@application.command()
def idle() -> None:
    typer.echo("ready")
    time.sleep(60)

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup around the tests would have it ignored
handle_signals()
sys.exit(run(application, sys.argv[1:]))
"""


def start(command: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline()
    return process


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_b83_a_reader_that_has_read_enough_is_no_error() -> None:
    process = start("pour")
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.wait(timeout=120) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_b83_one_signal_stops_at_a_border(number: signal.Signals) -> None:
    process = start("work")
    process.send_signal(number)
    code, out, err = end(process)
    assert (code, out) == (130, "stopped at a border\n")
    assert "stopping after this article" in err


def test_b83_the_second_signal_stops_at_once() -> None:
    process = start("deaf")
    process.send_signal(signal.SIGINT)
    assert process.stderr
    assert process.stderr.readline() == "\n"
    process.send_signal(signal.SIGTERM)
    code, out, err = end(process)
    assert (code, out) == (130, "")
    assert "Traceback" not in err


def test_b83_a_signal_within_a_finaliser_is_not_lost() -> None:
    process = start("finalise")
    process.send_signal(signal.SIGINT)
    assert end(process) == (130, "", "")


def test_b83_the_second_signal_within_a_finaliser_stops_at_once() -> None:
    process = start("finalise-deaf")
    process.send_signal(signal.SIGINT)
    assert process.stderr
    assert process.stderr.readline() == "\n"
    process.send_signal(signal.SIGINT)
    code, out, err = end(process)
    assert (code, out) == (130, "")
    assert "Exception" not in err


def test_b83_a_command_without_borders_stops_at_once() -> None:
    process = start("idle")
    process.send_signal(signal.SIGTERM)
    assert end(process) == (130, "", "")


def test_b83_a_closed_stdout_and_stderr_are_no_error() -> None:
    command = f"exec {sys.executable} app.py stats --help >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], cwd=ROOT, check=False).returncode == 0


BARE = {"PATH": os.environ["PATH"]}


@pytest.mark.parametrize(
    ("before", "environment"),
    [
        pytest.param("", {"LC_ALL": "C", "LANG": "C"}, id="locale C"),
        pytest.param(
            "", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="ASCII"
        ),
        pytest.param("", {"PYTHONIOENCODING": "ascii"}, id="ASCII streams"),
        pytest.param("", {"PYTHONOPTIMIZE": "2"}, id="optimised"),
        pytest.param("umask 000;", {}, id="umask 000"),
        pytest.param("ulimit -n 64;", {}, id="64 files"),
        pytest.param("", {"TERM": "dumb"}, id="dumb terminal"),
    ],
)
def test_b85_works_in_odd_surroundings(before: str, environment: dict[str, str]) -> None:
    """HOME and TZ are unset in all of them, and there is no terminal."""
    process = subprocess.run(
        ["sh", "-c", f"{before} exec {sys.executable} app.py ask --since “tomorrow”"],
        cwd=ROOT,
        env=BARE | environment,
        capture_output=True,
        check=False,
    )
    assert process.returncode == 2
    assert "tomorrow" in process.stderr.decode()
    assert "Traceback" not in process.stderr.decode()
