"""The shipped sample: its form, its label, and that no sentence of a real article got into it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlsplit

import pytest

from corpus.article import RawArticle
from corpus.clean import clean
from corpus.loaders import load
from corpus.sample import KNOWN_ARTICLE, sample_path

# sha256 prefixes of every eight consecutive words of a real article on the same events.
DIGESTS = """
    00666e51 00ca6ef7 00f7e0c7 010c82b8 036a818f 03af9187 04513e7c 0466faa3 04bfbf25 051f5ba8
    0523232e 05e2ca83 063ac2c0 07027496 08691bd5 09e02d8e 0a11ef05 0a2652fb 0a59021f 0b67629d
    0c24830e 0c3d8272 0c607f83 0d537fa7 0dac0f91 0dd9674f 0e1449e2 0f21b6bf 0f669e72 0fe5a5c5
    10135ce1 102a8427 10888537 10982454 10cd4325 113b4275 11b83648 122b9fb1 12501ba7 1270620d
    1278a995 12dde67b 132dd62e 14f8356f 15ae2400 16e7fb50 19d05e62 1ab078a2 1c261363 1c2703f9
    1cb5ac4f 1e3731a8 1ed4db72 1f085159 1fbe19d6 1fce47a0 1fd5c56b 2070604e 214c3c74 225846b3
    226def21 25dcdcb0 274c9d38 283299a6 295e4443 297d961a 2a398a9d 2a9f82d5 2afefbd1 2b179971
    2b802799 2bcf8640 2d66e891 2dd9b2f7 2e12fb08 2f8e28e5 2fe81ad8 30105ea3 302efe3a 30cc392c
    3177ce11 324da080 32a831f0 356f4028 35b51b8a 360c1af3 3e6f6677 3fac7328 40f05b2f 4238f1e4
    423a0c57 43187f3d 43358907 449b7094 451510d7 466b0f9c 49fd1c77 4a01159e 4a13a431 4a3c571c
    4a70c83d 4bb9d4a5 4bc84734 4e481053 4f9bdf8d 4faea33f 4fd5c97b 50a9f3f4 525a41b6 52ed03f0
    5348f10c 550b7393 5657c936 56f9b8bd 574f4056 5796c498 5811b614 58262f18 589fcf61 58ef170f
    5906f43a 595603e6 59c290dc 59db4d18 5a2a25ae 5a7736c5 5a7d4de5 5ac59686 5acac588 5b1575bf
    5cb0cbd4 5d54bddb 5dd892c4 5e9186bc 5ef378fd 5f65cb68 5f8b912a 5fbf51e9 5ff948f3 61333482
    628a73e2 62b8b0b6 63638447 66175c7c 663b8793 686b00dc 68acabc6 694609e8 6ab78e90 6b94a5cc
    6bba47a5 6bffea96 6ce98fb2 6d41e741 6e2180c4 6fded802 70d25958 71d7a3bf 765bccef 77edce67
    78778dac 7901b056 79134750 792bdff4 7960b451 7a81fcf5 7b625f51 7b64cf5a 7b72864c 7d0b5825
    7d2580d9 7da32a51 7de4a9a9 7ecaea27 7fac8e6f 8143b113 832f9c0c 8346c078 8356172a 836e82e8
    8412b715 84f5d87c 854d58db 884626a4 8873c88a 88c54253 88d045ec 895fddd2 8a2282f7 8a89ac33
    8a9f99c4 8adc4913 8c3d938a 8d176684 8d752357 8d88b38d 8f41f75e 9172f1bd 9194c7a2 91dd9614
    91e050d7 921b70a2 921d841d 92c117d9 92e8e7c0 92f7c3fc 93657499 93ad85b4 943ca6e9 9490ee6b
    953e2c21 955c7e08 964ec6b3 96eca23a 983951d1 99a76df5 9c4cb0de 9ddd4653 9dee242f 9ed59d66
    a0632f89 a0f43bde a172627c a1dc37e8 a2367253 a267e8ca a3132566 a3afecee a4544a34 a50f23ea
    a640e410 a7d6f256 a8157dc3 a8d5f8ef aa4c484c aa83be91 aaeddba9 ab9fc121 ac779e65 acc91490
    ad2e36c8 ad76cb33 ae0aa840 ae0ae9af ae519430 ae94b83e aeba949f af6cf0dc b07f60f0 b0871688
    b1021938 b179650f b2e4c598 b48d77b1 b5d6a53d b69130f4 b6c14afa b7a89233 b81f6c15 b848fc8e
    bae772ac bb69ad93 bb6e57e6 bfc8f5d6 c100dfc3 c17cdbf0 c2aa7940 c42f0844 c475bac6 c6485df3
    c7297584 c7593561 c82ea6c2 cc0839bf cc8fdbd2 ccec33ff ccefdb56 ce1af629 ce9c31b2 d0fe71ad
    d103a428 d1d300e5 d5455cf0 d6cb0083 d6e11419 d7a22162 d85645c8 dab35d47 dab466a1 db2f5883
    dc3aa473 dd845cdd ddbf5ba4 ddd7e627 de1dc627 df6d5ece e0eb600e e2856c30 e28c61c2 e2c33262
    e56a1ffe e67d5f2c e7aefbe9 e80a8642 ea11ac2b ea3ea7de eb32ebcd eb83eab0 ec68589c ecb32588
    ed5e3a63 efac2494 eff04570 f0970084 f0d82861 f112e3bf f12823d1 f1da6cfe f216e850 f2da9436
    f3718e8a f3811654 f4e441d7 f52a7d07 f672933a f865dc0b f92be38d f96c5dd5 fa478eed fb3017f5
    fb7e30bf fb8ed2f0 fbc05688 fcc5e7e7 fd188ac1 ffc5943e
