"""One file a format: whatever articles come in, they leave as `RawArticle`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.loaders.decode import has_byte_order_mark
from corpus.loaders.files import check_not_binary, empty, is_folder, read_file, shown, walk
from corpus.loaders.html import load_html
from corpus.loaders.jsonl import load_jsonl
from corpus.loaders.markdown import load_markdown
from corpus.loaders.text import load_text

_TEXT = frozenset({".txt", ".text", ""})
_MARKDOWN = frozenset({".md", ".markdown"})
_HTML = frozenset({".html", ".htm", ".xhtml"})
_JSONL = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_FORMATS = "articles come as .txt, .md, .html, .jsonl or folders of these"
_HINTS = {
    ".zip": "unpack it and ingest the folder",
    ".tar": "unpack it and ingest the folder",
    ".gz": "unpack it first",
    ".tgz": "unpack it and ingest the folder",
    ".json": "write one article a line and name the file .jsonl",
    ".csv": "write one JSON object a line and name the file .jsonl",
    ".pdf": "save its text as .txt",
    ".docx": "save its text as .txt",
    ".doc": "save its text as .txt",
}
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(rb"<(?:!doctype html|html|head|body)[\s>]", re.IGNORECASE)
_SNIFFED = 2048


def load(source: str) -> Iterator[RawArticle | ItemError]:
    """Yield the articles of a source one by one; a bad item is yielded as its error.

    Args:
        source: The path of a file, or of a folder, which is searched as it is read; or the link
            of a page, which is fetched.
    """
    if _LINK.match(source):
        yield _load_page(source)
    elif is_folder(source):
        for path in walk(source):
            yield from [path] if isinstance(path, ItemError) else _load_file(path)
    else:
        yield from _load_file(source)


def _load_page(link: str) -> RawArticle | ItemError:
    from corpus.fetch import article_from, fetch  # what most ingests need not load

    try:
        return article_from(fetch(link))
    except ItemError as error:
        return error


def _load_file(path: str) -> Iterator[RawArticle | ItemError]:
    try:
        yield from _read(path, shown(path))
    except ItemError as error:
        yield error


def _read(path: str, source: str) -> Iterator[RawArticle | ItemError]:
    suffix = Path(path).suffix.lower()
    if path.lower().endswith(_JSONL):
        return load_jsonl(path, source=source)
    data = read_file(path, source=source)
    if not data:
        raise empty(source)
    if suffix in _HINTS:
        raise ItemError(
            "E_UNSUPPORTED", f"{suffix} files are not read", source=source, hint=_HINTS[suffix]
        )
    if not has_byte_order_mark(data):
        check_not_binary(data, source=source)
    key = shown(Path(path).resolve())
    if suffix in _HTML or (suffix in _TEXT and _LOOKS_LIKE_HTML.search(data[:_SNIFFED])):
        return load_html(data, source=source, key=key)
    if suffix in _MARKDOWN:
        return load_markdown(data, source=source, key=key)
    if suffix in _TEXT:
        return load_text(data, source=source, key=key)
    raise ItemError("E_UNSUPPORTED", f"{suffix} files are not read", source=source, hint=_FORMATS)
