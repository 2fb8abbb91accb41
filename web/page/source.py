"""Which article opens beside the conversation, for what was picked on the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from corpus.article import Article, Span, Version
from qa.answer import Conversation
from qa.messages.say import say
from web.page import panel

Find = Callable[[str, int], tuple[Article, Version] | None]
"""Returns an article and the version of this number, or None."""

# Figures of a length that fits the store's own.
_PLACE = re.compile(
    r"(?P<article>[^.]{1,2000})\.(?P<version>\d{1,9})\.(?P<start>\d{1,12})\.(?P<end>\d{1,12})",
    re.ASCII,
)


def source_of(picked: Mapping[str, Any], held: Conversation, find: Find) -> str:
    """Return the source panel; what was picked is the browser's word, so it is checked."""
    if isinstance(place := picked.get("at"), str):
        return _passage(place, find)
    return citation_source(held, picked.get("turn"), picked.get("cite"), find)


def citation_source(held: Conversation, turn: object, cited: object, find: Find) -> str:
    """Return the panel of one citation of a turn, both counted from 0."""
    if not (isinstance(turn, int) and 0 <= turn < len(held.turns)):
        return panel.note(say("source.gone"))
    answer = held.turns[turn].answer
    if not (answer and isinstance(cited, int) and 0 <= cited < len(panel.shown(answer))):
        return panel.note(say("source.gone"))
    citation = panel.shown(answer)[cited]
    found = find(citation.article_id, citation.version)
    return panel.source(turn, cited, answer, *found) if found else panel.note(say("source.gone"))


def _passage(place: str, find: Find) -> str:
    """Return the panel of a linked sentence, as `web.page.panel.place` names it."""
    match = _PLACE.fullmatch(place)
    if match is None:
        return panel.note(say("source.no_place"))
    number, start, end = (int(match[part]) for part in ("version", "start", "end"))
    found = find(unquote(match["article"]), number)
    if found is None or not start < end <= len(found[1].text):
        return panel.note(say("source.no_place"))
    return panel.passage(*found, Span(start, end))
