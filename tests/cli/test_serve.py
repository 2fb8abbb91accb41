from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

OnRecord = Callable[..., tuple[int, str, str]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What the page was served with."""
    monkeypatch.chdir(tmp_path)
    call: dict[str, Any] = {}

    def serve(store: Path, _settings: object, **arguments: Any) -> None:
        call.update(arguments, store=store)
        arguments["announce"]("ready")

    monkeypatch.setattr("web.serve.serve", serve)
    return call


def test_the_page_is_for_this_machine_only(onrecord: OnRecord, served: dict[str, Any]) -> None:
    assert onrecord("serve") == (0, "ready\n", "")
    assert served["host"] == "127.0.0.1"
    assert served["port"] == 7860
    assert served["store"] == Path("data")
    assert served["open_browser"] is False


def test_the_settings_are_followed(onrecord: OnRecord, served: dict[str, Any]) -> None:
    Path("onrecord.toml").write_text('store = "s"\n[serve]\nhost = "::1"\nport = 80\n')
    assert onrecord("serve", "--open")[0] == 0
    assert (served["host"], served["port"]) == ("::1", 80)
    assert served["store"] == Path("s")
    assert served["open_browser"] is True


def test_the_command_line_comes_before_the_settings(
    onrecord: OnRecord, served: dict[str, Any]
) -> None:
    Path("onrecord.toml").write_text('store = "s"\n[serve]\nhost = "::1"\nport = 80\n')
    assert onrecord("serve", "--host", "0.0.0.0", "--port", 0, "--store", "t")[0] == 0
    assert (served["host"], served["port"]) == ("0.0.0.0", 0)
    assert served["store"] == Path("t")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_b77_a_port_in_use(onrecord: OnRecord, taken: int) -> None:
    code, out, err = onrecord("serve", "--port", taken)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"port {taken} is in use" in err


def test_b77_an_address_of_another_machine(onrecord: OnRecord) -> None:
    code, out, err = onrecord("serve", "--host", "192.0.2.1")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "192.0.2.1" in err


def test_a_root_path_is_passed_on(onrecord: OnRecord, served: dict[str, Any]) -> None:
    Path("onrecord.toml").write_text('[serve]\nroot_path = "/news"\n')
    onrecord("serve")
    assert served["root_path"] == "/news"
    onrecord("serve", "--root-path", "https://intranet.example/x")
    assert served["root_path"] == "https://intranet.example/x"


@pytest.mark.parametrize("path", ["news", "/../x", "https://"])
def test_b77_a_root_path_that_is_none(onrecord: OnRecord, path: str) -> None:
    code, out, err = onrecord("serve", "--root-path", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "is no place for the page" in err
