"""Answers as JSON, for the terminal, as Markdown and as HTML; nothing is worded here but labels.

A quote keeps its words everywhere: quotation marks, and "…" where a sentence is cut, stand outside
of it. Whatever came from an article or a user is escaped; links are http or https only.

Classes in the HTML: ``answer`` with ``answered``, ``declined`` or ``unclear``; inside it
``understood``, ``short``, ``picked``, ``statement``, ``message``, ``nearest-label``, ``choices``,
and figures of class ``quote`` (``nearest`` too where it is no source) with ``open``, ``close``,
``context``, ``contrast``, ``changed``, ``source``. What an earlier answer quoted and can no longer
show as a source is a ``withdrawn`` paragraph.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from html import escape
from typing import Any
from urllib.parse import quote as percent_encode

from index.lexical import Limits
from qa.answer import Answer, Citation, Withdrawn
from qa.links import web_link
from qa.markup import marked_up
from qa.messages.say import say
from qa.wording import (
    message,
    named_years,
    picked_in_words,
    remarks,
    shown_date,
    withdrawn_in_words,
)

_NEAREST = "Nearest, not an answer:"
# Controls, and marks that turn the direction of text, can forge what a terminal or a page shows.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_URL_MARKS = "%/:=&?~#+!$,;'@()*[]"
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#|~$&@^!:]|\.(?=\w)|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


# JSON


def to_json(answer: Answer, id: str | None = None) -> dict[str, Any]:  # noqa: A002 - the contract's
    """Return the answer as the contract of the command line has it, ready for `json.dumps`."""
    answered = answer.status == "answered"
    return {
        "id": id,
        "question": answer.question,
        "standalone": answer.standalone,
        "carried": list(answer.carried),
        "status": answer.status,
        "answer": answer.short if answered else None,
        "statements": [
            {"text": s.text, "citations": [citation_json(c) for c in s.citations]}
            for s in answer.statements
        ],
        "nearest": [citation_json(citation) for citation in answer.nearest],
        "choices": list(answer.choices),
        "note": answer.note,
        "limits": limits_json(answer.limits),
        "everything": answer.standalone if answer.may_widen else None,
        "confidence": round(answer.confidence, 3),
        "ms": {stage: round(spent) for stage, spent in answer.ms.items()},
        **({"withdrawn": list(map(_withdrawn_json, answer.withdrawn))} if answer.withdrawn else {}),
    }


def limits_json(limits: Limits) -> dict[str, str]:
    """Return the limits that hold as JSON; none is {}."""
    return {name: str(value) for name, value in asdict(limits).items() if value is not None}


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return a citation as JSON; what is unknown is null."""
    published = citation.published
    return {
        "quote": citation.quote,
        "article_id": citation.article_id,
        "title": citation.title,
        "publisher": citation.publisher,
        "url": citation.url,
        "published": published.isoformat() if published else None,
        "version": citation.version,
        "sha256": citation.sha256,
        "start": citation.span.start,
        "end": citation.span.end,
        "context": citation.context,
        "short": citation.short,
        "dates": list(citation.dates),
        "missing": list(citation.missing),
        "differs": list(citation.differs),
        **({"changed": True} if citation.changed else {}),
    }


def _withdrawn_json(quote: Withdrawn) -> dict[str, Any]:
    published = quote.published.isoformat() if quote.published else None
    return asdict(quote) | {"published": published}


# Wording shared by the readable forms


def _source(citation: Citation) -> list[str]:
    """Return outlet, date, other years named, and title; the date is always said."""
    title = f"“{citation.title}”" if citation.title else None
    parts = (citation.publisher, shown_date(citation.published), named_years(citation), title)
    return [_safe(part) for part in parts if part]


def _quotation(citation: Citation) -> tuple[str, str]:
    """Return the opening and closing marks, with "…" outside where the sentence is cut."""
    before = "… " if citation.span.start > citation.sentence.start else ""
    after = " …" if citation.span.end < citation.sentence.end else ""
    return f"{before}“", f"”{after}"


