from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import RawArticle
from corpus.identity import derived_id, normal_url, shown_url


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        pytest.param("HTTPS://News.Example/A/b", "https://news.example/A/b", id="case"),
        pytest.param("https://n.example", "https://n.example/", id="no path"),
        pytest.param("https://n.example:443/a", "https://n.example/a", id="default port"),
        pytest.param("http://n.example:8080/a", "http://n.example:8080/a", id="other port"),
        pytest.param("https://n.example/a#top", "https://n.example/a", id="fragment"),
        pytest.param("https://bo:pw@n.example/a", "https://n.example/a", id="credentials"),
        pytest.param("https://n.example/a?utm_source=x&id=7&fbclid=y", "https://n.example/a?id=7",
                     id="tracking"),
        pytest.param("https://n.example/a?b=2&a=1", "https://n.example/a?b=2&a=1", id="order kept"),
        pytest.param("http://[2001:DB8::1]/a", "http://[2001:db8::1]/a", id="IPv6"),
        pytest.param("  https://n.example/a ", "https://n.example/a", id="spaces around"),
    ],
)  # fmt: skip
def test_normal_url(url: str, normal: str) -> None:
    assert normal_url(url) == normal
    assert normal_url(normal) == normal


@pytest.mark.parametrize(
    "url", ["", "   ", "https://n.example/a\0b", "https://n.example/a b", "http://[::1", "a\nb"]
)
def test_no_link(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normal_url(url)


def test_shown_url_keeps_all_but_credentials() -> None:
    assert shown_url("https://bo:pw@N.example/a?utm_source=x#y") == (
        "https://N.example/a?utm_source=x#y"
    )


@given(st.text(max_size=40))
def test_normal_url_is_idempotent_or_refuses(path: str) -> None:
    try:
        normal = normal_url(f"https://n.example/{path}")
    except ValueError:
        return
    assert normal_url(normal) == normal


def test_derived_ids_are_short_and_differ_by_what_they_are_made_of() -> None:
    raws = [
        RawArticle("text", "s", url="https://n.example/a"),
        RawArticle("text", "s", key="https://n.example/a"),
        RawArticle("text", "s"),
        RawArticle("text", "s", title="title"),
        RawArticle("text", "s", key="name\udcff"),
    ]
    ids = [derived_id(raw) for raw in raws]
    assert len(set(ids)) == len(ids)
    assert all(len(i) == 16 for i in ids)
