"""Answers and sources as HTML for the chat page; whatever comes from outside is text, never markup.

Buttons carry ``data-turn`` and ``data-cite``, which `assets/page.js` reports back, or ``data-ask``,
the question that a click asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from urllib.parse import urlsplit

from corpus.article import Article, Span, Version, day_of
from qa.answer import Answer, Citation

SHOWN_QUESTION = 400
"""Characters of a question that are shown; more can only be a question that was refused."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: an answer, or a hint why it could not be asked."""

    question: str
    answer: Answer | None = None
    hint: str = ""


def text(value: str) -> str:
    """Return `value` escaped for elements and attributes, without control characters."""
    return escape("".join(c if c.isprintable() or c in "\n\t" else _visible(c) for c in value))


def _visible(character: str) -> str:
    """Keep format characters that scripts need (joiners, say); replace what a page cannot hold."""
    code = ord(character)
    return "\N{REPLACEMENT CHARACTER}" if code < 32 or 0xD800 <= code <= 0xDFFF else character


def day(moment: date | datetime | None) -> str:
    """Return a ``<time>`` element, or words where the date is unknown."""
    published = day_of(moment)
    if published is None:
        return '<span class="unknown">date unknown</span>'
    written = f"{published.day} {published:%B} {published.year}"
    return f'<time datetime="{published.isoformat()}">{written}</time>'


def link(url: str | None) -> str:
    """Return a link that names its host, or nothing unless the address is plain http(s)."""
    if not url or not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    return (
        f'<a href="{text(url)}" target="_blank" rel="noopener noreferrer nofollow" dir="auto">'
        f'{text(host.removeprefix("www."))}<span class="out" aria-hidden="true"> ↗</span>'
        '<span class="unseen"> (opens in a new tab)</span></a>'
    )


def outlet(publisher: str | None) -> str:
    """Return the publisher's name, isolated from the direction of the text around it."""
    return f'<bdi class="outlet">{text(publisher or "Outlet unknown")}</bdi>'


def shown(answer: Answer) -> tuple[Citation, ...]:
    """Return what an answer shows: its citations, or the nearest sentences when declined."""
    return answer.citations or answer.nearest


def banner(collection: str) -> str:
    """Return the strip at the top: the name, and in words what is searched."""
    return (
        '<header class="banner"><span class="name">OnRecord</span>'
        f'<span class="collection" dir="auto">{text(collection)}</span></header>'
    )


def welcome(examples: Sequence[str]) -> str:
    """Return the opening: what this is, and questions to try."""
    tries = "".join(f"<li>{_ask_button(example)}</li>" for example in examples)
    return (
        '<section class="welcome"><h1>What does the record say?</h1>'
        "<p>Ask a question. The answer is a sentence from an article, word for word, "
        "with its outlet and date. Where no article says so, you are told.</p>"
        + (f'<h2>Try one of these</h2><ul class="tries">{tries}</ul>' if tries else "")
        + "</section>"
    )


def _ask_button(question: str) -> str:
    return f'<button type="button" data-ask="{text(question)}" dir="auto">{text(question)}</button>'


def exchanges(items: Sequence[Exchange], first: int = 0) -> str:
    """Return the conversation so far, oldest first; turns are counted from `first`."""
    turns = (_exchange(number, item) for number, item in enumerate(items, first))
    return f'<div class="turns">{"".join(turns)}</div>'


def _exchange(number: int, item: Exchange) -> str:
    body = _answer(number, item.answer) if item.answer else _hint(item.hint)
    return (
        f'<section class="turn" data-number="{number}" aria-label="Question {number + 1}">'
        f"{_question(item.question)}{body}</section>"
    )


def _question(question: str) -> str:
    cut = question if len(question) <= SHOWN_QUESTION else question[:SHOWN_QUESTION] + " …"
    return f'<h2 class="question" dir="auto">{text(cut.strip()) or "(nothing)"}</h2>'


def working(question: str, steps: Sequence[str]) -> str:
    """Return the turn in progress: the question and what is being done about it."""
    lines = "".join(f'<li dir="auto">{text(step)}</li>' for step in steps)
    return f'<section class="turn working">{_question(question)}<ol class="steps">{lines}</ol></section>'


def _hint(hint: str) -> str:
    return f'<div class="answer hint"><p dir="auto">{text(hint)}</p></div>'


def _answer(turn: int, answer: Answer) -> str:
    body = {"answered": _answered, "declined": _declined, "unclear": _unclear}[answer.status]
    understood = ""
    if answer.standalone.strip() != answer.question.strip():
        understood = (
            f'<p class="understood">Understood as: <bdi>{text(answer.standalone)}</bdi></p>'
        )
    return f'{understood}<div class="answer {answer.status}">{body(turn, answer)}</div>'


def _answered(turn: int, answer: Answer) -> str:
    count = len(answer.citations)
    checked = f"{count} quote{'s' if count > 1 else ''}, checked word for word"
    short = f'<p class="short" dir="auto">{text(answer.short)}</p>' if answer.short else ""
    items = "".join(
        _quote(turn, position, citation, bold=answer.short if position == 0 else None)
        for position, citation in enumerate(answer.citations)
    )
    return f'{short}<ol class="quotes">{items}</ol><p class="checked">{checked}</p>'


