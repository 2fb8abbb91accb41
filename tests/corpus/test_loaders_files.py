"""Files and folders: what is opened, what is refused, and that nothing holds a load up."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.loaders import files, load

TEXT = "The bridge is shut."


def codes(source: Path | str) -> dict[str, str]:
    """Return the error code, or "ok", by file name."""
    return {
        Path(item.source).name: item.code if isinstance(item, ItemError) else "ok"
        for item in load(str(source))
    }


def error(source: Path | str) -> ItemError:
    (item,) = load(str(source))
    assert isinstance(item, ItemError), item
    return item


def article(source: Path) -> RawArticle:
    (item,) = load(str(source))
    assert isinstance(item, RawArticle), item
    return item


def test_each_format_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.MD").write_text(f"# B\n\n{TEXT}")
    (tmp_path / "c.jsonl").write_text('{"text": "C."}\n{"text": "D."}\n')
    (tmp_path / "d").write_text(TEXT)
    words = f"<p>{TEXT} It is old and will be mended.</p>" * 2 + f"<p>It costs much. {TEXT * 5}</p>"
    (tmp_path / "e.htm").write_text(f"<html><body><article>{words}</article></body></html>")
    (tmp_path / "f.txt").write_text(f"<!DOCTYPE html><html><body>{words}</body></html>")
    found = [item for item in load(str(tmp_path)) if isinstance(item, RawArticle)]
    assert sorted(Path(item.source).name for item in found) == [
        "a.txt", "b.MD", "c.jsonl", "c.jsonl", "d", "e.htm", "f.txt",
    ]  # fmt: skip
    assert not any("<" in item.text for item in found)


def test_key_is_the_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    assert article(Path("a.txt")).key == article(tmp_path / "a.txt").key == str(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("ftp://a.example/", "E_SCHEME"),
        ("file:///etc/passwd", "E_SCHEME"),
        ("http://127.0.0.1/", "E_FORBIDDEN_ADDRESS"),
        ("HTTP://[::1]/", "E_FORBIDDEN_ADDRESS"),
    ],
)
def test_a_link_is_fetched_only_from_the_public_web(source: str, code: str) -> None:
    assert error(source).code == code


def test_missing(tmp_path: Path) -> None:
    assert error(tmp_path / "no.txt").code == "E_NOT_FOUND"
    (tmp_path / "a.txt").write_text(TEXT)
    assert error(tmp_path / "a.txt" / "b").code == "E_NOT_FOUND"
    assert error("nul\0byte.txt").code == "E_READ"
    assert error(tmp_path / ("n" * 300)).code == "E_NOT_FOUND"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(TEXT)
    (tmp_path / "b.txt").chmod(0)
    (tmp_path / "c").mkdir(mode=0)
    assert codes(tmp_path) == {"a.txt": "ok", "b.txt": "E_PERMISSION", "c": "E_PERMISSION"}


def test_permission_error_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.setattr(os, "open", refuse)
    assert error(tmp_path / "a.txt").code == "E_PERMISSION"


def test_what_lies_in_a_locked_folder_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    assert error(tmp_path / "a.txt").code == "E_PERMISSION"


def test_link_into_a_locked_folder_does_not_end_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def stat(path: Path, **options: bool) -> os.stat_result:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return real(path, **options)

    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(TEXT)
    (tmp_path / "link").symlink_to("locked")
    monkeypatch.setattr(Path, "stat", stat)
    assert codes(tmp_path) == {"a.txt": "ok", "b.txt": "ok", "link": "E_PERMISSION"}


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.txt"))
        assert codes(tmp_path) == {"pipe.txt": "E_NOT_REGULAR", "s.txt": "E_NOT_REGULAR"}


@pytest.mark.parametrize("path", ["/dev/zero", "/proc/self/mem", "/proc/self/environ"])
def test_windows_into_the_system(path: str) -> None:
    assert error(path).code == "E_NOT_REGULAR"


def test_links_in_folders(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.txt").write_text(TEXT)
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.txt").write_text(TEXT)
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to("self")
    (folder / "again.txt").symlink_to("sub/a.txt")
    (folder / "out").symlink_to(outside)
    (folder / "gone.txt").symlink_to("nowhere")
    assert codes(folder) == {
        "a.txt": "ok",
        "out": "E_OUTSIDE",
        "gone.txt": "E_NOT_FOUND",
        "self": "E_NOT_FOUND",
    }


def test_link_named_by_the_user_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").symlink_to("a.txt")
    assert article(tmp_path / "b.txt").key == str((tmp_path / "a.txt").resolve())


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "E_EMPTY"),
        ("a.jsonl", b"", "E_EMPTY"),
        ("a.txt", "\ufeff \n\u00a0".encode(), "E_EMPTY"),
        ("a.txt", b"\x89PNG\r\n\x1a\n123", "E_BINARY"),
        ("a.html", b"\x7fELF\x02\x01\x01", "E_BINARY"),
        ("a.md", b"PK\x03\x04abc", "E_BINARY"),
        ("a.txt", b"a\x00b\x00c\x00", "E_BINARY"),
        ("a.txt", bytes(range(256)) * 9, "E_BINARY"),
        ("a.txt", b"x" * 257 + b"ustar", "E_BINARY"),
        ("a.zip", b"PK\x03\x04abc", "E_UNSUPPORTED"),
        ("a.tar.gz", b"\x1f\x8b", "E_UNSUPPORTED"),
        ("a.pdf", b"%PDF-1.7", "E_UNSUPPORTED"),
        ("a.docx", b"PK\x03\x04", "E_UNSUPPORTED"),
        ("a.csv", b"a,b", "E_UNSUPPORTED"),
        ("a.json", b"{}", "E_UNSUPPORTED"),
        ("a.xyz", b"words", "E_UNSUPPORTED"),
    ],
)
def test_refused_by_content_or_name(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    refused = error(tmp_path / name)
    assert refused.code == code
    assert refused.hint or code != "E_UNSUPPORTED"


def test_binary_type_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x89PNG\r\n")
    assert "PNG image" in error(tmp_path / "a.txt").message


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
    (tmp_path / "a.txt").write_text(TEXT)
    assert error(tmp_path / "a.txt").code == "E_TOO_LARGE"


def test_what_cannot_be_an_article_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.txt").write_text(TEXT)
    for name in (".hidden.txt", "a.css", "b.PNG", "c.js"):
        (tmp_path / name).write_text("x")
    assert codes(tmp_path) == {}


@pytest.mark.parametrize(
    "name", [b"-rf.txt", b"a\nb.txt", b"\xff.txt", "😀.txt".encode(), b"n" * 251 + b".txt"]
)
def test_odd_names(tmp_path: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)  # noqa: PTH118
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(TEXT.encode())
    (item,) = load(str(tmp_path))
    assert isinstance(item, RawArticle)
    assert item.key
    (item.key + item.source).encode()


def test_folder_is_read_as_it_is_searched(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text(TEXT)
    stream = load(str(tmp_path))
    next(stream)
    for path in tmp_path.iterdir():
        path.unlink()
    assert all(isinstance(item, ItemError) and item.code == "E_NOT_FOUND" for item in stream)


def test_file_that_changes_is_read_again_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    real, calls = files.fingerprint, []

    def moving(file: object) -> tuple[int, int]:
        calls.append(file)
        size, _ = real(file)  # type: ignore[arg-type]
        return size, len(calls) if len(calls) < restless else 0

    restless = 2
    monkeypatch.setattr(files, "fingerprint", moving)
    assert article(path).text == TEXT
    restless = 99
    assert error(path).code == "E_CHANGED"


def test_no_write_hides_in_the_step_of_the_clock(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    with files.open_regular(str(path), source="a") as file:
        os.utime(path)
        _, changed = files.settled_fingerprint(file)
        assert changed == path.stat().st_mtime_ns
        assert time.time_ns() - changed >= files.CLOCK_STEP


@pytest.mark.parametrize(
    "text", ["MZ Wallace sells bags.", "ID3 is a bill.", "RIFF raff, he said."]
)
def test_a_text_may_begin_like_a_program(text: str) -> None:
    files.check_not_binary(text.encode(), source="a.txt")
    with pytest.raises(ItemError, match="E_BINARY"):
        files.check_not_binary(text[:4].encode() + b"\x00\x01\x00\xff" * 10, source="a.txt")