"""
FORBIDDEN = frozenset(DIGESTS.split())


@pytest.fixture(scope="module")
def articles() -> list[dict[str, Any]]:
    lines = sample_path().read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def by_id(articles: list[dict[str, Any]], article_id: str) -> str:
    return next(str(article["text"]) for article in articles if article["id"] == article_id)


def eight_grams(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    grams = (" ".join(words[i : i + 8]) for i in range(len(words) - 7))
    return {hashlib.sha256(gram.encode()).hexdigest()[:8] for gram in grams}


def test_there_are_enough_articles_and_ids_and_urls_are_unique(
    articles: list[dict[str, Any]],
) -> None:
    assert len(articles) == 45
    assert len({article["id"] for article in articles}) == len(articles)
    assert KNOWN_ARTICLE in {article["id"] for article in articles}
    assert len({article["url"] for article in articles}) == len(articles)


def test_six_invented_outlets_under_the_reserved_domain(articles: list[dict[str, Any]]) -> None:
    hosts = {article["publisher"]: urlsplit(article["url"]).hostname for article in articles}
    assert len(hosts) == len(set(hosts.values())) == 6
    assert all(host.endswith(".example") for host in hosts.values())


def test_every_article_has_the_fields_of_the_contract(articles: list[dict[str, Any]]) -> None:
    for article in articles:
        assert set(article) == {
            *("id", "url", "publisher", "title", "authors", "published", "text", "sample")
        }
        assert all(author and author == author.strip() for author in article["authors"])
        assert article["title"] == article["title"].strip()


def test_dates_are_iso_within_2013_to_2019_and_sorted(articles: list[dict[str, Any]]) -> None:
    moments = [datetime.fromisoformat(article["published"]) for article in articles]
    days = [moment.date() for moment in moments]
    assert date(2013, 1, 1) <= days[0] <= days[-1] <= date(2019, 12, 31)
    assert days == sorted(days)
    assert all(
        len(a["published"]) == 10 or m.tzinfo for a, m in zip(articles, moments, strict=True)
    )


def test_each_is_a_short_article_labelled_outside_its_text(articles: list[dict[str, Any]]) -> None:
    for article in articles:
        assert 120 <= len(article["text"].split()) <= 350, article["id"]
        assert article["sample"]
        assert "onrecord" not in article["text"].casefold()
        assert "\n\n" in article["text"]


def test_every_line_loads_and_is_clean_already(articles: list[dict[str, Any]]) -> None:
    loaded = list(load(str(sample_path())))
    assert [item.id for item in loaded if isinstance(item, RawArticle)] == [
        article["id"] for article in articles
    ]
    assert len(loaded) == len(articles)
    assert all(clean(article["text"]) == article["text"] for article in articles)


def test_no_eight_consecutive_words_of_the_real_article(articles: list[dict[str, Any]]) -> None:
    for article in articles:
        for field in ("title", "text"):
            assert not eight_grams(article[field]) & FORBIDDEN, article["id"]


def test_wire_copy_is_nearly_the_same_text(articles: list[dict[str, Any]]) -> None:
    wire = by_id(articles, "tallis-2018-bombers-land")
    copy = by_id(articles, "ellisport-2018-bombers-land")
    assert wire != copy
    assert SequenceMatcher(None, wire.split(), copy.split()).ratio() > 0.85


@pytest.mark.parametrize(
    ("article_id", "said"),
    [
        pytest.param("quillon-2015-china-loans-65-billion", "$65 billion", id="china"),
        pytest.param("quillon-2019-china-hedges", "$65 billion", id="china-again"),
        pytest.param("calderwick-2019-kremlin-declines", "more than $10 billion", id="russia"),
        pytest.param("calderwick-2019-kremlin-declines", "declined to speculate", id="peskov"),
        pytest.param("tallis-2015-tass-arms-tally", "30 arms contracts", id="arms"),
        pytest.param("tallis-2018-bombers-land", "more than 6,000 miles", id="bombers"),
        pytest.param("calderwick-2017-lindqvist-bid", "Correction: An earlier", id="correction"),
        pytest.param("calderwick-2018-bridge-audit", "$690 million", id="disagree-one"),
        pytest.param("brackmere-2018-bridge-742-million", "$742 million", id="disagree-two"),
        pytest.param("tallis-2015-brackmere-flood-toll-14", "has risen to 14", id="update"),
        pytest.param("brackmere-2015-flood-final-toll", "the dead is 17", id="final"),
    ],
)
def test_what_the_documentation_promises_is_there(
    articles: list[dict[str, Any]], article_id: str, said: str
) -> None:
    assert said in by_id(articles, article_id)
