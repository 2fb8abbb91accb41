"""A proof as a file: JSON that can be checked elsewhere, or a page to read."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.files import write_whole
from qa.answer import Answer, Citation
from qa.markup import text
from qa.proof import HOW_TO_CHECK, proof
from qa.render import to_html

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.4em}figure{margin:1.5em 0;font:1.1em/1.5 Georgia,serif}"
    "blockquote{display:inline;margin:0}figcaption,.context{font:14px/1.5 system-ui,sans-serif}"
    ".short{font-size:1.4em;font-weight:bold}"
    "table{border-collapse:collapse;font-size:14px}"
    "th,td{padding:.2em .8em .2em 0;vertical-align:top;text-align:start}"
    "th{font-weight:normal;white-space:nowrap;opacity:.7}td{overflow-wrap:anywhere}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_proof(answer: Answer, path: Path) -> None:
    """Write the proof, as JSON or HTML by the suffix; there is never half a file."""
    content = proof_json(answer) if path.suffix.lower() == ".json" else proof_html(answer)
    write_whole(path, content)


def proof_json(answer: Answer) -> str:
    """Return the proof as indented JSON."""
    return json.dumps(proof(answer), ensure_ascii=False, indent=2) + "\n"


def proof_html(answer: Answer) -> str:
    """Return a page that loads nothing and runs nothing."""
    title = text(answer.question)
    places = "\n".join(_place(number, citation) for number, citation in _numbered(answer))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{title}</h1>\n{to_html(answer)}\n<h2>Where the quotes stand</h2>\n"
        f"<p>{text(HOW_TO_CHECK)}</p>\n{places}\n</body></html>\n"
    )


def _numbered(answer: Answer) -> list[tuple[int, Citation]]:
    return list(enumerate((*answer.citations, *answer.nearest), start=1))


def _place(number: int, citation: Citation) -> str:
    rows = {
        "Quote": citation.quote,
        "Article": citation.article_id,
        "Title": citation.title,
        "Publisher": citation.publisher,
        "Published": citation.published,
        "Link": citation.url,
        "Version": citation.version,
        "Start": citation.span.start,
        "End": citation.span.end,
        "sha256": citation.sha256,
    }
    cells = "".join(
        f"<tr><th>{name}</th><td>{text(str(value))}</td></tr>"
        for name, value in rows.items()
        if value is not None
    )
    return f"<h3>{number}</h3>\n<table>{cells}</table>"
