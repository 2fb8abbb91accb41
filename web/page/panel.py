"""The source panel as HTML: the whole article behind a citation, its quote marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import quote

from corpus.article import Article, Span, Version
from corpus.lookup import LEAST_DIGITS
from qa.answer import Answer, Citation
from qa.markup import day, link, outlet, text
from qa.messages.say import say
from qa.wording import reference


def note(message: str) -> str:
    """Return the source panel without an article, saying why."""
    return f'<div class="empty"><p>{text(message)}</p></div>'


def shown(answer: Answer) -> tuple[Citation, ...]:
    """Return what an answer shows: its citations, or the nearest sentences when declined."""
    return answer.citations or answer.nearest


def source(turn: int, position: int, answer: Answer, article: Article, version: Version) -> str:
    """Return the article of one citation whole, its quote marked, and the answer's other sources.

    Args:
        turn: The turn that the answer belongs to.
        position: Which of `shown(answer)` is selected.
        answer: The answer whose sources are listed.
        article: The selected citation's article.
        version: The version that was quoted.
    """
    citations = shown(answer)
    selected = citations[position]
    others = [c.span for c in citations if _is_of(c, version) and c is not selected]
    nearest = text(say("answer.nearest"))
    notice = "" if answer.citations else f'<p class="notice">{nearest}</p>'
    if selected.changed:
        notice += f'<p class="notice">{text(say("remark.changed"))}</p>'
    label = text(say("source.copy_quote"))
    copy = f'<button type="button" data-copy="{text(reference(selected))}">{label}</button>'
    return (
        f'<div class="sheet">{_source_list(turn, position, citations)}'
        f"{_reader(article, version, selected.span, others, notice, copy)}</div>"
    )


def passage(article: Article, version: Version, span: Span) -> str:
    """Return an article whole with one span of it marked, as a link to a sentence opens it."""
    return _sheet(_reader(article, version, span))


def whole(article: Article, version: Version, link: str) -> str:
    """Return an article without a mark, for a link that does not say of which text it was."""
    notice = f'<p class="notice">{text(say("source.old_link"))}</p>'
    return _sheet(
        f'<article class="reader" tabindex="0" aria-label="{text(say("source.label"))}" '
        f'data-opened="{text(link)}">{notice}{_heading(article, version)}'
        f"{_body(version, _paragraphs(version.text, None, ()))}</article>"
    )


def _sheet(reader: str) -> str:
    label = text(say("source.source"))
    return (
        f'<div class="sheet"><nav class="sources" aria-label="{label}">{_close()}</nav>'
        f"{reader}</div>"
    )


def _reader(
    article: Article,
    version: Version,
    selected: Span,
    others: Sequence[Span] = (),
    notice: str = "",
    copy: str = "",
) -> str:
    return (
        f'<article class="reader" tabindex="0" aria-label="{text(say("source.label"))}">{notice}'
        f"{_heading(article, version)}"
        f'<p class="take">{copy}<button type="button" data-link="{text(place(version, selected))}">'
        f"{text(say('source.copy_link'))}</button></p>"
        f"{_body(version, _paragraphs(version.text, selected, others))}</article>"
    )


def _body(version: Version, paragraphs: Iterator[str]) -> str:
    language = f' lang="{text(version.language)}"' if version.language else ""
    return f"<div{language}>{''.join(paragraphs)}</div>"


def place(version: Version, span: Span) -> str:
    """Return what names a span in an address: ``ARTICLE.VERSION.START.END.DIGITS``.

    The first digits of the text's sha256 hold it to that text.
    """
    id_ = quote(version.article_id, safe="", errors="replace").replace(".", "%2E")
    digits = version.sha256[:LEAST_DIGITS]
    return f"{id_}.{version.number}.{span.start}.{span.end}.{digits}"


def place_of_beginning(version: Version) -> str:
    """Return the place of the first line of an article, by which a list opens it."""
    return place(version, Span(0, max(len(version.text.split("\n", 1)[0]), 1)))


def _close() -> str:
    label, words = text(say("source.close_source")), text(say("source.close"))
    return f'<button type="button" class="close" aria-label="{label}">{words}</button>'


def _is_of(citation: Citation, version: Version) -> bool:
    cited = (citation.article_id, citation.version, citation.sha256)
    return cited == (version.article_id, version.number, version.sha256)


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
        f'<nav class="sources" aria-label="{text(say("source.sources"))}"><ol>{entries}</ol>'
        f"{_close()}</nav>"
    )


def _heading(article: Article, version: Version) -> str:
    authors = text(", ".join(version.authors))
    byline = f"<span>{text(say('source.by'))} <bdi>{authors}</bdi></span> " if authors else ""
    number = text(say("source.version", number=version.number))
    return (
        f'<header><p class="origin">{outlet(article.publisher)} {day(version.published)}</p>'
        f'<h2 dir="auto">{text(version.title or say("answer.untitled"))}</h2>'
        f'<p class="origin">{byline}<span>{number}</span> '
        f"{link(article.url)}</p></header>"
    )


def _paragraphs(body: str, selected: Span | None, others: Sequence[Span]) -> Iterator[str]:
    """Yield each line of the text as a paragraph, with the parts that are quoted marked."""
    start = 0
    for line in body.split("\n"):
        if line.strip():
            pieces = _marked(body, Span(start, start + len(line)), selected, others)
            yield f'<p dir="auto">{"".join(pieces)}</p>'
        start += len(line) + 1


def _marked(body: str, line: Span, selected: Span | None, others: Sequence[Span]) -> Iterator[str]:
    """Yield the line in pieces, cut where a quote begins or ends."""
    edges = {line.start, line.end}
    spans = others if selected is None else (selected, *others)
    edges.update(edge for span in spans for edge in (span.start, span.end))
    cuts = sorted(edge for edge in edges if line.start <= edge <= line.end)
    for start, end in pairwise(cuts):
        piece = Span(start, end)
        written = text(piece.of(body))
        if selected and selected.overlaps(piece):
            yield f'<mark class="selected">{written}</mark>'
        elif any(other.overlaps(piece) for other in others):
            yield f'<mark class="other">{written}</mark>'
        else:
            yield written
