"""Which links may be followed, and which network addresses may be connected to.

A link is taken apart once, strictly, and only its parts are used from then on: no second parser
can read another host into it. Every address that a host's name stands for is judged by the list
below, which is stricter than Python's `ipaddress`: that one lets pass addresses that carry another
address in them (NAT64, 6to4), shared ones (100.64.0.0/10), and services of the cloud's own.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import quote, urlsplit

import idna

from corpus.errors import ItemError

MAX_LINK = 2000
PORTS = {"http": 80, "https": 443}
SAVE_IT = "open the page in a browser, save it and ingest the file"

Address = IPv4Address | IPv6Address


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, text.split()))


# Where an intranet's own sites may be: open to hosts that the operator names.
_INTRANET = _networks(
    "10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16 ::1/128 fc00::/7"
)
# No site at all (iana.org/assignments/iana-ipv4-special-registry and -ipv6-), or a cloud's service
# that hands its keys to whoever asks from inside. Not open to anybody.
_NO_SITE = _networks("""
    0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
    192.88.99.0/24 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3
    100.100.100.200/32 168.63.129.16/32 fd00:ec2::/32 fd20:ce::/32
    2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20
""")
# All that has been given out to sites. Outside are mapped, translated (NAT64), link-local ones...
_GLOBAL_IPV6 = IPv6Network("2000::/3")
# The middle of an address that carries an IPv4 address in its end (ISATAP, RFC 5214).
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)

_AUTHORITY = re.compile(r"(?:\[(?P<ip>[^\[\]]*)\]|(?P<name>[^\[\]:@]+))(?::(?P<port>[0-9]{0,5}))?")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
# How browsers tell an address from a name (url.spec.whatwg.org/#ends-in-a-number-checker).
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_SENT_AS_GIVEN = "".join(sorted(set(string.punctuation) - set('<>"')))
_SCHEME = re.compile(r"https?:", re.IGNORECASE)
_COPY_IT = "copy the link from the browser's address line"


@dataclass(frozen=True, slots=True)
class Link:
    """The parts of a link that a request is made of, all ASCII.

    Attributes:
        host: In lower case, without brackets and without the dot that may end it.
        target: Path and query, as they are sent.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def site(self) -> str:
        """Host and, unless it is the usual one, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        """Return the link as text."""
        return f"{self.scheme}://{self.site}{self.target}"


def parse_link(url: str, *, source: str) -> Link:
    """Take a link apart.

    Raises:
        ItemError: E_SCHEME, E_URL, or E_FORBIDDEN_ADDRESS for an address in disguise.
    """
    url = url.strip(" \t\r\n")
    if not url.isprintable() or re.search(r"[\s\\]|%00", url):
        raise _no_link("a link holds no spaces, control characters or backslashes", source)
    if len(url) > MAX_LINK:
        raise _no_link(f"a link of {len(url):,} characters; at most {MAX_LINK:,}", source)
    if not _SCHEME.match(url):
        message = "only links that begin with https:// or http:// are fetched"
        raise ItemError("E_SCHEME", message, source=source, hint=_COPY_IT)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _no_link(f"no link: {error}", source) from error
    if "@" in parts.netloc:
        raise _no_link("a link with a user name or password is not fetched", source)
    found = _AUTHORITY.fullmatch(parts.netloc)
    port = int(found["port"] or PORTS[parts.scheme]) if found else 0
    if not found or not 0 < port < 65536:
        raise _no_link("the link names no site, or a port that cannot be", source)
    host = _name(found["name"], source) if found["name"] else _ipv6(found["ip"], source)
    query = f"?{parts.query}" if parts.query else ""
    target = quote((parts.path or "/") + query, safe=_SENT_AS_GIVEN)
    return Link(parts.scheme, host, port, target)


def _name(name: str, source: str) -> str:
    try:
        host = name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")
    except ValueError as error:
        raise _no_link(f"{name} is no name of a site", source) from error
    host = host.lower().removesuffix(".")
    if not _NAME.fullmatch(host):
        raise _no_link(f"{name} is no name of a site", source)
    if _ENDS_IN_NUMBER.fullmatch(host):
        try:
            return str(IPv4Address(host))
        except ValueError as error:
            raise forbidden(f"{name} is an address in disguise", source) from error
    return host


def _ipv6(text: str, source: str) -> str:
    if "%" in text:
        raise forbidden(f"{text} names a network card of this computer", source)
    try:
        return str(IPv6Address(text))
    except ValueError as error:
        raise _no_link(f"[{text}] is no address", source) from error


def is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    """Return whether the operator named the host (for the usual ports) or ``host:port``.

    An IPv6 address is named as ``::1`` or ``[::1]:8080``.
    """
    names = {name.lower() for name in allowed}
    site = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return site in names or (host in names and port in PORTS.values())


def is_public(address: Address) -> bool:
    """Return whether a public site may be at the address."""
    if _within(address, _NO_SITE + _INTRANET):
        return False
    if isinstance(address, IPv4Address):
        return True
    return address in _GLOBAL_IPV6 and int(address) >> 32 & 0xFFFF_FFFF not in _ISATAP


def is_intranet(address: Address) -> bool:
    """Return whether a site of an intranet, or of this computer, may be at the address."""
    return _within(address, _INTRANET) and not _within(address, _NO_SITE)


def _within(address: Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in networks)


def check_port(host: str, port: int, *, source: str, allowed: bool) -> None:
    """Raise E_FORBIDDEN_ADDRESS for ports that web pages are not served from."""
    if port not in PORTS.values() and not allowed:
        raise forbidden(f"port {port} of {host} is none that public pages are served from", source)


def checked(host: str, addresses: list[str], *, source: str, allowed: bool) -> list[Address]:
    """Return a host's addresses; E_FORBIDDEN_ADDRESS if any of them may not be connected to."""
    found = [ip_address(address) for address in addresses]
    for address in found:
        if not (is_public(address) or (allowed and is_intranet(address))):
            raise forbidden(f"{host} leads to {address}, which is no public site", source)
    return found


def forbidden(message: str, source: str) -> ItemError:
    """Return the error for an address that is not connected to."""
    return ItemError("E_FORBIDDEN_ADDRESS", message, source=source, hint=SAVE_IT)


def _no_link(message: str, source: str) -> ItemError:
    return ItemError("E_URL", message, source=source, hint=_COPY_IT)
