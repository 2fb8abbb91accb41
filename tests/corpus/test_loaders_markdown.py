"""Markdown: front matter, blocks without marks, what is left out."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.loaders.markdown import load_markdown

FRONT = """---
title: "Bridge to Close"
date: 2019-01-24
publisher: Northern Herald
url: https://herald.example/b
authors:
  - Ada Lind
  - Bo Ek
tags: [roads, ferries]
---
"""


def load(text: str) -> RawArticle:
    (article,) = load_markdown(text.encode(), source="a.md", key="/news/a.md")
    assert isinstance(article, RawArticle)
    return article


def test_front_matter() -> None:
    article = load(f"{FRONT}\n# Bridge to Close\n\nIt is shut.\n")
    assert article == RawArticle(
        text="It is shut.",
        source="a.md",
        key="/news/a.md",
        title="Bridge to Close",
        publisher="Northern Herald",
        url="https://herald.example/b",
        published=date(2019, 1, 24),
        authors=("Ada Lind", "Bo Ek"),
    )


def test_front_matter_with_windows_line_ends() -> None:
    assert load(FRONT.replace("\n", "\r\n") + "It is shut.").publisher == "Northern Herald"


def test_authors_in_brackets() -> None:
    text = "---\nauthors: ['Ada Lind', \"Bo Ek\"]\n---\nIt is shut."
    assert load(text).authors == ("Ada Lind", "Bo Ek")


HEADER = "Published: 2019-01-24\nSource: Northern Herald\n"


@pytest.mark.parametrize(
    "markdown",
    [
        pytest.param(f"# Shut\n\n{HEADER}\nIt is.", id="below the headline"),
        pytest.param(f"# Shut\n{HEADER}\nIt is.", id="right below it"),
        pytest.param(f"Shut\n====\n\n{HEADER}\nIt is.", id="below an underlined one"),
        pytest.param(f"\n{HEADER}\n# Shut\n\nIt is.", id="above it"),
        pytest.param(
            "# Shut\n\n**Published:** 2019-01-24  \n**Source:** Northern Herald\n\nIt is.",
            id="in bold",
        ),
    ],
)
def test_header_lines(markdown: str) -> None:
    article = load(markdown)
    assert (article.title, article.text) == ("Shut", "It is.")
    assert (article.publisher, article.published) == ("Northern Herald", date(2019, 1, 24))


def test_a_paragraph_that_only_looks_like_a_header_stays() -> None:
    article = load("# Shut\n\nSource: Northern Herald said so.\nIt is.")
    assert article.text == "Source: Northern Herald said so. It is."
    assert article.publisher is None


@pytest.mark.parametrize(
    ("markdown", "title", "text"),
    [
        pytest.param("# Shut\n\nIt is.", "Shut", "It is.", id="heading is the title"),
        pytest.param("Shut\n====\n\nIt is.", "Shut", "It is.", id="underlined heading"),
        pytest.param("It is.\n\n## Why\n\nOld.", None, "It is.\n\nWhy\n\nOld.", id="later heading"),
        pytest.param("It **is** *shut*, __now__.", None, "It is shut, now.", id="emphasis"),
        pytest.param("See [the map](http://a.b 'm').", None, "See the map.", id="link"),
        pytest.param("A ![alt](x.png) b.", None, "A b.", id="image"),
        pytest.param("- One\n- Two\n  1. Three", None, "One\n\nTwo\n\nThree", id="lists"),
        pytest.param("> Quoted “words”.", None, "Quoted “words”.", id="block quote"),
        pytest.param("one\ntwo", None, "one two", id="soft break"),
        pytest.param("one  \ntwo", None, "one\ntwo", id="hard break"),
        pytest.param("A `b` c.\n\n```\ncode\n```\n\n    code", None, "A b c.", id="code"),
        pytest.param("A.\n\n<div>no</div>\n\nB <b>c</b>.", None, "A.\n\nB c.", id="html"),
        pytest.param("A <script>alert(1)</script> b.", None, "A b.", id="script"),
        pytest.param("A.\n\n| b | c |\n|---|---|\n| 1 | 2 |", None, "A.", id="table"),
        pytest.param("Fish &amp; chips &lt;b&gt;", None, "Fish & chips <b>", id="entities"),
        pytest.param("---\n\nA.", None, "A.", id="a rule is no front matter"),
        pytest.param("A costs $5*3 and 2_3_4.", None, "A costs $5*3 and 2_3_4.", id="no marks"),
        pytest.param("# Shut\n\nIt is.\n\nRead more", "Shut", "It is.", id="stray last line"),
    ],
)
def test_blocks(markdown: str, title: str | None, text: str) -> None:
    article = load(markdown)
    assert (article.title, article.text) == (title, text)


@pytest.mark.parametrize(
    "unseen",
    [
        "<svg><text>secret</text></svg>",
        "<iframe src='//a.example'>secret</iframe>",
        "<span hidden>secret <b>words</b></span>",
        "<span style='display:&#110;one'>secret</span>",
        '<SPAN CLASS="sr-only">secret</SPAN>',
        "<span hidden>secret <span>and</span> secret</span>",
        "<style>secret</style>",
        "<!-- secret -->",
        "<br hidden>",
        "<img hidden alt='secret'/>",
    ],
)
def test_what_html_hides_in_a_paragraph_is_left_out(unseen: str) -> None:
    assert load(f"It was {unseen}old.\n\nAnd *{unseen}* big.").text == "It was old.\n\nAnd big."


@pytest.mark.parametrize(
    "unseen",
    [
        "<div hidden>\n\nSecret *words*.\n\n- secret\n\n</div>",
        "<div hidden>\n\n<div>\n\nSecret.\n\n</div>\n\nSecret.\n\n</div>",
        '<section style="display:none">\n\n## Secret\n\n</section>',
        "<div\n  hidden\n>\n\nSecret <i>words</i>.</div>",
        "<iframe>\n\nSecret.\n\n</iframe>",
        "<!-- <div> -->",
        "<script>\nif (a<b) '<div hidden>'\n\n</script>",
        "<p hidden>Secret.",
        "<p>Open <svg/>",
    ],
)
def test_what_html_hides_over_blocks_is_left_out(unseen: str) -> None:
    assert load(f"It was old.\n\n{unseen}\n\nAnd big.").text == "It was old.\n\nAnd big."


def test_what_is_left_open_in_a_paragraph_ends_with_it() -> None:
    assert load("It <span hidden>was old.\n\nAnd big.").text == "It\n\nAnd big."


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        pytest.param("", "E_EMPTY", id="nothing"),
        pytest.param("# Only a heading", "E_EMPTY", id="only a title"),
        pytest.param("```\ncode\n```", "E_EMPTY", id="only code"),
        pytest.param(">" * 300 + " deep", "E_TOO_DEEP", id="nested quotes"),
        pytest.param("[" * 1_000_000, "E_TOO_LARGE", id="brackets"),
    ],
)
def test_refused(markdown: str, code: str) -> None:
    with pytest.raises(ItemError) as caught:
        load(markdown)
    assert caught.value.code == code
