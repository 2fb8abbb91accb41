"""Settings: what a user may configure in ``onrecord.toml``, see `qa.settings_file`.

Secrets have no place here: they come from the environment only, so the file may be readable by all.
"""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    pass


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
    proxy: the path before ours, such as ``/news``, or better the whole address. `names` are the
    hosts under which others find it where there is no proxy; requests to any other are refused.
    Pages of the origins in `embedded_in` (``https://intranet.example``) may show ours in a frame.

    One user may ask `questions_per_minute`, five of them at once; 0 is no limit on any one user.
    Requests are logged in `log_format` json only, and what was asked with `log_questions` only.
    """

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    root_path: str = ""
    names: list[str] = []
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
