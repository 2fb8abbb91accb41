"""Settings: what a user may configure in ``onrecord.toml``; checked before anything starts.

Secrets have no place here: they come from the environment only, so the file may be readable by all.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from stat import S_IWOTH
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import SettingsError

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


def _checked_network(text: str) -> str:
    ip_network(text)  # ValueError says what is wrong
    return text


Network = Annotated[str, AfterValidator(_checked_network)]
Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
# Signing in has to be out of others' sight, but for a provider on this machine.
_ISSUER = r"^https://[^\s?#]+$|^http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?(/[^\s?#]*)?$"
# TOML knows no paths, so these alone are read leniently from strings.
FilePath = Annotated[Path, Field(strict=False)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ModelSettings(_Section):
    """The embedding model and the reader.

    Attributes:
        name: ``bundled``, or a sentence-transformers model by name or folder.
        reader: ``bundled``, or a cross-encoder or question answering model by name or folder; it
            wants weights of its own, see `AnswerSettings`.
        cache: Where the compiled models are kept; None is the user's cache folder.
        threads: CPU threads of one question or ingest, with the bundled model and any reader.
    """

    name: Annotated[str, Field(min_length=1)] = "bundled"
    reader: Annotated[str, Field(min_length=1)] = "bundled"
    cache: FilePath | None = None
    threads: Annotated[int, Field(ge=1, le=256)] = 1


class AnswerSettings(_Section):
    """What an answer shows.

    Attributes:
        quotes: Quoted sentences at most.
        may_be_wrong: The share of the answers shown that may be wrong: declines more where it is
            smaller. None is what the weights were fitted for. Fitted on news quizzes, where one
            question in five has no answer; a collection of another kind may differ.
        weights: A file that ``python -m qa.reader.fit`` wrote; None is the shipped one, which is
            fitted for the bundled reader.
    """

    quotes: Annotated[int, Field(ge=1, le=20)] = 4
    may_be_wrong: Annotated[float | None, Field(ge=0.0, le=1.0)] = None
    weights: FilePath | None = None


class ServeSettings(_Section):
    """Where the page listens; only this machine reaches it unless `host` says otherwise.

    Port 0 takes any that is free. `root_path` is where visitors find the page behind a reverse
    proxy: the path before ours, such as ``/news``, or better the whole address. Pages of the
    origins in `embedded_in` (``https://intranet.example``) may show ours in a frame.

    One user may ask `questions_per_minute`, five of them at once; 0 is no limit on any one user.
    Requests are logged in `log_format` json only, and what was asked with `log_questions` only.
    """

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    root_path: str = ""
    embedded_in: list[Origin] = []
    questions_per_minute: Annotated[int, Field(ge=0, le=100_000)] = 10
    log_format: Literal["text", "json"] = "text"
    log_questions: bool = False


class SignInSettings(_Section):
    """Who may use a server that others reach, and as what.

    Attributes:
        by: ``nobody`` signs in, or a reverse ``proxy`` names who visits, or an OpenID provider
            does (``oidc``).
        readers: Who may ask and read, as `administrators`; ``*`` is everybody who is signed in.
        editors: Who may add articles as well.
        administrators: Who may do everything; names of users, or ``group:NAME``.
        trusted_proxies: Addresses or networks of proxies whose word counts.
        user_header: Where a proxy names the user.
        groups_header: Where it names the user's groups, with commas between them; None where it
            does not, as a header that it lets pass would be the visitor's own word.
        issuer: The provider's address, without ``/.well-known/…``.
        client: Our name at the provider; its secret is in ``ONRECORD_OIDC_SECRET``.
        scope: What the provider is asked for.
        user_claim: What tells users apart. It has to be something that users cannot change.
        groups_claim: Where the provider names groups.
        hours: How long a sign-in lasts.
    """

    by: Literal["nobody", "proxy", "oidc"] = "nobody"
    readers: list[str] = ["*"]
    editors: list[str] = []
    administrators: list[str] = []
    trusted_proxies: list[Network] = ["127.0.0.1", "::1"]
    user_header: HeaderName = "X-Remote-User"
    groups_header: HeaderName | None = None
    issuer: Annotated[str, Field(pattern=_ISSUER)] | None = None
    client: Annotated[str, Field(min_length=1)] = "onrecord"
    scope: Annotated[str, Field(pattern=r"\bopenid\b")] = "openid profile email"
    user_claim: Annotated[str, Field(min_length=1)] = "sub"
    groups_claim: Annotated[str, Field(min_length=1)] = "groups"
    hours: Annotated[float, Field(gt=0, le=720)] = 12.0


class Settings(_Section):
    """Every setting with its default; `store` is the folder of the archive."""

    store: FilePath = Path("data")
    model: ModelSettings = ModelSettings()
    answer: AnswerSettings = AnswerSettings()
    serve: ServeSettings = ServeSettings()
    sign_in: SignInSettings = SignInSettings()


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
