"""What `make` says and installs: a line for each step, and for a user nothing that tests need."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Python, pip and OnRecord as far as the Makefile sees them. What is in `fails` fails.
STUB = """#!/bin/sh
echo "$(basename "$0") $*" >> said
[ "$1" = -c ] || echo "noise of $*"
if [ -f fails ] && echo "$*" | grep -q -e "^$(cat fails)"; then echo "no space left"; exit 7; fi
case "$*" in
    "-m venv .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python; cp "$0" .venv/bin/onrecord ;;
    serve*)
        trap 'exit 130' INT
        echo "OnRecord is at http://127.0.0.1"
        while :; do sleep 0.1; done ;;
esac
"""


class Project:
    """A copy of the project's folder as `make` needs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, folder)
        (folder / "python-stub").write_text(STUB)
        (folder / "python-stub").chmod(0o755)

    def start(self, *given: str) -> subprocess.Popen[str]:
        made = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return subprocess.Popen(
            ["make", "PYTHON=./python-stub", *given], cwd=self.folder, env=made, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def make(self, *given: str) -> tuple[int, str, str]:
        with self.start(*given) as process:
            try:
                out, err = process.communicate(timeout=120)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        return process.returncode, out, err

    def said(self) -> list[str]:
        """Return the commands since this was asked last."""
        path = self.folder / "said"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def log(self) -> str:
        return (self.folder / ".venv" / "make.log").read_text()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    return Project(tmp_path)


def extras(commands: list[str]) -> set[str]:
    """Return the extras of OnRecord that were installed."""
    found = [line.partition("--editable .[")[2].rstrip("]") for line in commands]
    return {extra for each in found if each for extra in each.split(",")}


@pytest.mark.parametrize("goal", ["setup", "prepare", "tools", "test"])
def test_each_step_is_a_line_and_the_rest_is_in_the_log(project: Project, goal: str) -> None:
    code, out, err = project.make(goal)
    assert (code, err) == (0, "")
    own = [line for line in out.splitlines() if not line.startswith("noise of -m pytest")]
    assert own
    assert all(line.startswith("==> ") for line in own)
    for command in project.said():
        spoken = command.partition(" ")[2]
        unlogged = spoken.startswith(("-c import sys", "-m pytest"))
        assert f"noise of {spoken}" in project.log() or unlogged


def test_a_user_gets_no_tools_and_the_tests_get_the_rest(project: Project) -> None:
    assert project.make("prepare")[0] == 0
    assert extras(project.said()) == {"mcp", "oidc"}
    assert project.make("test")[0] == 0
    assert extras(project.said()) >= {"dev", "eval"}


def test_nothing_is_installed_twice(project: Project) -> None:
    assert project.make("prepare", "tools")[0] == 0
    project.said()
    assert project.make("prepare", "tools")[0] == 0
    assert not [line for line in project.said() if "pip" in line or "venv" in line]


@pytest.mark.parametrize(
    ("fails", "lines"),
    [("-m venv .venv", 2), ("-m pip --disable", 2), ("prepare", 5), ("ingest --sample", 6)],
)
def test_a_step_that_fails_shows_how_and_where_all_of_it_is(
    project: Project, fails: str, lines: int
) -> None:
    (project.folder / "fails").write_text(fails)
    code, out, err = project.make("chat")
    assert (code, "Error 7" in err) == (2, True)
    shown = out.splitlines()
    assert shown[-1] == "==> This failed; all that was said is in .venv/make.log"
    assert shown[-2] == "no space left"
    assert sum(line.startswith("==> ") for line in shown) == lines
    (project.folder / "fails").unlink()
    assert project.make("tools")[0] == 0


def test_ctrl_c_ends_the_page_without_a_word(project: Project) -> None:
    process = project.start("chat", "PORT=7861", "STORE=data/mine")
    assert process.stdout
    lines = [process.stdout.readline()]
    while "OnRecord is at" not in lines[-1]:
        assert lines[-1]
        lines.append(process.stdout.readline())
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (out, err) == ("", "")
    said = project.said()
    assert "onrecord ingest --sample --store data/mine" in said
    assert "onrecord serve --open --port 7861 --store data/mine" in said


def test_a_page_that_cannot_be_served_is_a_failure(project: Project) -> None:
    (project.folder / "fails").write_text("serve --open")
    code, out, err = project.make("chat")
    assert (code, "Error 7" in err) == (2, True)
    assert out.endswith("no space left\n")
