"""Fetching one page: what is refused before anything is sent, limits in time and size, TLS.

Nothing leaves this computer: names are resolved by a table, and every connection that is tried is
written down and refused unless one of the test's own sites listens there.
"""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import brotli
import pytest

from corpus import addresses
from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.fetch import MAX_REDIRECTS, Fetched, article_from, fetch
from corpus.network import MAX_BYTES
from corpus.unpack import STEP, unpacked

PUBLIC = "198.41.0.4"
PUBLIC_IPV6 = "2620:fe::fe"
HERALD = "herald.example"
SENTENCE = "The council of Lund voted on Tuesday to close the old bridge for two years of repairs. "
PAGE = f"<!doctype html><title>Bridge</title><article><p>{SENTENCE * 4}</p></article>".encode()

# Made for this test: a certificate of herald.example, by itself, and its key.
CERTIFICATE = """
MIIBgDCCASagAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5oZXJhbGQu
ZXhhbXBsZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
A1UEAwwOaGVyYWxkLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ9
lD5wFI0PNZFmF/SGg0uTx/9zb7A3PPZO3+Rj5H91K/eaXeWpk6OK+4qH4LTmG+Ox
fjyPwThoCOJnTE5pd4Fio10wWzAdBgNVHQ4EFgQUIAPZpKCVvUeSv2u5ZAjsLQdK
Ed8wGQYDVR0RBBIwEIIOaGVyYWxkLmV4YW1wbGUwDgYDVR0PAQH/BAQDAgKEMA8G
A1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgAOj/5jCigKV5hZLjezSo
KfqJ5o8MGzXR5dYbAPdePNoCIQDQUyR+s2v+gTyVAsqhTmsMzbPyAQRztl4mVCEd
Zuf3dw==
"""
KEY = """
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGuSeuNCoiylCxpUM
XW2YpLEUWzhJV32DIfkimF0vTyahRANCAAQ9lD5wFI0PNZFmF/SGg0uTx/9zb7A3
PPZO3+Rj5H91K/eaXeWpk6OK+4qH4LTmG+OxfjyPwThoCOJnTE5pd4Fi
"""


