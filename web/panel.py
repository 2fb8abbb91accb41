"""The source panel as HTML: the whole article behind a citation, its quote marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import quote

from corpus.article import Article, Span, Version
from qa.answer import Answer, Citation
from qa.markup import day, link, outlet, text
from qa.wording import reference

_COPY_QUOTE = "Copy quote with reference"
_COPY_LINK = "Copy link to this sentence"
_CLOSE = '<button type="button" class="close" aria-label="Close the source">Close</button>'


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
    notice = "" if answer.citations else '<p class="notice">Nearest, not an answer</p>'
    copy = f'<button type="button" data-copy="{text(reference(selected))}">{_COPY_QUOTE}</button>'
    return (
        f'<div class="sheet">{_source_list(turn, position, citations)}'
        f"{_reader(article, version, selected.span, others, notice, copy)}</div>"
    )


def passage(article: Article, version: Version, span: Span) -> str:
    """Return an article whole with one span of it marked, as a link to a sentence opens it."""
    return (
        f'<div class="sheet"><nav class="sources" aria-label="Source">{_CLOSE}</nav>'
        f"{_reader(article, version, span)}</div>"
    )


def _reader(
    article: Article,
    version: Version,
    selected: Span,
    others: Sequence[Span] = (),
    notice: str = "",
    copy: str = "",
) -> str:
    id_ = quote(article.id, safe="", errors="replace").replace(".", "%2E")
    place = f"{id_}.{version.number}.{selected.start}.{selected.end}"
    return (
        f'<article class="reader" tabindex="0" aria-label="Article">{notice}'
        f"{_heading(article, version)}"
        f'<p class="take">{copy}<button type="button" data-link="{text(place)}">{_COPY_LINK}'
        f"</button></p>{''.join(_paragraphs(version.text, selected, others))}</article>"
    )


def _is_of(citation: Citation, version: Version) -> bool:
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
        f'<nav class="sources" aria-label="Sources of this answer"><ol>{entries}</ol>{_CLOSE}</nav>'
    )


def _heading(article: Article, version: Version) -> str:
    authors = text(", ".join(version.authors))
    byline = f"<span>By <bdi>{authors}</bdi></span> " if authors else ""
    return (
        f'<header><p class="origin">{outlet(article.publisher)} {day(version.published)}</p>'
        f'<h2 dir="auto">{text(version.title or "Untitled article")}</h2>'
        f'<p class="origin">{byline}<span>Version {version.number}</span> '
        f"{link(article.url)}</p></header>"
    )


def _paragraphs(body: str, selected: Span, others: Sequence[Span]) -> Iterator[str]:
    """Yield each line of the text as a paragraph, with the parts that are quoted marked."""
    start = 0
    for line in body.split("\n"):
        if line.strip():
            pieces = _marked(body, Span(start, start + len(line)), selected, others)
            yield f'<p dir="auto">{"".join(pieces)}</p>'
        start += len(line) + 1


def _marked(body: str, line: Span, selected: Span, others: Sequence[Span]) -> Iterator[str]:
    """Yield the line in pieces, cut where a quote begins or ends."""
    edges = {line.start, line.end}
    edges.update(edge for span in (selected, *others) for edge in (span.start, span.end))
    cuts = sorted(edge for edge in edges if line.start <= edge <= line.end)
    for start, end in pairwise(cuts):
        piece = Span(start, end)
        written = text(piece.of(body))
        if selected.overlaps(piece):
            yield f'<mark class="selected">{written}</mark>'
        elif any(other.overlaps(piece) for other in others):
            yield f'<mark class="other">{written}</mark>'
        else:
            yield written
