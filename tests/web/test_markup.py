from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Span, Version, sha256_of
from corpus.catalogue import RecordedError, Stats
from corpus.errors import ItemError
from qa.answer import Answer, Citation, Conversation, Statement, Turn
from qa.markup import link
from qa.messages.say import speaking
from web.page import markup, panel
from web.page.banner import banner, welcome
from web.page.overview import Overview, page_body

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</article></div><iframe src=//evil.example>",
    "${alert(1)} {{constructor}} `x`",
    "&lt;b&gt; &amp;",
    "\u202ereversed\u202c",
    "nul \x00 bell \x07 half \ud800",
]
TAGS = {
    *("section", "h1", "h2", "h3", "p", "div", "ol", "ul", "li", "blockquote", "q", "strong"),
    *("span", "bdi", "time", "button", "a", "article", "header", "nav", "mark"),
    *("form", "label", "input", "select", "option", "textarea", "fieldset", "dialog"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}


class Elements(HTMLParser):
    """The elements and the text of a page, to see that nothing else got in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def conversation(answer: Answer) -> Conversation:
    return Conversation((Turn(answer.question, answer.standalone, answer),))


def assert_harmless(html: str) -> Elements:
    elements = Elements(html)
    for tag, attributes in elements.tags:
        assert tag in TAGS
        assert not [name for name in attributes if name.startswith("on")]
        assert re.fullmatch(r"(--[a-z]+:[0-9.]+)?", attributes.get("style") or "")
        assert (attributes.get("href") or "./").startswith(("http://", "https://", "./"))
    html.encode()
    return elements


def with_everything(hostile: str) -> tuple[Answer, Article, Version]:
    text = f"{hostile}|before. QUOTE {hostile}|"
    sentence = Span(0, len(text))
    citation = Citation(
        article_id=hostile,
        version=1,
        sha256=sha256_of("x"),
        span=sentence,
        quote=text,
        sentence=sentence,
        title=hostile,
        publisher=hostile,
        url=hostile,
        published=date(2020, 1, 2),
        context=f"{hostile} {text}",
    )
    answer = Answer(
        hostile,
        hostile + "!",
        "answered",
        (Statement(hostile, (citation,)),),
        short="QUOTE",
        searched=hostile,
        choices=(hostile,),
        nearest=(citation,),
    )
    version = Version(
        *(1, hostile, 1, hostile, (hostile,), None),
        fetched=date(2020, 1, 1),  # type: ignore[arg-type]  # not shown
        language=hostile,
        text=text,
        sha256="",
    )
    return answer, Article(hostile, hostile, hostile), version


def overview_of(hostile: str, article: Article, version: Version) -> Overview:
    day = date(2019, 4, 2)
    stats = Stats(1, 1, 1, 1, 1, day, day, bytes=1, refused=1)
    error = ItemError("E_X", hostile, source=hostile, locator=hostile, hint=hostile)
    refused = [RecordedError(datetime(2020, 1, 1, tzinfo=UTC), error)]
    months = {hostile: {"2019-04": 1}, None: {None: 2}}
    return Overview(stats, months, [(article, version)], refused, paths=True)


def everything(hostile: str) -> list[str]:
    answer, article, version = with_everything(hostile)
    forms = [replace(answer, status="unclear"), replace(answer, status="declined", statements=())]
    return [
        *(markup.turns(conversation(form), judging=True) for form in (answer, *forms)),
        panel.source(0, 0, answer, article, version),
        welcome([hostile], [(article, version)]),
        banner(warning=True, adds=True, visitor=hostile, signs_out=True),
        markup.further([hostile]),
        page_body(overview_of(hostile, article, version)),
        markup.working(hostile, hostile),
        markup.hint(hostile),
        panel.note(hostile),
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_comes_from_outside_is_text(hostile: str) -> None:
    for html in everything(hostile):
        assert_harmless(html)


@given(st.text(max_size=40))
def test_any_text_is_text(hostile: str) -> None:
    for html in everything(hostile):
        assert_harmless(html)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "ftp://files.example",
        "https://",
        "https://a.example/\nx",
        "http://[bad",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert link(url) == ""


def test_a_link_names_the_host_it_goes_to() -> None:
    html = link('https://www.gazette.example/a?x="1"&y=2')
    assert Elements(html).text.startswith("gazette.example")
    assert 'href="https://www.gazette.example/a?x=&quot;1&quot;&amp;y=2"' in html


@pytest.mark.parametrize(
    "url",
    [
        'https://user:"pw"@www.gazette.example/a?x=<b>',
        "https://gazette.example\\@evil.example/",
        "https://g\N{CYRILLIC SMALL LETTER A}zette.example/",
    ],
)
def test_an_address_that_may_lead_elsewhere_is_text(url: str) -> None:
    html = link(url)
    assert "href" not in html
    assert "<a" not in html
    assert Elements(html).text == url


@pytest.mark.parametrize(
    ("articles", "publishers", "oldest", "newest", "words"),
    [
        (0, 0, None, None, "0 articles"),
        (1, 1, None, None, "1 article from 1 outlet"),
        (
            *(12_431, 6, date(2013, 3, 7), date(2019, 10, 20)),
            "12,431 articles from 6 outlets, 7 March 2013 to 20 October 2019",
        ),
    ],
)
def test_the_collection_in_words(
    articles: int, publishers: int, oldest: date | None, newest: date | None, words: str
) -> None:
    stats = Stats(articles, articles, 9, 9, publishers, oldest, newest, bytes=9, refused=0)
    assert markup.collection(stats) == words


def test_an_answer_shows_short_quotes_and_sources(double: ModuleType) -> None:
    html = markup.turns(conversation(double.answered("How much is the pier?")))
    text = Elements(html).text
    assert '<p class="short"><bdi>$12 million</bdi>' in html
    assert "<q>The new pier will cost <strong>$12 million</strong>.</q>" in html
    assert f'<span class="context">{double.COST} </span><q>{double.OPENING}</q>' in html
    assert "Lowhaven Gazette 2 April 2019 gazette.example" in text
    assert "Lowhaven Gazette 2 April 2019 speaks of May 2021 gazette.example" in text
    assert "Understood as" not in text


@pytest.mark.parametrize(
    ("language", "checked", "earlier", "picked"),
    [
        (
            "en",
            "word for word in the article",
            "word for word in an earlier version of the article",
            "picked by the program from the quotes below",
        ),
        (
            "de",
            "Wort für Wort so im Artikel",
            "Wort für Wort so in einer früheren Fassung des Artikels",
            "vom Programm aus den Zitaten unten herausgegriffen",
        ),
    ],
)
def test_the_tick_stands_under_each_quote_and_vouches_for_no_short_answer(
    double: ModuleType, language: str, checked: str, earlier: str, picked: str
) -> None:
    first, second = (statement.citations[0] for statement in double.answered("q").statements)
    statements = (
        Statement(first.quote, (first,)),
        Statement(second.quote, (replace(second, changed=True),)),
    )
    answer = Answer("q", "q", "answered", statements, short="$12 million")
    with speaking(language):
        shown, nearest = (
            markup.turns(conversation(each)) for each in (answer, double.declined("who paid?"))
        )
    short, *quotes = shown.split('<li class="cited"')
    assert 'class="checked"' not in short
    assert picked in short
    ends = [quote[quote.index("</blockquote>") :] for quote in quotes]
    assert [
        f'</blockquote><p class="checked">{words}</p>' in end
        for words, end in zip((checked, earlier), ends, strict=True)
    ] == [True, True]
    assert shown.count('class="checked"') == 2
    assert shown.rindex("</li>") > shown.rindex('class="checked"')
    assert 'class="checked"' not in nearest


def test_a_statement_that_is_no_quote_is_shown_before_its_quotes(double: ModuleType) -> None:
    statement = Statement("The pier costs $12 million.", (double.cite(double.COST),))
    html = markup.turns(conversation(Answer("q", "q", "answered", (statement,))))
    assert html.index('<p class="said" dir="auto">The pier costs') < html.index("<blockquote")


def test_a_shortened_quote_says_so_outside_its_words(double: ModuleType) -> None:
    whole = double.cite(double.OPENING)
    part = replace(whole, span=Span(whole.span.start, whole.span.start + 7), quote="It will")
    html = markup.turns(conversation(Answer("q", "q", "answered", (Statement("x", (part,)),))))
    assert "<q>It will</q> …" in html


def test_a_spoken_quote_gets_no_second_marks(double: ModuleType) -> None:
    said = replace(double.cite(double.COST), quote="“It shrank,” she said.")
    html = markup.turns(conversation(Answer("q", "q", "answered", (Statement("x", (said,)),))))
    assert "<span>“It shrank,” she said.</span></blockquote>" in html


def test_a_decline_looks_like_none_other(double: ModuleType) -> None:
    html = markup.turns(conversation(double.declined("who paid?")))
    assert 'class="answer declined"' in html
    assert '<p class="chip">Not on record</p>' in html
    assert "No sentence was found that answers this. Searched: 1 article." in html
    assert "Nearest, not an answer" in html


def test_an_unclear_question_offers_choices() -> None:
    html = markup.turns(conversation(Answer("they?", "they?", "unclear", choices=("A?", "B?"))))
    assert "Which of these do you mean?" in html
    assert 'data-ask="A?"' in html


def test_what_says_nothing_of_the_articles_is_neither_judged_nor_warned_of() -> None:
    answer = Answer("hello", "hello", "unclear", choices=("A?",), note="Ask what they say:")
    html = markup.turns(conversation(answer), judging=True)
    assert '<p class="says" dir="auto">Ask what they say:</p>' in html
    assert "data-judge" not in html
    assert "chip" not in html


def test_a_question_about_nobody_is_asked_back_without_choices() -> None:
    answer = Answer("how old is he?", "how old is he?", "unclear", note="Whom do you mean?")
    html = markup.turns(conversation(answer))
    assert "Whom do you mean?" in html
    assert "data-ask" not in html


def test_a_follow_up_shows_how_it_was_understood(double: ModuleType) -> None:
    answer = replace(double.answered("and when?"), standalone="When will the pier open?")
    assert "Understood as: <bdi>When will the pier open?</bdi>" in markup.turns(
        conversation(answer)
    )


def test_what_a_follow_up_carries_over_can_be_dropped(double: ModuleType) -> None:
    answer = replace(
        double.answered("and when?"), standalone="When will <the> pier open?", carried=("<the>",)
    )
    html = markup.turns(conversation(answer))
    assert 'data-turn="0" data-drop="&lt;the&gt;"' in html
    assert "data-drop" not in markup.turns(conversation(double.answered("How much?")))


def test_the_source_marks_the_quotes_in_the_whole_article(double: ModuleType) -> None:
    answer = double.answered("How much?")
    html = panel.source(3, 1, answer, double.ARTICLE, double.VERSION)
    assert f'<mark class="selected">{double.OPENING}</mark>' in html
    assert f'<mark class="other">{double.COST}</mark>' in html
    assert 'data-turn="3" data-cite="1" aria-current="true"' in html
    assert "Pier &lt;approved&gt;" in html
    assert "Version 2" in html
    paragraphs = html.partition("</header>")[2]
    for line in filter(None, double.TEXT.split("\n")):
        assert line in Elements(paragraphs).text


def test_the_source_of_a_decline_says_that_it_is_none(double: ModuleType) -> None:
    html = panel.source(0, 0, double.declined("who?"), double.ARTICLE, double.VERSION)
    assert '<p class="notice">Nearest, not an answer</p>' in html


def test_a_quote_over_two_paragraphs_is_marked_in_both(double: ModuleType) -> None:
    start, end = double.TEXT.index("the mayor"), double.TEXT.index(" voted")
    span = Span(start, end)
    citation = replace(double.cite(double.COST), span=span, quote=span.of(double.TEXT))
    answer = Answer("q", "q", "answered", (Statement("x", (citation,)),))
    html = panel.source(0, 0, answer, double.ARTICLE, double.VERSION)
    assert '<mark class="selected">the mayor said.</mark></p>' in html
    assert '<p dir="auto"><mark class="selected">Nobody</mark>' in html


@given(st.text("ab\n .", min_size=2, max_size=60), st.data())
def test_marks_never_change_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, len(text)))
    other = data.draw(st.integers(0, len(text) - 2))
    html = "".join(panel._paragraphs(text, Span(start, end), [Span(other, len(text))]))
    assert Elements(html).text == "".join(line for line in text.split("\n") if line.strip())


def test_a_long_question_is_cut_in_the_page() -> None:
    html = markup.working("x" * 100_000, "looking")
    assert len(html) < 1_000