@dataclass
class Network:
    """What the tests see of the network.

    Attributes:
        names: The addresses of a name, one list for each time that it is asked for; the last stays.
        connections: Every address that a socket was to be connected to.
        sites: The ports that sites of the test listen on.
    """

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    connections: list[tuple[str, int]] = field(default_factory=list)
    sites: set[int] = field(default_factory=set)

    def look_up(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        try:
            found = [str(ip_address(host))]
        except ValueError:
            answers = self.names.get(host)
            if not answers:
                raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
            found = answers.pop(0) if len(answers) > 1 else answers[0]
        families = [socket.AF_INET6 if ":" in ip else socket.AF_INET for ip in found]
        return [(family, 1, 6, "", (ip, port)) for family, ip in zip(families, found, strict=True)]


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    seen = Network(names={"localhost": [["127.0.0.1", "::1"]]})
    connect = socket.socket.connect

    def connected(self: socket.socket, address: tuple[str, int]) -> None:
        seen.connections.append(address[:2])
        if address[0] != "127.0.0.1" or address[1] not in seen.sites:
            raise ConnectionRefusedError
        connect(self, address)

    def untold(*_: object) -> None:
        raise AssertionError("a way to the network that these tests do not watch")

    monkeypatch.setattr(socket.socket, "connect", connected)
    for name in ("connect_ex", "sendto", "sendmsg"):
        monkeypatch.setattr(socket.socket, name, untold)
    monkeypatch.setattr(socket, "getaddrinfo", seen.look_up)
    return seen


@dataclass
class Site:
    """A site on this computer, and the requests that it got."""

    port: int
    ended: threading.Event
    requests: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


Answer = Callable[[socket.socket, str, Site], None]


@contextmanager
def site(network: Network, answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Listen on a free port; `answer` gets the connection and the path asked for."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.02)
        here = Site(listener.getsockname()[1], threading.Event())
        network.sites.add(here.port)

        def talk(connection: socket.socket) -> None:
            with suppress(OSError), connection:
                connection.settimeout(5)
                stream = tls.wrap_socket(connection, server_side=True) if tls else connection
                with stream:
                    request = stream.recv(65536).decode(errors="replace")
                    here.requests.append(request)
                    answer(stream, request.split()[1] if request else "", here)

        def listen() -> None:
            talks = []
            while not here.ended.is_set():
                with suppress(TimeoutError):
                    talks.append(threading.Thread(target=talk, args=(listener.accept()[0],)))
                    talks[-1].start()
            for each in talks:
                each.join()

        listening = threading.Thread(target=listen)
        listening.start()
        try:
            yield here
        finally:
            here.ended.set()
            listening.join()


def reply(body: bytes = PAGE, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers]
    if not any(line.lower().startswith(("content-length", "transfer")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def always(data: bytes) -> Answer:
    return lambda stream, _path, _site: stream.sendall(data)


def by_path(stream: socket.socket, path: str, here: Site) -> None:
    """Redirect ``/to?LINK`` to the link and ``/N`` to N - 1; anything else is a page."""
    where, _, link = path.partition("?")
    if where == "/to":
        stream.sendall(reply(b"", "302 Found", f"Location: {unquote(link)}", "Set-Cookie: a=b"))
    elif where.strip("/").isdigit() and where != "/0":
        number = int(where.strip("/")) - 1
        stream.sendall(reply(b"", "301 Moved", f"Location: http://{here.host}/{number}"))
    else:
        stream.sendall(reply(PAGE, "200 OK", "Content-Type: text/html; charset=UTF-8"))


def refused(url: str, **options: Any) -> ItemError:
    with pytest.raises(ItemError) as caught:
        fetch(url, **options)
    assert caught.value.hint
    return caught.value


# What has to be refused -------------------------------------------------------------------------

SCHEMES = """
file:///etc/passwd
ftp://herald.example/a
gopher://herald.example:70/_a
dict://herald.example:11211/stat
data:text/html,<p>a</p>
javascript:alert(1)
ws://herald.example/
ldap://herald.example/
blob:https://herald.example/a
view-source:https://herald.example/
mailto:ada@herald.example
herald.example/news
//herald.example/news
/etc/passwd
localhost:8080/a
jar:http://herald.example!/a
httpx://herald.example/
unix:///run/a.sock
#http://herald.example/
""".split()

NO_LINKS = [
    "http:",
    "http://",
    "http:///path",
    "http:herald.example",
    "https:/herald.example/a",
    "http://:80/",
    "http://herald.example/a b",
    "http://herald.example/a\nb",
    "http://herald.example/a\x00b",
    "http://herald.example/%00",
    "http://herald.example\r\nHost: evil.example/",
    "http://her\tald.example/",
    "http://herald.example/\u202eb",
    "http://herald.example/\udc80",
    "http://loc\u00adalhost/",
    "http://herald.example\\@127.0.0.1/",
    "http:\\\\127.0.0.1\\",
    "http://user@herald.example/",
    "http://user:secret@herald.example/",
    "http://herald.example@127.0.0.1/",
    "http://127.0.0.1@herald.example/",
    "http://a@b@127.0.0.1/",
    "http://herald.example:80@127.0.0.1/",
    "http://herald.example:99999/",
    "http://herald.example:0/",
    "http://herald.example:-1/",
    "http://herald.example:8 0/",
    "http://herald.example:８０/",
    "http://herald.example:80:80/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%2f@herald.example/",
    "http://127.0.0.1%00.herald.example/",
    "http://herald..example/",
    "http://.herald.example/",
    "http://herald.example../",
    "http://her_ald!.example/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]a/",
    "http://[v1.a]/",
    "http://[::g]/",
    "http://[127.0.0.1]/",
    "http://[::1][::2]/",
    "http://℀.example/",
    "http://❤.example/",
    f"http://{'a' * 64}.example/",
    f"http://{'a.' * 130}example/",
    f"http://herald.example/{'a' * 10_000}",
]

FORBIDDEN_IPV4 = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255
127.0.0.1 127.0.0.53 127.1.2.3 127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254
169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1
192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.7
203.0.113.9 224.0.0.1 233.252.0.1 239.255.255.250 240.0.0.1 255.255.255.255
""".split()

FORBIDDEN_IPV6 = """
:: ::1 0:0:0:0:0:0:0:1 ::2 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe
::ffff:198.41.0.4 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::169.254.169.254 64:ff9b::198.41.0.4
64:ff9b:1::10.0.0.1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2002:c629:4::1 3ffe::1 3fff::1
5f00::1 4000::1 fc00::1 fd00:ec2::254 fd20:ce::254 fd12:3456::1 fe80::1 febf::1 fec0::1 ff02::1
ff05::2 2620:4f:8000::1 2620:fe::5efe:10.0.0.1 2620:fe::200:5efe:127.0.0.1
fe80::1%eth0 fe80::1%25eth0 ::1%1
""".split()

DISGUISES = """
0 0x0 1 127 2130706433 017700000001 0x7f000001 0X7F000001 0x7f.1 127.1 127.0.1 0177.0.0.1
0177.0.0.01 0x7f.0.0.1 0x7f.0x0.0x0.0x1 127.0.0.0x1 0xA9.0xFE.0xA9.0xFE 2852039166 169.254.43518
0xa9fea9fe 10.1 192.168.257 00000127.0.0.1 127.000.000.001 127.0.0.1.1 256.256.256.256 4294967297
127.0.0.1. 2130706433. 0x7f.1. 127.0.0 herald.example.1 1.2.3.0x 3232235777
１２７.０.０.１ 127。0。0。1 127．0．0．1 127｡0｡0｡1 ①②⑦.0.0.1 １２７.1 2130706433。 ０x7f.1
""".split()

NAMED = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost6": ["::1"],
    "this-computer": ["127.0.1.1"],
    "intranet": ["10.1.2.3"],
    "metadata.google.internal": ["169.254.169.254"],
    "printer.local": ["192.168.1.9"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "mixed.example": [PUBLIC, "10.0.0.1"],
    "mixed-last.example": [PUBLIC, PUBLIC_IPV6, "198.41.0.5", "::1"],
    "mixed-first.example": ["127.0.0.1", PUBLIC],
    "mapped.example": ["::ffff:127.0.0.1"],
    "translated.example": ["64:ff9b::a00:1"],
    "shared.example": ["100.100.100.200"],
    "scoped.example": ["fe80::1%2"],
    "unspecified.example": ["0.0.0.0"],
    "xn--bcher-kva.example": ["192.168.1.1"],
}
NAMES = """
localhost localhost. LOCALHOST LocalHost. ｌｏｃａｌｈｏｓｔ localhost。 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ localhost6
this-computer intranet metadata.google.internal metadata.google.internal. printer.local
metadata。google。internal 127.0.0.1.nip.example
mixed.example mixed-last.example mixed-first.example mapped.example
translated.example shared.example scoped.example unspecified.example bücher.example
BÜCHER.example
""".split()

PORTS = "22 25 81 8080 6379 3306 5432 9200 11211 65535".split()

REFUSED = [
    *((url, "E_SCHEME") for url in ("", *SCHEMES)),
    *((url, "E_URL") for url in NO_LINKS),
    *((f"http://{ip}/latest/meta-data/", "E_FORBIDDEN_ADDRESS") for ip in FORBIDDEN_IPV4),
    *((f"https://[{ip}]/", "E_FORBIDDEN_ADDRESS") for ip in FORBIDDEN_IPV6),
    *((f"http://{host}/", "E_FORBIDDEN_ADDRESS") for host in (*DISGUISES, *NAMES)),
    *((f"http://{PUBLIC}:{port}/", "E_FORBIDDEN_ADDRESS") for port in PORTS),
]
# The same through a site that redirects, but for what leads to the site itself, or cannot be sent.
SENT_ON = [
    url
    for url, _ in REFUSED
    if url.isascii() and url.isprintable() and re.match(r"\w[\w-]*://[^/]", url)
    if len(url) < addresses.MAX_LINK and "\\" not in url and "%00" not in url
]


@pytest.mark.parametrize(("url", "code"), REFUSED)
def test_nothing_is_sent_to_what_is_no_public_site(network: Network, url: str, code: str) -> None:
    network.names |= {name: [found] for name, found in NAMED.items()}
    assert refused(url).code == code
    assert network.connections == []


@pytest.fixture(scope="module")
def relay() -> Iterator[Site]:
    with site(Network(), by_path) as here:
        yield here


@pytest.mark.parametrize("url", SENT_ON)
def test_nothing_is_sent_to_where_a_site_may_not_send_on(
    network: Network, relay: Site, url: str
) -> None:
    network.names |= {name: [found] for name, found in NAMED.items()}
    network.sites.add(relay.port)
    link = f"http://{relay.host}/to?{url.replace('%', '%25').replace(' ', '%20')}"
    assert refused(link, allowed=[relay.host]).code == "E_REDIRECT"
    assert network.connections == [("127.0.0.1", relay.port)]


@pytest.mark.parametrize(
    "where", ["//127.0.0.1/", "//[::1]:80/", "//user@herald.example/", "ftp:a"]
)
def test_relative_redirects_are_judged_as_well(network: Network, relay: Site, where: str) -> None:
    network.sites.add(relay.port)
    error = refused(f"http://{relay.host}/to?{where}", allowed=[relay.host])
    assert error.code == "E_REDIRECT"
    assert network.connections == [("127.0.0.1", relay.port)]


def test_there_are_enough_vectors() -> None:
    assert len(set(REFUSED)) == len(REFUSED) >= 120


def test_names_that_change_their_address_between_two_answers(network: Network) -> None:
    network.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"], [PUBLIC]]
    assert refused("http://rebind.example/").code == "E_OFFLINE"
    assert network.connections == [(PUBLIC, 80)]
    assert refused("http://rebind.example/").code == "E_FORBIDDEN_ADDRESS"
    assert network.connections == [(PUBLIC, 80)]


def test_a_name_is_looked_up_again_after_a_redirect_to_itself(network: Network) -> None:
    with site(network, by_path) as here:
        host = f"{HERALD}:{here.port}"
        network.names[HERALD] = [["127.0.0.1"], ["169.254.169.254"]]
        assert refused(f"http://{host}/1", allowed=[host]).code == "E_REDIRECT"
        assert network.connections == [("127.0.0.1", here.port)]


def test_public_sites_are_connected_to_at_the_addresses_checked(network: Network) -> None:
    network.names["herald.example"] = [[PUBLIC_IPV6, PUBLIC]]
    for url in ("https://herald.example/a", "http://HERALD.example.:80/a#b", f"http://{PUBLIC}/"):
        error = refused(url)
        assert error.code == "E_OFFLINE"
        assert "refused the connection" in error.message
    both = [(PUBLIC_IPV6, 443), (PUBLIC, 443), (PUBLIC_IPV6, 80), (PUBLIC, 80)]
    assert network.connections == [*both, (PUBLIC, 80)]


@pytest.mark.parametrize(
    "ip", ["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "11.0.0.1"]
)
def test_neighbours_of_what_is_forbidden(network: Network, ip: str) -> None:
    assert refused(f"http://{ip}/").code == "E_OFFLINE"
    assert network.connections == [(ip, 80)]


def test_this_computer_under_a_public_address(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(network, by_path) as here:
        network.names["own.example"] = [["127.0.0.1"]]
        monkeypatch.setattr(addresses, "_INTRANET", ())  # as if its address were a public one
        monkeypatch.setitem(addresses.PORTS, "http", here.port)
        error = refused("http://own.example/")
    assert error.code == "E_FORBIDDEN_ADDRESS"
    assert "".join(here.requests) == ""


@pytest.mark.parametrize(
    ("url", "allowed", "connected"),
    [
        ("http://intranet/", ["intranet"], True),
        ("https://INTRANET./", ["Intranet"], True),
        ("http://intranet:8080/", ["intranet"], False),
        ("http://intranet:8080/", ["intranet:8080"], True),
        ("http://intranet/", ["intranet:8080"], False),
        ("http://other/", ["intranet"], False),
        ("http://10.1.2.3/", ["intranet"], False),
        ("http://10.1.2.3/", ["10.1.2.3"], True),
        ("http://[fd12::1]/", ["fd12::1"], True),
        ("http://[fd12::1]:8080/", ["[fd12::1]:8080"], True),
        ("http://167838211/", ["10.1.2.3", "167838211"], False),
        ("http://metadata/", ["metadata"], False),
        ("http://169.254.169.254/", ["169.254.169.254"], False),
        ("http://100.100.100.200/", ["100.100.100.200"], False),
        ("http://[fd00:ec2::254]/", ["fd00:ec2::254"], False),
    ],
)
def test_what_the_operator_allows(
    network: Network, url: str, allowed: list[str], connected: bool
) -> None:
    network.names |= {"intranet": [["10.1.2.3"]], "other": [["10.1.2.3"]]}
    network.names["metadata"] = [["169.254.169.254"]]
    assert refused(url, allowed=allowed).code == (
        "E_OFFLINE" if connected else "E_FORBIDDEN_ADDRESS"
    )
    assert bool(network.connections) is connected


def test_a_password_is_not_shown() -> None:
    assert "secret" not in str(refused("https://ada:secret@herald.example/a"))
    assert "secret" not in str(refused("https://ada:secret @herald.example/a"))


def test_unknown_names(network: Network) -> None:
    error = refused("https://no.example/")
    assert (error.code, error.message) == ("E_OFFLINE", "no site no.example was found")
    assert network.connections == []


# What is sent and returned ----------------------------------------------------------------------


def test_a_page(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with site(network, by_path) as here:
        link = f" http://{here.host}/Ärger/a%20b?c=d&e[]=ü#f\n"
        page = fetch(link, allowed=[here.host])
    url = f"http://{here.host}/%C3%84rger/a%20b?c=d&e[]=%C3%BC"
    assert page == Fetched(link.strip(), url, PAGE, "text/html", "utf-8")
    assert here.requests == [
        f"GET /%C3%84rger/a%20b?c=d&e[]=%C3%BC HTTP/1.1\r\nHost: {here.host}\r\n"
        "User-Agent: OnRecord/0.1 (+reads one page at a user's request)\r\n"
        "Accept: text/html, application/xhtml+xml, */*;q=0.1\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nConnection: close\r\n\r\n"
    ]


def test_a_type_named_twice(network: Network) -> None:
    with site(network, always(reply(PAGE, "200 OK", *["Content-Type: Text/HTML"] * 2))) as here:
        found = fetch(f"http://{here.host}/", allowed=[here.host])
    assert (found.content_type, found.charset) == ("text/html", None)


def test_redirects_are_followed_without_cookies_or_referer(network: Network) -> None:
    with site(network, by_path) as here:
        page = fetch(f"http://{here.host}/to?a/../b?c", allowed=[here.host])
    assert page.url == f"http://{here.host}/b?c"
    first, second = here.requests
    assert second == first.replace("/to?a/../b?c", "/b?c")


def test_at_most_so_many_redirects(network: Network, relay: Site) -> None:
    network.sites.add(relay.port)
    link = f"http://{relay.host}/"
    assert fetch(f"{link}{MAX_REDIRECTS}", allowed=[relay.host]).content == PAGE
    assert refused(f"{link}{MAX_REDIRECTS + 1}", allowed=[relay.host]).code == "E_REDIRECT"
    assert refused(f"{link}1000", allowed=[relay.host]).code == "E_REDIRECT"
    assert len(network.connections) == 3 * (MAX_REDIRECTS + 1)


@pytest.mark.parametrize(
    ("status", "said", "hint"),
    [
        ("404 Gone Fishing", "404 Not Found", "check the link"),
        ("403 x", "403 Forbidden", addresses.SAVE_IT),
        ("429 x", "429 Too Many Requests", f"try again later, or {addresses.SAVE_IT}"),
        ("503 x", "503 Service Unavailable", f"try again later, or {addresses.SAVE_IT}"),
        ("204 x", "204 No Content", addresses.SAVE_IT),
        ("302 x", "302 Found", addresses.SAVE_IT),
        ("299 x", "299", addresses.SAVE_IT),
    ],
)
def test_other_answers(network: Network, status: str, said: str, hint: str) -> None:
    with site(network, always(reply(b"", status))) as here:
        error = refused(f"http://{here.host}/", allowed=[here.host])
    assert (error.code, error.message) == ("E_HTTP", f"the site answered: {said}")
    assert error.hint == hint


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff" * 100,
        b"HTTP/1.1 200 OK\r\n",
        reply(PAGE, "200 OK", "Content-Length: 9999"),
        reply(PAGE, "200 OK", "Content-Length: 5", "Content-Length: 6"),
        reply(b"5\r\nabc", "200 OK", "Transfer-Encoding: chunked"),
        reply(b"zz\r\nabc", "200 OK", "Transfer-Encoding: chunked"),
        reply(PAGE, "200 OK", "Transfer-Encoding: gzip"),
        reply(PAGE, "200 OK", f"A: {'a' * 200_000}"),
    ],
    ids=lambda data: repr(data[:60]),
)
def test_broken_answers(network: Network, data: bytes) -> None:
    with site(network, always(data)) as here:
        assert refused(f"http://{here.host}/", allowed=[here.host]).code == "E_HTTP"


# Time -------------------------------------------------------------------------------------------


def trickle(start: bytes, rest: bytes) -> Answer:
    def answer(stream: socket.socket, _path: str, here: Site) -> None:
        stream.sendall(start)
        while not here.ended.wait(0.02):
            stream.sendall(rest)

    return answer


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nA: ", b"a"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08      ", b"a"),
    ],
    ids=["silent", "header", "headers", "continue", "body", "chunks", "gzip"],
)
@pytest.mark.usefixtures("ends")
def test_slow_sites(network: Network, start: bytes, rest: bytes) -> None:
    with site(network, trickle(start, rest)) as here:
        error = refused(f"http://{here.host}/", allowed=[here.host], seconds=0.25)
        assert error.code == "E_TIMEOUT"


def test_the_deadline_is_one_for_all_redirects(network: Network) -> None:
    def answer(stream: socket.socket, path: str, here: Site) -> None:
        here.ended.wait(0.1)
        by_path(stream, path, here)

    with site(network, answer) as here:
        link = f"http://{here.host}/4"
        assert refused(link, allowed=[here.host], seconds=0.25).code == "E_TIMEOUT"
        assert len(here.requests) <= 3


@pytest.mark.usefixtures("ends")
def test_slow_name_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait() and [])
    assert refused("https://herald.example/", seconds=0.1).code == "E_TIMEOUT"
    release.set()


def test_silence_where_a_secure_connection_is_asked_for(network: Network) -> None:
    with site(network, trickle(b"", b"")) as here:
        link = f"https://{here.host}/"
        assert refused(link, allowed=[here.host], seconds=0.2).code == "E_TIMEOUT"


# Size and packing -------------------------------------------------------------------------------


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


def fetched(network: Network, body: bytes, *headers: str) -> bytes:
    with site(network, always(reply(body, "200 OK", *headers))) as here:
        return fetch(f"http://{here.host}/", allowed=[here.host]).content


def not_fetched(network: Network, body: bytes, *headers: str) -> str:
    with pytest.raises(ItemError) as caught:
        fetched(network, body, *headers)
    return caught.value.code


@pytest.mark.parametrize(
    ("named", "body"),
    [
        *((name, packer(PAGE)) for name, packer in PACKERS.items()),
        ("GZip", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE)),
        ("gzip", gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:])),
        ("gzip", gzip.compress(PAGE) + b"\0" * 100),
        ("deflate", bare_deflate(PAGE)),
        ("identity", PAGE),
        ("", PAGE),
    ],
)
def test_packed_pages(network: Network, named: str, body: bytes) -> None:
    assert fetched(network, body, f"Content-Encoding: {named}") == PAGE


@pytest.mark.parametrize("encoding", PACKERS)
def test_empty_packed_pages(network: Network, encoding: str) -> None:
    assert fetched(network, b"", f"Content-Encoding: {encoding}") == b""


@pytest.mark.parametrize(
    ("named", "body"),
    [
        *((name, packer(PAGE)[:-9]) for name, packer in PACKERS.items()),
        *((name, PAGE) for name in PACKERS),
        ("gzip", gzip.compress(PAGE) + b"\x1f\x8bjunk"),
        ("zstd", b"(\xb5/\xfd"),
        ("compress", PAGE),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE))),
        ("br, gzip", gzip.compress(brotli.compress(PAGE))),
    ],
)
def test_damaged_and_unknown_packing(network: Network, named: str, body: bytes) -> None:
    assert not_fetched(network, body, f"Content-Encoding: {named}") == "E_ENCODING"


def test_packing_named_in_two_headers(network: Network) -> None:
    headers = ("Content-Encoding: gzip", "Content-Encoding: br")
    assert not_fetched(network, b"", *headers) == "E_ENCODING"


@pytest.mark.parametrize("encoding", PACKERS)
def test_bombs(network: Network, encoding: str) -> None:
    pack = {**PACKERS, "br": lambda data: brotli.compress(data, quality=4)}[encoding]
    bomb = pack(bytes(10 * MAX_BYTES))
    assert len(bomb) < MAX_BYTES // 50
    tracemalloc.start()
    assert not_fetched(network, bomb, f"Content-Encoding: {encoding}") == "E_TOO_LARGE"
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * MAX_BYTES


def test_pages_up_to_the_limit(network: Network) -> None:
    assert len(fetched(network, bytes(MAX_BYTES))) == MAX_BYTES
    assert not_fetched(network, bytes(MAX_BYTES + 1)) == "E_TOO_LARGE"


def test_endless_emptiness(network: Network) -> None:
    # Empty blocks unpack to nothing, so the limit of what is received has to end it.
    nothing = b"\x00\x00\x00\xff\xff" * 20_000

    def answer(stream: socket.socket, _path: str, here: Site) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n")
        while not here.ended.is_set():
            stream.sendall(nothing)

    with site(network, answer) as here:
        assert refused(f"http://{here.host}/", allowed=[here.host]).code == "E_TOO_LARGE"


@pytest.mark.parametrize("encoding", [*PACKERS, "bare"])
@pytest.mark.parametrize("size", [1, 7, 1000, 10**7])
def test_pieces_cut_anywhere(encoding: str, size: int) -> None:
    text = b"".join(b"%d %d\n" % (n, n * n) for n in range(3000)) + bytes(3 * STEP + 5)
    packed = {**PACKERS, "bare": bare_deflate}[encoding](text)
    cut = [packed[at : at + size] for at in range(0, len(packed), size)]
    pieces = list(unpacked(cut, encoding.replace("bare", "deflate")))
    assert b"".join(pieces) == text
    assert max(map(len, pieces)) <= 2 * STEP


# TLS --------------------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pem"
    path.write_text(f"-----BEGIN CERTIFICATE-----{CERTIFICATE}-----END CERTIFICATE-----\n")
    return path


@pytest.fixture
def tls(tmp_path: Path, authority: Path) -> ssl.SSLContext:
    key = tmp_path / "key.pem"
    key.write_text(f"-----BEGIN PRIVATE KEY-----{KEY}-----END PRIVATE KEY-----\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, key)
    return context


def test_secure_sites_keep_their_name(
    network: Network, tls: ssl.SSLContext, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    network.names[HERALD] = [["127.0.0.1"]]
    with site(network, by_path, tls) as here:
        host = f"{HERALD}:{here.port}"
        page = fetch(f"https://{host}/a", allowed=[host])
    assert (page.url, page.content) == (f"https://{host}/a", PAGE)
    assert names == [HERALD]
    assert f"\r\nHost: {host}\r\n" in here.requests[0]


def test_a_secure_link_is_not_followed_to_an_open_one(
    network: Network, tls: ssl.SSLContext, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    network.names[HERALD] = [["127.0.0.1"]]
    with site(network, by_path, tls) as here:
        host = f"{HERALD}:{here.port}"
        error = refused(f"https://{host}/to?http://{host}/", allowed=[host])
    assert error.code == "E_REDIRECT"
    assert len(network.connections) == 1


@pytest.mark.parametrize(
    ("host", "is_known", "reason"),
    [
        (HERALD, False, "certificate"),
        ("other.example", True, "Hostname mismatch"),
        ("127.0.0.1", True, "IP address mismatch"),
    ],
)
def test_sites_that_cannot_prove_their_name(
    network: Network,
    tls: ssl.SSLContext,
    authority: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    is_known: bool,
    reason: str,
) -> None:
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    network.names[host] = [["127.0.0.1"]]
    with site(network, by_path, tls) as here:
        host = f"{host}:{here.port}"
        error = refused(f"https://{host}/", allowed=[host])
    assert error.code == "E_TLS"
    assert reason in error.message
    assert here.requests == []


def test_an_open_site_asked_for_security(network: Network) -> None:
    with site(network, by_path) as here:
        assert refused(f"https://{here.host}/", allowed=[here.host]).code == "E_TLS"


# The article ------------------------------------------------------------------------------------


def page(content: bytes = PAGE, kind: str = "text/html", charset: str | None = None) -> Fetched:
    return Fetched("herald.example/a", "https://herald.example/2019/a", content, kind, charset)


def test_article() -> None:
    article = article_from(page())
    assert article.text == (SENTENCE * 4).strip()
    assert (article.source, article.title) == ("herald.example/a", "Bridge")
    assert article.url == article.key == "https://herald.example/2019/a"


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://herald.example/bridge", "https://herald.example/bridge"),
        ("https://www.herald.example/bridge", "https://www.herald.example/bridge"),
        ("https://news.herald.example/bridge", "https://news.herald.example/bridge"),
        ("https://times.example/bridge", "https://herald.example/2019/a"),
        ("https://notherald.example/bridge", "https://herald.example/2019/a"),
        ("javascript:alert(1)", "https://herald.example/2019/a"),
    ],
)
def test_the_page_names_its_address_on_its_own_site_only(canonical: str, url: str) -> None:
    link = f'<link rel="canonical" href="{canonical}"><title>'.encode()
    assert article_from(page(PAGE.replace(b"<title>", link))).url == url


def test_the_charset_that_the_site_declares_counts_first() -> None:
    text = "Совет города решил закрыть старый мост на два года ради ремонта дорог. " * 3
    content = f'<meta charset="utf-8"><title>А</title><article><p>{text}</p></article>'
    read = article_from(page(content.encode("cp1251"), charset="windows-1251"))
    assert read.text == text.strip()
    assert read.notes == ("read as cp1251",)


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"{}", "application/json", "E_UNSUPPORTED"),
        (b"%PDF-1.7", "application/pdf", "E_UNSUPPORTED"),
        (b"\x89PNG", "image/png", "E_UNSUPPORTED"),
        (b"Words", "text/plain", "E_UNSUPPORTED"),
        (b"%PDF-1.7", "text/html", "E_BINARY"),
        (b"\x89PNG", "", "E_BINARY"),
        (b"", "text/html", "E_NO_TEXT"),
        (b"<p>Not found</p>", "text/html", "E_NO_TEXT"),
    ],
)
def test_what_is_no_article(content: bytes, kind: str, code: str) -> None:
    with pytest.raises(ItemError) as caught:
        article_from(page(content, kind))
    assert caught.value.code == code


def test_from_link_to_article(network: Network) -> None:
    with site(network, by_path) as here:
        article = article_from(fetch(f"http://{here.host}/1", allowed=[here.host]))
    assert isinstance(article, RawArticle)
    assert article.url == f"http://{here.host}/0"