def _context(citation: Citation) -> str | None:
    """Return the shown context with "[…]" in the place of the quote, or None."""
    before, found, after = (citation.context or "").partition(citation.quote)
    parts = [part.strip() for part in (before, after) if any(c.isalnum() for c in part)]
    return _safe(" […] ".join(parts)) if found and parts else None


def _understood(answer: Answer) -> str | None:
    is_other = answer.status != "unclear" and answer.standalone != answer.question
    return answer.standalone if is_other else None


def _from_before(answer: Answer) -> str:
    """Return which terms came from earlier turns, or ""."""
    return f" — from before: {', '.join(answer.carried)}" if answer.carried else ""


def _safe(text: str) -> str:
    return _UNSAFE.sub("\ufffd", text)


# Terminal


def to_text(answer: Answer, width: int = 80) -> str:
    """Return the answer for a terminal, wrapped to `width` columns, without colour or controls."""
    return "\n".join(_text_lines(answer, max(width, 20)))


def _text_lines(answer: Answer, width: int) -> Iterator[str]:
    if understood := _understood(answer):
        yield from _wrapped(f"(Understood as: {understood}{_from_before(answer)})", width)
    if answer.short:
        yield from _wrapped(f"{answer.short} ({picked_in_words(answer)})", width)
    if said := message(answer):
        yield from _wrapped(said, width)
    if answer.may_widen:
        yield from _wrapped(say("answer.widen" if answer.stated else "answer.widen_set"), width)
    for number, choice in enumerate(answer.choices, 1):
        yield from _wrapped(f"{number}. {choice}", width, indent="  ")
    for statement in answer.statements:
        if statement.text != statement.citations[0].quote:
            yield from ("", *_wrapped(statement.text, width))
        for citation in statement.citations:
            yield from ("", *_text_citation(citation, width))
    yield from _text_below(answer, width)


def _text_below(answer: Answer, width: int) -> Iterator[str]:
    """Yield what is shown and is no source."""
    if answer.nearest:
        yield from ("", _NEAREST)
    for citation in answer.nearest:
        yield from ("", *_text_citation(citation, width))
    for words in withdrawn_in_words(answer):
        yield from ("", *_wrapped(words, width))


def _text_citation(citation: Citation, width: int) -> Iterator[str]:
    opening, closing = _quotation(citation)
    yield from _wrapped(f"{opening}{citation.quote}{closing}", width, indent="  ")
    yield from _wrapped("— " + ", ".join(_source(citation)), width, indent="    ")
    if citation.url:
        yield "    " + _safe(citation.url)
    if context := _context(citation):
        yield from _wrapped(f"Context: “{context}”", width, indent="    ")
    for remark in remarks(citation).values():
        yield from _wrapped(remark, width, indent="    ")


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        _safe(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


# Markdown


def to_markdown(answer: Answer) -> str:
    """Return the answer as CommonMark; text of articles and users is escaped."""
    return "\n\n".join(_markdown_blocks(answer)) + "\n"


def _markdown_blocks(answer: Answer) -> Iterator[str]:
    if understood := _understood(answer):
        yield f"*Understood as: {marked_down(understood + _from_before(answer))}*"
    if answer.short:
        yield f"**{marked_down(answer.short)}** ({picked_in_words(answer)})"
    if said := message(answer):
        yield marked_down(said)
    if answer.choices:
        yield "\n".join(f"{n}. {marked_down(text)}" for n, text in enumerate(answer.choices, 1))
    for statement in answer.statements:
        if statement.text != statement.citations[0].quote:
            yield marked_down(statement.text)
        yield from map(_markdown_citation, statement.citations)
    if answer.nearest:
        yield f"*{_NEAREST}*"
    yield from map(_markdown_citation, answer.nearest)
    yield from map(marked_down, withdrawn_in_words(answer))


def _markdown_citation(citation: Citation) -> str:
    opening, closing = _quotation(citation)
    source = marked_down(", ".join(_source(citation)))
    if link := web_link(citation.url):
        source += f" ([link](<{percent_encode(link, safe=_URL_MARKS)}>))"
    elif citation.url:
        source += f" ({_code(citation.url)})"
    lines = [f"> {opening}{marked_down(citation.quote)}{closing}", ">", f"> — {source}"]
    if context := _context(citation):
        lines += [">", f"> Context: “{marked_down(context)}”"]
    for remark in remarks(citation).values():
        lines += [">", f"> {marked_down(remark)}"]
    return "\n".join(lines)


def _code(text: str) -> str:
    """Return one line as a code span of CommonMark, in which nothing is made a link of."""
    line = " ".join(_safe(text).split())
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}"


