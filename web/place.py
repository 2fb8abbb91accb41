"""Where visitors find the page: at the listening address itself, or behind a reverse proxy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from corpus.errors import UsageError

_PATH = re.compile(r"(?:/[A-Za-z0-9_~.-]+)*", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", re.ASCII)


def in_brackets(host: str) -> str:
    """Return a host as addresses have it, where it may be one of IPv6."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def parse_names(names: Iterable[str], listening: str) -> frozenset[str]:
    """Return what a request may call the server, as its Host header has it without the port.

    Args:
        names: Hosts that an administrator names: "intranet.example", "192.168.1.5".
        listening: The address that it listens at, which is a name as well where it is one only.

    Raises:
        UsageError: A name is none.
    """
    if wrong := [name for name in names if not _HOST.fullmatch(in_brackets(name))]:
        raise UsageError(
            f"--name: {wrong[0]!r} is no name of a host; give it without http:// and without a"
            " port, such as intranet.example or 192.168.1.5"
        )
    at = ip_address(listening)
    own = [] if at.is_unspecified or at.is_loopback else [str(at)]
    return frozenset(in_brackets(name.lower()) for name in (*names, *own))


@dataclass(frozen=True, slots=True)
class Place:
    """Where visitors find the page.

    Attributes:
        path: What stands before every path of ours ("/news"), or nothing.
        scheme: "http" or "https", as visitors use it; None where there is no proxy.
        host: Its name, with the port where there is one ("intranet.example:8443"); likewise.
    """

    path: str = ""
    scheme: str | None = None
    host: str | None = None

    @property
    def is_behind_proxy(self) -> bool:
        """Whether others than this machine's users may come in, by a proxy on this machine."""
        return self.host is not None

    @property
    def root(self) -> str:
        """What Gradio takes for its root: the whole address where it is known, else the path."""
        return f"{self.scheme}://{self.host}{self.path}" if self.host else self.path

    def without_path(self, path: str) -> str:
        """Return a request's path without what stands before ours, whether or not it was sent."""
        if self.path and (path == self.path or path.startswith(f"{self.path}/")):
            return path[len(self.path) :] or "/"
        return path


HERE = Place()
"""At the listening address itself."""


def parse_place(text: str) -> Place:
    """Return the place that an administrator names: "/news" or "https://intranet.example/news".

    Raises:
        UsageError: It is none.
    """
    if not text.startswith(("http://", "https://")):
        return Place(_checked_path(text, text))
    try:
        parts = urlsplit(text)
        named, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_place(text) from error
    written = parts.netloc.rpartition(":")[0] if port else parts.netloc
    if not named or not _HOST.fullmatch(written) or parts.query or parts.fragment:
        raise _no_place(text)
    return Place(_checked_path(parts.path, text), parts.scheme, parts.netloc.lower())


def _checked_path(path: str, text: str) -> str:
    path = path.removesuffix("/")
    names = path.split("/")
    if not _PATH.fullmatch(path) or any(set(name) <= {"."} for name in names[1:]):
        raise _no_place(text)
    return path


def _no_place(text: str) -> UsageError:
    return UsageError(
        f"--root-path: {text!r} is no place for the page; give a path such as /news, or the whole"
        " address such as https://intranet.example/news"
    )
