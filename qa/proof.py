"""A proof to hand on: an answer with all that is needed to check its quotes elsewhere."""

from __future__ import annotations

from typing import Any

from qa.answer import Answer, Citation
from qa.render import citation_json, to_json

FORMAT = "onrecord-proof-1"
HOW_TO_CHECK = (
    "Every quote is text[start:end] of the article named by article_id and version, counted in "
    "Unicode code points, and sha256 is the digest of that whole text in UTF-8. The texts are not "
    "in this file, because they belong to their publishers: whoever made it can hand them on as "
    "`onrecord export` writes them (JSON lines with id, version, sha256 and text). Then "
    "`python check_proof.py PROOF.json ARTICLES.jsonl` checks everything; check_proof.py is one "
    "file that needs Python alone, and lies in OnRecord at qa/evaluation/check_proof.py."
)
_ARTICLE_FIELDS = ("version", "sha256", "title", "publisher", "url", "published")


def proof(answer: Answer, id: str | None = None) -> dict[str, Any]:  # noqa: A002 - the contract's
    """Return the answer as the contract has it, with `format`, `how_to_check` and `articles`.

    `articles` holds each version that is quoted, nearest sentences included, once: its id, version,
    sha256 and metadata, without its text.
    """
    versions = {
        (c.article_id, c.version, c.sha256): c for c in (*answer.citations, *answer.nearest)
    }
    return {
        "format": FORMAT,
        "how_to_check": HOW_TO_CHECK,
        **to_json(answer, id),
        "articles": [_article(citation) for citation in versions.values()],
    }


def _article(citation: Citation) -> dict[str, Any]:
    known = citation_json(citation)
    return {"id": citation.article_id, **{name: known[name] for name in _ARTICLE_FIELDS}}