def _declined(turn: int, answer: Answer) -> str:
    searched = f"Searched {answer.searched}: no" if answer.searched else "No"
    items = "".join(_quote(turn, position, c) for position, c in enumerate(answer.nearest))
    nearest = f'<h3>Nearest, not an answer</h3><ul class="quotes">{items}</ul>' if items else ""
    return (
        '<p class="chip">Not on record</p>'
        f'<p class="says" dir="auto">{text(searched)} sentence answers this.</p>{nearest}'
    )


def _unclear(_turn: int, answer: Answer) -> str:
    choices = "".join(f"<li>{_ask_button(choice)}</li>" for choice in answer.choices)
    return f'<p class="chip">Which do you mean?</p><ul class="tries">{choices}</ul>'


def _quote(turn: int, position: int, citation: Citation, bold: str | None = None) -> str:
    context = ""
    if citation.context and citation.context != citation.quote:
        before = citation.context.partition(citation.quote)[0].strip()
        context = f'<span class="context">{text(before)} </span>' if before else ""
    title = text(citation.title or "Untitled article")
    return (
        f'<li class="cited" data-turn="{turn}" data-cite="{position}">'
        f'<blockquote dir="auto">{context}{_bold(citation.quote, bold)}</blockquote>'
        f'<p class="origin">{outlet(citation.publisher)} {day(citation.published)} '
        f'<button type="button" class="open" data-turn="{turn}" data-cite="{position}" '
        f'dir="auto">{title}</button> {link(citation.url)}</p></li>'
    )


def _bold(quote: str, part: str | None) -> str:
    start = quote.find(part) if part else -1
    if not part or start < 0 or part == quote:
        return text(quote)
    end = start + len(part)
    return f"{text(quote[:start])}<strong>{text(part)}</strong>{text(quote[end:])}"


def no_source() -> str:
    """Return the source panel before anything was answered."""
    return (
        '<div class="empty"><p>The article behind an answer opens here, '
        "with the quoted sentence marked.</p></div>"
    )


def gone() -> str:
    """Return the source panel for a conversation or article that is no longer held."""
    return '<div class="empty"><p>This source is no longer held. Please ask again.</p></div>'


def source(
    turn: int, position: int, answer: Answer, article: Article, version: Version
) -> str:
    """Return the article of one citation whole, its quote marked, and the answer's other sources.

    Args:
        turn: The exchange that the answer belongs to.
        position: Which of `shown(answer)` is selected.
        answer: The answer whose sources are listed.
        article: The selected citation's article.
        version: The version that was quoted.
    """
    citations = shown(answer)
    selected = citations[position]
    others = [c.span for c in citations if _same_version(c, version) and c is not selected]
    notice = "" if answer.citations else '<p class="notice">Nearest, not an answer</p>'
    return (
        f'<div class="desk-source">{_source_list(turn, position, citations)}'
        f'<article class="reader" tabindex="0" aria-label="Article">{notice}'
        f"{_heading(article, version)}"
        f"{''.join(_paragraphs(version.text, selected.span, others))}</article></div>"
    )


def _same_version(citation: Citation, version: Version) -> bool:
    return (citation.article_id, citation.version) == (version.article_id, version.number)


def _source_list(turn: int, position: int, citations: Sequence[Citation]) -> str:
    def entry(number: int, citation: Citation) -> str:
        current = ' aria-current="true"' if number == position else ""
        return (
            f'<li><button type="button" data-turn="{turn}" data-cite="{number}"{current}>'
            f'<span class="number">{number + 1}</span> {outlet(citation.publisher)} '
            f"{day(citation.published)}</button></li>"
        )

    entries = "".join(entry(number, citation) for number, citation in enumerate(citations))
    return (
        '<nav class="sources" aria-label="Sources of this answer">'
        f"<ol>{entries}</ol>"
        '<button type="button" class="close" aria-label="Close the source">Close</button></nav>'
    )


def _heading(article: Article, version: Version) -> str:
    authors = f"<span>By <bdi>{text(', '.join(version.authors))}</bdi></span> " if version.authors else ""
    title = text(version.title or "Untitled article")
    return (
        f'<header><p class="origin">{outlet(article.publisher)} {day(version.published)}</p>'
        f'<h2 dir="auto">{title}</h2>'
        f'<p class="origin">{authors}<span>Version {version.number}</span> {link(article.url)}</p></header>'
    )


def _paragraphs(article: str, selected: Span, others: Sequence[Span]) -> Iterator[str]:
    """Yield each line of the text as a paragraph, with the parts that are quoted marked."""
    start = 0
    for line in article.split("\n"):
        if line.strip():
            yield f'<p dir="auto">{_marked(article, Span(start, start + len(line)), selected, others)}</p>'
        start += len(line) + 1


def _marked(article: str, line: Span, selected: Span, others: Sequence[Span]) -> str:
    spans = [span for span in (selected, *others) if span.overlaps(line)]
    edges = {line.start, line.end, *(e for s in spans for e in (s.start, s.end))}
    cuts = sorted(edge for edge in edges if line.start <= edge <= line.end)
    pieces = []
    for piece in (Span(start, end) for start, end in zip(cuts, cuts[1:], strict=False)):
        written = text(piece.of(article))
        if selected.overlaps(piece):
            written = f'<mark class="selected">{written}</mark>'
        elif any(other.overlaps(piece) for other in others):
            written = f'<mark class="other">{written}</mark>'
        pieces.append(written)
    return "".join(pieces)
