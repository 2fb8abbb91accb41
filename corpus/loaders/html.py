"""A saved HTML page -> one article: trafilatura finds the text, htmldate the day.

What a reader of the page sees is read: what the markup itself hides (``hidden``, ``display:none``,
``visibility:hidden``, classes for screen readers only) is left out, and so are tables, comments,
scripts, styles, frames and drawings. Style sheets are not consulted. The link is the page's own
canonical one. The charset is the byte-order mark's, else the page's declared one if the bytes are
valid in it, else as in `corpus.loaders.decode`; it is noted where it is not plain UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from corpus.article import RawArticle
from corpus.clean import clean, clean_line
from corpus.errors import ItemError
from corpus.loaders.decode import decode
from corpus.loaders.metadata import link
from corpus.loaders.text import is_stray, without_stray, without_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

MIN_WORDS = 25
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 5000
_SUSPICIOUS_TAG = 4000

_CHARSET = re.compile(
    rb"<(?:meta[^>]{1,500}charset|\?xml[^>]{1,200}encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I
)
_CHARSET_WITHIN = 4096
_WEB_CHARSETS = re.compile(
    r"utf-?8|iso-?8859-\d+|windows-\d+|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-(?:jp|kr)|shift_jis"
    r"|iso-2022-jp|macintosh|mac-cyrillic|tis-620"
)
# The standard of the web reads these names as Windows-1252 (encoding.spec.whatwg.org).
_REALLY_CP1252 = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"})
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>")
_TAG = re.compile(r"<[a-zA-Z](?:[^\"'<>]++|\"[^\"]*+\"|'[^']*+')*+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(0|clip-path\s*:\s*inset\(50%",
    re.I,
)
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?)(?:$|[\s_-])", re.I
)
_NEVER_SHOWN = frozenset({"noscript", "template", "iframe", "object", "svg", "canvas", "style"})


def load_html(data: bytes, *, source: str, key: str) -> Iterator[RawArticle | ItemError]:
    """Yield the article of a saved page.

    Args:
        data: The page's bytes.
        source: The file as the user named it.
        key: The file's absolute path.

    Raises:
        ItemError: E_ENCODING, E_TOO_DEEP, E_TOO_LARGE, E_PARSE, or E_NO_TEXT where the page holds
            no article.
    """
    decoded = decode(data, source=source, declared=_declared(data))
    found, text, dropped = _extracted(decoded.text, source)
    yield RawArticle(
        text,
        source,
        key=key,
        url=link(found.url or ""),
        publisher=clean_line(found.sitename or "") or None,
        title=clean_line(found.title or "") or None,
        authors=tuple(filter(None, map(clean_line, (found.author or "").split(";")))),
        published=date.fromisoformat(found.date) if found.date else None,
        language=clean_line(found.language or "") or None,
        notes=(*decoded.notes, *dropped),
    )


def _extracted(text: str, source: str) -> tuple[Document, str, tuple[str, ...]]:
    """Return what trafilatura finds, the article's text, and notes on what was left out."""
    # Two thirds of a second to import, which no other format needs.
    import trafilatura

    # Old pages are laid out as a table: where nothing is found without tables, they count.
    for tables in (False, True):
        page = _parsed(text, source)
        language = page.get("lang")
        found = trafilatura.bare_extraction(
            page,
            favor_precision=True,
            include_comments=False,
            include_tables=tables,
            with_metadata=True,
            # An extensive search takes any year in the text or the copyright line for the date.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        if found is None:
            continue
        found.language = language
        article, dropped = _article_text(found.text or "", clean_line(found.title or ""))
        if len(article.split()) >= MIN_WORDS:
            return found, article, dropped
    raise _no_text(f"fewer than {MIN_WORDS} words of an article found", source)


def _declared(data: bytes) -> str | None:
    match = _CHARSET.search(data[:_CHARSET_WITHIN])
    name = match[1].decode().lower() if match else ""
    if name in _REALLY_CP1252:
        return "cp1252"
    return name if _WEB_CHARSETS.fullmatch(name) else None


def _parsed(text: str, source: str) -> HtmlElement:
    import lxml.html

    _check_tags(text, source)
    # The default parser stops at 256 levels and 10 MB, and says so only in its log.
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        page = lxml.html.document_fromstring(_XML_DECLARATION.sub("", text), parser=parser)
    except lxml.etree.ParserError as error:  # nothing but comments
        raise _no_text("an empty page", source) from error
    except (lxml.etree.LxmlError, ValueError) as error:
        raise ItemError("E_PARSE", f"not a page: {error}", source=source) from error
    elements = sum(1 for _ in page.iter())
    if elements > MAX_ELEMENTS:
        message = f"{elements:,} elements; a page may have {MAX_ELEMENTS:,}"
        raise ItemError("E_TOO_LARGE", message, source=source)
    for problem in parser.error_log:
        if "Excessive depth" in problem.message:
            raise ItemError("E_TOO_DEEP", "elements nested deeper than 256", source=source)
        if "limit exceeded" in problem.message:
            raise ItemError("E_TOO_LARGE", "a page or element of over 10 MB", source=source)
    _drop_hidden(page)
    return page


def _check_tags(text: str, source: str) -> None:
    """Refuse tags of very many attributes, which the parser reads in quadratic time."""
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > _SUSPICIOUS_TAG:
            attributes = len(_QUOTED.sub("", tag[0]).split()) - 1
            if attributes > MAX_ATTRIBUTES:
                message = f"a tag of {attributes:,} attributes"
                raise ItemError("E_PARSE", message, source=source)


def _drop_hidden(page: HtmlElement) -> None:
    hidden = [element for element in page.iterdescendants() if _is_hidden(element)]
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _is_hidden(element: HtmlElement) -> bool:
    # Pages hide their whole body until their scripts have run.
    if not isinstance(element.tag, str) or element.tag == "body":
        return False
    return (
        element.tag in _NEVER_SHOWN
        or element.get("hidden") is not None
        or bool(_HIDDEN_STYLE.search(element.get("style", "")))
        or bool(_HIDDEN_CLASS.search(element.get("class", "")))
    )


def _article_text(text: str, title: str) -> tuple[str, tuple[str, ...]]:
    # trafilatura adds a dash before list items and bars around table cells; the page has none.
    lines = [line.removeprefix("- ").strip("| ") for line in clean(text).split("\n")]
    lines, dropped = without_stray(without_title(lines, title))
    return clean("\n\n".join(line for line in lines if line and not is_stray(line))), dropped


def _no_text(message: str, source: str) -> ItemError:
    hint = "open the page, copy the article and save it as .txt"
    return ItemError("E_NO_TEXT", message, source=source, hint=hint)
