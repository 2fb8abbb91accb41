from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import COMMANDS, with_default_command

OnRecord = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[2]
NAMES = [command.__name__ for command in COMMANDS]
WRITERS = {"ingest", "remove", "limit", "rebuild"}
DAY = "2019-01-31"


def test_the_commands_are_those_of_the_contract() -> None:
    contract = (
        "ingest ask chat serve mcp quote export remove limit stats verify rebuild errors prepare"
    )
    assert " ".join(NAMES) == contract


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself_with_an_example(onrecord: OnRecord, name: str) -> None:
    code, out, err = onrecord(name, "--help")
    assert (code, err) == (0, "")
    assert f"For example: onrecord {name}" in out
    assert "--config" in out
    assert "--debug" in out
    assert ("--store" in out) == (name != "prepare")
    assert ("--wait" in out) == (name in WRITERS)


def test_the_help_lists_every_command(onrecord: OnRecord) -> None:
    code, out, _ = onrecord("--help")
    assert code == 0
    listed = [line.split()[0] for line in out.split("Commands:\n")[1].splitlines()]
    assert listed == [*NAMES, "conversations", "eval", "feedback", "keys"]


def test_the_readme_mentions_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [n for n in NAMES if f"onrecord {n}" not in readme and f"`{n}`" not in readme]
    assert missing == []


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys, app\n"
        "heavy = {'numpy', 'pydantic', 'torch', 'gradio', 'faiss', 'openvino', 'rich',"
        " 'sentence_transformers', 'tiktoken', 'trafilatura', 'dateparser', 'pandas', 'mcp'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"[]\n"


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ([], ["serve"]),
        (["--port", "8000"], ["serve", "--port", "8000"]),
        (["--help"], ["--help"]),
        (["stats"], ["stats"]),
    ],
    ids=" ".join,
)
def test_without_a_command_the_page_is_served(given: list[str], run: list[str]) -> None:
    assert with_default_command(given) == run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param("aks", "No such command 'aks'. Did you mean 'ask'?", id="B84 misspelt"),
        pytest.param("ask q --bogus", "No such option: --bogus", id="B84 unknown option"),
        pytest.param("ask q --since tomorrow", "'tomorrow' is not a date", id="B84 no date"),
        pytest.param("ask q --until 20190131", "'20190131' is not a date", id="B84 short date"),
        pytest.param("ask q --asked 2019-02-30", "'2019-02-30' is not a date", id="B84 no day"),
        pytest.param(
            f"ask q --since {DAY} --until 2019-01-30", "contradictory", id="B84 reversed days"
        ),
        pytest.param("ask", "either a question or --batch", id="B84 no question"),
        pytest.param("ask q --batch f", "either a question or --batch", id="B84 both"),
        pytest.param("ask one two", "unexpected extra argument", id="B84 two questions"),
        pytest.param("ask q --proof answer.pdf", "neither in .html nor in .json", id="B84 proof"),
        pytest.param("ask q --proof no/a.html", "cannot be a file there", id="B84 proof folder"),
        pytest.param("ask --batch f --proof a.html", "contradictory", id="B84 proof of a batch"),
        pytest.param("ask --batch no-such-file", "No such file", id="B84 no batch"),
        pytest.param("ask --batch .", "Is a directory", id="B84 folder for a batch"),
        pytest.param("ingest", "name a file or folder", id="B84 nothing to ingest"),
        pytest.param("ingest x --wait -1", "greater than or equal to 0", id="B84 negative wait"),
        pytest.param("ingest x --wait soon", "valid", id="B84 wait in words"),
        pytest.param("remove", "give one of ID, --url and --publisher", id="B84 remove nothing"),
        pytest.param("remove a --url b", "give one of ID", id="B84 remove two ways"),
        pytest.param("limit --to a", "give one of ID, --url and", id="B84 limit nothing"),
        pytest.param("limit a", "give --to with the name of a group", id="B84 limit to whom"),
        pytest.param("limit a --to b --to-everyone", "give --to with", id="B84 limit both ways"),
        pytest.param("limit a --to b\tc", "--to: a group's name", id="B84 no group's name"),
        pytest.param("limit --url http://x:y/ --to b", "is no link", id="B84 limit no link"),
        pytest.param("ingest x --group ", "--group: a group's name", id="B84 ingest no group"),
        pytest.param("serve --port -1", "greater than or equal to 0", id="B77 port below 0"),
        pytest.param("serve --port 65536", "less than or equal to 65535", id="B77 port too high"),
        pytest.param("chat --no-save --conversation a", "contradictory", id="B84 kept or not"),
        pytest.param("conversations export a --format pdf", "'pdf'", id="B84 export format"),
        pytest.param("conversations export a --out no/a.md", "cannot be a file", id="B84 out"),
        pytest.param("conversations show", "Missing argument", id="B84 no conversation"),
        pytest.param("stats --config no.toml", "no.toml: the settings file", id="B75 no settings"),
        pytest.param("ask \udcff", "not valid UTF-8", id="B84 not UTF-8"),
        pytest.param("\udcff", "not valid UTF-8", id="B84 command not UTF-8"),
    ],
)
def test_a_wrong_call_is_refused(
    onrecord: OnRecord,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = onrecord(*arguments.split(" "))
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_b74_wrong_settings_start_nothing(onrecord: OnRecord, tmp_path: Path) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text("[serve]\nprot = 80\n")
    for arguments in (["ask", "q"], ["ingest", "--sample"], ["serve"], ["stats"], ["chat"]):
        code, out, err = onrecord(*arguments, "--config", config, "--store", tmp_path / "s")
        assert (code, out) == (2, "")
        assert f"{config}:2: serve.prot: unknown key; did you mean 'port'?" in err
    assert list(tmp_path.iterdir()) == [config]
