"""The only sockets that lead outside: opened to addresses that were checked, closed in time.

Names are resolved here, once a connection; each of the addresses found must be permitted, and the
socket is opened to one of exactly these. The HTTP library sits on top and cannot lead elsewhere.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread

import httpcore2

from corpus.addresses import Address, check_port, checked, forbidden, is_allowed
from corpus.errors import ItemError

MAX_BYTES = 20_000_000
"""Most bytes of a page, unpacked; and, with room for headers, most bytes received."""

_MAX_RECEIVED = MAX_BYTES + 1_000_000
# A host's other addresses shall have their turn.
_MOST_SECONDS_TO_CONNECT = 10.0


class Deadline:
    """A moment after which nothing is waited for any more; a fetch has one for all its steps."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, always positive; TimeoutError if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class CheckedBackend(httpcore2.NetworkBackend):
    """Opens connections to permitted addresses only.

    Args:
        source: The link as the user gave it, for messages.
        allowed: Hosts, or ``host:port``, that may be in the intranet and on unusual ports.
    """

    def __init__(self, deadline: Deadline, *, source: str, allowed: Collection[str]) -> None:
        self._deadline = deadline
        self._source = source
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline rules
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """Connect to one of the host's addresses, once all of them have been checked.

        Raises:
            ItemError: E_FORBIDDEN_ADDRESS.
            OSError: The name stands for nothing, or nobody answers there.
        """
        allowed = is_allowed(host, port, self._allowed)
        check_port(host, port, source=self._source, allowed=allowed)
        names = _looked_up(host, port, self._deadline)
        addresses = checked(host, names, source=self._source, allowed=allowed)
        connected = _connected(addresses, port, self._deadline)
        if not allowed and _is_this_computer(connected):
            connected.close()
            raise forbidden(f"{host} leads to this computer itself", self._source)
        return _Stream(connected, self._deadline, source=self._source)


def _looked_up(host: str, port: int, deadline: Deadline) -> list[str]:
    """Return the addresses of a host; the system's look-up knows no time limit of its own."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except Empty as error:
        raise TimeoutError from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def _connected(addresses: list[Address], port: int, deadline: Deadline) -> socket.socket:
    """Return a socket connected to the first address that answers."""
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for address in addresses:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        opened = socket.socket(family, socket.SOCK_STREAM)
        try:
            opened.settimeout(min(deadline.left(), _MOST_SECONDS_TO_CONNECT))
            opened.connect((str(address), port))
            if ip_address(opened.getpeername()[0]) != address:
                raise ConnectionAbortedError("connected to another address than asked for")
        except OSError as error:
            opened.close()
            failure = error
        else:
            return opened
    raise failure


def _is_this_computer(connected: socket.socket) -> bool:
    # Its public address is on no list, but a program there may trust whoever asks from inside.
    return bool(connected.getpeername()[0] == connected.getsockname()[0])


class _Stream(httpcore2.NetworkStream):
    """A connection that ends at the deadline, however slowly bytes trickle in, and at a size."""

    def __init__(self, connected: socket.socket, deadline: Deadline, *, source: str) -> None:
        self._socket = connected
        self._deadline = deadline
        self._source = source
        self._received = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Return the next bytes, or none at the end."""
        self._socket.settimeout(self._deadline.left())
        data = self._socket.recv(max_bytes)
        self._received += len(data)
        if self._received > _MAX_RECEIVED:
            raise too_large(self._source)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send all of `buffer`."""
        self._socket.settimeout(self._deadline.left())
        self._socket.sendall(buffer)

    def close(self) -> None:
        """Close the connection."""
        with suppress(OSError):
            self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """Return the connection secured; ssl.SSLError where the site cannot prove its name."""
        try:
            self._socket.settimeout(self._deadline.left())
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return _Stream(secured, self._deadline, source=self._source)


def too_large(source: str) -> ItemError:
    """Return the error for a page of too many bytes."""
    message = f"the page has more than {MAX_BYTES // 1_000_000} MB"
    hint = "open the page, copy the article and save it as .txt"
    return ItemError("E_TOO_LARGE", message, source=source, hint=hint)
