"""Saved pages: text, title, date and link; what is hidden; pages that are none or hostile."""

from __future__ import annotations

import json
from datetime import date

import pytest

from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.loaders.html import MAX_ATTRIBUTES, MAX_ELEMENTS, load_html

FIRST = "The council of Lund voted on Tuesday to close the old bridge for two years of repairs."
SECOND = "Traffic will be led over the ferry, which takes forty cars and leaves every half hour."
THIRD = "The repairs cost 30 million crowns, said Ada Lind, who is in charge of the town’s roads."
PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
TEXT = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
QUOTED = "".join(f"a{number}='1'" for number in range(200_000))
HEAD = """
<title>Bridge to Close | Northern Herald</title>
<meta property="og:site_name" content="Northern Herald">
<meta property="og:title" content="Bridge to Close">
<meta name="author" content="Ada Lind">
<meta property="article:published_time" content="2019-01-24T10:00:00+01:00">
<link rel="canonical" href="https://herald.example/2019/bridge">
"""


def page(body: str = PARAGRAPHS, head: str = HEAD) -> str:
    return f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{body}</body></html>'


def load(html: str | bytes) -> RawArticle:
    data = html if isinstance(html, bytes) else html.encode()
    (article,) = load_html(data, source="a.html", key="/news/a.html")
    assert isinstance(article, RawArticle)
    return article


def test_article_and_what_the_page_says_of_it() -> None:
    body = f"<nav><a href=/>Home</a></nav><article><h1>Bridge to Close</h1>{PARAGRAPHS}</article>"
    assert load(page(body)) == RawArticle(
        text=TEXT,
        source="a.html",
        key="/news/a.html",
        url="https://herald.example/2019/bridge",
        publisher="Northern Herald",
        title="Bridge to Close",
        authors=("Ada Lind",),
        published=date(2019, 1, 24),
        language="en-GB",
    )


def test_no_date_is_guessed_from_the_text_or_the_copyright_line() -> None:
    body = f"<article><p>It opened on May 5, 2014.</p>{PARAGRAPHS}</article><footer>© 2021</footer>"
    assert load(page(body, head="<title>Bridge</title>")).published is None


def test_link_that_is_no_link() -> None:
    head = '<link rel="canonical" href="javascript:alert(1)">'
    assert load(page(head=head)).url is None


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>document.write('secret words')</script>",
        "<style>p { content: 'secret words' }</style>",
        "<p hidden>secret words that nobody is meant to see</p>",
        '<p style="display: none">secret words that nobody is meant to see</p>',
        '<p style="visibility:hidden">secret words that nobody is meant to see</p>',
        '<p style="display:/**/none">secret words that nobody is meant to see</p>',
        "<dialog><p>secret words that nobody is meant to see</p></dialog>",
        '<span class="sr-only">secret words</span>',
        '<span style="border:0;clip:rect(0 0 0 0)">secret words</span>',
        "<noscript><p>secret words if scripts are off</p></noscript>",
        "<template><p>secret words in store</p></template>",
        "<iframe src=//evil.example>secret words</iframe>",
        "<svg><text>secret words</text></svg>",
        "<!-- secret words -->",
        '<img src=x onerror="secret words" alt="secret words">',
    ],
)
def test_what_no_reader_sees_is_not_read(unseen: str) -> None:
    body = f"<article><p>{FIRST}</p>{unseen}<p>{SECOND}{unseen}</p><p>{THIRD}</p></article>"
    article = load(page(body))
    assert "secret" not in article.text
    assert FIRST in article.text
    assert THIRD in article.text


def test_teaser_and_hidden_full_text_are_not_read_twice() -> None:
    body = f'<article><div>{PARAGRAPHS}</div><div style="display:none">{PARAGRAPHS}</div></article>'
    assert load(page(body)).text == TEXT


def test_page_hidden_until_its_scripts_have_run() -> None:
    html = page().replace("<body>", '<body style="display:none">')
    assert load(html).text == TEXT


def test_escaped_markup_is_text() -> None:
    body = (
        f"<article>{PARAGRAPHS}<p>They wrote &lt;script&gt;go()&lt;/script&gt; on it.</p></article>"
    )
    assert load(page(body)).text.endswith("They wrote <script>go()</script> on it.")


def test_lists_headings_and_breaks() -> None:
    body = f"<article><p>{FIRST}</p><h2>Costs</h2><ul><li>Steel</li></ul><p>{SECOND}</p></article>"
    assert load(page(body)).text == f"{FIRST}\n\nCosts\n\nSteel\n\n{SECOND}"


