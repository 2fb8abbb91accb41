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
}


def banner(
    collection: str,
    warning: str = "",
    *,
    adds: bool = False,
    visitor: str = "",
    signs_out: bool = False,
) -> str:
    """Return the strip at the top: the name, in words what is searched, and a warning about it.

    Args:
        collection: What is searched.
        warning: What everybody has to know of it.
        adds: Whether articles can be added here.
        visitor: The name of who visits, if it is known.
        signs_out: Whether they can sign out here.
    """
    warned = f'<strong class="warning">{text(warning)}</strong>' if warning else ""
    add = (
        f'<button type="button" class="add" aria-haspopup="dialog">{text(say("banner.add"))}'
        f"</button>{dialog()}"
        if adds
        else ""
    )
    return (
        '<header class="banner"><h1><a href="./">OnRecord</a></h1>'
        '<button type="button" class="shelve" aria-controls="shelf">'
        f"{text(say('banner.conversations'))}</button>"
        f'<span class="collection" dir="auto">{text(collection)}</span>{warned}'
        f'<nav>{add}<a href="./sources">{text(say("banner.sources"))}</a>'
        f'<a class="anew" href="./">{text(say("banner.anew"))}</a>{languages()}'
        f"{_visitor(visitor, signs_out=signs_out)}</nav>"
        f"{_spoken()}</header>"
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
    return f'<span class="visitor" dir="auto">{text(name)}</span>{out}'


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
    examples: Sequence[str], newest: Sequence[tuple[Article, Version]] = (), note: str = ""
) -> str:
    """Return the opening: what this is, a note, questions to try, and the newest articles."""
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
    return (
        f'<section class="welcome"><h2>{text(say("welcome.heading"))}</h2>'
        f"<p>{text(say('welcome.says'))}</p>{noted}{tries}{lately}</section>"
    )
