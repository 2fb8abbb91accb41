"""The cache of the compiled model: checked at each load, made again when it is damaged."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from corpus.errors import ModelError
from index.export import cache_folder, check_digest, file_digest, is_intact, prepare


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = prepare()
    shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path


def test_an_intact_cache_is_used_as_it_is(cache: Path) -> None:
    told: list[str] = []
    folder = prepare(told.append, cache)
    assert is_intact(folder)
    assert (told, [path.name for path in cache.iterdir()]) == ([], [folder.name])


@pytest.mark.parametrize("name", ["model.bin", "model.xml", "tokenizer.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["altered", "missing"])
def test_any_damage_is_noticed(cache: Path, name: str, damage: str) -> None:
    path = prepare(cache=cache) / name
    if damage == "missing":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    assert not is_intact(path.parent)


def test_a_damaged_cache_is_made_again(cache: Path) -> None:
    folder = prepare(cache=cache)
    (folder / "model.bin").write_bytes(b"")
    told: list[str] = []
    assert prepare(told.append, cache) == folder
    assert is_intact(folder)
    assert len(told) == 1
    assert [path.name for path in cache.iterdir()] == [folder.name]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match=r"E_MODEL .*file"):
        prepare(cache=tmp_path / "file")


def test_a_wrong_digest_names_file_and_both_digests(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"altered")
    with pytest.raises(ModelError) as caught:
        check_digest(path, "0" * 64)
    assert all(part in str(caught.value) for part in (str(path), file_digest(path), "0" * 64))
    with pytest.raises(ModelError, match="missing"):
        check_digest(tmp_path / "missing", "0" * 64)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"ONRECORD_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, "/a", id="ours first"),
        pytest.param({"XDG_CACHE_HOME": "/b"}, "/b/onrecord", id="the desktop's"),
        pytest.param({"HOME": "/c"}, "/c/.cache/onrecord", id="home"),
    ],
)
def test_where_the_cache_is(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name in ("ONRECORD_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == Path(expected)


def test_home_may_be_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ONRECORD_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert cache_folder().is_absolute()  # from the password file