def test_tables_are_left_out_unless_the_page_is_laid_out_as_one() -> None:
    table = "<table><tr><td>Cars</td><td colspan=9007199254740991>40</td></tr></table>"
    assert load(page(f"<article>{PARAGRAPHS}{table}</article>")).text == TEXT
    old = load(page(f"<table><tr><td>{PARAGRAPHS}</td></tr></table>"))
    assert FIRST in old.text
    assert "|" not in old.text


def test_stray_lines_go() -> None:
    body = (
        f"<article><p>{FIRST}</p><p>Read more: The ferry</p><p>{SECOND}</p><p>{THIRD}</p></article>"
    )
    assert load(page(body)).text == TEXT


@pytest.mark.parametrize(
    ("declared", "encoding", "note"),
    [
        ("utf-8", "utf-8", ()),
        ("iso-8859-1", "cp1252", ("read as cp1252",)),
        ("windows-1252", "cp1252", ("read as cp1252",)),
        ("utf-8", "cp1252", ("read as cp1252",)),  # declares what it is not
        ("iso-8859-2", "iso-8859-2", ("read as iso8859-2",)),
        ("utf-8", "utf-16", ("read as utf-16-le",)),  # the byte-order mark decides
        ("unicode_escape", "utf-8", ()),
    ],
)
def test_charsets(declared: str, encoding: str, note: tuple[str, ...]) -> None:
    body = PARAGRAPHS.replace("’", "'").replace("Lund", "Šlund")
    html = page(body, head=f'<meta charset="{declared}">')
    article = load(html.encode(encoding))
    assert "Šlund" in article.text
    assert article.notes == note


@pytest.mark.parametrize(
    ("html", "code"),
    [
        pytest.param("<html></html>", "E_NO_TEXT", id="empty"),
        pytest.param("<!-- nothing -->", "E_NO_TEXT", id="only a comment"),
        pytest.param(page("<p>Short.</p>"), "E_NO_TEXT", id="too few words"),
        pytest.param(
            page(
                "<noscript>Please enable JavaScript.</noscript><div id=app></div><script>1</script>"
            ),
            "E_NO_TEXT",
            id="needs scripts",
        ),
        pytest.param(page("<div>" * 100_000 + PARAGRAPHS), "E_TOO_DEEP", id="nested deep"),
        pytest.param(page("<b>a</b>" * (MAX_ELEMENTS + 1)), "E_TOO_LARGE", id="elements"),
        pytest.param(page(f"<p>{'word ' * 2_200_000}</p>"), "E_TOO_LARGE", id="11 MB"),
        pytest.param(page(f'<p title="{"x" * 11_000_000}">a</p>'), "E_TOO_LARGE", id="attribute"),
        pytest.param(
            page(f"<p {' '.join(f'a{i}=1' for i in range(1_000_000))}>{PARAGRAPHS}"),
            "E_PARSE",
            id="a million attributes",
        ),
        pytest.param(
            page(f"<p {'/'.join(f'a{i}' for i in range(200_000))}>{PARAGRAPHS}"),
            "E_PARSE",
            id="attributes between slashes",
        ),
        pytest.param(
            page(f"<p {QUOTED}>{PARAGRAPHS}"),
            "E_PARSE",
            id="attributes between quotes",
        ),
        pytest.param(
            page(
                f"<script>a<b title='</script><p {' '.join(f'a{i}' for i in range(200_000))}>"
                f"{PARAGRAPHS}"
            ),
            "E_PARSE",
            id="attributes behind a quote in a script",
        ),
    ],
)
@pytest.mark.usefixtures("ends")
def test_refused(html: str, code: str) -> None:
    with pytest.raises(ItemError) as caught:
        load(html)
    assert caught.value.code == code


def linked(data: str) -> str:
    return page(head=f'<script type="application/ld+json">{data}</script>')


def test_linked_data_says_who_and_when() -> None:
    body = "The bridge is old. " * 5000
    fields = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Bridge Shut"}
    article = load(linked(json.dumps(fields | {"articleBody": body})))
    assert (article.title, article.text) == ("Bridge Shut", TEXT)


@pytest.mark.parametrize(
    "data",
    [
        '{"@type":"NewsArticle","headline":"' + '\\"x ' * 100_000,
        '{"@type":"NewsArticle",' + '"author":' * 50_000,
        "[" * 500_000,
        json.dumps({"@type": "NewsArticle", "name": ["&quot;author&quot;:\n"] * 20_000}),
    ],
    ids=["unterminated", "authors", "nested", "quotes by name"],
)
@pytest.mark.usefixtures("ends")
def test_linked_data_on_which_the_library_would_spend_minutes(data: str) -> None:
    assert load(linked(data)).text == TEXT


def test_many_attributes_are_read() -> None:
    attributes = " ".join(f'a{number}=">"' for number in range(MAX_ATTRIBUTES - 10))
    assert load(page(f"<div {attributes}>{PARAGRAPHS}</div>")).text == TEXT
