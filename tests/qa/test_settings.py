from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.errors import SettingsError
from qa.settings import Settings
from qa.settings_file import LARGEST_FILE, load_settings


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "onrecord.toml"


def message_of(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert caught.value.exit_code == 2
    return str(caught.value).replace(str(path), "F")


def test_without_a_file_everything_has_its_default() -> None:
    assert load_settings(None) == Settings()
    assert Settings().store == Path("data")
    assert Settings().serve.host == "127.0.0.1"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[serve]\n", "\t\n"])
def test_an_empty_file_changes_nothing(settings_file: Path, text: str) -> None:
    settings_file.write_text(text)
    assert load_settings(settings_file) == Settings()


def test_every_setting_can_be_given(settings_file: Path, tmp_path: Path) -> None:
    settings_file.write_text(
        'store = "archive"\n'
        '[model]\nname = "all-mpnet-base-v2"\nreader = "models/mine"\n'
        'cache = "/var/cache/onrecord"\nthreads = 2\n'
        '[answer]\nquotes = 2\nmay_be_wrong = 0.5\nweights = "mine.json"\n'
        '[serve]\nhost = "0.0.0.0"\nport = 8080\n'
    )
    settings = load_settings(settings_file)
    assert settings.store == tmp_path / "archive"
    assert settings.model.cache == Path("/var/cache/onrecord")
    assert (settings.model.name, settings.model.threads) == ("all-mpnet-base-v2", 2)
    assert settings.model.reader == "models/mine"
    assert (settings.answer.quotes, settings.answer.may_be_wrong) == (2, 0.5)
    assert settings.answer.weights == tmp_path / "mine.json"
    assert (settings.serve.host, settings.serve.port) == ("0.0.0.0", 8080)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            'stor = "x"', "F:1: stor: unknown key; did you mean 'store'?", id="B74 misspelt"
        ),
        pytest.param(
            "\n[serve]\nprot = 5",
            "F:3: serve.prot: unknown key; did you mean 'port'?",
            id="B74 misspelt in a table",
        ),
        pytest.param(
            "port = 5",
            "F:1: port: unknown key; did you mean 'port' in [serve]?",
            id="B74 in the wrong table",
        ),
        pytest.param(
            "[llm]\nthing = 1",
            "F:1: llm: unknown key; known here: store, model, answer, serve, sign_in",
            id="B74 unknown",
        ),
        pytest.param(
            '[serve]\nport = "80"',
            "F:2: serve.port: should be a valid integer; found '80'",
            id="B74 wrong type",
        ),
        pytest.param(
            "store = 5",
            "F:1: store: should be the name of a file or folder; found 5",
            id="B74 number for a path",
        ),
        pytest.param(
            "serve = 5",
            "F:1: serve: is a table of settings, written as [serve]; found 5",
            id="B74 number for a table",
        ),
        pytest.param(
            '[model]\nname = ""',
            "F:2: model.name: should have at least 1 character; found ''",
            id="B74 empty name",
        ),
        pytest.param(
            '[model]\nreader = ""',
            "F:2: model.reader: should have at least 1 character; found ''",
            id="B74 empty reader",
        ),
        pytest.param(
            "[model]\nreaders = 1",
            "F:2: model.readers: unknown key; did you mean 'reader'?",
            id="B74 misspelt reader",
        ),
        pytest.param(
            "[answer]\nweights = 1",
            "F:2: answer.weights: should be the name of a file or folder; found 1",
            id="B74 number for a file of weights",
        ),
        pytest.param(
            "[serve]\nport = 99999",
            "F:2: serve.port: should be less than or equal to 65535; found 99999",
            id="B74 out of range",
        ),
        pytest.param(
            "serve = {port = -1}",
            "F:1: serve.port: should be greater than or equal to 0; found -1",
            id="B74 out of range, inline",
        ),
        pytest.param("[serve]\nport = 1\nport = 2", "F:3: port: given twice", id="B74 twice"),
        pytest.param("[serve]\n[serve]", "F:2: serve: given twice", id="B74 table twice"),
        pytest.param("a = = 3", "F:1:5: invalid value", id="B75 syntax"),
        pytest.param(
            "\n[serve",
            "F:2:7: expected ']' at the end of a table declaration",
            id="B75 syntax at the end",
        ),
        pytest.param(
            '\ufeffstore = "x"',
            "F:1:1: starts with a byte order mark; save it as plain UTF-8",
            id="B75 byte order mark",
        ),
        pytest.param(
            '[llm]\napi_key = "x"',
            "F:2: llm.api_key: secrets come from the environment only, never from files",
            id="B76 secret",
        ),
        pytest.param(
            'store = "${HOME}/news"',
            "F:1: store: variables such as ${HOME} are not expanded; write it out",
            id="B76 variable",
        ),
    ],
)
def test_a_wrong_file_is_refused(settings_file: Path, text: str, message: str) -> None:
    settings_file.write_text(text, encoding="utf-8")
    assert message_of(settings_file) == message


def test_every_wrong_key_is_named(settings_file: Path) -> None:
    settings_file.write_text("[serve]\nprot = 5\n[answer]\nquotes = 0\n")
    assert [line.split(":")[1] for line in message_of(settings_file).splitlines()] == ["4", "2"]


def test_bytes_that_are_not_utf8_are_placed(settings_file: Path) -> None:
    settings_file.write_bytes(b"a = 1\nb = '\xff'")
    assert message_of(settings_file) == "F:2:6: byte 0xff is not UTF-8"


def test_a_folder_instead_of_a_file_is_refused(tmp_path: Path) -> None:
    assert message_of(tmp_path) == "F: the settings file is not a regular file"


def test_a_missing_file_is_refused(settings_file: Path) -> None:
    assert message_of(settings_file) == "F: the settings file does not exist"


def test_a_device_is_not_read() -> None:
    assert "not a regular file" in message_of(Path("/dev/zero"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(settings_file: Path) -> None:
    settings_file.touch(mode=0)
    assert "cannot be read" in message_of(settings_file)


def test_a_huge_file_is_not_taken_for_settings(settings_file: Path) -> None:
    settings_file.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert "not a settings file" in message_of(settings_file)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().store = Path("elsewhere")  # type: ignore[misc]


def test_a_file_that_anybody_may_write_does_not_say_who_comes_in(settings_file: Path) -> None:
    settings_file.write_text('store = "s"\n[sign_in]\nby = "proxy"\n')
    settings_file.chmod(0o646)
    message = "F:2: sign_in: everybody on this machine can write the file, and so say who comes in"
    assert message_of(settings_file).startswith(message)
    settings_file.chmod(0o644)
    assert load_settings(settings_file).sign_in.by == "proxy"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('by = "ldap"', "nobody"),
        ('issuer = "http://login.example"', "pattern"),
        ('issuer = "https://login.example/?x"', "pattern"),
        ('trusted_proxies = ["10.0.0.1/8"]', "has host bits set"),
        ('trusted_proxies = ["proxy"]', "does not appear to be an IPv4 or IPv6"),
        ('user_header = "X Remote"', "pattern"),
        ('scope = "email"', "pattern"),
        ("hours = 0", "greater than 0"),
        ('proxy_secret = "x"', "secrets come from the environment only"),
        ('group_header = "X"', "did you mean 'groups_header'"),
    ],
)
def test_wrong_ways_to_sign_in_are_said(settings_file: Path, line: str, says: str) -> None:
    settings_file.write_text(f"[sign_in]\n{line}\n")
    message = message_of(settings_file)
    assert message.startswith("F:2: sign_in.")
    assert says in message
