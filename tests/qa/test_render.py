from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Span
from qa.answer import Answer, Citation, Statement, Withdrawn
from qa.messages.say import speaking
from qa.render import to_html, to_json, to_markdown, to_text
from qa.verify import ask_back
from qa.wording import named_years, web_link

QUOTE = "It has given Venezuela more than $10 billion since 2006."
CITATION = Citation(
    article_id="a1", version=2, sha256="ab" * 32, span=Span(25, 25 + len(QUOTE)), quote=QUOTE,
    sentence=Span(25, 25 + len(QUOTE)), title="Loans", publisher="Daily Example",
    url="https://news.example/1?a=1&b=2", published=date(2019, 1, 24), short="$10 billion",
)  # fmt: skip
ANSWER = Answer(
    question="How much?", standalone="How much has Russia given?", status="answered",
    statements=(Statement(QUOTE, (CITATION,)),), short="$10 billion", confidence=0.93456,
    carried=("Russia",), ms={"retrieve": 11.6, "total": 100.2},
)  # fmt: skip
DECLINED = Answer(
    question="Who?", standalone="Who?", status="declined", nearest=(CITATION,), confidence=0.1,
    searched="3,000 articles",
)  # fmt: skip


def answer_with(*citations: Citation, **fields: object) -> Answer:
    statements = tuple(Statement(citation.quote, (citation,)) for citation in citations)
    return replace(ANSWER, statements=statements, **fields)  # type: ignore[arg-type]


def cited(**fields: object) -> Citation:
    return replace(CITATION, **fields)  # type: ignore[arg-type]