def marked_down(text: str) -> str:
    """Return text of an article or a user as one line of CommonMark that means nothing more."""
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(_safe(text).split()))


# HTML


def to_html(answer: Answer) -> str:
    """Return the answer as an HTML fragment without scripts, styles or anything loaded.

    The text of each ``blockquote``, unescaped, is exactly its quote; its figure's ``data-article``,
    ``data-version``, ``data-sha256``, ``data-start`` and ``data-end`` say where it stands.
    """
    return f'<div class="answer {answer.status}">{"".join(_html_blocks(answer))}</div>'


def _html_blocks(answer: Answer) -> Iterator[str]:
    if understood := _understood(answer):
        yield _tagged("p", "understood", f"Understood as: {understood}")
    if answer.short:
        yield _tagged("p", "short", answer.short)
        yield _tagged("p", "picked", picked_in_words(answer))
    if said := message(answer):
        yield _tagged("p", "message", said)
    if answer.choices:
        items = "".join(f'<li dir="auto">{escape(choice)}</li>' for choice in answer.choices)
        yield f'<ol class="choices">{items}</ol>'
    for statement in answer.statements:
        if statement.text != statement.citations[0].quote:
            yield _tagged("p", "statement", statement.text)
        for citation in statement.citations:
            yield _html_citation(citation, "quote")
    if answer.nearest:
        yield _tagged("p", "nearest-label", _NEAREST)
    for citation in answer.nearest:
        yield _html_citation(citation, "quote nearest")
    yield from (_tagged("p", "withdrawn", words) for words in withdrawn_in_words(answer))


def _html_citation(citation: Citation, classes: str) -> str:
    opening, closing = _quotation(citation)
    place = (
        f'data-article="{escape(citation.article_id)}" data-version="{citation.version}" '
        f'data-sha256="{citation.sha256}" '
        f'data-start="{citation.span.start}" data-end="{citation.span.end}"'
    )
    context = _context(citation)
    below = "".join(_tagged("p", name, words) for name, words in remarks(citation).items())
    return (
        f'<figure class="{classes}" {place}><span class="open">{opening}</span>'
        f'<blockquote dir="auto">{_highlighted(citation)}</blockquote>'
        f'<span class="close">{closing}</span>'
        + (_tagged("p", "context", f"Context: “{context}”") if context else "")
        + below
        + f'<figcaption class="source" dir="auto">{_html_source(citation)}</figcaption></figure>'
    )


def _html_source(citation: Citation) -> str:
    source = escape(", ".join(_source(citation)))
    if link := web_link(citation.url):
        return f'{source}, <a href="{escape(link)}" rel="noopener noreferrer">{escape(link)}</a>'
    return f"{source}, {escape(_safe(citation.url))}" if citation.url else source


def _highlighted(citation: Citation) -> str:
    """Return the quote escaped, its short answer or what differs marked; no text is changed."""
    marked = (citation.short,) if citation.short else citation.differs
    return marked_up(citation.quote, marked, "mark", escape)


def _tagged(tag: str, name: str, text: str) -> str:
    return f'<{tag} class="{name}" dir="auto">{escape(_safe(text))}</{tag}>'
