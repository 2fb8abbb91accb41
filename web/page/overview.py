"""The page "Sources": what is searched, by outlet and month, the newest, and what was refused."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from corpus.article import Article, Version
from corpus.catalogue import RecordedError, Stats
from corpus.database import Sight
from corpus.errors import OnRecordError
from qa.markup import day, link, outlet, text
from qa.messages.say import say, speaking
from qa.wording import shown_date, shown_month
from web.identity import known_visitor
from web.page.markup import collection, hint
from web.page.offers import See
from web.page.panel import place_of_beginning
from web.page.plain import plain_page
from web.page.visit import language_of
from web.routes import API_PAGE

_NEWEST = 25
_MONTHS = 36
"""Months in the picture, the latest ones; the table by outlet counts all."""
_REFUSED = 100

Months = Mapping[str | None, Mapping[str | None, int]]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows.

    Attributes:
        paths: Whether the folders of refused files are named, which strangers need not see.
    """

    stats: Stats
    months: Months
    newest: Sequence[tuple[Article, Version]]
    refused: Sequence[RecordedError]
    paths: bool = True


def add_overview(app: FastAPI, see: See, *, has_api: bool = False) -> None:
    """Serve the page; the folders of refused files are named to administrators.

    Args:
        app: Where to.
        see: Returns what each visitor is served.
        has_api: Whether there is a page of the API, which this one then leads to.
    """

    @app.get("/sources")
    def sources(request: Request) -> Response:
        with speaking(language_of(request.headers, request.cookies)):
            try:
                visitor = known_visitor(request)
                shows = see(visitor).archive
                if shows is None:
                    return HTMLResponse(_page(hint(say("source.gone"))), 404)
                as_of = _as_of(shows.sight)
                if request.headers.get("if-none-match") == f'"{as_of}"':
                    return Response(status_code=304)
                paths = visitor.may("metrics")
                overview = Overview(
                    shows.stats(), shows.months(), shows.newest(_NEWEST), shows.errors(), paths
                )
                body = f'<div data-as-of="{as_of}">{page_body(overview)}</div>'
                body += _for_programs() if has_api else ""
            except OnRecordError as error:
                return HTMLResponse(_page(hint(str(error))), 500)
            return HTMLResponse(_page(body))


def _as_of(sight: Sight) -> str:
    """Return what is another one whenever the page may be; it tells nothing else."""
    change, groups = sight
    seen = json.dumps([change, None if groups is None else sorted(groups)])
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _for_programs() -> str:
    return f'<p><a href=".{API_PAGE}">{text(say("sources.api"))}</a></p>'


def _page(body: str) -> str:
    return plain_page(say("sources.title"), body, kind="overview")


def page_body(overview: Overview) -> str:
    """Return the page below its strip."""
    parts: tuple[Callable[[Overview], str], ...] = (_months, _outlets, _newest, _refused)
    sections = "".join(part(overview) for part in parts)
    summary = text(collection(overview.stats))
    return f'<h2>{text(say("sources.heading"))}</h2><p dir="auto">{summary}</p>{sections}'


def _section(name: str, body: str) -> str:
    return f"<section><h3>{text(say(f'sources.{name}'))}</h3>{body}</section>"


def _table(heads: Sequence[str], rows: str) -> str:
    cells = "".join(f'<th scope="col">{text(say(f"sources.{head}"))}</th>' for head in heads)
    return (
        f'<div class="wide" tabindex="0" role="group"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _months(overview: Overview) -> str:
    """Return a bar a month, as long as it has articles, empty months between them included."""
    counts: Counter[str | None] = Counter()
    for months in overview.months.values():
        counts.update(months)
    bars = _bars(counts)
    return _section("months", bars) if bars else ""


def _bars(counts: Mapping[str | None, int]) -> str:
    known = {month: count for month, count in counts.items() if month}
    if not known:
        return ""
    shown = _running(min(known), max(known))[-_MONTHS:]
    most = max(known.get(month, 0) for month in shown)
    rows = "".join(
        f'<li><span class="month">{text(_month(month))}</span>'
        f'<span class="bar" style="--share:{known.get(month, 0) / most:.3f}"></span>'
        f'<span class="count">{text(say("number", count=known.get(month, 0)))}</span></li>'
        for month in shown
    )
    return f'<ol class="months">{rows}</ol>'


def _running(first: str, last: str) -> list[str]:
    """Return every month from one to another ("2019-01"), both included."""
    begin, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(begin, end + 1)]


def _month(month: str) -> str:
    return shown_month(date(int(month[:4]), int(month[5:]), 1))


def _outlets(overview: Overview) -> str:
    rows = "".join(
        f'<tr><th scope="row">{outlet(name)}</th><td>{text(say("number", count=_total(months)))}'
        f"</td><td>{_when(months)}</td></tr>"
        for name, months in overview.months.items()
    )
    return _section("outlets", _table(("outlet", "articles", "month"), rows)) if rows else ""


def _total(months: Mapping[str | None, int]) -> int:
    return sum(months.values())


def _when(months: Mapping[str | None, int]) -> str:
    """Return the months of an outlet's articles, which open to how many there are in each."""
    bars = _bars(months)
    said = text(_span_of(months))
    return f"<details><summary>{said}</summary>{bars}</details>" if bars else said


def _span_of(months: Mapping[str | None, int]) -> str:
    """Return the first and the last month of an outlet's articles."""
    known = [month for month in months if month]
    if not known:
        return say("date_unknown")
    first, last = _month(min(known)), _month(max(known))
    return first if first == last else say("sources.to", first=first, last=last)


def _newest(overview: Overview) -> str:
    items = "".join(
        f'<li><a class="open" href="./#at={text(place_of_beginning(version))}" dir="auto">'
        f"{text(version.title or say('answer.untitled'))}</a>"
        f'<p class="origin">{outlet(article.publisher)} {day(version.published)} '
        f"{link(article.url)}</p></li>"
        for article, version in overview.newest
    )
    return _section("newest", f'<ul class="lately">{items}</ul>') if items else ""


def _refused(overview: Overview) -> str:
    if not overview.refused:
        return _section("refused", f"<p>{text(say('sources.none_refused'))}</p>")
    latest = overview.refused[: -_REFUSED - 1 : -1]
    rows = "".join(_refusal(each, paths=overview.paths) for each in latest)
    more = len(overview.refused) - len(latest)
    note = f"<p>{text(say('sources.more', count=more))}</p>" if more else ""
    says = f"<p>{text(say('sources.refused_says'))}</p>"
    return _section("refused", f"{says}{_table(('item', 'reason', 'when'), rows)}{note}")


def _refusal(recorded: RecordedError, *, paths: bool) -> str:
    error = recorded.error
    source = error.source if paths else error.source.rstrip("/").rpartition("/")[2]
    item = f"{source}:{error.locator}" if error.locator else source
    reason = f"{error.message} ({error.hint})" if error.hint else error.message
    return (
        f'<tr><th scope="row" dir="auto">{text(item)}</th><td dir="auto">{text(reason)}</td>'
        f"<td>{text(shown_date(recorded.time))}</td></tr>"
    )
