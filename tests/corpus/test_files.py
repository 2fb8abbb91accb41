from __future__ import annotations

from pathlib import Path

import pytest

from corpus.files import write_whole


def test_a_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("a longer text than the next")
    write_whole(path, "später\n\ud800")
    assert path.read_bytes() == "später\n\\ud800".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "a", "text")
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a", "text")
