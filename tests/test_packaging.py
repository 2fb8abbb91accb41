"""A wheel carries everything: packages listed, data matched, every requirement pinned."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("cli", "corpus", "index", "qa", "web")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def shipped_files() -> list[Path]:
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file())
    return [path.relative_to(ROOT) for path in found if "__pycache__" not in path.parts]


def canonical(requirement: str) -> str:
    name = re.split(r"[<>=!~\[;@ ]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_of_the_tree_is_listed(project: dict[str, Any]) -> None:
    packages = (path.parent for path in shipped_files() if path.name == "__init__.py")
    in_tree = {".".join(package.parts) for package in packages}
    assert in_tree == set(project["tool"]["setuptools"]["packages"])


def test_every_data_file_of_the_tree_is_matched_by_a_glob(project: dict[str, Any]) -> None:
    globs = [
        f"{package.replace('.', '/')}/{glob}"
        for package, patterns in project["tool"]["setuptools"]["package-data"].items()
        for glob in patterns
    ]
    data = [path for path in shipped_files() if path.suffix != ".py"]
    assert [path for path in data if not any(path.match(glob) for glob in globs)] == []


def test_every_requirement_is_pinned_without_a_local_version(project: dict[str, Any]) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *(name for extra in extras for name in extra)]
    assert {canonical(name) for name in wanted} <= {canonical(pin) for pin in pins}


def test_torch_is_pinned_to_the_version_that_was_measured() -> None:
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
