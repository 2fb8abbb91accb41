"""The conversations that are kept, as HTML for the chat page, and as files to take away.

Buttons carry ``data-open``, ``data-rename`` or ``data-delete`` with a conversation's id, which
`assets/page.js` reports back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.responses import Response

from corpus.catalogue import Catalogue
from corpus.errors import ItemError, NotFoundError, OnRecordError
from qa.answer import Turn
from qa.conversations.export import conversation_json, conversation_markdown
from qa.conversations.kept import Reopened, Summary
from qa.markup import day, text
from qa.messages.say import say
from web.identity import Visitor, known_visitor

LISTED = 200
"""Conversations on the page, the newest; it is sent whole."""

_FORMATS = {"md": "text/markdown", "json": "application/json"}


class Keeps(Protocol):
    """What the page needs of `qa.conversations.store.Conversations`."""

    @property
    def readonly(self) -> bool:
        """Whether nothing can be kept here."""

    def start(self, user: str, question: str, /) -> str:
        """Begin a conversation; return its id."""

    def append(self, user: str, id: str, turn: Turn, /) -> int:  # noqa: A002
        """Add a turn to it."""

    def listed(self, user: str, /) -> list[Summary | ItemError]:
        """Return what is kept, newest first."""

    def open(self, user: str, id: str, seen: Catalogue | None, /) -> Reopened:  # noqa: A002
        """Return a conversation, its quotes checked again; NotFoundError if there is none."""

    def rename(self, user: str, id: str, name: str, /) -> str:  # noqa: A002
        """Give a conversation another name."""

    def delete(self, user: str, id: str, /) -> None:  # noqa: A002
        """Delete a conversation."""


def shelf(kept: Sequence[Summary | ItemError], current: str | None, *, readonly: bool) -> str:
    """Return the list of conversations.

    Args:
        kept: Newest first; an error stands for one that is damaged.
        current: The id of the one that is open, or None.
        readonly: Whether nothing can be kept here, which is then said.
    """
    summaries = [each for each in kept if isinstance(each, Summary)]
    damaged = len(kept) - len(summaries)
    notes = [say("shelf.readonly")] if readonly else []
    if damaged:
        lost = say("count.conversations", count=damaged)
        notes.append(say("shelf.unreadable", conversations=lost))
    said = "".join(f'<p class="notice">{text(note)}</p>' for note in notes)
    items = "".join(_item(summary, summary.id == current) for summary in summaries[:LISTED])
    older = len(summaries) - LISTED
    rest = f'<p class="notice">{text(say("shelf.older", count=older))}</p>' if older > 0 else ""
    find = (
        f'<input type="search" class="find" aria-label="{text(say("shelf.find_label"))}" '
        f'placeholder="{text(say("shelf.find"))}">'
        if summaries
        else ""
    )
    empty = "" if summaries else f'<p class="notice">{text(say("shelf.empty"))}</p>'
    heading = text(say("shelf.heading"))
    return (
        f'<nav class="shelf" aria-label="{heading}"><h2>{heading}</h2>'
        f"{find}{said}{empty}<ul>{items}</ul>{rest}</nav>"
    )


def shelf_note(note: str) -> str:
    """Return what stands in the place of the list for somebody who has none; why, if it is said."""
    if not note:
        return ""
    heading = text(say("shelf.heading"))
    return (
        f'<nav class="shelf" aria-label="{heading}"><h2>{heading}</h2>'
        f'<p class="notice">{text(note)}</p></nav>'
    )


def _item(summary: Summary, is_open: bool) -> str:
    id_, name = text(summary.id), text(summary.name)
    manage = text(say("shelf.manage", name=summary.name))
    current = ' aria-current="true"' if is_open else ""
    files = "".join(
        f'<a href="conversations/{id_}.{ending}" download>{text(say(label))}</a>'
        for ending, label in (("md", "shelf.markdown"), ("json", "shelf.json"))
    )
    return (
        f'<li><button type="button" class="kept" data-open="{id_}"{current}>'
        f'<span class="name" dir="auto">{name}</span> '
        f'<span class="asked">{day(summary.updated)}</span></button>'
        f'<details><summary aria-label="{manage}"><span aria-hidden="true">⋯</span>'
        f'</summary><div class="manage">'
        f'<button type="button" data-rename="{id_}" data-name="{name}">'
        f"{text(say('shelf.rename'))}</button>{files}"
        f'<button type="button" data-delete="{id_}" data-name="{name}">'
        f"{text(say('shelf.delete'))}</button>"
        "</div></details></li>"
    )


def add_downloads(
    app: FastAPI, kept: Keeps, seen_by: Callable[[Visitor], Catalogue | None]
) -> None:
    """Serve each conversation as Markdown and as JSON with a proof of every answer.

    Args:
        app: Where to.
        kept: The conversations.
        seen_by: Returns which articles a visitor sees, by which quotes are checked again.
    """

    @app.get("/conversations/{name}")
    def download(request: Request, name: str) -> Response:
        id_, _, ending = name.partition(".")
        try:
            visitor = known_visitor(request)
            reopened = kept.open(visitor.user, id_, seen_by(visitor))
        except NotFoundError:
            return Response("There is no such conversation.", 404, media_type="text/plain")
        except OnRecordError as error:
            return Response(str(error), 500, media_type="text/plain")
        if ending == "json":
            content = json.dumps(conversation_json(reopened, proofs=True), indent=2)
        else:
            content = conversation_markdown(reopened)
        return Response(
            content,
            media_type=_FORMATS[ending],
            headers={"Content-Disposition": f'attachment; filename="conversation-{id_}.{ending}"'},
        )
