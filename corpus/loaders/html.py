"""A saved HTML page -> one article: trafilatura finds the text, htmldate the day.

What a reader of the page sees is read: what the markup itself hides (``hidden``, ``display:none``,
and the like: `corpus.loaders.visible`) is left out, and so are tables, comments,
scripts, styles, frames and drawings. Style sheets are not consulted. The link is the page's own
canonical one. The charset is the byte-order mark's, else the one that the site or else the page
declares if the bytes are valid in it, else as in `corpus.loaders.decode`; it is noted where it is
not plain UTF-8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from corpus.article import RawArticle
from corpus.clean import clean, clean_line
from corpus.errors import ItemError
from corpus.loaders.decode import decode
from corpus.loaders.metadata import link
from corpus.loaders.text import is_stray, without_stray, without_title
from corpus.loaders.visible import is_hidden

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

MIN_WORDS = 25
MAX_ELEMENTS = 50_000
MAX_ATTRIBUTES = 5000
MAX_DEPTH = 256
# Characters of what a page says about itself to machines (JSON-LD): the library falls back on
# expressions that take quadratic time where that is no JSON.
MAX_LINKED_DATA = 40_000
MAX_BROKEN_LINKED_DATA = 4000
_LONG_VALUE = 500

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


def load_html(
    data: bytes, *, source: str, key: str, charset: str | None = None
) -> Iterator[RawArticle | ItemError]:
    """Yield the article of a saved or fetched page.

    Args:
        data: The page's bytes.
        source: The file or link as the user named it.
        key: The file's absolute path, or the page's link.
        charset: As the site declares it, which counts before the page's own word.

    Raises:
        ItemError: E_ENCODING, E_TOO_DEEP, E_TOO_LARGE, E_PARSE, or E_NO_TEXT where the page holds
            no article.
    """
    declared = _web_charset(charset or "") or _declared(data)
    decoded = decode(data, source=source, declared=declared)
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
    return _web_charset(match[1].decode() if match else "")


def _web_charset(name: str) -> str | None:
    name = name.lower()
    if name in _REALLY_CP1252:
        return "cp1252"
    return name if _WEB_CHARSETS.fullmatch(name) else None


def _parsed(text: str, source: str) -> HtmlElement:
    import lxml.html

    text = _XML_DECLARATION.sub("", text)
    # The default parser stops at 256 levels and 10 MB, and says so only in its log.
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        _check_size(text, source)
        page = lxml.html.document_fromstring(text, parser=parser)
    except lxml.etree.ParserError as error:  # nothing but comments
        raise _no_text("an empty page", source) from error
    except (lxml.etree.LxmlError, ValueError) as error:
        raise ItemError("E_PARSE", f"not a page: {error}", source=source) from error
    for problem in parser.error_log:
        if "Excessive depth" in problem.message:
            raise _too_deep(source)
        if "limit exceeded" in problem.message:
            raise ItemError("E_TOO_LARGE", "a page or element of over 10 MB", source=source)
    _drop_hidden(page)
    _limit_linked_data(page)
    return page


class _Counter:
    """Sees the tags as the parser does, but builds no tree, which takes quadratic time for some."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._elements = 0
        self._depth = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep(self._source)
        if self._elements > MAX_ELEMENTS:
            message = f"a page may have {MAX_ELEMENTS:,} elements"
            raise ItemError("E_TOO_LARGE", message, source=self._source)
        if len(attributes) > MAX_ATTRIBUTES:
            message = f"a tag of {len(attributes):,} attributes"
            raise ItemError("E_PARSE", message, source=self._source)

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        """Nothing is left to do; the parser asks for it."""


def _check_size(text: str, source: str) -> None:
    """Refuse pages of very many elements, or attributes in one tag."""
    import lxml.etree

    with suppress(lxml.etree.LxmlError):  # reported by the parse that builds the tree
        lxml.etree.fromstring(text, lxml.etree.HTMLParser(target=_Counter(source)))


def _limit_linked_data(page: HtmlElement) -> None:
    left = MAX_LINKED_DATA
    for script in page.xpath("//script[contains(@type, '+json')]"):
        data = script.text or ""
        limited = _limited(data, left)
        if limited != data:
            script.text = limited
        left -= len(limited)


def _limited(data: str, most: int) -> str:
    """Return JSON-LD within the limits: as it is, else without long values, else nothing."""
    try:
        parsed = json.loads(data, strict=False, object_pairs_hook=_short_values)
    except (ValueError, RecursionError):
        most = min(most, MAX_BROKEN_LINKED_DATA)
    else:
        data = data if len(data) <= most else json.dumps(parsed)
    return data if len(data) <= most else ""


def _short_values(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: x for name, x in pairs if not isinstance(x, str) or len(x) <= _LONG_VALUE}


def _drop_hidden(page: HtmlElement) -> None:
    hidden = [element for element in page.iterdescendants() if _is_hidden(element)]
    for element in hidden:
        if element.getparent() is not None:
            element.drop_tree()


def _is_hidden(element: HtmlElement) -> bool:
    # Pages hide their whole body until their scripts have run; scripts hold what the page says of
    # itself, and are never read as text.
    visible = not isinstance(element.tag, str) or element.tag in ("body", "script")
    return not visible and is_hidden(element.tag, element.attrib)


def _article_text(text: str, title: str) -> tuple[str, tuple[str, ...]]:
    # trafilatura adds a dash before list items and bars around table cells; the page has none.
    lines = [line.removeprefix("- ").strip("| ") for line in clean(text).split("\n")]
    lines, dropped = without_stray(without_title(lines, title))
    return clean("\n\n".join(line for line in lines if line and not is_stray(line))), dropped


def _too_deep(source: str) -> ItemError:
    return ItemError("E_TOO_DEEP", f"elements nested deeper than {MAX_DEPTH}", source=source)


def _no_text(message: str, source: str) -> ItemError:
    hint = "open the page, copy the article and save it as .txt"
    return ItemError("E_NO_TEXT", message, source=source, hint=hint)