class Page(HTMLParser):
    """Collects tags, attributes and the text of each blockquote."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.quotes: list[str] = []
        self.marked = ""
        self._open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        self.attributes.extend(attrs)
        if tag == "blockquote":
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "blockquote" in self._open:
            self.quotes[-1] += data
        if "mark" in self._open:
            self.marked += data


# JSON


def test_json_is_the_contract() -> None:
    assert json.loads(json.dumps(to_json(ANSWER, "q1"))) == {
        "id": "q1", "question": "How much?", "standalone": "How much has Russia given?",
        "carried": ["Russia"], "status": "answered", "answer": "$10 billion",
        "statements": [{"text": QUOTE, "citations": [{
            "quote": QUOTE, "article_id": "a1", "title": "Loans", "publisher": "Daily Example",
            "url": "https://news.example/1?a=1&b=2", "published": "2019-01-24", "version": 2,
            "sha256": "ab" * 32, "start": 25, "end": 25 + len(QUOTE), "context": None,
            "short": "$10 billion", "dates": [], "missing": [], "differs": []}]}],
        "nearest": [], "choices": [], "note": "", "limits": {}, "everything": None,
        "confidence": 0.935, "ms": {"retrieve": 12, "total": 100},
    }  # fmt: skip


def test_json_of_a_decline() -> None:
    found = to_json(DECLINED)
    assert (found["id"], found["answer"], found["statements"]) == (None, None, [])
    assert [citation["quote"] for citation in found["nearest"]] == [QUOTE]


def test_json_of_a_question_back() -> None:
    found = to_json(ask_back(question="q", standalone="q", choices=("One?", "Two?")))
    assert (found["status"], found["choices"], found["answer"]) == (
        "unclear",
        ["One?", "Two?"],
        None,
    )


def test_unknown_metadata_is_null() -> None:
    bare = cited(title=None, publisher=None, url=None, published=None)
    citation = to_json(answer_with(bare))["statements"][0]["citations"][0]
    assert [citation[key] for key in ("title", "publisher", "url", "published")] == [None] * 4


def test_a_moment_keeps_its_zone() -> None:
    moment = datetime(2019, 1, 24, 23, 30, tzinfo=UTC)
    found = to_json(answer_with(cited(published=moment)))
    assert found["statements"][0]["citations"][0]["published"] == "2019-01-24T23:30:00+00:00"


# Every readable form


@pytest.mark.parametrize("form", [to_text, to_markdown, to_html])
@pytest.mark.parametrize(
    ("language", "quotes", "words"),
    [
        ("en", 1, "picked by the program from the quote below"),
        ("en", 2, "picked by the program from the quotes below"),
        ("de", 1, "vom Programm aus dem Zitat unten herausgegriffen"),
        ("de", 2, "vom Programm aus den Zitaten unten herausgegriffen"),
    ],
)
def test_a_short_answer_says_that_the_program_picked_it(
    form: Callable[[Answer], str], language: str, quotes: int, words: str
) -> None:
    with speaking(language):
        said = form(answer_with(*[CITATION] * quotes))
        without = form(answer_with(cited(short=None), short=None))
        declined = form(DECLINED)
    assert words in " ".join(said.split())
    assert said.index("$10 billion") < said.index(words.split()[0]) < said.index("It has given")
    assert words not in without
    assert words not in declined


# Terminal


def test_text_of_an_answer() -> None:
    context = f"Russia is an ally. {QUOTE}"
    assert to_text(answer_with(cited(context=context)), 60) == (
        "(Understood as: How much has Russia given? — from before:\n"
        "Russia)\n"
        "$10 billion (picked by the program from the quote below)\n"
        "\n"
        "  “It has given Venezuela more than $10 billion since 2006.”\n"
        "    — Daily Example, 24 January 2019, “Loans”\n"
        "    https://news.example/1?a=1&b=2\n"
        "    Context: “Russia is an ally.”"
    )


def test_text_of_a_decline() -> None:
    assert to_text(DECLINED) == (
        "No sentence was found that answers this. Searched: 3,000 articles.\n"
        "\n"
        "Nearest, not an answer:\n"
        "\n"
        "  “It has given Venezuela more than $10 billion since 2006.”\n"
        "    — Daily Example, 24 January 2019, “Loans”\n"
        "    https://news.example/1?a=1&b=2"
    )


def test_text_of_a_question_back() -> None:
    answer = ask_back(question="q", standalone="q", choices=("One?", "Two?"))
    assert to_text(answer) == "Which of these do you mean?\n  1. One?\n  2. Two?"


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [(25, 81, "“{}”"), (20, 81, "… “{}”"), (25, 90, "“{}” …"), (20, 90, "… “{}” …")],
)
def test_cuts_are_shown_outside_the_marks(start: int, end: int, shown: str) -> None:
    answer = answer_with(cited(sentence=Span(start, end)))
    assert shown.format(QUOTE) in " ".join(to_text(answer).split())
    assert Page(to_html(answer)).quotes == [QUOTE]


def test_a_date_is_always_said() -> None:
    bare = answer_with(cited(title=None, publisher=None, url=None, published=None))
    for shown in (to_text(bare), to_markdown(bare), to_html(bare)):
        assert "date unknown" in shown


def test_quotes_keep_their_order() -> None:
    newer = cited(quote="Now it is $12 billion.", published=date(2020, 2, 2))
    answer = answer_with(newer, CITATION, short="$12 billion")
    for shown in (to_text(answer), to_markdown(answer).replace("\\", ""), to_html(answer)):
        assert 0 < shown.index("Now it is") < shown.index("It has given")


def test_a_statement_in_other_words_is_shown_above_its_quote() -> None:
    answer = replace(ANSWER, statements=(Statement("Russia gave $10bn", (CITATION,)),))
    for shown in (to_text(answer), to_markdown(answer).replace("\\", ""), to_html(answer)):
        assert 0 < shown.index("Russia gave $10bn") < shown.index("It has given")


HOSTILE = "\x1b[31mred\x1b[0m \x07\u202egnp.exe\u2066 <script>alert(1)</script> *b* [x](y) \x9b"


def test_hostile_metadata_is_harmless_everywhere() -> None:
    citation = cited(
        title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)", article_id='"><b onclick=x>'
    )
    answer = answer_with(citation, question=HOSTILE, standalone=HOSTILE + "?")
    text, markdown, markup = to_text(answer), to_markdown(answer), to_html(answer)
    for shown in (text, markdown, markup):
        assert not set(shown) & set("\x1b\x07\u202e\u2066\x9b")
    assert "<script" not in markdown.replace("\\<", "")
    assert "](" not in markdown.replace("\\]\\(", "")
    assert set(Page(markup).tags) <= {
        "div", "p", "figure", "span", "blockquote", "mark", "figcaption"
    }  # fmt: skip
    assert not any(name.startswith("on") or name == "href" for name, _ in Page(markup).attributes)


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://news.example/a?b=1&c=%20#d", True), ("http://news.example", True),
        ("HTTPS://news.example/", True), ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//news.example/", False), ("/etc/passwd", False), ("file:///etc/passwd", False),
        ("https://", False), ("https:news", False), ("https://a b", False), ("https://[", False),
        ("https://a\n.example", False), ("java\tscript:x", False), ("", False), (None, False),
        ("https://user:pw@news.example/", False), ("https://news.example\\@evil.example/", False),
        ("https://news.example/a`b``c\\", False), ("https://p\u0430per.example/", False),
    ],
)  # fmt: skip
def test_only_web_links_are_followed(url: str | None, followed: bool) -> None:
    assert web_link(url) == (url if followed else None)
    hrefs = [v for k, v in Page(to_html(answer_with(cited(url=url)))).attributes if k == "href"]
    assert hrefs == ([url] if followed else [])
    assert ("[link](<" in to_markdown(answer_with(cited(url=url)))) is followed


def test_links_tell_the_other_page_nothing() -> None:
    assert ("rel", "noopener noreferrer") in Page(to_html(ANSWER)).attributes


@pytest.mark.parametrize("width", [0, 20, 40, 200])
def test_lines_fit_where_words_do(width: int) -> None:
    lines = to_text(ANSWER, width).splitlines()
    assert all(len(line) <= max(width, 20) for line in lines if "http" not in line)


@pytest.mark.parametrize(
    ("dates", "published", "words"),
    [
        (("2015",), date(2019, 1, 24), "speaks of 2015"),
        (("2005", "2013"), date(2019, 1, 24), "speaks of 2005 and 2013"),
        (("June 2019", "2019"), date(2019, 1, 24), None),
        (("2019",), None, "speaks of 2019"),
        (("Nov. 3",), date(2019, 1, 24), None),
        (("2011", "2012", "2013"), date(2019, 1, 24), None),
    ],
)
def test_a_year_that_is_not_the_articles_is_said(
    dates: tuple[str, ...], published: date | None, words: str | None
) -> None:
    citation = cited(dates=dates, published=published)
    assert named_years(citation) == words
    assert (", speaks of" in to_text(answer_with(citation))) == bool(words)


# HTML keeps every character of a quote


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1))
def test_a_blockquote_unescaped_is_the_quote(quote: str) -> None:
    citation = cited(quote=quote, span=Span(0, len(quote)), sentence=Span(0, len(quote)))
    short = quote.split()[0] if quote.split() else None
    answer = answer_with(replace(citation, short=short), short=short)
    assert Page(to_html(answer)).quotes == [quote]
    assert Page(to_html(replace(DECLINED, nearest=(citation, citation)))).quotes == [quote] * 2


def test_the_short_answer_is_marked_where_it_stands() -> None:
    quote = "Not $110 billion & <b>but</b> $10 billion, or $10 billion."
    page = Page(to_html(answer_with(cited(quote=quote), cited(short=None))))
    assert (page.quotes, page.marked) == ([quote, QUOTE], "$10 billion")
    assert "but</b> <mark>" not in to_html(answer_with(cited(quote=quote)))
    assert "&lt;/b&gt; <mark>$10 billion</mark>, or" in to_html(answer_with(cited(quote=quote)))


def test_a_figure_says_where_its_quote_stands() -> None:
    attributes = dict(Page(to_html(DECLINED)).attributes)
    assert attributes["data-article"] == "a1"
    assert (attributes["data-start"], attributes["data-end"]) == ("25", "81")


def test_declines_look_different() -> None:
    assert '<div class="answer declined">' in to_html(DECLINED)
    assert 'class="quote nearest"' in to_html(DECLINED)
    assert "nearest" not in to_html(ANSWER)
    assert "*Nearest, not an answer:*" in to_markdown(DECLINED)


CONTRAST = cited(short=None, missing=("Brazil",), differs=("Venezuela", "$10 billion"))


def test_what_differs_is_marked_in_the_nearest_and_said() -> None:
    declined = replace(DECLINED, nearest=(CONTRAST,))
    said = "This speaks of “Venezuela” and “$10 billion”, not of “Brazil”."
    assert said in " ".join(to_text(declined).split())
    assert "not of “Brazil”" in to_markdown(declined)
    markup = to_html(declined)
    assert "<mark>Venezuela</mark>" in markup
    assert "<mark>$10 billion</mark>" in markup
    assert f'<p class="contrast" dir="auto">{said}</p>' in markup
    assert Page(markup).quotes == [QUOTE]
    (nearest,) = to_json(declined)["nearest"]
    assert (nearest["missing"], nearest["differs"]) == (["Brazil"], ["Venezuela", "$10 billion"])


def test_without_anything_instead_only_what_is_missing_is_said() -> None:
    declined = replace(DECLINED, nearest=(replace(CONTRAST, differs=()),))
    assert "Not of “Brazil”." in to_text(declined)
    assert "<mark>" not in to_html(declined)


# Earlier answers


def test_a_quote_that_the_article_no_longer_has_says_so_everywhere() -> None:
    answer = answer_with(cited(changed=True))
    said = "The article has changed since"
    assert all(said in form(answer) for form in (to_text, to_markdown, to_html))
    assert Page(to_html(answer)).quotes == [QUOTE]
    assert to_json(answer)["statements"][0]["citations"][0]["changed"] is True
    plain = (to_text(ANSWER), to_markdown(ANSWER), to_html(ANSWER), json.dumps(to_json(ANSWER)))
    assert not any("changed" in text for text in plain)


def test_a_withdrawn_quote_is_shown_as_no_source() -> None:
    said = "the stored article does not have these words"
    gone = Withdrawn("<i>Words</i> of then.", "a1", 1, "ab", "unmatched", "Loans", "Daily Example")
    answer = replace(DECLINED, nearest=(), withdrawn=(gone,))
    for form in (to_text, to_markdown, to_html):
        shown = form(answer)
        assert said in shown
        assert "Daily Example, date unknown, “Loans”" in shown
        assert "What this answer quoted is no longer in the store." in shown
        assert "No sentence was found" not in shown
    page = Page(to_html(answer))
    assert page.quotes == []
    assert "i" not in page.tags
    assert "\n> " not in to_markdown(answer)
    assert to_json(answer)["withdrawn"][0]["quote"] == gone.quote
    assert "withdrawn" not in to_json(ANSWER)


def test_a_withdrawn_nearest_sentence_leaves_a_decline_what_it_was() -> None:
    gone = Withdrawn("Words of then.", "a1", 1, "ab", "unmatched", nearest=True)
    shown = to_text(replace(DECLINED, nearest=(), withdrawn=(gone,)))
    assert "No sentence was found that answers this. Searched: 3,000 articles." in shown
    assert "Words of then." in shown


def test_of_what_was_removed_nothing_is_said_but_that_it_was() -> None:
    gone = Withdrawn("", "", 1, "ab", "removed")
    answer = replace(DECLINED, nearest=(), withdrawn=(gone, gone))
    for form in (to_text, to_markdown, to_html):
        assert form(answer).count("A quote was taken off") == 1
        assert "“”" not in form(answer)
