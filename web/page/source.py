"""Which article opens beside the conversation, for what was picked on the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import unquote

from corpus.article import Article, Span, Version
from corpus.lookup import LEAST_DIGITS
from qa.answer import Conversation
from qa.messages.say import say
from web.page import panel

# Figures of a length that fits the store's own. Older links end without digits.
_PLACE = re.compile(
    r"(?P<article>[^.]{1,6000})\.(?P<version>\d{1,9})\.(?P<start>\d{1,12})\.(?P<end>\d{1,12})"
    rf"(?:\.(?P<digits>[0-9a-f]{{{LEAST_DIGITS}}}))?",
    re.ASCII,
)


class Finds(Protocol):
    """Looks up what is stored, as `qa.assistant.Assistant` does."""

    def source(self, article_id: str, version: int, sha256: str) -> tuple[Article, Version] | None:
        """Return the article and the version that a citation names, or None if it is gone."""

    def numbered(self, article_id: str, version: int) -> tuple[Article, Version] | None:
        """Return what bears this id and number now."""


def source_of(picked: Mapping[str, Any], held: Conversation, finds: Finds) -> str:
    """Return the source panel; what was picked is the browser's word, so it is checked."""
    if isinstance(place := picked.get("at"), str):
        return _passage(place, finds)
    return citation_source(held, picked.get("turn"), picked.get("cite"), finds)


def citation_source(held: Conversation, turn: object, cited: object, finds: Finds) -> str:
    """Return the panel of one citation of a turn, both counted from 0."""
    if not (isinstance(turn, int) and 0 <= turn < len(held.turns)):
        return panel.note(say("source.gone"))
    answer = held.turns[turn].answer
    if not (answer and isinstance(cited, int) and 0 <= cited < len(panel.shown(answer))):
        return panel.note(say("source.gone"))
    citation = panel.shown(answer)[cited]
    found = finds.source(citation.article_id, citation.version, citation.sha256)
    return panel.source(turn, cited, answer, *found) if found else panel.note(say("source.gone"))


def _passage(place: str, finds: Finds) -> str:
    """Return the panel of a linked sentence, as `web.page.panel.place` names it.

    A link without digits of the text's sha256 does not say which text it was of: what bears its id
    and number now opens without a mark, and with a notice that says so.
    """
    match = _PLACE.fullmatch(place)
    if match is None:
        return panel.note(say("source.no_place"))
    number, start, end = (int(match[part]) for part in ("version", "start", "end"))
    article_id, digits = unquote(match["article"]), match["digits"]
    if digits is None:
        unheld = finds.numbered(article_id, number)
        return panel.whole(*unheld, place) if unheld else panel.note(say("source.no_place"))
    found = finds.source(article_id, number, digits)
    if found is None or not start < end <= len(found[1].text):
        return panel.note(say("source.no_place"))
    return panel.passage(*found, Span(start, end))
