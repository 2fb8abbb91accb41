"""Markup that every page of ours shares: escaped text, and where a quote comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from html import escape
from urllib.parse import urlsplit

from corpus.article import day_of
from qa.links import plain_address, web_link
from qa.messages.say import say
from qa.verify import short_span
from qa.wording import shown_date


def text(value: str) -> str:
    """Return `value` escaped for elements and attributes, without what a page cannot hold."""
    return escape("".join("\N{REPLACEMENT CHARACTER}" if _is_unfit(c) else c for c in value))


def _is_unfit(character: str) -> bool:
    """Return whether it is a control character or half of a surrogate pair."""
    code = ord(character)
    return (code < 32 and character not in "\n\t") or 127 <= code < 160 or 0xD800 <= code < 0xE000


def highlighted(quote: str, short: str | None) -> str:
    """Return the quote escaped, the short answer within it as ``strong``; no words are changed."""
    return marked_up(quote, [short] if short and short != quote else [], "strong")


def marked_up(
    quote: str, parts: Sequence[str], tag: str, escaped: Callable[[str], str] = text
) -> str:
    """Return the quote escaped, each part in a tag where it first stands; no words are changed."""
    found = sorted(span for part in parts if (span := short_span(quote, part)))
    pieces, at = [], 0
    for span in found:
        if span.start >= at:
            inner = escaped(span.of(quote))
            pieces += [escaped(quote[at : span.start]), f"<{tag}>{inner}</{tag}>"]
            at = span.end
    return "".join(pieces) + escaped(quote[at:])


def outlet(publisher: str | None) -> str:
    """Return the publisher's name, isolated from the direction of the text around it."""
    return f'<bdi class="outlet">{text(publisher or say("answer.no_outlet"))}</bdi>'


def day(moment: date | datetime | None) -> str:
    """Return the date as people read it, and as machines do where it is known."""
    published = day_of(moment)
    if published is None:
        return f"<span>{shown_date(moment)}</span>"
    return f'<time datetime="{published.isoformat()}">{shown_date(moment)}</time>'


def link(url: str | None) -> str:
    """Return a link that names its host; as text where it may lead elsewhere than it seems to."""
    address = web_link(url)
    if address is None:
        shown = plain_address(url)
        return f'<bdi class="address" dir="ltr">{text(shown)}</bdi>' if shown else ""
    host = urlsplit(address).netloc.removeprefix("www.")
    return (
        f'<a href="{text(address)}" target="_blank" rel="noopener noreferrer nofollow" dir="ltr">'
        f'{text(host)}<span aria-hidden="true"> ↗</span>'
        f'<span class="unseen"> {say("answer.new_tab")}</span></a>'
    )
