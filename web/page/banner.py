"""The strip at the top of every page, and what the chat page begins with, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.article import Article, Version
from qa.markup import day, outlet, text
from qa.messages.say import LANGUAGES, say, spoken
from web.page.adding import dialog
from web.page.markup import ask_buttons
from web.page.panel import place_of_beginning

# What page.js says by itself, as attributes of one hidden element.
_SPOKEN = {
    "copied": "source.copied",
    "uncopied": "source.uncopied",
    "noted": "judge.noted",
    "name": "shelf.name",
    "adding": "add.working",
    "back": "sources.back",
}


def banner(
    *, warning: bool = False, adds: bool = False, visitor: str = "", signs_out: bool = False
) -> str:
    """Return the strip at the top of the chat page: one row, and a drawer for what has no room.

    Args:
        warning: Whether it is said that the collection is invented.
        adds: Whether articles can be added here.
        visitor: The name of who visits, if it is known.
        signs_out: Whether they can sign out here.
    """
    sources = f'<a class="sources-link" href="./sources">{text(say("banner.sources"))}</a>'
    add = (
        f'<button type="button" class="add" aria-haspopup="dialog">{text(say("banner.add"))}'
        "</button>"
        if adds
        else ""
    )
    anew = f'<a class="anew" href="./"><span>{text(say("banner.anew"))}</span></a>'
    movable = f"{sources}{languages()}{add}{_visitor(visitor, signs_out=signs_out)}"
    return strip(f"{_warned() if warning else ''}{anew}", movable, dialog() if adds else "")


def strip(fixed: str, movable: str, below: str = "") -> str:
    """Return the strip of a page.

    Args:
        fixed: HTML beside the name, which always stays in the row.
        movable: HTML of what goes into the drawer, the last first, where the row has no room: see
            `assets/strip.js`.
        below: HTML that belongs to it and is not seen at first.
    """
    menu = text(say("banner.menu"))
    close = text(say("source.close"))
    return (
        f'<header class="banner"><h1><a href="./">OnRecord</a></h1>{fixed}'
        f'<nav class="row" aria-label="{text(say("banner.row"))}">{movable}</nav>'
        f'<button type="button" class="shelve" aria-expanded="false" aria-controls="menu" '
        f'aria-label="{menu}" title="{menu}"></button><nav id="menu" aria-label="{menu}">'
        f'<div class="top"><span>{menu}</span><button type="button" class="shut">{close}</button>'
        f"</div></nav>{below}{_spoken()}</header>"
    )


def _warned() -> str:
    """Return that the collection is invented, whole where there is room, else as one word."""
    whole, brief = text(say("banner.sample")), text(say("banner.sample_brief"))
    return (
        f'<strong class="warning" title="{whole}"><span class="whole">{whole}</span>'
        f'<span class="in-brief">{brief}</span></strong>'
    )


def _visitor(name: str, *, signs_out: bool) -> str:
    if not name:
        return ""
    out = (
        '<form class="sign-out" method="post" action="./sign-out">'
        f"<button>{text(say('sign_in.out'))}</button></form>"
        if signs_out
        else ""
    )
    return f'<span class="visitor" dir="auto" title="{text(name)}">{text(name)}</span>{out}'


def languages() -> str:
    """Return the field that picks the language in which the page speaks."""
    options = "".join(
        f'<option value="{code}" lang="{code}"{" selected" if code == spoken() else ""}>'
        f"{text(name)}</option>"
        for code, name in LANGUAGES.items()
    )
    label = text(say("banner.language"))
    return f'<select class="language" aria-label="{label}">{options}</select>'


def _spoken() -> str:
    said = " ".join(f'data-{name}="{text(say(key))}"' for name, key in _SPOKEN.items())
    sure = text(say("shelf.sure", name="%s"))
    return f'<span id="words" hidden lang="{spoken()}" {said} data-sure="{sure}"></span>'


def welcome(
    examples: Sequence[str],
    newest: Sequence[tuple[Article, Version]] = (),
    note: str = "",
    *,
    warning: bool = False,
) -> str:
    """Return the opening: what this is, questions to try, and the newest articles.

    Args:
        examples: Questions to try.
        newest: Articles.
        note: What this visitor has to know.
        warning: Whether it is said that the collection is invented.
    """
    tries = f"<h3>{text(say('welcome.try'))}</h3>{ask_buttons(examples)}" if examples else ""
    noted = f'<p class="notice">{text(note)}</p>' if note else ""
    items = "".join(
        f'<li><button type="button" class="open" data-at="{text(place_of_beginning(version))}" '
        f'dir="auto">{text(version.title or say("answer.untitled"))}</button>'
        f'<span class="origin">{outlet(article.publisher)} {day(version.published)}</span></li>'
        for article, version in newest
    )
    lately = (
        f'<h3>{text(say("welcome.lately"))}</h3><ul class="lately">{items}</ul>' if items else ""
    )
    warned = f'<p class="warning">{text(say("banner.sample"))}</p>' if warning else ""
    return (
        f'<section class="welcome"><h2>{text(say("welcome.heading"))}</h2>'
        f"{warned}<p>{text(say('welcome.says'))}</p>{noted}{tries}{lately}</section>"
    )
