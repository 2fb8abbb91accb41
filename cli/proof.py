"""A proof as a file: JSON that can be checked elsewhere, or a page to read."""

from __future__ import annotations

import html
import json
from pathlib import Path

from cli.files import write_whole
from qa.answer import Answer, Citation
from qa.proof import HOW_TO_CHECK, proof
from qa.render import to_html

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;font-size:14px}td{padding:.2em .8em .2em 0;vertical-align:top}"
    "td{overflow-wrap:anywhere}"
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
    title = html.escape(answer.question)
    places = "\n".join(_place(number, citation) for number, citation in _numbered(answer))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        f"{to_html(answer)}\n<h2>Where the quotes stand</h2>\n"
        f"<p>{html.escape(HOW_TO_CHECK)}</p>\n{places}\n</body></html>\n"
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
        f"<tr><td>{name}</td><td>{html.escape(str(value))}</td></tr>"
        for name, value in rows.items()
        if value is not None
    )
    return f"<h3>{number}</h3>\n<table>{cells}</table>"
