"""The limits of the search as HTML for the chat page: those that hold, and a way to pick others.

Fields carry ``data-limit``, the limit's name, which `assets/page.js` reports back with its value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from index.chunk_index import Limits
from qa.markup import text
from qa.messages.say import say
from qa.wording import shown_date

_LABELS = {"since": "limits.from", "until": "limits.until"}


def bar(limits: Limits, publishers: Iterable[str]) -> str:
    """Return the limits that hold, each with a button against it, and fields for others."""
    chips = "".join(
        f'<button type="button" class="carried" data-limit="{name}" value="" '
        f'aria-label="{text(say("limits.remove", limit=words))}"><bdi>{text(words)}</bdi>'
        '<span aria-hidden="true">×</span></button>'
        for name, words in _in_words(limits)
    )
    crossed = limits.since and limits.until and limits.since > limits.until
    warning = f'<p class="notice">{text(say("limits.crossed"))}</p>' if crossed else ""
    options = "".join(
        f'<option value="{text(name)}"{" selected" if name == limits.publisher else ""}>'
        f"{text(name)}</option>"
        for name in publishers
    )
    days = "".join(
        f'<label>{text(say(label))} <input type="date" data-limit="{name}" '
        f'value="{getattr(limits, name) or ""}"></label>'
        for name, label in _LABELS.items()
    )
    return (
        f'<div class="limits" role="group" aria-label="{text(say("limits.label"))}">{chips}'
        f"<details><summary>{text(say('limits.limit'))}</summary>"
        f'<div class="fields"><label>{text(say("limits.outlet"))} '
        f'<select data-limit="publisher"><option value="">{text(say("limits.all"))}</option>'
        f"{options}</select></label>{days}</div></details>"
        f"{warning}</div>"
    )


def _in_words(limits: Limits) -> list[tuple[str, str]]:
    """Return the name of each limit that holds, and what it says."""
    found = (
        [("publisher", say("limits.only", publisher=limits.publisher))] if limits.publisher else []
    )
    found += [("since", say("limits.since", day=shown_date(limits.since)))] if limits.since else []
    found += [("until", say("limits.to", day=shown_date(limits.until)))] if limits.until else []
    return found


def changed(limits: Limits, name: object, value: object, publishers: Iterable[str]) -> Limits:
    """Return the limits with one of them changed; as they are where the browser's word is unfit."""
    if not isinstance(value, str):
        return limits
    if name == "publisher":
        return replace(limits, publisher=value if value in set(publishers) else None)
    if name == "since":
        return replace(limits, since=_day(value))
    return replace(limits, until=_day(value)) if name == "until" else limits


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
