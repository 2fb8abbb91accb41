"""An article as it is stored, to hand on; what is exported can be read in again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpus.article import Article, Version


def article_json(article: Article, version: Version, groups: Sequence[str]) -> dict[str, Any]:
    """Return one version of an article as the contract exports it, ready for `json.dumps`.

    Args:
        article: Whose version it is.
        version: The one to hand on.
        groups: Those that the article is limited to; read in again, it is limited to them too.
    """
    return {
        "id": article.id,
        "url": article.url,
        "publisher": article.publisher,
        "title": version.title,
        "authors": list(version.authors),
        "published": version.published.isoformat() if version.published else None,
        "version": version.number,
        "sha256": version.sha256,
        "groups": list(groups),
        "text": version.text,
    }
