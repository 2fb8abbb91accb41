"""The settings file, ``onrecord.toml``: read and checked before anything starts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from stat import S_IWOTH
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from corpus.errors import SettingsError
from qa.settings import Settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

LARGEST_FILE = 1_000_000
"""Bytes; a settings file beyond this is something else."""

_SECRET = re.compile(
    r"(?i)(secret|passw|credential|private|(api|access|auth)[-_]?(key|token)|token$)"
)
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"\s*([\w.\-\"' ]+?)\s*=")


def load_settings(path: Path | None) -> Settings:
    """Read a settings file; None gives the defaults.

    Relative paths in the file count from the file's folder.

    Raises:
        SettingsError: ``file:line: key: message`` or ``file:line:column: message``.
    """
    if path is None:
        return Settings()
    text = _read(path)
    values = _parse(path, text)
    _refuse_secrets_and_variables(path, text, values)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError("\n".join(_messages(path, text, error))) from error
    if settings.sign_in.by != "nobody" and path.stat().st_mode & S_IWOTH:
        line = _line_of(text, ("sign_in",))
        raise SettingsError(
            f"{path}:{line}: sign_in: everybody on this machine can write the file, and so say who"
            f" comes in; run `chmod o-w {path}`"
        )
    return _anchored(settings, path.parent)


def _read(path: Path) -> str:
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            raise SettingsError(f"{path}: the settings file {what}")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"{path}: the settings file cannot be read: {reason}") from error
    if len(content) > LARGEST_FILE:
        raise SettingsError(f"{path}: larger than {LARGEST_FILE:,} bytes, not a settings file")
    return _decoded(path, content)


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        raise SettingsError(f"{path}:1:1: starts with a byte order mark; save it as plain UTF-8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        byte = content[error.start]
        raise SettingsError(f"{path}:{line}:{column}: byte 0x{byte:02x} is not UTF-8") from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(_syntax_message(path, text, str(error))) from error
    except RecursionError as error:
        raise SettingsError(f"{path}: nested too deeply") from error


def _syntax_message(path: Path, text: str, message: str) -> str:
    """Turn tomllib's message, which ends in the place, into ``file:line:column: message``."""
    lines = text.split("\n")
    place = _TOML_PLACE.search(message)
    numbers = place.groups() if place else (None, None)
    line = int(numbers[0] or len(lines))
    column = int(numbers[1] or len(lines[-1]) + 1)
    said = _TOML_PLACE.sub("", message)
    if said.startswith(("Cannot overwrite", "Cannot declare", "Duplicate")):
        key = _KEY.match(lines[line - 1]) or _HEADER.match(lines[line - 1])
        return f"{path}:{line}: {key[1] if key else 'a key'}: given twice"
    return f"{path}:{line}:{column}: {said[:1].lower()}{said[1:]}"


def _refuse_secrets_and_variables(path: Path, text: str, values: Mapping[str, Any]) -> None:
    for keys, value in _leaves(values, ()):
        place = f"{path}:{_line_of(text, keys)}: {'.'.join(keys)}"
        if _SECRET.search(keys[-1]):
            raise SettingsError(
                f"{place}: secrets come from the environment only, never from files"
            )
        if isinstance(value, str) and "${" in value:
            raise SettingsError(
                f"{place}: variables such as ${{HOME}} are not expanded; write it out"
            )


def _leaves(
    values: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], object]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _messages(path: Path, text: str, error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        keys = tuple(str(part) for part in problem["loc"])
        yield f"{path}:{_line_of(text, keys)}: {'.'.join(keys)}: {_explained(keys, problem)}"


def _explained(keys: tuple[str, ...], problem: ErrorDetails) -> str:
    if problem["type"] == "extra_forbidden":
        return _unknown(keys)
    if problem["type"] == "model_type":
        return f"is a table of settings, written as [{keys[-1]}]; found {problem['input']!r}"
    if problem["type"] == "path_type":
        return f"should be the name of a file or folder; found {problem['input']!r}"
    message = problem["msg"].replace("Input should", "should").replace("String should", "should")
    return f"{message}; found {problem['input']!r:.60}"


def _unknown(keys: tuple[str, ...]) -> str:
    known = _known_keys()
    here = [key for key in known if key[:-1] == keys[:-1]]
    near = get_close_matches(keys[-1], [key[-1] for key in here], n=1, cutoff=0.6)
    if near:
        return f"unknown key; did you mean {near[0]!r}?"
    elsewhere = next((key for key in known if key[-1] == keys[-1]), None)
    if elsewhere:
        return f"unknown key; did you mean {elsewhere[-1]!r} in [{'.'.join(elsewhere[:-1])}]?"
    return f"unknown key; known here: {', '.join(key[-1] for key in here)}"


def _known_keys() -> list[tuple[str, ...]]:
    sections = {name: getattr(Settings(), name) for name in Settings.model_fields}
    keys: list[tuple[str, ...]] = [(name,) for name in sections]
    for name, section in sections.items():
        if isinstance(section, BaseModel):
            keys += [(name, key) for key in type(section).model_fields]
    return keys


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """Return the line, from 1, that sets `keys`; the longest part of it found, where inline."""
    table: tuple[str, ...] = ()
    best, best_length = 1, 0
    for number, line in enumerate(text.split("\n"), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _split_key(header[1])
        found = table if header else (*table, *_split_key(key[1])) if key else ()
        if found and found == keys[: len(found)] and len(found) > best_length:
            best, best_length = number, len(found)
    return best


def _split_key(written: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in written.split("."))


def _anchored(settings: Settings, folder: Path) -> Settings:
    cache, weights, store = settings.model.cache, settings.answer.weights, settings.store
    model = settings.model.model_copy(update={"cache": cache and _place(folder, cache)})
    answer = settings.answer.model_copy(update={"weights": weights and _place(folder, weights)})
    if "store" in settings.model_fields_set:
        store = _place(folder, store)
    return settings.model_copy(update={"model": model, "answer": answer, "store": store})


def _place(folder: Path, path: Path) -> Path:
    try:
        return folder / path.expanduser()
    except RuntimeError:  # no home folder is known, so `~` is a name like any other
        return folder / path
