"""Which addresses are links, which are text, and which are nothing to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.links import plain_address, web_link

LINKS = [
    *("https://news.example/a?b=1&c=%20#d", "http://news.example", "HTTPS://news.example/"),
    *("https://www.gazette.example:8443/a", "http://localhost:8000/", "https://example.com./"),
    *("http://192.168.1.5/x", "http://[fd00::5]:80/", "https://a_b.example", "https://8a.example"),
    *("https://münchen.example/", "https://smørrebrød.example/", "https://xn--mnchen-3ya.example/"),
    *("https://пример.рф/", "https://東京ニュース.jp/", "https://한국.kr", "https://नमस्ते.भारत/"),
    "https://news.example/über/日本?q=ж",
]
TEXTS = {
    "credentials": [
        *("https://user:pw@news.example/", "https://user@news.example", "https://@news.example"),
        "https://news.example:443@evil.example/",
    ],
    "backslashes": [
        *(
            "https://news.example\\@evil.example/",
            "https://news.example/a\\b",
            "https://a\\b.example",
        ),
    ],
    "mixed scripts": [
        *(
            "https://аpple.example/",
            "https://gооgle.com",
            "https://googlе.ελ",
            "https://ΝEWS.example",
        ),
        *("https://раypal.рф", "https://пример.com", "https://xn--pple-43d.com/"),
    ],
    "look-alikes": [
        *(
            "https://аррӏе.com/",
            "https://xn--80ak6aa92e.com/",
            "https://ɡoogle.com",
            "https://ı.example",
        ),
        *("https://ﬁnance.example", "https://ｎｅｗｓ.example", "https://news。example"),
        *(
            "https://news․example",
            "https://ℊoogle.com",
            "https://𝐧ews.example",
            "https://💩.example",
        ),
    ],
    "numbers that are addresses": [
        *("http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://0177.0.0.1/"),
        "https://1.2.3.4.5/",
    ],
    "no hosts": [
        *(
            "https://news.example%2eevil.example/",
            "https://news.example:99999/",
            "https://-a.example",
        ),
        *(
            "https://news..example",
            "http://[fe80::1%25eth0]/",
            "https://news.example:8a/",
            "https://a%20b/",
        ),
        *("https://xn--a.example", "https://[news.example]/"),
    ],
}
NOTHING = [
    *("javascript:alert(1)", "JavaScript://news.example/%0aalert(1)", "data:text/html,x"),
    *(
        "ftp://x.example",
        "//x.example",
        "https:///x.example",
        "https:x.example",
        "http:\\\\evil.example",
    ),
    *("https://news.example/\u202egnp.exe", "https://news.example/a\u200bb", "https://a b"),
    *(
        "https://a\n.example",
        " https://a.example",
        "https://a.example\x00",
        "https://a\u2066.example",
    ),
    *("http://[::1", "https://", "", None),
]


@pytest.mark.parametrize("url", LINKS)
def test_a_link_leads_where_it_seems_to(url: str) -> None:
    assert web_link(url) == url
    assert plain_address(url) is None


@pytest.mark.parametrize("url", [url for urls in TEXTS.values() for url in urls])
def test_what_may_lead_elsewhere_is_no_link(url: str) -> None:
    assert web_link(url) is None


@pytest.mark.parametrize(
    "url", [url for kind, urls in TEXTS.items() if kind != "no hosts" for url in urls]
)
def test_it_is_shown_as_text(url: str) -> None:
    assert plain_address(url) == url


@pytest.mark.parametrize("url", NOTHING)
def test_what_is_no_web_address_is_nothing_to_show(url: str | None) -> None:
    assert web_link(url) is None
    assert plain_address(url) is None


@given(st.text(max_size=20), st.text(max_size=10))
def test_whatever_stands_before_the_host_is_no_link(user: str, rest: str) -> None:
    assert (
        web_link(
            f"https://{user.replace('/', '').replace('?', '').replace('#', '')}@a.example{rest}"
        )
        is None
    )


@given(st.text(max_size=30))
def test_any_text_is_a_link_a_text_or_nothing(text: str) -> None:
    url = f"https://{text}"
    assert web_link(url) in (url, None)
    assert not (web_link(url) and plain_address(url))
