"""Look whether tests notice bugs planted in the gate: ``python tests/bench/planted_bugs.py``.

Each bug of `planted_bugs.toml` is put alone into a copy of what git tracks, as it is in the working
tree, and the gate's tests are run there until one fails. A bug that breaks the import of its module
is no bug for tests to find, so each module is imported first. Without a bug the tests have to pass.
Ends with 1 if a bug is not caught. ``--only ID`` tries one, ``--jobs N`` that many at once.
"""

# ruff: noqa: T201 - a script that prints its figures

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUGS = Path(__file__).with_suffix(".toml")
PARTS = """verify clauses phrasing capitals facts figures fold moments units verbs quotes restore
    compose cited""".split()
LONGEST = 900.0
"""Seconds for the tests of one bug; one that makes them hang is not caught."""
_FAILED = re.compile(r"^FAILED (.+?)(?: - |$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug to plant: in `file`, `old` is replaced by `new`."""

    id: str
    file: str
    breaks: str
    example: str
    old: str
    new: str

    def plant(self, tree: Path) -> None:
        """Put the bug into a copy of the tree; ValueError where it cannot be put."""
        path = tree / self.file
        source = path.read_text("utf-8")
        if source.count(self.old) != 1:
            raise ValueError(f"{self.id}: `old` stands {source.count(self.old)} times in it")
        path.write_text(source.replace(self.old, self.new), "utf-8")
        module = self.file.removesuffix(".py").replace("/", ".")
        imported = python(tree, "-c", f"import {module}")
        if imported.returncode:
            raise ValueError(f"{self.id}: {module} cannot be imported\n{imported.stderr}")


def bugs() -> list[Bug]:
    """Return the bugs in their order."""
    return [Bug(**fields) for fields in tomllib.loads(BUGS.read_text("utf-8"))["bug"]]


def gate_tests() -> list[str]:
    """Return the paths of the gate's tests that there are."""
    named = [f"tests/qa/test_{part}.py" for part in PARTS]
    stored = sorted((ROOT / "tests/corpus").glob("test_article*.py"))
    named += ["tests/corpus/test_cited.py", *(str(path.relative_to(ROOT)) for path in stored)]
    return [path for path in named if (ROOT / path).exists()]


def copy_tree(target: Path) -> None:
    """Copy what git tracks, as it is in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def python(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this Python in the copy, whose modules come before those that are installed."""
    # Without compiled files: a changed source of the same size and second would not be seen.
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )


def failed_test(bug: Bug | None, tests: Sequence[str]) -> str | None:
    """Return the test that fails with the bug, None if all pass; ValueError if they cannot run."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        tree = Path(folder)
        copy_tree(tree)
        if bug:
            bug.plant(tree)
            own = f"test_{Path(bug.file).stem}.py"  # the likeliest to fail come first
            tests = sorted(tests, key=lambda path: not path.endswith(own))
        options = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")
        try:
            done = python(tree, *options, *tests)
        except subprocess.TimeoutExpired:
            return None
    if done.returncode not in (0, 1):
        raise ValueError(f"the tests cannot run\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    named = _FAILED.search(done.stdout)
    return (named[1] if named else done.stdout[-500:]) if done.returncode else None


def try_bug(bug: Bug, tests: Sequence[str]) -> bool:
    """Print whether the bug is caught, by which test or what it breaks, and return it."""
    try:
        failed = failed_test(bug, tests)
    except ValueError as error:  # the list is at fault, or the tests: the others are tried still
        print(f"CANNOT TRY  {bug.id}: {error}", flush=True)
        return False
    print(f"caught      {bug.id}: {failed}" if failed else f"NOT CAUGHT  {bug.id}: {bug.breaks}")
    if not failed:
        print(f"            {bug.file}; for example {bug.example}")
    sys.stdout.flush()
    return failed is not None


def main() -> int:
    """Try the bugs that are asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="how many at once (default 2)")
    parser.add_argument("--only", metavar="ID", help="one bug instead of all")
    options = parser.parse_args()
    chosen = [bug for bug in bugs() if options.only in (None, bug.id)]
    if not chosen:
        parser.error(f"no bug {options.only!r} in {BUGS.name}")
    tests = gate_tests()
    failed = failed_test(None, tests)
    if failed:
        print(f"Without a bug a test fails already: {failed}")
        return 1
    with ThreadPoolExecutor(max(1, options.jobs)) as pool:
        caught = sum(pool.map(lambda bug: try_bug(bug, tests), chosen))
    print(f"{caught} of {len(chosen)} planted bugs were caught.")
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
